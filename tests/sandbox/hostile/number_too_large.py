# Expected: timed out, out of memory
# One expression that never comes back from C.
10**10**10
