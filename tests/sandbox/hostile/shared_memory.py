# Expected: wrong
# Detail: every attempt was refused
# Leaves memory, messages and semaphores that belong to no process.
import ctypes
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
left = []
if libc.shmget(7, 4096, 0o1666) >= 0:
    left.append("shmget")
if libc.semget(7, 1, 0o1666) >= 0:
    left.append("semget")
if libc.msgget(7, 0o1666) >= 0:
    left.append("msgget")
try:
    shared_memory.SharedMemory("left", create=True, size=4096)
except (OSError, ImportError):
    pass
else:
    left.append("shm_open")
assert not left, f"left {left}"
assert False, "every attempt was refused"
