# Expected: wrong
# Detail: every attempt was refused
# Opens sockets that no network namespace holds back, such as those between a virtual machine and its host.
import socket

usual = {socket.AF_UNIX, socket.AF_INET, socket.AF_INET6}
opened = set()
for family in set(range(1, 64)) - usual:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW, socket.SOCK_SEQPACKET):
        try:
            socket.socket(family, kind).close()
        except OSError:
            continue
        opened.add(family)
assert not opened, f"opened {sorted(opened)}"
assert False, "every attempt was refused"
