# Expected: raised, wrong
# Hooks into whatever the interpreter reports, and leaves with status 0 at once.
import os
import sys


def hook(event, arguments):
    if event not in ("object.__getattr__", "import"):
        os._exit(0)


sys.addaudithook(hook)
compile("1", "tests", "eval")
assert False, "the tests"
