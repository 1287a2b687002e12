"""Runs inside the jail: a warm interpreter that forks once for each program.

Bound into the jail as a script, so it imports the standard library alone. Messages on the socket are a length of 4
bytes and that many bytes: first one JSON object with the limits, then one program after another; for each program one
JSON object comes back.

How a program cannot claim that it passed: the child must send back a secret that it can read only through a pipe whose
number the program is not told, and does so once the program's last line has run. Leaving early, printing, or writing on
every descriptor gives no verdict of `passed`. Code that takes the interpreter's own frames apart is not fought here.
"""

import contextlib
import ctypes
import gc
import json
import os
import random
import re
import resource
import select
import shutil
import signal
import sys
import time
import types
from typing import Any, BinaryIO

_WARM_MODULES = (
    "abc array ast bisect calendar collections.abc cmath copy dataclasses datetime decimal enum fractions functools "
    "hashlib heapq inspect io itertools math numbers operator pathlib statistics string struct textwrap traceback "
    "typing unicodedata"
)
_PROGRAM_NAME = "<program>"
_DETAIL_CHARACTERS = 400
_STDERR_BYTES = 2000
_READ_BYTES = 65536
_SECRET_BYTES = 32
_SPARE_BYTES = 32 * 2**20
_TICK_SECONDS = 0.002
_CPU_CLOCK_OF_PROCESS = 2
_NOBODY = 65534
_SOCKET = 3
_INSTRUCTION_BYTES = 8
_HIGHEST_DESCRIPTOR = 4096
_ADDRESS = re.compile(r"0x[0-9a-f]{8,16}\b")
_REPORTED = ("passed", "wrong", "raised", "syntax error", "out of memory")

_PR_SET_DUMPABLE, _PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS, _SECCOMP_MODE_FILTER = 4, 22, 38, 2


class _FilterProgram(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("instructions", ctypes.c_char_p))


class _Child:
    """A running program with the reading ends of its pipes."""

    def __init__(self, pid: int, stdout: int, stderr: int, verdict: int) -> None:
        self.pid, self.stdout, self.stderr, self.verdict = pid, stdout, stderr, verdict
        self.received: dict[int, bytearray] = {stdout: bytearray(), stderr: bytearray()}

    def take(self, descriptor: int) -> bool:
        """Read what there is; False once nothing more can come."""
        try:
            chunk = os.read(descriptor, _READ_BYTES)
        except BlockingIOError:
            return False
        self.received[descriptor] += chunk
        return bool(chunk)

    def num_output_bytes(self) -> int:
        """How much it has written so far, stdout and stderr together."""
        return sum(map(len, self.received.values()))


def serve(descriptor: int) -> None:
    """Answer programs on the socket until its other end is closed.

    Raises:
        RuntimeError: This is no jail. Outside, ending "everything else" would end the machine's other processes.
    """
    if os.getpid() != 1 or os.getuid() != _NOBODY:
        raise RuntimeError("the runner is not alone in a jail")
    for name in _WARM_MODULES.split():
        __import__(name)
    libc = ctypes.CDLL(None)
    libc.prctl.argtypes = (ctypes.c_int, *[ctypes.c_ulong] * 4)
    libc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
    os.dup2(descriptor, _SOCKET)
    os.closerange(_SOCKET + 1, _HIGHEST_DESCRIPTOR)
    descriptor = _SOCKET
    with open(descriptor, "rb", closefd=False) as requests:
        limits = json.loads(_receive(requests) or b"{}")
        kept = frozenset(entry.name for entry in os.scandir("/tmp"))
        filter_code = bytes.fromhex(limits["filter"])
        gc.collect()
        gc.freeze()
        _send(descriptor, {"ready": True})
        while (source := _receive(requests)) is not None:
            report = _run(source.decode("utf-8", "surrogatepass"), limits, libc, filter_code)
            report["spent"] = not _empty_tmp(kept)
            _send(descriptor, report)


def _receive(requests: BinaryIO) -> bytes | None:
    header = requests.read(4)
    if len(header) < 4:
        return None
    return requests.read(int.from_bytes(header, "little"))


def _send(descriptor: int, message: dict[str, Any]) -> None:
    body = json.dumps(message).encode()
    data = memoryview(len(body).to_bytes(4, "little") + body)
    while data:
        data = data[os.write(descriptor, data) :]


