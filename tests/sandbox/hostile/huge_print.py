# Expected: output limit
# Prints one line of a hundred megabytes.
print("x" * 10**8)
