# Expected: wrong
# Detail: every attempt was refused
# Tries to leave a process behind that no longer belongs to anyone.
import os
import sys
import time

allowed = []
for name in ("fork", "forkpty"):
    try:
        pid, *_ = (getattr(os, name)(), 0) if name == "fork" else getattr(os, name)()
    except OSError:
        continue
    allowed.append(name)
    if pid == 0:
        os.setsid()
        if os.fork() == 0:
            time.sleep(1000)
        os._exit(0)
for name in ("posix_spawn", "posix_spawnp"):
    try:
        getattr(os, name)(sys.executable, [sys.executable, "-c", "import time; time.sleep(1000)"], {})
    except OSError:
        continue
    allowed.append(name)
assert not allowed, f"allowed {allowed}"
assert False, "every attempt was refused"
