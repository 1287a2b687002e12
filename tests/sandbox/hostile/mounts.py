# Expected: wrong
# Detail: every attempt was refused
# Mounts what it wants to see, and takes away what is in its way.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)
os.mkdir("/tmp/new")
allowed = []
for kind in (b"proc", b"sysfs", b"tmpfs", b"devtmpfs", b"overlay", b"cgroup2"):
    if libc.mount(b"none", b"/tmp/new", kind, 0, None) == 0:
        allowed.append(kind)
for flags in (32 | 4096, 4096 | 16384, 1 << 18):  # remount writable, bind everything, make private
    for place in (b"/", b"/usr", b"/tmp"):
        if libc.mount(b"/", place, None, flags, None) == 0:
            allowed.append((place, flags))
for place in (b"/tmp", b"/usr", b"/lib"):
    if libc.umount2(place, 2) == 0:
        allowed.append(place)
assert not allowed, f"allowed {allowed}"
assert False, "every attempt was refused"
