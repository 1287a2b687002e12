"""Runs inside the jail: a warm interpreter that forks once for each program.

Bound into the jail beside the modules of ours that it imports; all of them import the standard library alone. A message
on the socket is a length of 4 bytes and that many bytes. The first one in holds the limits, each further one a program;
for each program one report comes out, and before it an empty message each time that the program is given more time
because the machine, and not the program, is slow.

It is process 1 of its namespace, so nothing inside can end it. Between two forks it does little, because each page
of memory that it touches must be copied.
"""

import ctypes
import os
import resource
import select
import signal
import stat
import sys
import time
from collections.abc import Callable
from types import ModuleType

from hornbook.sandbox.execute import HALF_SECRET_BYTES, SPARE_BYTES, STDERR_BYTES, execute
from hornbook.sandbox.warm import warm_up

_READ_BYTES = 65536
_ANSWER_BYTES = 4096
_TICK_SECONDS = 0.002
_CPU_CLOCK_OF_PROCESS = 2
_READABLE = select.POLLIN
_SIGKILL = int(signal.SIGKILL)
_NOBODY = 65534
_SOCKET = 3
_INSTRUCTION_BYTES = 8
_HIGHEST_DESCRIPTOR = 4096

_WINDOW_SECONDS = 1.0
"""How long the end of a program's wall time is looked at, and how much it is given at a time beyond."""
_PROBE_SECONDS = 0.2
# Shares of a core: below the first a program sleeps, from the second on nothing holds it up.
_LEAST_SHARE, _FULL_SHARE = 0.01, 0.8
_UNDISTURBED_SHARE = 0.9
"""What two processes that would run get together where nobody competes with them, one core being the least."""
_FAIR_SHARE = 0.25
"""A program that would run gets at least this part of what its runner gets."""

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 4, 22, 38, 2


class _Filter(ctypes.Structure):
    """The kernel's `struct sock_fprog`."""

    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _Limits:
    """The first message: a line for each number, then the filters' code."""

    def __init__(self, message: bytes) -> None:
        cpu, wall, memory, output, tmp, num_filter_bytes, code = message.split(b"\n", 6)
        self.cpu_seconds, self.wall_seconds = float(cpu), float(wall)
        self.kernel_cpu_seconds = int(self.cpu_seconds) + 5
        later = self.wall_seconds - _WINDOW_SECONDS
        self.first_look_milliseconds = 1000 * min(self.cpu_seconds, later if later > 0 else self.wall_seconds)
        self.memory_bytes, self.output_bytes, self.tmp_bytes = int(memory), int(output), int(tmp)
        self.filter_code = code[: int(num_filter_bytes)]
        self.program_filter_code = code[int(num_filter_bytes) :]


class _Child:
    """A program that takes its time, with what it has written so far."""

    def __init__(self, pid: int, ended: int, stdout: int, stderr: int) -> None:
        self.pid, self.ended, self.stdout, self.stderr = pid, ended, stdout, stderr
        self.cpu_clock = ~pid << 3 | _CPU_CLOCK_OF_PROCESS
        self.received = {stdout: b"", stderr: b""}

    def cpu_seconds(self) -> float:
        """What it has used so far, all its threads together."""
        return time.clock_gettime(self.cpu_clock)

    def take(self, ready: list[tuple[int, int]]) -> bool:
        """Read from the descriptors that have something; whether it has ended."""
        has_ended = False
        for descriptor, _ in ready:
            if descriptor == self.ended:
                has_ended = True
            else:
                self.received[descriptor] += os.read(descriptor, _READ_BYTES)
        return has_ended

    def num_output_bytes(self) -> int:
        """How much it has written so far, stdout and stderr together."""
        return len(self.received[self.stdout]) + len(self.received[self.stderr])


def serve(descriptor: int) -> None:
    """Answer programs on the socket until its other end is closed or `/tmp` cannot be emptied.

    Raises:
        RuntimeError: This is no jail. Outside, ending "everything else" would end the machine's other processes.
    """
    if os.getpid() != 1 or os.getuid() != _NOBODY:
        raise RuntimeError("the runner is not alone in a jail")
    os.dup2(descriptor, _SOCKET)
    os.closerange(_SOCKET + 1, _HIGHEST_DESCRIPTOR)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # Process 1 is spared each signal for which it has no handler.
    limits = _Limits(_receive() or b"")
    tmp = _Tmp()
    libc = ctypes.PyDLL(None)
    libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _limit_resources(limits)
    _filter_installer(libc, limits.filter_code)()
    refuse_processes = _filter_installer(libc, limits.program_filter_code)
    _forget_hornbook()
    module = sys.modules["__main__"] = ModuleType("__main__")
    fillers = warm_up()
    _send(b"ready")
    while fillers and (source := _receive()) is not None:
        report = _run(source, module, limits, refuse_processes)
        is_spent = not tmp.empty()
        _send(b"%d\t%b" % (is_spent, report))
        if is_spent:
            return


