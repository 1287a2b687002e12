# Expected: wrong
# Detail: every attempt was refused
# Attaches to process 1 as a debugger, and reads and writes its memory from outside.
import ctypes
import os

libc = ctypes.CDLL(None, use_errno=True)


class Piece(ctypes.Structure):
    _fields_ = [("address", ctypes.c_void_p), ("length", ctypes.c_size_t)]


buffer = ctypes.create_string_buffer(64)
here, there = (ctypes.byref(Piece(ctypes.addressof(buffer), 64)) for _ in range(2))
for target in (1, os.getppid()):
    allow_none(
        attach=lambda: libc.ptrace(16, target, None, None),
        seize=lambda: libc.ptrace(0x4206, target, None, None),
        read=lambda: libc.process_vm_readv(target, here, 1, there, 1, 0),
        write=lambda: libc.process_vm_writev(target, here, 1, there, 1, 0),
        **{f"pidfd_getfd {number}": lambda: libc.syscall(438, os.pidfd_open(target), number, 0) for number in range(16)},
    )
