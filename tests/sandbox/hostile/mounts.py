# Expected: wrong
# Detail: every attempt was refused
# Mounts what it wants to see, and takes away what is in its way.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.mkdir("/tmp/new")
for kind in (b"proc", b"sysfs", b"tmpfs", b"devtmpfs", b"overlay", b"cgroup2"):
    allow_none(**{str(kind): lambda: libc.mount(b"none", b"/tmp/new", kind, 0, None)})
for flags in (32 | 4096, 4096 | 16384, 1 << 18):  # remount writable, bind everything, make private
    for place in (b"/", b"/usr", b"/tmp"):
        allow_none(**{f"{place} {flags}": lambda: libc.mount(b"/", place, None, flags, None)})
for place in (b"/tmp", b"/usr", b"/lib"):
    allow_none(**{str(place): lambda: libc.umount2(place, 2)})
