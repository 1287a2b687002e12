# Expected: wrong
# Detail: the pace of others was not its to set
# Makes process 1, and all that it will ever start, the last in every queue.
import os

for attempt in (
    lambda: os.setpriority(os.PRIO_PROCESS, 1, 19),
    lambda: os.setpriority(os.PRIO_PGRP, os.getpgid(1), 19),
    lambda: os.setpriority(os.PRIO_USER, os.getuid(), 19),
    lambda: os.sched_setaffinity(1, {min(os.sched_getaffinity(0))}),
    lambda: os.sched_setscheduler(1, os.SCHED_IDLE, os.sched_param(0)),
):
    try:
        attempt()
    except OSError:
        continue
assert False, "the pace of others was not its to set"
