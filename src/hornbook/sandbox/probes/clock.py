"""Stops a piece of code that uses up its CPU time, as far as Python lets itself be stopped."""

import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

_AGAIN_SECONDS = 0.05
_WAIT_SECONDS = 0.5
_SHARE_OF_WAITING = 0.02
"""Of a core: who uses less of it waits for something; who is held up by others uses more."""


class TimeUpError(BaseException):
    """The code used up its time. No `Exception`, so that few handlers of the code itself catch it."""


@contextmanager
def time_limit(seconds: float) -> Iterator[Callable[[], None]]:
    """Raise `TimeUpError` in the code below once it used so much CPU time, and again if it caught that.

    Gives a function that lets the time begin anew.

    User and system time count: deep recursion may spend most of its time in the system, where the interpreter's stack
    grows and shrinks by a chunk.

    Code that does not come back to Python, or takes the signal away, is the affair of the jail's own clock.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeUpError

    def begin() -> None:
        signal.setitimer(signal.ITIMER_PROF, seconds, _AGAIN_SECONDS)

    signal.signal(signal.SIGPROF, ring)
    begin()
    try:
        yield begin
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)


@contextmanager
def no_waiting() -> Iterator[None]:
    """Raise `TimeUpError` in the code below whenever it has waited for something rather than computed."""
    last = [time.monotonic(), time.process_time()]

    def ring(_signal: int, _frame: FrameType | None) -> None:
        now = [time.monotonic(), time.process_time()]
        waits = now[1] - last[1] < _SHARE_OF_WAITING * (now[0] - last[0])
        last[:] = now
        if waits:
            raise TimeUpError

    signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, _WAIT_SECONDS, _WAIT_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