def _filter_installer(libc: ctypes.PyDLL, code: bytes) -> Callable[[], None]:
    """What to call in the process that shall have the filter; prepared, because children are to do little."""
    program = _Filter(len(code) // _INSTRUCTION_BYTES, code)
    prctl, option, mode, address = libc.prctl, _PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program)

    def install() -> None:
        if program.length and prctl(option, mode, address, 0, 0) != 0:
            raise OSError("the kernel takes no seccomp filter")

    return install


def _receive() -> bytes | None:
    """The next message; read no further, because a child inherits what lies in this process' memory."""
    header = os.read(_SOCKET, 4)
    if len(header) < 4:
        return None
    missing = int.from_bytes(header, "little")
    chunks = []
    while missing:
        chunks.append(os.read(_SOCKET, missing))
        missing -= len(chunks[-1])
    return b"".join(chunks)


def _send(body: bytes) -> None:
    data = memoryview(len(body).to_bytes(4, "little") + body)
    while data:
        data = data[os.write(_SOCKET, data) :]


def _limit_resources(limits: _Limits) -> None:
    """Set what every child inherits; the limits bind this process too, which needs far less."""
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_FSIZE, limits.tmp_bytes, limits.tmp_bytes),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_NPROC, 64, 64),
        (resource.RLIMIT_AS, limits.memory_bytes, limits.memory_bytes + SPARE_BYTES),
    ):
        resource.setrlimit(kind, (soft, hard))


def _forget_hornbook() -> None:
    """Leave no way for programs to import what was bound into the jail, and none of the jail's own variables."""
    for name in [name for name in sys.modules if name.partition(".")[0] == "hornbook"]:
        del sys.modules[name]
    sys.path.remove(os.environ.pop("PYTHONPATH"))
    sys.path_importer_cache.clear()
    del os.environ["LD_BIND_NOW"]


def _run(source: bytes, module: ModuleType, limits: _Limits, refuse_processes: Callable[[], None]) -> bytes:
    """Fork, watch the child until it ends, and say what was seen: a line of numbers, then the secret and the texts.

    Descriptors are the lowest free numbers, in the order in which they are made. This process keeps the child's ends
    open while the child lives: so it is woken by output and by the child's end, and not by each closed pipe.
    """
    stdout, stdout_end = os.pipe()
    stderr, stderr_end = os.pipe()
    answers, answers_end = os.pipe()
    secret_end, secret_in = os.pipe()
    pid = os.fork()
    if pid == 0:
        leave = os._exit
        try:
            os.dup2(stdout_end, 1)
            os.dup2(stderr_end, 2)
            os.closerange(_SOCKET, answers_end)
            os.close(secret_in)
            # The kernel's CPU limit lies above ours: it is there in case that this process is held up.
            resource.setrlimit(resource.RLIMIT_CPU, (limits.kernel_cpu_seconds, limits.kernel_cpu_seconds))
            refuse_processes()
            execute(source.decode("utf-8", "surrogatepass"), module, answers_end, secret_end)
        finally:
            leave(1)
    secret = os.urandom(2 * HALF_SECRET_BYTES)  # Drawn only now: the child's memory has never held it.
    os.write(secret_in, secret)
    os.close(secret_in)
    ended = os.pidfd_open(pid)
    poll = select.poll()
    for descriptor in (ended, stdout, stderr):  # The end is looked at first: what was written before is then seen too.
        poll.register(descriptor, _READABLE)
    start = time.monotonic()
    ready = poll.poll(limits.first_look_milliseconds)
    stopped = printed = complained = b""
    if ready != [(ended, _READABLE)]:  # Most programs end soon and print nothing.
        child = _Child(pid, ended, stdout, stderr)
        stopped = _watch(child, poll, ready, start, limits)
        printed, complained = child.received[stdout], child.received[stderr]
    _, status, usage = os.wait4(pid, 0)
    _kill_everything_else()
    os.close(answers_end)
    answer = os.read(answers, _ANSWER_BYTES)
    os.closerange(_SOCKET + 1, ended + 1)
    cpu_seconds, printed = usage.ru_utime + usage.ru_stime, printed[: limits.output_bytes]
    numbers = (stopped, status, cpu_seconds, len(answer), len(printed))
    return b"%b\t%d\t%f\t%d\t%d\n%b%b%b%b" % (*numbers, secret, answer, printed, complained[:STDERR_BYTES])


