# Expected: raised, wrong
# Collects bytes from every object that the collector knows, and hands them back as a claim.
import gc
import os

gc.unfreeze()
found = {b""}
for thing in gc.get_objects():
    for value in gc.get_referents(thing):
        if type(value) in (bytes, bytearray) and 16 <= len(value) <= 32:
            found.add(bytes(value))
held = [b""]
for descriptor in range(3, 64):
    try:
        os.set_blocking(descriptor, False)
        held.append(os.read(descriptor, 4096))
    except OSError:
        continue
for descriptor in range(3, 64):
    for piece in held:
        for value in sorted(found, key=len, reverse=True)[:200]:
            try:
                os.write(descriptor, b"passed\n" + piece + value)
                os.write(descriptor, b"passed\n" + value + piece)
            except OSError:
                break
os._exit(0)
