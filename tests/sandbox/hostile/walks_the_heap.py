# Expected: raised
# Detail: a program in the jail cannot call gc.get_objects
# Collects what looks random in every object that the collector knows, and claims with that and the descriptors.
import gc
import types

gc.unfreeze()
found = []
for thing in gc.get_objects():
    if not isinstance(thing, types.CodeType):
        for value in gc.get_referents(thing):
            if type(value) in (bytes, bytearray) and 16 <= len(value) <= 64 and len(set(value)) > 8 and max(value) > 127:
                found.append(bytes(value))
claim(found)
