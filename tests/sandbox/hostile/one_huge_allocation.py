# Expected: out of memory
# Asks for a terabyte at once.
bytes(10**12)