def _run(source: str, limits: dict[str, Any], libc: ctypes.CDLL, filter_code: bytes) -> dict[str, Any]:
    """Fork, watch the child until it ends, and say what became of it."""
    secret = os.urandom(_SECRET_BYTES)
    pipes = [os.pipe() for _ in range(4)]
    (stdout, stdout_end), (stderr, stderr_end), (verdict, verdict_end), (secret_end, secret_in) = pipes
    os.write(secret_in, secret)
    pid = os.fork()
    if pid == 0:
        leave = os._exit
        try:
            verdict_end, secret_end = _confine(stdout_end, stderr_end, verdict_end, secret_end, limits)
            random.seed(0)  # Python seeds it anew after each fork
            _refuse_system_calls(libc, filter_code)
            _execute(source, verdict_end, secret_end, limits["memory_bytes"] + _SPARE_BYTES)
        finally:
            leave(1)
    for descriptor in (stdout_end, stderr_end, verdict_end, secret_end, secret_in):
        os.close(descriptor)
    child = _Child(pid, stdout, stderr, verdict)
    try:
        stopped = _watch(child, limits)
        _, status, usage = os.wait4(pid, 0)
        _kill_everything_else()
        for descriptor in child.received:
            while child.num_output_bytes() <= limits["output_bytes"] and child.take(descriptor):
                pass
        if child.num_output_bytes() > limits["output_bytes"]:
            stopped = "output"
        cpu_seconds = usage.ru_utime + usage.ru_stime
        outcome, detail = _judge(stopped, status, cpu_seconds, _verdict_of(child, secret), limits)
    finally:
        for descriptor in (stdout, stderr, verdict):
            os.close(descriptor)
    texts = {
        name: bytes(child.received[descriptor][:most]).decode("utf-8", "replace")
        for name, descriptor, most in (
            ("stdout", stdout, limits["output_bytes"]),
            ("stderr", stderr, min(_STDERR_BYTES, limits["output_bytes"])),
        )
    }
    return {"outcome": outcome, "detail": detail, "cpu_seconds": cpu_seconds, **texts}


def _watch(child: _Child, limits: dict[str, Any]) -> str:
    """Wait for the child's end, and bring it about at a limit. Returns which: `cpu`, `wall`, `output` or empty."""
    deadline = time.monotonic() + limits["wall_seconds"]
    cpu_clock = ~child.pid << 3 | _CPU_CLOCK_OF_PROCESS
    ended = os.pidfd_open(child.pid)
    poll = select.poll()
    poll.register(ended, select.POLLIN)
    for descriptor in child.received:
        os.set_blocking(descriptor, False)
        poll.register(descriptor, select.POLLIN)
    wait_seconds = min(limits["cpu_seconds"], limits["wall_seconds"])
    limit = ""
    try:
        while not limit:
            events = poll.poll(max(_TICK_SECONDS, wait_seconds) * 1000)
            for descriptor, _ in events:
                if descriptor != ended and not child.take(descriptor):
                    poll.unregister(descriptor)
            if any(descriptor == ended for descriptor, _ in events):
                return ""
            wait_seconds = min(limits["cpu_seconds"] - time.clock_gettime(cpu_clock), deadline - time.monotonic())
            if child.num_output_bytes() > limits["output_bytes"]:
                limit = "output"
            elif wait_seconds <= 0:
                limit = "wall" if time.monotonic() >= deadline else "cpu"
        os.kill(child.pid, signal.SIGKILL)
        return limit
    finally:
        os.close(ended)


def _verdict_of(child: _Child, secret: bytes) -> tuple[str, str] | None:
    """What the child says of itself, if it can be believed."""
    os.set_blocking(child.verdict, False)
    try:
        said, _, rest = os.read(child.verdict, 4096).partition(b"\n")
    except BlockingIOError:
        return None
    outcome = said.decode("ascii", "replace")
    if outcome not in _REPORTED or (outcome == "passed" and rest != secret):
        return None
    return outcome, "" if outcome == "passed" else rest.decode("utf-8", "replace")


def _judge(
    stopped: str, status: int, cpu_seconds: float, verdict: tuple[str, str] | None, limits: dict[str, Any]
) -> tuple[str, str]:
    if stopped == "output":
        return "output limit", f"wrote more than {limits['output_bytes']} bytes"
    if stopped == "cpu" or cpu_seconds >= limits["cpu_seconds"]:
        return "timed out (CPU)", f"used its {limits['cpu_seconds']:g} s of CPU time"
    if stopped == "wall":
        return "timed out (wall)", f"still running after {limits['wall_seconds']:g} s"
    if os.WIFSIGNALED(status):
        return "killed", f"by signal {os.WTERMSIG(status)}"
    if verdict is None:
        return "raised", f"left with status {os.WEXITSTATUS(status)} before its end"
    return verdict


