# Expected: raised
# Leaves with status 0 before anything is tested.
import os

os._exit(0)
assert False
