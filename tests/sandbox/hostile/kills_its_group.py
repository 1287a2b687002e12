# Expected: killed
# Signals its whole process group, in which the judge may be as well.
import os
import signal

for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
    os.killpg(0, number)
os.killpg(0, signal.SIGKILL)
assert False
