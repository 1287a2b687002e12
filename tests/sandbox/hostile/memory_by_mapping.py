# Expected: raised, out of memory
# Takes memory from the kernel itself, page by page.
import mmap

hoard = []
while True:
    hoard.append(mmap.mmap(-1, 2**22))
    hoard[-1].write(b"x" * 2**22)
