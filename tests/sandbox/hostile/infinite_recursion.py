# Expected: raised
# The ordinary kind.
def deeper(n):
    return deeper(n + 1)


deeper(0)
