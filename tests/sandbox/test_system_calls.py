import errno
import struct

from hornbook.sandbox.system_calls import build_filter, build_program_filter

ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
ALLOW, REFUSE, UNKNOWN, KILL = 0x7FFF0000, 0x50000 | errno.EPERM, 0x50000 | errno.ENOSYS, 0x80000000


def decide(filter_code: bytes, architecture: int, number: int, *arguments: int) -> int:
    """What the kernel would do, by the rules of classic BPF."""
    first, second = (*arguments, 0, 0)[:2]
    data = {0: number, 4: architecture, 16: first & 0xFFFFFFFF, 24: second & 0xFFFFFFFF}
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


def decide_both(machine: str, number: int, *arguments: int) -> int:
    """What becomes of a program's call: the kernel takes the stricter answer."""
    answers = [decide(code, ARCHITECTURE[machine], number, *arguments) for code in filters_of(machine)]
    return min(answers)  # KILL has the sign bit, but no test here has it beside another answer.


def filters_of(machine: str) -> list[bytes]:
    return [build_filter(machine), build_program_filter(machine)]


def test_new_processes_and_mounts_are_refused_and_ordinary_calls_are_not() -> None:
    """Of each machine: fork, execve, ptrace, mount, memfd_create and setxattr; read, write and futex."""
    for machine, refused, allowed in (
        ("x86_64", (57, 59, 101, 165, 319, 188), (0, 1, 202)),
        ("aarch64", (221, 117, 40, 279, 5), (63, 64, 98)),
    ):
        assert {decide_both(machine, number) for number in refused} == {REFUSE}
        assert {decide_both(machine, number) for number in allowed} == {ALLOW}


def test_clone_makes_threads_only_and_clone3_sends_the_c_library_back_to_it_but_the_runner_may_fork() -> None:
    for machine, clone in (("x86_64", 56), ("aarch64", 220)):
        assert decide_both(machine, clone, 0x003D0F00) == ALLOW
        assert decide_both(machine, clone, 0x01200011) == REFUSE
        assert decide_both(machine, 435) == UNKNOWN
        assert decide(build_filter(machine), ARCHITECTURE[machine], clone, 0x01200011) == ALLOW
    assert decide(build_filter("x86_64"), ARCHITECTURE["x86_64"], 57) == ALLOW


def test_a_program_changes_its_own_limits_and_priority_and_nobody_elses() -> None:
    for machine, prlimit, setpriority, set_affinity, socket in (
        ("x86_64", 302, 141, 203, 41),
        ("aarch64", 261, 140, 122, 198),
    ):
        runner, itself, of_process, of_group, of_user = 1, 0, 0, 1, 2
        assert decide_both(machine, prlimit, itself) == ALLOW
        assert decide_both(machine, prlimit, runner) == REFUSE
        assert decide_both(machine, set_affinity, itself) == ALLOW
        assert decide_both(machine, set_affinity, runner) == REFUSE
        assert decide_both(machine, setpriority, of_process, itself) == ALLOW
        assert decide_both(machine, setpriority, of_process, runner) == REFUSE
        assert decide_both(machine, setpriority, of_group, itself) == REFUSE
        assert decide_both(machine, setpriority, of_user, itself) == REFUSE
        families = {"unix": 1, "inet": 2, "inet6": 10, "netlink": 16, "packet": 17, "vsock": 40}
        allowed = {name for name, family in families.items() if decide_both(machine, socket, family) == ALLOW}
        assert allowed == {"unix", "inet", "inet6"}


def test_another_architectures_calls_end_the_process_and_a_machine_without_a_table_gets_no_filter() -> None:
    filter_code = build_filter("x86_64")
    assert decide(filter_code, 0x40000003, 4) == KILL
    assert decide(filter_code, ARCHITECTURE["x86_64"], 0x40000000 | 57) == REFUSE
    assert filters_of("riscv64") == [b"", b""]
