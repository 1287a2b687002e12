# Expected: raised, wrong
# Finds the judge's functions behind its own frame, and has them judge a better program.
import sys

frame = sys._getframe()
while frame is not None:
    execute = frame.f_globals.get("_execute")
    if execute is not None and frame.f_code is execute.__code__:
        names = execute.__code__.co_varnames[: execute.__code__.co_argcount]
        execute(*["pass" if name == "source" else frame.f_locals[name] for name in names])
    frame = frame.f_back
assert False, "the tests"
