# Expected: wrong
# Detail: the deepest is left
# Nests folders until no path can name the last one.
import os

for _ in range(6000):
    os.mkdir("deeper")
    os.chdir("deeper")
assert False, "the deepest is left"
