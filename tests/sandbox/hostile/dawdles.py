# Expected: timed out (wall)
# Computes for a moment, sleeps for a long one, and so on: it may look as if the machine were slow.
import time

while True:
    end = time.process_time() + 0.002
    while time.process_time() < end:
        pass
    time.sleep(0.05)
