# Expected: wrong
# Detail: every attempt was refused
# Takes back the promises that were made in its name, then does what they forbid.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE
allowed = []
for name, arguments in {
    "PR_SET_SECCOMP off": (22, 0, 0, 0, 0),
    "PR_SET_SECCOMP strict": (22, 3, 0, 0, 0),
    "PR_SET_NO_NEW_PRIVS": (38, 0, 0, 0, 0),
    "PR_SET_SECUREBITS": (28, 0x2F, 0, 0, 0),
}.items():
    if libc.prctl(*arguments) == 0:
        allowed.append(name)
try:
    if os.fork() == 0:
        os._exit(0)
except OSError:
    pass
else:
    allowed.append("fork")
assert not allowed, f"allowed {allowed}"
assert False, "every attempt was refused"
