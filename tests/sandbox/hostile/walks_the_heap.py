# Expected: raised
# Collects what looks random in every object that the collector knows, and claims with that and the descriptors.
import gc
import os
import types

gc.unfreeze()
found = []
for thing in gc.get_objects():
    if not isinstance(thing, types.CodeType):
        for value in gc.get_referents(thing):
            if type(value) in (bytes, bytearray) and 16 <= len(value) <= 64 and len(set(value)) > 8 and max(value) > 127:
                found.append(bytes(value))
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
