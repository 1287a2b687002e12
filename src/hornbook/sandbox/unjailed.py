"""Run programs without a jail, for machines where none can be had, at the user's own risk.

Each program gets a fresh interpreter, a process group and a temporary folder of its own, the limits of `Limits`, and
the environment of the jail. That keeps an honest program from taking the machine down and gives it the verdict that the
jail would give. It keeps no program from reading and changing whatever the user can, or from using the network. Hence
nothing makes an `Unjailed` but the user's explicit wish.

The wall clock is a plain one here: a machine that is more than a few times slower than usual can turn a slow program
into a time-out.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from hornbook.errors import SandboxError
from hornbook.processes import num_cores
from hornbook.sandbox.bubblewrap import TMP_BYTES, python_command
from hornbook.sandbox.execute import HALF_SECRET_BYTES
from hornbook.sandbox.program import (
    OUTPUT_BYTES,
    Limits,
    Program,
    Report,
    ignore_progress,
    ignore_report,
    run_time_outs_again,
)
from hornbook.sandbox.verdict import Seen, report_of

_SCRIPT = Path(__file__).with_name("execute.py")
_READ_BYTES = 1 << 16
_TICK_SECONDS = 0.01
_OVER_CPU = (signal.SIGPROF, signal.SIGXCPU)


class Unjailed:
    """The interface of `Jail` without a jail."""

    def __init__(self, limits: Limits | None = None, *, num_workers: int | None = None) -> None:
        """Start nothing yet.

        Args:
            limits: For each program; the defaults of `Limits` if None. Some systems have no limit on memory.
            num_workers: Programs at once; one for each core that this process may use, if None.
        """
        self.limits = limits or Limits()
        self._num_workers = num_workers or num_cores()
        self._running: set[int] = set()

    def __enter__(self) -> "Unjailed":
        """Do nothing: there is nothing to start."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill what still runs."""
        self._kill_all()

    def describe(self) -> dict[str, Any]:
        """That there is no jail, and the limits, as JSON values."""
        return {"backend": "none: programs run without a jail", "limits": self.limits.describe()}

    def run(
        self,
        programs: Sequence[Program],
        progress: Callable[[int, int], None] = ignore_progress,
        on_report: Callable[[int, Report], None] = ignore_report,
    ) -> list[Report]:
        """Run each program, several at a time, and those that ran out of time once more, alone; as `Jail.run` does.

        Raises:
            SandboxError: A process cannot be started.
        """
        return run_time_outs_again(
            len(programs), lambda indices, tell: self._run(programs, indices, tell), progress, on_report
        )

    def _run(self, programs: Sequence[Program], indices: Sequence[int], tell: Callable[[int, Report], None]) -> None:
        with ThreadPoolExecutor(self._num_workers) as pool:
            futures = {pool.submit(self._run_one, programs[index]): index for index in indices}
            try:
                for future in as_completed(futures):
                    tell(futures[future], future.result())
            except BaseException:
                pool.shutdown(wait=False, cancel_futures=True)
                self._kill_all()
                raise

    def _run_one(self, program: Program) -> Report:
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder, tempfile.TemporaryFile() as source:
            source.write(program.source.encode("utf-8", "surrogatepass"))
            source.seek(0)
            answers, answers_end = os.pipe()
            secret_end, secret_in = os.pipe()
            secret = os.urandom(2 * HALF_SECRET_BYTES)
            os.write(secret_in, secret)
            os.close(secret_in)
            inherited = (source.fileno(), answers_end, secret_end)
            try:
                process = self._start(Path(folder), inherited)
            except OSError as error:
                os.close(answers)
                raise SandboxError(f"`{sys.executable}` cannot be started: {error.strerror}") from error
            finally:
                os.close(answers_end)
                os.close(secret_end)
            with process, os.fdopen(answers, "rb") as said:
                return self._watch(process, said, secret)

    def _start(self, folder: Path, inherited: tuple[int, ...]) -> "subprocess.Popen[bytes]":
        numbers = (self.limits.cpu_seconds, self.limits.memory_bytes, TMP_BYTES, *inherited)
        return subprocess.Popen(
            [*python_command(), str(_SCRIPT), *map(str, numbers)],
            cwd=folder,
            env={"HOME": str(folder), "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            pass_fds=inherited,
            start_new_session=True,
        )

    def _watch(self, process: "subprocess.Popen[bytes]", said: IO[bytes], secret: bytes) -> Report:
        self._running.add(process.pid)
        assert process.stdout is not None
        assert process.stderr is not None
        course = _Course(deadline=time.monotonic() + self.limits.wall_seconds)
        try:
            with selectors.DefaultSelector() as selector:
                for stream, received in (
                    (process.stdout, course.stdout),
                    (process.stderr, course.stderr),
                    (said, course.said),
                ):
                    os.set_blocking(stream.fileno(), False)
                    selector.register(stream, selectors.EVENT_READ, received)
                course.follow(process.pid, selector)
        finally:
            self._running.discard(process.pid)
            _kill_group(process.pid)
            if course.status is None:
                _, course.status, usage = os.wait4(process.pid, 0)
                course.cpu_seconds = usage.ru_utime + usage.ru_stime
            process.returncode = os.waitstatus_to_exitcode(course.status)
        is_over_cpu = os.WIFSIGNALED(course.status) and os.WTERMSIG(course.status) in _OVER_CPU
        seen = Seen(
            stopped=course.stopped or ("cpu" if is_over_cpu else ""),
            status=course.status,
            cpu_seconds=course.cpu_seconds,
            secret=secret,
            answer=bytes(course.said),
            stdout=bytes(course.stdout),
            stderr=bytes(course.stderr),
        )
        return report_of(seen, self.limits)

    def _kill_all(self) -> None:
        for process in list(self._running):
            _kill_group(process)


@dataclass(kw_only=True)
class _Course:
    """What is seen of one process."""

    deadline: float
    stdout: bytearray = field(default_factory=bytearray)
    stderr: bytearray = field(default_factory=bytearray)
    said: bytearray = field(default_factory=bytearray)
    stopped: str = ""
    status: int | None = None
    cpu_seconds: float = 0.0

    def follow(self, process: int, selector: selectors.BaseSelector) -> None:
        """Read what it writes until it has ended or met a limit."""
        while self.status is None and not self.stopped:
            self._read(selector, _TICK_SECONDS)
            ended, status, usage = os.wait4(process, os.WNOHANG)
            if ended:
                self.status, self.cpu_seconds = status, usage.ru_utime + usage.ru_stime
                while len(self.stdout) + len(self.stderr) <= OUTPUT_BYTES and self._read(selector, 0):
                    pass
            elif time.monotonic() > self.deadline:
                self.stopped = "wall"
            if len(self.stdout) + len(self.stderr) > OUTPUT_BYTES:
                self.stopped = "output"

    def _read(self, selector: selectors.BaseSelector, timeout_seconds: float) -> bool:
        events = selector.select(timeout_seconds)
        for key, _ in events:
            if chunk := os.read(key.fd, _READ_BYTES):
                key.data.extend(chunk)
            else:
                selector.unregister(key.fileobj)
        return bool(events)


def _kill_group(process: int) -> None:
    with contextlib.suppress(OSError):  # Nothing of it is left.
        os.killpg(process, signal.SIGKILL)
