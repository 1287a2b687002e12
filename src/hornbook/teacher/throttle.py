"""How many requests an endpoint gets at once: quickly more at the start, fewer when it refuses, then slowly more again.

The rule is that of TCP's congestion window: a modest start, from which each answer allows more until the first refusal;
half at each refusal; after it one more for each round of answers.
"""

import asyncio
from collections import deque
from typing import Self

_FIRST = 64
"""Requests at once in the beginning, if so many are allowed: what no server in earnest falls over at."""
_UNANSWERED = 256
"""Requests at once before there is an answer: a server that takes no more says so at once, so that `_FIRST` more follow
those that were left unrefused for a moment."""
_MOMENT_SECONDS = 0.01
_GROWTH = 4.0
"""What one answer adds before the first refusal: a round of answers makes five times as many of what runs at once."""


class Throttle:
    """Slots for requests, given in the order of asking. For the tasks of one event loop."""

    def __init__(self, most: int) -> None:
        """Allow at most `most` requests at once, in the beginning fewer if that is a lot."""
        self._most = most
        self._allowed = float(min(most, _FIRST))
        self._growth: float | None = _GROWTH
        self._num_running = 0
        self._most_running = 0
        self._num_halvings = 0
        self._resume_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._widening: asyncio.TimerHandle | None = None
        self.num_answered = 0
        """How many requests were answered so far."""

    @property
    def num_allowed(self) -> int:
        """How many requests may run at once now. May be read from any thread."""
        return int(self._allowed)

    def slot(self) -> "Slot":
        """A place for one request, to be entered as a context."""
        return Slot(self)

    def answered(self) -> None:
        """Note an answer: it allows more requests, but not many times what was ever wanted at once."""
        self.num_answered += 1
        if self._allowed < (1 + _GROWTH) * self._most_running:
            growth = 1 / self._allowed if self._growth is None else self._growth
            self._allowed = min(float(self._most), self._allowed + growth)
            self._fill()

    def refused(self, mark: int, pause_seconds: float) -> None:
        """Note that the endpoint is asked too much: half as many at once, and none before the pause is over.

        Args:
            mark: The slot's. Requests that were under way together and are all refused halve only once.
            pause_seconds: For all requests; 0 if only this one is to wait.
        """
        if pause_seconds > 0:
            self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + pause_seconds)
        self._growth = None
        if mark == self._num_halvings:
            self._num_halvings += 1
            self._allowed = max(1.0, self._allowed / 2)

    def pause_seconds(self) -> float:
        """How long no request should be started, from now on; 0 or less if one may."""
        return self._resume_at - asyncio.get_running_loop().time() if self._resume_at else 0.0

    async def _take(self) -> int:
        if self._waiting or self._num_running >= self.num_allowed:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            self._widen_soon()
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():  # The slot was given in the same moment.
                    self._give()
                raise
        else:
            self._num_running += 1
        self._most_running = max(self._most_running, self._num_running)
        return self._num_halvings

    def _widen_soon(self) -> None:
        """Allow more requests in a moment, if there is neither a refusal nor an answer to go by."""
        is_blind = self.num_answered == 0 and self._growth is not None
        if is_blind and self._widening is None and self._allowed < min(self._most, _UNANSWERED):
            self._widening = asyncio.get_running_loop().call_later(_MOMENT_SECONDS, self._widen)

    def _widen(self) -> None:
        self._widening = None
        if self._waiting and self.num_answered == 0 and self._growth is not None:
            self._allowed = min(float(self._most), _UNANSWERED, self._allowed + _FIRST)
            self._fill()
            self._widen_soon()

    def _give(self) -> None:
        self._num_running -= 1
        self._fill()

    def _fill(self) -> None:
        while self._waiting and self._num_running < self.num_allowed:
            turn = self._waiting.popleft()
            if not turn.done():  # Else its request was abandoned.
                self._num_running += 1
                turn.set_result(None)


class Slot:
    """A context: on entry it waits until one more request may run, and counts it as running until it ends."""

    def __init__(self, throttle: Throttle) -> None:
        """To be had from `Throttle.slot`."""
        self._throttle = throttle
        self._is_taken = False
        self.mark = 0
        """What to hand to `Throttle.refused`."""

    def end(self) -> None:
        """Let the next request run before the context is left: the endpoint is done with this one."""
        if self._is_taken:
            self._is_taken = False
            self._throttle._give()

    async def __aenter__(self) -> Self:
        self.mark = await self._throttle._take()
        self._is_taken = True
        return self

    async def __aexit__(self, *raised: object) -> None:
        self.end()
