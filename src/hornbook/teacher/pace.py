"""How fast a teacher answers, what it has cost so far, and how long the rest will take."""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass

_WINDOW_SECONDS = 60.0
_SECONDS_BETWEEN_MARKS = 1.0


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountProgress:
    """Live figures of an account, since it was opened."""

    num_answers: int
    """Handed on, whatever their outcome, from the disk or not."""
    num_from_cache: int
    num_calls: int
    """Requests that the model answered or left unanswered."""
    calls_per_second: float
    """In the last minute; 0 as long as nothing is known."""
    tokens_per_second: float
    """That the model wrote, in the last minute."""
    usd: float
    """Spent since the account was opened, without calls of unknown price."""
    unpriced_calls: int
    outcomes: Mapping[str, int]
    """Of the answers."""

    def seconds_left(self, num_open: int) -> float | None:
        """How long so many further calls will take; None as long as the rate is not known."""
        return num_open / self.calls_per_second if self.calls_per_second > 0 else None

    def note(self, *, num_kept: int | None = None, num_open: int | None = None) -> str:
        """One line for a progress bar: rate, cost, yield, time left.

        Args:
            num_kept: How many answers led to a record that is kept; not mentioned if None.
            num_open: How many requests are still to be asked, as far as it is known.
        """
        parts = []
        if self.num_calls:
            parts.append(f"{self.calls_per_second:.3g} calls/s, {self.tokens_per_second:,.0f} tokens/s")
        if self.usd or self.unpriced_calls:
            unknown = f" and {self.unpriced_calls:,} calls of unknown price" if self.unpriced_calls else ""
            parts.append(f"{self.usd:.4g} USD{unknown}")
        if self.num_from_cache:
            parts.append(f"{self.num_from_cache:,} from the cache")
        if num_kept is not None and self.num_answers:
            parts.append(f"{num_kept / self.num_answers:.0%} kept")
        seconds = None if num_open is None else self.seconds_left(num_open)
        if seconds is not None:
            parts.append(f"{spoken_seconds(seconds)} left")
        return ", ".join(parts)


class Pace:
    """Rates over the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """Begin now.

        Args:
            clock: Gives seconds that never go back.
        """
        self._clock = clock
        self._begun = clock()
        self._marks: deque[tuple[float, int, int]] = deque([(self._begun, 0, 0)])
        self._num_calls = 0
        self._num_tokens = 0

    def add(self, num_tokens: int) -> None:
        """Count a call that brought so many tokens."""
        self._num_calls += 1
        self._num_tokens += num_tokens
        now = self._clock()
        if now - self._marks[-1][0] >= _SECONDS_BETWEEN_MARKS:
            self._marks.append((now, self._num_calls, self._num_tokens))
            while now - self._marks[1][0] >= _WINDOW_SECONDS:
                self._marks.popleft()

    def restart(self) -> None:
        """Begin the minute anew, as when a pause is over."""
        self._marks = deque([(self._clock(), self._num_calls, self._num_tokens)])

    def per_second(self) -> tuple[float, float]:
        """Calls and tokens."""
        begun, calls, tokens = self._marks[0]
        seconds = self._clock() - begun
        if seconds <= 0:
            return 0.0, 0.0
        return (self._num_calls - calls) / seconds, (self._num_tokens - tokens) / seconds


def spoken_seconds(seconds: float) -> str:
    """`40 s`, `12 min`, `3.5 h`."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{seconds:.0f} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes / 60:.1f} h"
