# Expected: raised
# Detail: left with status 0 before its end
# Collects what the frames of those who called it hold, and claims with that and with what the descriptors hold.
import sys

found = []
frame = sys._getframe()
while frame is not None:
    for value in [*frame.f_locals.values(), *frame.f_globals.values()]:
        if isinstance(value, bytes | bytearray) and 16 <= len(value) <= 64:
            found.append(bytes(value))
    frame = frame.f_back
claim(found)
