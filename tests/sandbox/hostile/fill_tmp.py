# Expected: raised
# Fills the disk.
for number in range(10**6):
    with open(f"/tmp/{number}", "wb") as file:
        file.write(bytes(2**22))
