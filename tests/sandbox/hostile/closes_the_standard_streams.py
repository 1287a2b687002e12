# Expected: wrong
# Closes the three streams and lets other files take their numbers.
import os
import sys

sys.stdin.close()
sys.stdout.close()
os.close(2)
for name in "abc":
    os.open(f"/tmp/{name}", os.O_RDWR | os.O_CREAT)
print("lost", file=sys.stderr)
assert False
