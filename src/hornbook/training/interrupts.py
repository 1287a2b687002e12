"""SIGTERM and SIGINT as a request that is heard between two steps, so that a checkpoint can be written."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Interrupts:
    """Whether this process was asked to end."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self.asked: signal.Signals | None = None
        """SIGTERM or SIGINT, the first that came; whoever answers it sets it to None."""

    def hear(self, number: int, frame: FrameType | None) -> None:
        """The handler of both signals. A second SIGINT does not wait for the step's end.

        Raises:
            KeyboardInterrupt: On the second SIGINT.
        """
        del frame
        if number == signal.SIGINT and self.asked == signal.SIGINT:
            raise KeyboardInterrupt
        self.asked = self.asked or signal.Signals(number)


@contextmanager
def heard_interrupts() -> Iterator[Interrupts]:
    """Hear both signals inside; a request that nobody answered takes its usual effect at the end.

    Outside the main thread, where Python lets nobody set handlers, the signals keep their usual effect.
    """
    interrupts = Interrupts()
    if threading.current_thread() is not threading.main_thread():
        yield interrupts
        return
    former = {number: signal.signal(number, interrupts.hear) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield interrupts
    finally:
        for number, handler in former.items():
            signal.signal(number, handler)
    if interrupts.asked is not None:
        signal.raise_signal(interrupts.asked)
