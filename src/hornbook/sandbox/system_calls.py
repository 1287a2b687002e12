"""Seccomp filters: the system calls that no program in the jail needs.

Source: `man 2 seccomp`, and the kernel's system call tables for the two machines below.
"""

import errno
import struct

_TABLE = """
    clone 56 220, fork 57 -, vfork 58 -, execve 59 221, execveat 322 281, ptrace 101 117, process_vm_readv 310 270,
    process_vm_writev 311 271, kcmp 312 272, mount 165 40, umount2 166 39, pivot_root 155 41, chroot 161 51,
    unshare 272 97, setns 308 268, add_key 248 217, request_key 249 218, keyctl 250 219, bpf 321 280,
    perf_event_open 298 241, userfaultfd 323 282, shmget 29 194, semget 64 190, msgget 68 186, mq_open 240 180,
    memfd_create 319 279, setxattr 188 5, lsetxattr 189 6, fsetxattr 190 7, open_by_handle_at 304 265,
    fanotify_init 300 262, ioprio_set 251 30, prlimit64 302 261, setpriority 141 140, sched_setparam 142 118,
    sched_setscheduler 144 119, sched_setaffinity 203 122, sched_setattr 314 274, socket 41 198, clone3 435 435,
    pidfd_getfd 438 438, process_madvise 440 440, memfd_secret 447 447, io_uring_setup 425 425, open_tree 428 428,
    move_mount 429 429, fsopen 430 430, fsmount 432 432, fspick 433 433, mount_setattr 442 442, setxattrat 463 463
"""
"""Each call with its number on x86_64 and on aarch64; `-` where it does not exist."""
_ENTRIES = [entry.split() for entry in _TABLE.split(",")]
_CALLS = {
    machine: {entry[0]: int(entry[column]) for entry in _ENTRIES if entry[column] != "-"}
    for column, machine in enumerate(("x86_64", "aarch64"), start=1)
}
_AUDIT_ARCH = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_X32_BIT = 0x40000000

_LOAD_WORD, _JUMP_EQUAL, _JUMP_AT_LEAST, _JUMP_ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_OFFSET_NUMBER, _OFFSET_ARCH, _OFFSETS_OF_ARGUMENTS = 0, 4, (16, 24)
_CLONE_THREAD = 0x00010000
_PRIO_PROCESS = 0
_AF_UNIX, _AF_INET, _AF_INET6 = 1, 2, 10

# The runner's C library forks with one of these. A clone that shares the caller's thread group is a thread.
_WAYS_TO_FORK = ("clone", "fork")

# Whether a call is allowed can depend on an argument: the argument's number, the comparison, and its operands, one of
# which must hold. All conditions of a call must hold. For these calls process 0 is the caller.
_Condition = tuple[int, int, tuple[int, ...]]
_OF_ITSELF: list[_Condition] = [(0, _JUMP_EQUAL, (0,))]
_CONDITIONS: dict[str, list[_Condition]] = {
    "clone": [(0, _JUMP_ANY_BIT, (_CLONE_THREAD,))],
    "prlimit64": _OF_ITSELF,
    "sched_setparam": _OF_ITSELF,
    "sched_setscheduler": _OF_ITSELF,
    "sched_setaffinity": _OF_ITSELF,
    "sched_setattr": _OF_ITSELF,
    "setpriority": [(0, _JUMP_EQUAL, (_PRIO_PROCESS,)), (1, _JUMP_EQUAL, (0,))],
    "socket": [(0, _JUMP_EQUAL, (_AF_UNIX, _AF_INET, _AF_INET6))],
}


def build_filter(machine: str) -> bytes:
    """The filter for the runner, which all programs inherit, as an array of `struct sock_filter`.

    It refuses new programs, tracing, mounts, namespaces, keys, memory that no limit counts or that would outlive the
    process, marks on files that a listing does not show, sockets that no namespace holds back, and limits and
    priorities of other processes. The runner's ways to start a process are allowed.

    The machine is called as `platform.machine()` does. The array is empty for one whose system call numbers are not
    listed here, where the jail stands on its namespaces and resource limits alone.
    """
    if machine not in _CALLS:
        return b""
    calls = _CALLS[machine]
    program = [
        _instruction(_LOAD_WORD, _OFFSET_ARCH),
        _instruction(_JUMP_EQUAL, _AUDIT_ARCH[machine], 1, 0),
        _instruction(_RETURN, _KILL_PROCESS),
        _instruction(_LOAD_WORD, _OFFSET_NUMBER),
        _instruction(_JUMP_AT_LEAST, _X32_BIT, 0, 1),
        _refuse(errno.EPERM),
    ]
    for name, number in calls.items():
        if name not in _WAYS_TO_FORK:
            program += _decide(name, number)
    return b"".join([*program, _instruction(_RETURN, _ALLOW)])


def build_program_filter(machine: str) -> bytes:
    """The filter that each program gets beside the runner's: it may start threads, and no process.

    It is short, because the kernel prepares it anew for each program. Arguments and result as for `build_filter`.
    """
    if machine not in _CALLS:
        return b""
    program = [_instruction(_LOAD_WORD, _OFFSET_NUMBER)]
    for name in _WAYS_TO_FORK:
        if name in _CALLS[machine]:
            program += _decide(name, _CALLS[machine][name])
    return b"".join([*program, _instruction(_RETURN, _ALLOW)])


def _decide(name: str, number: int) -> list[bytes]:
    """End here if it is this call; the number is loaded."""
    ending = [_refuse(errno.EPERM)]
    if name == "clone3":
        # Its flags lie behind a pointer that a filter cannot follow; on ENOSYS the C library falls back to clone.
        ending = [_refuse(errno.ENOSYS)]
    elif name in _CONDITIONS:
        ending = [line for condition in _CONDITIONS[name] for line in _require(*condition)]
        ending.append(_instruction(_RETURN, _ALLOW))
    return [_instruction(_JUMP_EQUAL, number, 0, len(ending)), *ending]


def _require(argument: int, comparison: int, operands: tuple[int, ...]) -> list[bytes]:
    """Go on if the comparison holds for one of the operands, or refuse the call."""
    tests = [_instruction(comparison, operand, len(operands) - place) for place, operand in enumerate(operands)]
    return [_instruction(_LOAD_WORD, _OFFSETS_OF_ARGUMENTS[argument]), *tests, _refuse(errno.EPERM)]


def _refuse(error: int) -> bytes:
    return _instruction(_RETURN, _ERRNO | error)


def _instruction(code: int, operand: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, operand)
