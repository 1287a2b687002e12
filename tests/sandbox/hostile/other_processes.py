# Expected: wrong
# Detail: nobody else is here
# Looks for processes that are not its own, and for the files of those that it cannot miss.
import os

found = []
for number in range(1, 40000):
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        continue
    except OSError:
        pass
    found.append(number)
others = set(found) - {1, os.getpid()}
assert not others, f"found {others}"
assert not os.path.exists("/proc"), "found /proc"
assert False, "nobody else is here"
