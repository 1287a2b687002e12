# Expected: raised
# Calls the functions that a prompt offers for leaving, whichever there are.
import builtins

for name in ("quit", "exit"):
    getattr(builtins, name, lambda: None)()
raise KeyboardInterrupt("the tests")
