# Expected: passed
# Looks for secrets. It passes because there must be none.
import os
import pathlib

allowed = {"HOME", "LC_ALL", "TZ", "PYTHONHASHSEED", "LD_LIBRARY_PATH", "PWD"}
assert set(os.environ) <= allowed, set(os.environ) - allowed
assert pathlib.Path.home() == pathlib.Path("/tmp") and not list(pathlib.Path("/tmp").iterdir())
for path in ("/etc/passwd", "/etc/shadow", "/proc/1/environ", "/proc/self/maps", "/sys", "/var", os.path.join("/root", ".ssh"), "/run"):
    assert not os.path.exists(path), path
assert os.getuid() == 65534 and os.getpid() != 1
