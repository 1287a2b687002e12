# Expected: wrong
# Detail: every attempt was refused
# Looks for devices besides the four harmless ones, makes some of its own, and types into the terminal.
import fcntl
import os
import stat
import termios


def make(name, device):
    os.mknod(f"/tmp/{name}", stat.S_IFBLK | 0o666, device)
    os.open(f"/tmp/{name}", os.O_RDWR)


found = sorted(set(os.listdir("/dev")) - {"null", "zero", "random", "urandom"})
assert not found, f"found {found}"
for name, device in (("memory", os.makedev(1, 1)), ("disk", os.makedev(8, 0)), ("kvm", os.makedev(10, 232))):
    allow_none(**{name: lambda: make(name, device)})
for path in ("/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/dev/shm/x", "/dev/fuse", "/dev/kvm"):
    allow_none(**{path: lambda: os.open(path, os.O_RDWR | os.O_CREAT)})
for descriptor in range(3):
    allow_none(**{f"terminal {descriptor}": lambda: fcntl.ioctl(descriptor, termios.TIOCSTI, b"x")})
