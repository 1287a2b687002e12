"""Give programs to workers, and take back their reports, whatever becomes of the workers."""

import contextlib
import select
import time
from collections import deque
from collections.abc import Callable, Sequence

from hornbook.errors import SandboxError
from hornbook.sandbox.program import Program, Report
from hornbook.sandbox.worker import Worker, WorkerDiedError

_ATTEMPTS = 2
_MOST_CHARACTERS_AHEAD = 16384
"""Longest program that is sent to a busy worker; it fits into the socket before anyone reads."""


class Dispatcher:
    """Workers, and which programs each of them has: the one that it runs, and the one that it will run next.

    A worker that has its next program does not wait for us. A program is sent ahead like this only while there are
    enough others for each worker, so that at the end none waits for a slow one while a worker is idle.
    """

    def __init__(self, num_workers: int, start_worker: Callable[[], Worker]) -> None:
        """Start nothing yet.

        Args:
            num_workers: As many as may run at once.
            start_worker: Called when one more is needed.
        """
        self._num_workers = num_workers
        self._start_worker = start_worker
        self._given: dict[Worker, deque[int]] = {}

    @property
    def workers(self) -> list[Worker]:
        """Those that live, as far as we know."""
        return list(self._given)

    def run(self, programs: Sequence[Program], indices: Sequence[int], tell: Callable[[int, Report], None]) -> None:
        """Run the programs with these indices, each of them once, several at a time.

        Args:
            programs: More than these may be in it.
            indices: Which to run.
            tell: Told the index and the report of each, in the order in which they end.

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

    def kill(self) -> None:
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
            worker = self._start_worker()
        except WorkerDiedError as error:
            raise SandboxError(f"a new jail cannot be started: {error}") from error
        self._given[worker] = deque()
        return worker

    def _remove(self, worker: Worker, waiting: deque[int]) -> None:
        worker.kill()
        waiting.extendleft(reversed(self._given.pop(worker)))

    def _remove_dead(self) -> None:
        for worker in self.workers:
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
