# Expected: raised
# Reads whatever lies in any descriptor, and hands all of it back as a claim on every other one.
import os

found = b""
for descriptor in range(3, 1024):
    try:
        os.set_blocking(descriptor, False)
        found += os.read(descriptor, 4096)
    except OSError:
        continue
for descriptor in range(3, 1024):
    try:
        os.write(descriptor, b"passed\n" + found)
    except OSError:
        continue
os._exit(0)