def _kill_everything_else() -> None:
    """End what the program may have left behind: as process 1 this reaches all others in the jail, and them alone."""
    if os.getpid() != 1:
        raise RuntimeError("the runner is not alone in a jail")
    with contextlib.suppress(ProcessLookupError):
        os.kill(-1, signal.SIGKILL)
    with contextlib.suppress(ChildProcessError):
        while True:
            os.waitpid(-1, 0)


def _empty_tmp(kept: frozenset[str]) -> bool:
    """Remove what the program left in `/tmp`; False if something stays, and the jail must not be used again.

    `kept` are the names that were there at the start: none, unless Python itself lives below `/tmp`.
    """
    try:
        with os.scandir("/tmp") as entries:
            left = [entry for entry in entries if entry.name not in kept]
        for entry in left:
            if entry.is_dir(follow_symlinks=False):
                shutil.rmtree(entry.path)
            else:
                os.unlink(entry.path)  # noqa: PTH108
    except (OSError, RecursionError, ValueError):
        return False
    return True


def _confine(stdout: int, stderr: int, verdict: int, secret: int, limits: dict[str, Any]) -> tuple[int, int]:
    """In the child: put its pipes in place, close the runner's, set the limits. Returns its verdict and secret pipes.

    The kernel's own CPU limit lies above ours: it counts in clock ticks, which on a busy machine are unfair.
    """
    verdict, secret = (os.dup(os.dup(descriptor)) for descriptor in (verdict, secret))
    low, high = sorted((verdict, secret))
    os.dup2(stdout, 1)
    os.dup2(stderr, 2)
    os.closerange(3, low)
    os.closerange(low + 1, high)
    os.closerange(high + 1, high + 64)
    memory, cpu = limits["memory_bytes"], int(limits["cpu_seconds"]) + 5
    for kind, soft, hard in (
        (resource.RLIMIT_CORE, 0, 0),
        (resource.RLIMIT_CPU, cpu, cpu),
        (resource.RLIMIT_FSIZE, limits["tmp_bytes"], limits["tmp_bytes"]),
        (resource.RLIMIT_NOFILE, 64, 64),
        (resource.RLIMIT_NPROC, 64, 64),
        (resource.RLIMIT_AS, memory, memory + _SPARE_BYTES),
    ):
        resource.setrlimit(kind, (soft, hard))
    return verdict, secret


def _refuse_system_calls(libc: ctypes.CDLL, filter_code: bytes) -> None:
    if not filter_code:
        return
    program = _FilterProgram(len(filter_code) // _INSTRUCTION_BYTES, filter_code)
    libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    if libc.prctl(_PR_SET_SECCOMP, _SECCOMP_MODE_FILTER, ctypes.addressof(program), 0, 0) != 0:
        raise OSError("the kernel takes no seccomp filter")


def _execute(source: str, verdict: int, secret: int, most_memory_bytes: int) -> None:
    """In the child: run the program to its end, and say how it went.

    What is needed afterwards is taken into locals first, because the program may replace anything in any module.
    """
    read, write, leave, describe = os.read, os.write, os._exit, _describe
    give_memory, address_space, most_memory = resource.setrlimit, resource.RLIMIT_AS, (most_memory_bytes,) * 2
    streams = (sys.stdout, sys.stderr)
    module = sys.modules["__main__"] = types.ModuleType("__main__")
    answer = b""
    try:
        try:
            code = compile(source, _PROGRAM_NAME, "exec", dont_inherit=True)
        except (SyntaxError, ValueError, RecursionError) as error:
            answer = b"syntax error\n" + describe(error)
        else:
            exec(code, module.__dict__)
    except AssertionError as error:
        answer = b"wrong\n" + describe(error)
    except MemoryError as error:
        give_memory(address_space, most_memory)
        answer = b"out of memory\n" + describe(error)
    except BaseException as error:
        answer = b"raised\n" + describe(error)
    for stream in streams:
        try:
            stream.flush()
        except Exception:
            continue
    write(verdict, answer or b"passed\n" + read(secret, _SECRET_BYTES))
    leave(0)


def _describe(error: BaseException) -> bytes:
    line = error.lineno if isinstance(error, SyntaxError) else None
    frame = error.__traceback__
    while frame is not None:
        if frame.tb_frame.f_code.co_filename == _PROGRAM_NAME:
            line = frame.tb_lineno
        frame = frame.tb_next
    try:
        message = str(error.msg if isinstance(error, SyntaxError) else error).strip().split("\n", 1)[0]
    except Exception:
        message = "(its message cannot be read)"
    place = "" if line is None else f"line {line}: "
    text = f"{place}{type(error).__name__}" + (f": {message}" if message else "")
    return _ADDRESS.sub("0x…", text)[:_DETAIL_CHARACTERS].encode("utf-8", "replace")


if __name__ == "__main__":
    serve(int(sys.argv[1]))
