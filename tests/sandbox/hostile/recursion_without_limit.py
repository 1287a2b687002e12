# Expected: killed, out of memory, timed out (CPU), raised
# Lifts Python's limit first, and recurses through C.
import sys

sys.setrecursionlimit(2**31 - 1)


class Mirror:
    def __repr__(self):
        return repr([self])


repr(Mirror())
