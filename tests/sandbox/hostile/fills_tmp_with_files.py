# Expected: timed out (CPU), raised
# Leaves as many names as it can, without a byte of content.
import os

number = 0
while True:
    os.symlink("nowhere", f"/tmp/{number}")
    number += 1
