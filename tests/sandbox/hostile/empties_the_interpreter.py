# Expected: wrong, raised
# Takes every module and every builtin away from whoever comes after.
import builtins
import sys
import types

for module in [thing for thing in sys.modules.values() if type(thing) is types.ModuleType]:
    if module is not builtins and module.__dict__ is not globals():
        module.__dict__.clear()
builtins.__dict__.clear()
assert False
