# Expected: timed out (CPU)
# Tries for ever to multiply, whatever the kernel answers.
import os

while True:
    try:
        os.fork()
    except OSError:
        pass
