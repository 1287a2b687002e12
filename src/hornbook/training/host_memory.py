"""The memory of the machine: what this process holds, what is free for it, and keeping what it has freed."""

import ctypes
import os
import sys
from pathlib import Path

M_MMAP_THRESHOLD, M_TRIM_THRESHOLD = -3, -1
"""Of glibc's `malloc.h`."""
LARGEST_BLOCK = 2**31 - 1
UNLIMITED = 2**60
"""Control groups without a limit say `max` or a number beyond any machine."""
VERSION_1 = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
VERSION_2 = ("memory.max", "memory.current", "inactive_file")
"""Of control groups: the files of limit and use, and the entry of `memory.stat` that can be dropped."""


def keep_freed_memory() -> bool:
    """Tell the C library's allocator to serve large blocks from memory that it holds already.

    Activations of several megabytes are otherwise mapped and zeroed anew in every step (about 6 % of a step's time on
    two cores). Affects the whole process; changes no result.

    Returns:
        Whether the allocator took the advice: only glibc on Linux does.
    """
    if not sys.platform.startswith("linux"):
        return False
    library = ctypes.CDLL(None)
    if not hasattr(library, "mallopt") or not hasattr(library, "gnu_get_libc_version"):
        return False
    return bool(library.mallopt(M_MMAP_THRESHOLD, LARGEST_BLOCK) and library.mallopt(M_TRIM_THRESHOLD, LARGEST_BLOCK))


def resident_bytes() -> int:
    """What of this process lies in memory now; where the system doesn't say (macOS), the most that ever did."""
    status = Path("/proc/self/statm")
    if status.exists():
        return int(status.read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE")
    import resource  # of Unix only

    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


def available_bytes(root: Path = Path("/")) -> int | None:
    """What this process can still take without swapping or meeting the limit of its control group.

    Args:
        root: Where `proc` and `sys` lie.

    Returns:
        None where the system doesn't say.
    """
    free = _available_of_the_machine(root)
    limits = [room for room in (_room_in_control_group(root), free) if room is not None]
    return min(limits, default=None)


def _available_of_the_machine(root: Path) -> int | None:
    path = root / "proc/meminfo"
    if path.exists():
        for line in path.read_text(encoding="ascii").splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    names = os.sysconf_names
    if "SC_AVPHYS_PAGES" in names:
        return os.sysconf("SC_AVPHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    if "SC_PHYS_PAGES" in names:  # macOS tells only what it has
        return os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    return None


def _room_in_control_group(root: Path) -> int | None:
    """The smallest room below a limit, of this process's group and those above it.

    What a group uses counts files in the system's cache; the inactive ones are dropped before anything is refused.
    """
    rooms = []
    for folder, names in _control_groups(root):
        limit, used = _number(folder / names[0]), _number(folder / names[1])
        if limit is not None and used is not None and limit < UNLIMITED:
            rooms.append(limit - used + _statistic(folder / "memory.stat", names[2]))
    return max(0, min(rooms)) if rooms else None


def _control_groups(root: Path) -> list[tuple[Path, tuple[str, str, str]]]:
    """The folders of this process's memory group and of those above it, with the names of their files."""
    try:
        lines = (root / "proc/self/cgroup").read_text(encoding="utf-8").splitlines()
    except OSError:
        return []
    folders: list[tuple[Path, tuple[str, str, str]]] = []
    for line in lines:
        _, controllers, path = line.split(":", 2)
        if controllers == "":
            mount, names = root / "sys/fs/cgroup", VERSION_2
        elif "memory" in controllers.split(","):
            mount, names = root / "sys/fs/cgroup/memory", VERSION_1
        else:
            continue
        group = mount / path.lstrip("/")
        folders += [(folder, names) for folder in (group, *group.parents) if folder.is_relative_to(mount)]
    return folders


def _number(path: Path) -> int | None:
    try:
        return int(path.read_text(encoding="ascii"))
    except (OSError, ValueError):  # absent, or `max`
        return None


def _statistic(path: Path, name: str) -> int:
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) for line in lines if line.split()[0] == name), 0)
