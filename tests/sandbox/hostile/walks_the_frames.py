# Expected: raised, wrong
# Collects what the judge's own frames hold, and hands it back as a claim, alone and behind what the descriptors hold.
import os
import sys

found = [b""]
frame = sys._getframe()
while frame is not None:
    for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
        if isinstance(value, (bytes, bytearray)) and 8 <= len(value) <= 64:
            found.append(bytes(value))
        elif isinstance(value, int) and value >= 2**31:
            found += [value.to_bytes(64, order).strip(b"\0") for order in ("little", "big")]
    frame = frame.f_back
for descriptor in range(3, 64):
    try:
        os.set_blocking(descriptor, False)
        found.append(os.read(descriptor, 4096))
    except OSError:
        continue
pieces = found + [left + right for left in found for right in found]
for descriptor in range(3, 64):
    for piece in pieces:
        try:
            os.write(descriptor, b"passed\n" + piece)
        except OSError:
            break
os._exit(0)
