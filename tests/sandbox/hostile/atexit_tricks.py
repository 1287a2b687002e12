# Expected: wrong
# Turns a failure into a success while the interpreter winds down.
import atexit
import os
import sys

atexit.register(lambda: os._exit(0))
sys.excepthook = lambda *_: os._exit(0)
assert False
