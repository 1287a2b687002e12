# Expected: raised
# Sets a timer that ends the tests before they can fail.
import os
import signal

signal.signal(signal.SIGPROF, lambda *_: os._exit(0))
signal.setitimer(signal.ITIMER_PROF, 0.01, 0.01)
while True:
    pass
assert False, "the tests"
