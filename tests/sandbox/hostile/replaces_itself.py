# Expected: wrong
# Detail: every attempt was refused
# Becomes another program, in which nothing of the judge is left.
import os
import sys

for command in ([sys.executable, "-c", "pass"], ["/bin/sh", "-c", "exit 0"], ["/usr/bin/true"]):
    for execute in (os.execv, os.execvp):
        try:
            execute(command[0], command)
        except OSError:
            continue
try:
    os.execve(os.open("/usr/bin/env", os.O_RDONLY), ["env", "true"], {})
except OSError:
    pass
assert False, "every attempt was refused"
