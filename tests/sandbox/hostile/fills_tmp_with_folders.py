# Expected: timed out (CPU), raised
# Leaves as many folders as it can: each costs more to remove than to make.
import os

number = 0
while True:
    os.mkdir(f"/tmp/{number}")
    number += 1