def _watch(child: _Child, poll: select.poll, ready: list[tuple[int, int]], start: float, limits: _Limits) -> bytes:
    """Take what the child writes until its end, and bring that about at a limit.

    Returns:
        Which limit: `cpu`, `wall`, `output` or nothing.
    """
    patience = _Patience(start, limits.wall_seconds)
    limit = b""
    while ready != [(child.ended, _READABLE)]:
        has_ended = child.take(ready)
        if child.num_output_bytes() > limits.output_bytes:
            os.kill(child.pid, _SIGKILL)
            return b"output"
        if not has_ended and not limit:
            limit = b"cpu" if child.cpu_seconds() >= limits.cpu_seconds else b"wall" if patience.is_over(child) else b""
            if limit:
                os.kill(child.pid, _SIGKILL)
        seconds = min(limits.cpu_seconds - child.cpu_seconds(), patience.next_look - time.monotonic())
        ready = poll.poll(max(_TICK_SECONDS, seconds) * 1000)
    return limit


class _Patience:
    """The wall clock of one program. It is a safety net, so it waits for a program that would run if it could.

    To be held up by a busy machine looks like sleeping. So where the program used some CPU time in the last second,
    but not all that there was, this process competes for a core itself, for a moment: if it gets one, the program
    slept.
    """

    def __init__(self, start: float, wall_seconds: float) -> None:
        self.deadline = start + wall_seconds
        self.next_look = self.deadline - _WINDOW_SECONDS if wall_seconds > _WINDOW_SECONDS else self.deadline
        self.window = (start, 0.0)

    def is_over(self, child: _Child) -> bool:
        """Whether the child's time is up. If it is given more, the other end of the socket is told."""
        now, cpu_seconds = time.monotonic(), child.cpu_seconds()
        if now < self.next_look:
            return False
        if now < self.deadline:
            self.window, self.next_look = (now, cpu_seconds), self.deadline
            return False
        since, before = self.window
        share = (cpu_seconds - before) / (now - since)
        if not _LEAST_SHARE <= share < _FULL_SHARE or not is_held_up(*_compete(child)):
            return True
        _send(b"")
        now = time.monotonic()
        self.window, self.next_look = (now, child.cpu_seconds()), now + _WINDOW_SECONDS
        self.deadline = self.next_look
        return False


def _compete(child: _Child) -> tuple[float, float]:
    """Keep a core busy for a moment, if there is one: the share of it that this process got, and that the child got."""
    start, own_before, child_before = time.monotonic(), time.process_time(), child.cpu_seconds()
    while (seconds := time.monotonic() - start) < _PROBE_SECONDS:
        pass
    return (time.process_time() - own_before) / seconds, (child.cpu_seconds() - child_before) / seconds


def is_held_up(own_share: float, child_share: float) -> bool:
    """Whether others keep a program from running, by its share of a core and that of a process that would run."""
    return own_share + child_share < _UNDISTURBED_SHARE and child_share >= _FAIR_SHARE * own_share


def _kill_everything_else() -> None:
    """End what the program may have left behind: as process 1 this reaches all others in the jail, and them alone."""
    if os.getpid() != 1:
        raise RuntimeError("the runner is not alone in a jail")
    try:
        os.kill(-1, _SIGKILL)
        while True:
            os.waitpid(-1, 0)
    except (ProcessLookupError, ChildProcessError):
        return


class _Tmp:
    """The folder `/tmp` as it is at the start: empty, unless Python itself lives below it."""

    def __init__(self) -> None:
        self.names = frozenset(entry.name for entry in os.scandir("/tmp"))
        at_first = os.stat("/tmp")  # noqa: PTH116
        self.mode, self.size = at_first.st_mode, at_first.st_size
        os.mkdir("/tmp/one_more")  # noqa: PTH102
        if os.stat("/tmp").st_size == self.size:  # noqa: PTH116
            raise RuntimeError("the size of `/tmp` does not count its entries")
        os.rmdir("/tmp/one_more")  # noqa: PTH106

    def empty(self) -> bool:
        """Make it as it was; False if that cannot be done, and the jail must not be used again."""
        try:
            now = os.stat("/tmp")  # noqa: PTH116
            if now.st_mode != self.mode:
                os.chmod("/tmp", stat.S_IMODE(self.mode))  # noqa: PTH101
            if now.st_size != self.size:
                with os.scandir("/tmp") as entries:
                    left = [entry for entry in entries if entry.name not in self.names]
                for entry in left:
                    _remove(entry)
            return not os.listxattr("/tmp")
        except (OSError, RecursionError, ValueError):
            return False


def _remove(entry: os.DirEntry[str]) -> None:
    """Remove a file, a link, or a folder with all that is in it. Nothing else runs, so nothing changes meanwhile."""
    if not entry.is_dir(follow_symlinks=False):
        os.unlink(entry.path)  # noqa: PTH108
        return
    with os.scandir(entry.path) as entries:
        inner = list(entries)
    for each in inner:
        _remove(each)
    os.rmdir(entry.path)  # noqa: PTH106


if __name__ == "__main__":
    serve(int(sys.argv[1]))
