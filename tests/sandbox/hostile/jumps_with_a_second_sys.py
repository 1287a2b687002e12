# Expected: wrong, raised
# Imports `sys` anew, as it was when the interpreter started, and with its tracing jumps over the tests.
import sys

del sys.modules["sys"]
import sys as second


def candidate():
    def jump(frame, event, argument):
        if event == "line" and frame.f_code.co_name == "check":
            frame.f_lineno = frame.f_code.co_firstlineno + 3
        return jump

    second._getframe(1).f_trace = jump
    second.settrace(jump)


def check(candidate):
    result = candidate()
    assert result == 1, "the tests"
    return result


check(candidate)
