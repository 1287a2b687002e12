# Expected: killed, raised
# Kills whatever it can reach: process 1, its parent, its group, everything.
import os
import signal

for target in (1, os.getppid(), -1, 0):
    for number in (signal.SIGTERM, signal.SIGSTOP, signal.SIGKILL):
        if target == 0 and number == signal.SIGSTOP:
            continue
        try:
            os.kill(target, number)
        except OSError:
            pass
assert False
