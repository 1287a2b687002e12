# Expected: out of memory, timed out (CPU), raised
# Loads a short pickle that says "twice the former" again and again, and looks at all of it.
import pickle

bomb = []
for _ in range(60):
    bomb = [bomb, bomb]
repr(pickle.loads(pickle.dumps(bomb)))
