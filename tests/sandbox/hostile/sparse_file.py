# Expected: raised
# Makes a file of a terabyte that costs nothing.
with open("/tmp/sparse", "wb") as file:
    file.truncate(2**40)
