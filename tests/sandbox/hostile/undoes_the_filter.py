# Expected: wrong
# Detail: every attempt was refused
# Takes back the promises that were made in its name, then does what they forbid.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
libc.prctl(4, 1, 0, 0, 0)  # PR_SET_DUMPABLE
allow_none(
    seccomp_off=lambda: libc.prctl(22, 0, 0, 0, 0),
    seccomp_strict=lambda: libc.prctl(22, 3, 0, 0, 0),
    no_new_privs=lambda: libc.prctl(38, 0, 0, 0, 0),
    securebits=lambda: libc.prctl(28, 0x2F, 0, 0, 0),
    fork=lambda: os.fork() or os._exit(0),
)
