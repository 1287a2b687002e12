# Expected: output limit
# Prints for ever.
while True:
    print("the quick brown fox jumps over the lazy dog" * 10)
