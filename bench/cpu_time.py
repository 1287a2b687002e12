"""The CPU time of a program with all processes below it, those in a jail included.

What the operating system adds up for a process leaves out a jail that is killed, so the living processes are asked
several times a second; what a killed one used after it was last asked is lost.
"""

import threading
from types import TracebackType

import psutil

SECONDS_BETWEEN_SAMPLES = 0.1


class CpuTime:
    """A context manager; `seconds` is the CPU time between entry and exit, user and system together."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begin = 0.0
        self._last: dict[int, float] = {}
        self._gone = 0.0
        self._own = psutil.Process()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "CpuTime":
        """Begin to count."""
        self._begin = self._sample()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Count for the last time."""
        self._stop.set()
        self._thread.join()
        self.seconds = self._sample() - self._begin

    def _watch(self) -> None:
        while not self._stop.wait(SECONDS_BETWEEN_SAMPLES):
            self._sample()

    def _sample(self) -> float:
        """CPU time so far of this process, of its children with what they reaped, and of those children that are gone.

        What this process itself reaped is left out: it was asked while it lived.
        """
        own = self._own.cpu_times()
        now: dict[int, float] = {}
        for child in self._own.children(recursive=True):
            try:
                times = child.cpu_times()
            except psutil.NoSuchProcess:
                continue
            now[child.pid] = times.user + times.system
            now[-child.pid] = times.children_user + times.children_system
        self._gone += _lost(self._last, now)
        self._last = now
        return float(own.user + own.system + sum(now.values()) + self._gone)


def _lost(before: dict[int, float], now: dict[int, float]) -> float:
    """What was counted for processes that are gone and that no living one has taken over."""
    gone = sum(seconds for key, seconds in before.items() if key not in now)
    reaped = sum(seconds - before.get(key, 0.0) for key, seconds in now.items() if key < 0)
    return max(gone - reaped, 0.0)
