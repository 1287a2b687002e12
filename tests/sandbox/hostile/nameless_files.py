# Expected: wrong
# Detail: every attempt was refused
# Fills memory that is a file without a name, which no limit on memory or on /tmp counts.
import os

written = 0
for number in range(50):
    try:
        file = os.memfd_create(f"file {number}")
        for _ in range(16):
            written += os.write(file, bytes(2**16))
    except OSError:
        continue
assert not written, f"wrote {written} bytes"
assert False, "every attempt was refused"
