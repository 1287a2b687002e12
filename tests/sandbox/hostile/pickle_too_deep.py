# Expected: raised
# Pickles and copies what is nested too deeply for either.
import copy
import pickle

nested = []
for _ in range(10**5):
    nested = [nested]
try:
    pickle.dumps(nested)
except RecursionError:
    copy.deepcopy(nested)
