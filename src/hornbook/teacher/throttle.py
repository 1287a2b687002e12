"""How many requests an endpoint gets at once: fewer when it refuses, slowly more again when it answers.

The rule is that of TCP's congestion window: half at each refusal, one more after each round of answers.
"""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Throttle:
    """Slots for requests, given in the order of asking. For the tasks of one event loop."""

    def __init__(self, most: int) -> None:
        """Allow `most` requests at once, and never more."""
        self._most = most
        self._allowed = float(most)
        self._num_running = 0
        self._num_halvings = 0
        self._resume_at = 0.0
        self._changed = asyncio.Condition()
        self.num_answered = 0
        """How many requests were answered so far."""

    @property
    def num_allowed(self) -> int:
        """How many requests may run at once now."""
        return int(self._allowed)

    @asynccontextmanager
    async def slot(self) -> AsyncIterator[int]:
        """Wait until one more request may run, and count it as running.

        Yields:
            A mark to hand to `refused`.
        """
        async with self._changed:
            await self._changed.wait_for(lambda: self._num_running < self.num_allowed)
            self._num_running += 1
        try:
            yield self._num_halvings
        finally:
            self._num_running -= 1
            async with self._changed:
                self._changed.notify_all()

    def answered(self) -> None:
        """Note an answer: a round of them allows one request more."""
        self.num_answered += 1
        self._allowed = min(float(self._most), self._allowed + 1 / self._allowed)

    def refused(self, mark: int, pause_seconds: float) -> None:
        """Note that the endpoint is asked too much: half as many at once, and none before the pause is over.

        Args:
            mark: The slot's. Requests that were under way together and are all refused halve only once.
            pause_seconds: For all requests.
        """
        self._resume_at = max(self._resume_at, time.monotonic() + pause_seconds)
        if mark == self._num_halvings:
            self._num_halvings += 1
            self._allowed = max(1.0, self._allowed / 2)

    def pause_seconds(self) -> float:
        """How long no request should be started, from now on; 0 or less if one may."""
        return self._resume_at - time.monotonic()
