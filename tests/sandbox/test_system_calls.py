import errno
import struct

import pytest

from hornbook.sandbox.system_calls import build_filter

ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, REFUSE, UNKNOWN, KILL = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS, 0x80000000


def decide(filter_code: bytes, architecture: int, number: int, argument: int = 0) -> int:
    """What the kernel would do, by the rules of classic BPF."""
    data = {0: number, 4: architecture, 16: argument & 0xFFFFFFFF}
    program = list(struct.iter_unpack("=HBBI", filter_code))
    accumulator = position = 0
    while True:
        code, if_true, if_false, operand = program[position]
        position += 1
        if code == 0x06:
            return operand
        if code == 0x20:
            accumulator = data[operand]
            continue
        holds = {0x15: accumulator == operand, 0x35: accumulator >= operand, 0x45: bool(accumulator & operand)}[code]
        position += if_true if holds else if_false


@pytest.mark.parametrize(
    ("machine", "refused", "allowed"),
    [
        ("x86_64", {"fork": 57, "execve": 59, "ptrace": 101, "mount": 165}, {"read": 0, "write": 1, "futex": 202}),
        ("aarch64", {"execve": 221, "ptrace": 117, "mount": 40}, {"read": 63, "write": 64, "futex": 98}),
    ],
)
def test_new_processes_and_mounts_are_refused_and_ordinary_calls_are_not(
    machine: str, refused: dict[str, int], allowed: dict[str, int]
) -> None:
    filter_code = build_filter(machine)
    for number in refused.values():
        assert decide(filter_code, ARCHITECTURE[machine], number) == REFUSE
    for number in allowed.values():
        assert decide(filter_code, ARCHITECTURE[machine], number) == ALLOW


@pytest.mark.parametrize(("machine", "clone"), [("x86_64", 56), ("aarch64", 220)])
def test_clone_makes_threads_only_and_clone3_sends_the_c_library_back_to_it(machine: str, clone: int) -> None:
    filter_code = build_filter(machine)
    assert decide(filter_code, ARCHITECTURE[machine], clone, 0x003D0F00) == ALLOW
    assert decide(filter_code, ARCHITECTURE[machine], clone, 0x01200011) == REFUSE
    assert decide(filter_code, ARCHITECTURE[machine], 435) == UNKNOWN


def test_another_architectures_calls_end_the_process() -> None:
    filter_code = build_filter("x86_64")
    assert decide(filter_code, 0x40000003, 4) == KILL
    assert decide(filter_code, ARCHITECTURE["x86_64"], 0x40000000 | 57) == REFUSE


def test_a_machine_without_a_table_gets_no_filter() -> None:
    assert build_filter("riscv64") == b""
