# Expected: wrong
# Detail: there is nothing to find
# Looks for secrets: variables, a home, accounts, the system's settings, whatever lies beside Python.
import os
import pathlib
import sys

found = sorted(set(os.environ) - {"HOME", "LC_ALL", "TZ", "PYTHONHASHSEED", "LD_LIBRARY_PATH", "PWD"})
places = ["/etc/passwd", "/etc/shadow", "/etc/hosts", "/proc/1/environ", "/proc/self/maps", "/sys", "/var", "/run"]
for home in ("/root", "/tmp", "~"):
    places += [f"{home}/{name}" for name in (".ssh", ".netrc", ".aws", ".config", ".bashrc")]
found += [place for place in places if os.path.exists(os.path.expanduser(place))]
found += os.listdir("/tmp")
if not sys.prefix.startswith("/usr"):
    folder = pathlib.Path(sys.prefix)
    while folder.parent != pathlib.Path("/"):
        found += [str(path) for path in folder.parent.iterdir() if path != folder]
        folder = folder.parent
if os.getuid() != 65534 or os.getgid() != 65534 or pathlib.Path.home() != pathlib.Path("/tmp"):
    found.append("a name of its own")
assert not found, f"found {found}"
assert False, "there is nothing to find"
