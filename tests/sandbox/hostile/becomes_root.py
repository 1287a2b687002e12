# Expected: wrong
# Detail: every attempt was refused
# Changes its user, its groups and the machine's name and clock, as only root may.
import ctypes
import os
import socket
import time

libc = ctypes.CDLL(None, use_errno=True)
allow_none(
    setuid=lambda: os.setuid(0),
    setreuid=lambda: os.setreuid(0, 0),
    setresuid=lambda: os.setresuid(0, 0, 0),
    setgid=lambda: os.setgid(0),
    setgroups=lambda: os.setgroups([0]),
    chown=lambda: os.chown("/tmp", 0, 0),
    sethostname=lambda: socket.sethostname("left"),
    clock_settime=lambda: time.clock_settime(time.CLOCK_REALTIME, time.time()),
    raise_sys_admin=lambda: libc.prctl(47, 2, 21, 0, 0),
)
