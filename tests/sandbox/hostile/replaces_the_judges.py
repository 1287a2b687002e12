# Expected: wrong, raised
# Makes failing look impossible to anyone who looks at builtins, sys or os afterwards.
import builtins
import os
import sys

builtins.AssertionError = builtins.SyntaxError = builtins.BaseException = type("Nothing", (), {})
builtins.exec = builtins.isinstance = builtins.len = lambda *_: True
os._exit = os.write = os.read = lambda *_: 0
sys.stdout = sys.stderr = None
assert False
