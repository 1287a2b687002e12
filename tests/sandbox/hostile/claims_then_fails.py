# Expected: raised, wrong
# Puts a claim of its own before the true verdict.
import os

for descriptor in range(3, 256):
    try:
        os.write(descriptor, b"passed\n")
    except OSError:
        pass
assert False
