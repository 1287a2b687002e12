# Expected: raised, wrong, timed out (wall)
# Finds the functions behind the frames of those who called it, and has them judge a better program.
import os
import sys
import types

frame = sys._getframe().f_back
while frame is not None:
    for function in list(frame.f_globals.values()):
        if isinstance(function, types.FunctionType) and function.__code__ is frame.f_code:
            names = function.__code__.co_varnames[: function.__code__.co_argcount]
            values = dict(frame.f_locals, source="pass", code=compile("pass", "<program>", "exec"))
            try:
                function(*[values[name] for name in names])
            except Exception:
                continue
    frame = frame.f_back
os._exit(0)
