"""Keep freed memory in the process, so that each step does not fetch the same pages from the kernel again."""

import ctypes
import sys

M_MMAP_THRESHOLD = -3
M_TRIM_THRESHOLD = -1
LARGEST = 2**31 - 1


def keep_freed_memory() -> bool:
    """Tell the C library's allocator to serve large blocks from memory that it holds already.

    Activations of several megabytes are otherwise mapped and zeroed anew in every step (about 6 % of a step's time on
    two cores). Affects the whole process; changes no result.

    Returns:
        Whether the allocator took the advice: only glibc on Linux does.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt") or not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(M_MMAP_THRESHOLD, LARGEST) and library.mallopt(M_TRIM_THRESHOLD, LARGEST))
