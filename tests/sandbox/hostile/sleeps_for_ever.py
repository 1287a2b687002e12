# Expected: timed out (wall)
# Costs no CPU time, and never ends.
import time

while True:
    time.sleep(1000)
