# Expected: raised, wrong
# Watches every line and every call, and leaves when something is about to fail.
import sys


def leave(frame, event, argument):
    if event == "exception":
        raise SystemExit(0)
    return leave


sys.setprofile(leave)
sys._getframe().f_trace = leave
sys.settrace(leave)
assert False, "the tests"
