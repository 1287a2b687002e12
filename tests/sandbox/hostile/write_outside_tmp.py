# Expected: passed
# Tries to write wherever Python lives and wherever else it may. It passes because nothing may be written.
import os
import sys

folders = ["/", "/dev", "/usr", "/usr/bin", "/lib", sys.prefix, os.path.dirname(os.__file__), "/home", "/etc"]
for folder in folders:
    try:
        open(os.path.join(folder, "left_here"), "w").close()
    except OSError:
        continue
    raise AssertionError(f"{folder} can be written")
for path in ("/runner.py", os.__file__, sys.executable):
    try:
        open(path, "ab").close()
    except OSError:
        continue
    raise AssertionError(f"{path} can be changed")
