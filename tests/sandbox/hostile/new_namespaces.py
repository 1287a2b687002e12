# Expected: wrong
# Detail: every attempt was refused
# Asks for namespaces of its own, in which it would be root, and for another root folder.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
for name, flag in {"user": 0x10000000, "mount": 0x20000, "pid": 0x20000000, "net": 0x40000000, "files": 0x400}.items():
    allow_none(**{name: lambda: libc.unshare(flag), f"user and {name}": lambda: libc.unshare(flag | 0x10000000)})
for number in range(16):
    allow_none(**{f"namespace {number}": lambda: libc.setns(number, 0)})
allow_none(chroot=lambda: os.chroot("/tmp"))
