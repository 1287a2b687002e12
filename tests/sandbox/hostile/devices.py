# Expected: wrong
# Detail: every attempt was refused
# Looks for devices besides the four harmless ones, makes some of its own, and types into the terminal.
import fcntl
import os
import stat
import termios

found = sorted(set(os.listdir("/dev")) - {"null", "zero", "random", "urandom"})
for name, device in (("memory", os.makedev(1, 1)), ("disk", os.makedev(8, 0)), ("kvm", os.makedev(10, 232))):
    try:
        os.mknod(f"/tmp/{name}", stat.S_IFBLK | 0o666, device)
        os.close(os.open(f"/tmp/{name}", os.O_RDWR))
    except OSError:
        continue
    found.append(name)
for path in ("/dev/mem", "/dev/kmsg", "/dev/tty", "/dev/ptmx", "/dev/shm/x", "/dev/fuse", "/dev/kvm"):
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT))
    except OSError:
        continue
    found.append(path)
for descriptor in range(3):
    try:
        fcntl.ioctl(descriptor, termios.TIOCSTI, b"x")
    except OSError:
        continue
    found.append(f"the terminal behind {descriptor}")
assert not found, f"found {found}"
assert False, "every attempt was refused"
