# Expected: out of memory
# Doubles a list for ever.
hoard = [0]
while True:
    hoard += hoard
