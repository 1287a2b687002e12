import mmap
from pathlib import Path

import pytest

from hornbook.training.host_memory import available_bytes, resident_bytes

GIBI = 2**30


def write(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="ascii")
    return root


MACHINE = {"proc/meminfo": f"MemTotal: {32 * 2**20} kB\nMemFree: 1 kB\nMemAvailable: {16 * 2**20} kB\n"}


def test_the_resident_set_grows_by_what_is_written() -> None:
    with mmap.mmap(-1, 64 * 2**20) as block:  # pages of its own: what was freed before may be given out again
        before = resident_bytes()
        for page in range(0, len(block), mmap.PAGESIZE):
            block[page] = 1
        grown = resident_bytes() - before
    assert 60 * 2**20 < grown < 90 * 2**20


def test_this_machine_says_what_is_available() -> None:
    available = available_bytes()
    assert available is not None
    assert 10 * 2**20 < available < 2**50


def test_what_the_machine_has_counts_where_no_control_group_limits(tmp_path: Path) -> None:
    group = {"proc/self/cgroup": "0::/user\n", "sys/fs/cgroup/user/memory.max": "max\n"}
    assert available_bytes(write(tmp_path, {**MACHINE, **group})) == 16 * GIBI


@pytest.mark.parametrize("version", [1, 2])
def test_the_tightest_control_group_counts_and_its_cache_can_be_dropped(tmp_path: Path, version: int) -> None:
    if version == 2:
        line, mount, names = "0::/job/task\n", "sys/fs/cgroup", ("memory.max", "memory.current", "inactive_file")
    else:
        line, mount = "4:cpu:/\n3:memory:/job/task\n", "sys/fs/cgroup/memory"
        names = ("memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file")
    files = {
        "proc/self/cgroup": line,
        f"{mount}/job/task/{names[0]}": str(12 * GIBI),
        f"{mount}/job/task/{names[1]}": str(2 * GIBI),
        f"{mount}/job/{names[0]}": str(8 * GIBI),
        f"{mount}/job/{names[1]}": str(5 * GIBI),
        f"{mount}/job/memory.stat": f"anon 1\n{names[2]} {1 * GIBI}\n",
        f"{mount}/{names[0]}": str(2**63 - 4096),
        f"{mount}/{names[1]}": str(20 * GIBI),
    }
    assert available_bytes(write(tmp_path, {**MACHINE, **files})) == 4 * GIBI


def test_a_group_above_its_limit_leaves_nothing(tmp_path: Path) -> None:
    group = {
        "proc/self/cgroup": "0::/job\n",
        "sys/fs/cgroup/job/memory.max": str(GIBI),
        "sys/fs/cgroup/job/memory.current": str(2 * GIBI),
    }
    assert available_bytes(write(tmp_path, {**MACHINE, **group})) == 0
