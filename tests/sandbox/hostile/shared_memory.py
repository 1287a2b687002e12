# Expected: wrong
# Detail: every attempt was refused
# Leaves memory, messages and semaphores that belong to no process.
import ctypes
from multiprocessing import shared_memory

libc = ctypes.CDLL(None, use_errno=True)
allow_none(
    shmget=lambda: libc.shmget(7, 4096, 0o1666),
    semget=lambda: libc.semget(7, 1, 0o1666),
    msgget=lambda: libc.msgget(7, 0o1666),
    shm_open=lambda: shared_memory.SharedMemory("left", create=True, size=4096),
)
