# Expected: wrong
# Detail: every attempt was refused
# Becomes another program, in which nothing of the judge is left.
import os
import sys

for command in ([sys.executable, "-c", "pass"], ["/bin/sh", "-c", "exit 0"], ["/usr/bin/true"]):
    allow_none(execv=lambda: os.execv(command[0], command), execvp=lambda: os.execvp(command[0], command))
allow_none(by_descriptor=lambda: os.execve(os.open("/usr/bin/env", os.O_RDONLY), ["env", "true"], {}))
