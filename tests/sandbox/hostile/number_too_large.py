# Expected: timed out (CPU), out of memory
# One expression that never comes back from C.
10**10**10
