# Expected: wrong
# Detail: every attempt was refused
# Tries to leave a process behind that no longer belongs to anyone.
import os
import sys
import time


def leave_a_child(process):
    if process == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)


sleep = [sys.executable, "-c", "import time; time.sleep(1000)"]
allow_none(
    fork=lambda: leave_a_child(os.fork()),
    forkpty=lambda: leave_a_child(os.forkpty()[0]),
    posix_spawn=lambda: os.posix_spawn(sleep[0], sleep, {}),
    posix_spawnp=lambda: os.posix_spawnp(sleep[0], sleep, {}),
)
