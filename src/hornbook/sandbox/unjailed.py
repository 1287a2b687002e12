"""Run programs without a jail, for machines where none is available, at the user's own risk.

Each program gets a fresh interpreter, a process group and a temporary folder of its own, the limits of `Limits`, and
the environment of the jail. That keeps an honest program from taking the machine down, and gives it the verdict of the
jail. It keeps no program from reading and changing whatever the user can, or from using the network. So nothing makes
an `Unjailed` but the user's explicit wish.

The wall clock is a plain one here: a machine that is more than a few times slower than usual can turn a slow program
into a time-out.
"""

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
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
    Seen,
    ignore_progress,
    ignore_report,
    report_of,
    run_time_outs_again,
)

_SCRIPT = Path(__file__).with_name("execute.py")
_ANSWER_BYTES = 4096
_TICK_SECONDS = 0.002
_OVER_CPU = (signal.SIGPROF, signal.SIGXCPU)


class Unjailed:
    """The interface of `Jail` without a jail."""

    def __init__(self, limits: Limits | None = None, *, num_workers: int | None = None) -> None:
        """Start nothing yet. As many programs run at once as this process may use cores, if `num_workers` is None.

        Some systems have no limit on memory.
        """
        self.limits = limits or Limits()
        self._num_workers = num_workers or num_cores()
        self._running: set[int] = set()

    def __enter__(self) -> "Unjailed":
        """Do nothing: there is nothing to start."""
        return self

    def __exit__(self, *raised: object) -> None:
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
        with contextlib.ExitStack() as stack:
            folder = stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True))
            source, stdout, stderr = (stack.enter_context(tempfile.TemporaryFile()) for _ in range(3))
            source.write(program.source.encode("utf-8", "surrogatepass"))
            source.seek(0)
            answers, answers_end = os.pipe()
            secret_end, secret_in = os.pipe()
            stack.callback(os.close, answers)
            os.set_blocking(answers, False)
            secret = os.urandom(2 * HALF_SECRET_BYTES)
            os.write(secret_in, secret)
            os.close(secret_in)
            inherited = (source.fileno(), answers_end, secret_end)
            numbers = (self.limits.cpu_seconds, self.limits.memory_bytes, TMP_BYTES, *inherited)
            try:
                process = subprocess.Popen(
                    [*python_command(), str(_SCRIPT), *map(str, numbers)],
                    cwd=folder,
                    env={"HOME": folder, "LC_ALL": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": "0"},
                    stdin=subprocess.DEVNULL,
                    stdout=stdout,
                    stderr=stderr,
                    pass_fds=inherited,
                    start_new_session=True,
                )
            except OSError as error:
                raise SandboxError(f"`{sys.executable}` cannot be started: {error.strerror}") from error
            finally:
                os.close(answers_end)
                os.close(secret_end)
            stopped, status, cpu_seconds = self._watch(process, stdout, stderr)
            answer = b""
            with contextlib.suppress(BlockingIOError):
                answer = os.read(answers, _ANSWER_BYTES)
            seen = Seen(
                stopped=stopped,
                status=status,
                cpu_seconds=cpu_seconds,
                secret=secret,
                answer=answer,
                stdout=os.pread(stdout.fileno(), OUTPUT_BYTES, 0),
                stderr=os.pread(stderr.fileno(), OUTPUT_BYTES, 0),
            )
            return report_of(seen, self.limits)

    def _watch(self, process: "subprocess.Popen[bytes]", *streams: IO[bytes]) -> tuple[str, int, float]:
        """Wait until the process has ended or met a limit.

        Returns:
            The limit: `output`, `wall`, `cpu` or nothing; the status, as `os.wait4` gives it; CPU seconds.
        """
        self._running.add(process.pid)
        deadline = time.monotonic() + self.limits.wall_seconds
        stopped, ended, status = "", 0, 0
        try:
            while not ended and not stopped:
                ended, status, usage = os.wait4(process.pid, os.WNOHANG)
                if sum(os.fstat(stream.fileno()).st_size for stream in streams) > OUTPUT_BYTES:
                    stopped = "output"
                elif not ended and time.monotonic() > deadline:
                    stopped = "wall"
                elif not ended:
                    time.sleep(_TICK_SECONDS)
        finally:
            self._running.discard(process.pid)
            _kill_group(process.pid)
            if not ended:
                _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        if not stopped and os.WIFSIGNALED(status) and os.WTERMSIG(status) in _OVER_CPU:
            stopped = "cpu"
        return stopped, status, usage.ru_utime + usage.ru_stime

    def _kill_all(self) -> None:
        for process in list(self._running):
            _kill_group(process)


def _kill_group(process: int) -> None:
    with contextlib.suppress(OSError):  # Nothing of it is left.
        os.killpg(process, signal.SIGKILL)
