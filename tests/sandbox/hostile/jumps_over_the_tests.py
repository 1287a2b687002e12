# Expected: wrong, raised
# Traces the function that tests it, and jumps from its first line behind its last.
import sys


def candidate():
    def jump(frame, event, argument):
        if event == "line" and frame.f_code.co_name == "check":
            frame.f_lineno = frame.f_code.co_firstlineno + 3
        return jump

    sys._getframe(1).f_trace = jump
    sys.settrace(jump)


def check(candidate):
    result = candidate()
    assert result == 1, "the tests"
    return result


check(candidate)
