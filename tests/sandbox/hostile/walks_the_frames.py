# Expected: raised
# Collects what the frames of those who called it hold, and claims with that and with what the descriptors hold.
import gc
import os
import sys

found = []
frame = sys._getframe()
while frame is not None:
    for value in [*frame.f_locals.values(), *frame.f_globals.values(), *gc.get_referents(frame)]:
        if isinstance(value, bytes | bytearray) and 16 <= len(value) <= 64:
            found.append(bytes(value))
    frame = frame.f_back
for descriptor in range(3, 64):
    try:
        os.set_blocking(descriptor, False)
        found.append(os.read(descriptor, 4096))
    except OSError:
        continue
for descriptor in range(3, 64):
    try:
        os.write(descriptor, b"passed\n" + b"".join(dict.fromkeys(found)))
    except OSError:
        continue
os._exit(0)
