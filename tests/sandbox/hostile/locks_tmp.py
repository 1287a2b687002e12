# Expected: wrong
# Detail: nobody shall write here
# Makes /tmp itself a place where the next program cannot write, or finds a message.
import os
import struct

for name in ("user.left", "trusted.left"):
    try:
        os.setxattr("/tmp", name, b"here")
    except OSError:
        continue
entries = b"".join(struct.pack("<HHI", tag, 5, 2**32 - 1) for tag in (1, 4, 32))
try:
    os.setxattr("/tmp", "system.posix_acl_default", struct.pack("<I", 2) + entries)
except OSError:
    pass
os.chmod("/tmp", 0o555)
assert False, "nobody shall write here"
