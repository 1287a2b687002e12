# Expected: out of memory, timed out (CPU), raised
# Hoards objects so small that each seems to cost nothing.
hoard = None
while True:
    hoard = (hoard, [])
