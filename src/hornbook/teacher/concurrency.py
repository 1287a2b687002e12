"""Send many requests at once: from an event loop in a thread of its own, and never more than the endpoint takes.

Requests run as tasks of the loop, so that an abandoned one is closed at once instead of being waited for, and the
server can stop writing.
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any, TypeVar

from hornbook.errors import EndpointError, HornbookError
from hornbook.teacher.api import Reply, ReplyOutcome, TeacherRequest

T = TypeVar("T")

_GATHER_SECONDS = 0.004
"""Replies wait so long for others and are handed over together, since waking a thread costs as much as a request."""
_START = 256
"""Requests in flight at the start, at most. A server that takes fewer says so at once."""
_GROWTH = 4.0
"""Requests that one answer adds before the first refusal, so that a round of answers makes five times as many."""
_MOST_FAILED_SHARE = 0.25
_MIN_JUDGED = 20
"""Replies after which the share of failures is judged."""

AskOne = Callable[[TeacherRequest, asyncio.Event], Coroutine[Any, Any, Reply]]
"""Asks one request; the event is set when a reply is no longer wanted unless its request is already in flight. Raises a
`HornbookError` that every further request would meet."""


class Throttle:
    """The number of requests that may be in flight, for the tasks of one event loop.

    The rule is that of TCP's congestion window: a start from which each answer allows more until the first refusal;
    half after each refusal; then one more for each round of answers. Turns are given in order.
    """

    def __init__(self, most: int) -> None:
        """Allow at most `most` requests in flight, in the beginning fewer."""
        self._most = most
        self._allowed = float(min(most, _START))
        self._growth: float | None = _GROWTH
        self._num_running = 0
        self._most_running = 0
        self._num_halvings = 0
        self._resume_at = 0.0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self.num_answered = 0

    @property
    def num_allowed(self) -> int:
        """The number of requests that may be in flight now. Can be read from any thread."""
        return int(self._allowed)

    async def take(self) -> int:
        """Wait for a turn; `release` ends it. Returns the mark that `refused` takes."""
        if self._waiting or self._num_running >= self.num_allowed:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():  # The turn was given in the same moment.
                    self.release()
                raise
        else:
            self._num_running += 1
        self._most_running = max(self._most_running, self._num_running)
        return self._num_halvings

    def release(self) -> None:
        """End a turn, and start the next request."""
        self._num_running -= 1
        self._start_waiting()

    def answered(self) -> None:
        """Note an answer: it allows more requests, but not many times the number that was ever in flight."""
        self.num_answered += 1
        if self._allowed < (1 + _GROWTH) * self._most_running:
            growth = 1 / self._allowed if self._growth is None else self._growth
            self._allowed = min(float(self._most), self._allowed + growth)
            self._start_waiting()

    def refused(self, mark: int, pause_seconds: float) -> None:
        """Note that the endpoint gets too many requests: allow half as many, and none before the pause is over.

        `mark` is that of `take`: requests that were in flight together and are all refused halve only once. The pause
        holds for all requests; it is 0 if only this one waits.
        """
        if pause_seconds > 0:
            self._resume_at = max(self._resume_at, asyncio.get_running_loop().time() + pause_seconds)
        self._growth = None
        if mark == self._num_halvings:
            self._num_halvings += 1
            self._allowed = max(1.0, self._allowed / 2)

    def pause_seconds(self) -> float:
        """How long no request should be started from now on; 0 or less if one may."""
        return self._resume_at - asyncio.get_running_loop().time() if self._resume_at else 0.0

    def _start_waiting(self) -> None:
        while self._waiting and self._num_running < self.num_allowed:
            turn = self._waiting.popleft()
            if not turn.done():  # Otherwise its request was abandoned.
                self._num_running += 1
                turn.set_result(None)


class LoopThread:
    """An event loop in a thread, from the beginning until `close`. Use it from one other thread."""

    def __init__(self, name: str) -> None:
        """Start the thread."""
        self.loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self.loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run one coroutine in the loop and wait for its result; cancel it if the wait is interrupted."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self.loop)
        try:
            return future.result()
        finally:
            future.cancel()  # Has no effect on a finished one.

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Cancel all tasks, run `last`, and end the thread."""
        self.call(_end(last))
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join()
        self.loop.close()


async def _end(last: Callable[[], Coroutine[Any, Any, None]] | None) -> None:
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    if last is not None:
        await last()
    await asyncio.get_running_loop().shutdown_asyncgens()
    await asyncio.get_running_loop().shutdown_default_executor()


def ask_all(
    thread: LoopThread, requests: Iterable[TeacherRequest], ask_one: AskOne, num_at_once: Callable[[], int]
) -> Iterator[tuple[int, Reply]]:
    """Ask many requests at once, as `Teacher.ask` does. When the iterator is closed, requests in flight are abandoned.

    The thread runs `ask_one`, as one task for each request. Requests are read in the calling thread, a quarter more
    than `num_at_once`, asked again and again, ahead of the replies taken.

    Raises:
        HornbookError: The first that `ask_one` raised; or more than a quarter of the requests failed. The replies of
            requests in flight are yielded first.
    """
    flight = _Flight(thread.loop, ask_one)
    waiting = enumerate(requests)
    ended: deque[tuple[int, Reply | BaseException | None]] = deque()
    num_open = 0
    try:
        while True:
            at_once = num_at_once()
            while num_open < at_once + max(1, at_once // 4) and not flight.given_up.is_set():
                entry = next(waiting, None)
                if entry is None:
                    break
                flight.start(entry)
                num_open += 1
            if not num_open:
                break
            if not ended:
                ended.extend(flight.ended.get())
            index, reply = ended.popleft()
            num_open -= 1
            if isinstance(reply, BaseException):
                raise reply
            if reply is not None:
                yield index, reply
    finally:
        flight.abandon()
    if flight.failure is not None:
        raise flight.failure


class _Flight:
    """The requests of one `ask_all` that are in flight."""

    def __init__(self, loop: asyncio.AbstractEventLoop, ask_one: AskOne) -> None:
        self._loop = loop
        self._ask_one = ask_one
        self._new: deque[tuple[int, TeacherRequest]] = deque()
        self._is_woken = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._gathered: list[tuple[int, Reply | BaseException | None]] = []
        self._num_replies = self._num_failed = 0
        self.given_up = asyncio.Event()
        self.failure: HornbookError | None = None
        self.ended: queue.SimpleQueue[list[tuple[int, Reply | BaseException | None]]] = queue.SimpleQueue()
        """Replies, faults of our own, and None for requests without a reply."""

    def start(self, entry: tuple[int, TeacherRequest]) -> None:
        """Start a request. Called outside of the loop, as is `abandon`."""
        self._new.append(entry)
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._start_new)

    def abandon(self) -> None:
        """Cancel everything in flight."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _start_new(self) -> None:
        self._is_woken = False  # Before the requests are taken: one that comes after them wakes the loop again.
        while self._new:
            task = self._loop.create_task(self._run(*self._new.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, index: int, request: TeacherRequest) -> None:
        reply: Reply | BaseException | None = None
        try:
            reply = await self._ask_one(request, self.given_up)
            self._judge(reply)
        except HornbookError as error:
            self._give_up(error)
        except asyncio.CancelledError:
            pass
        except BaseException as error:
            reply = error
        if not self._gathered:
            self._loop.call_later(_GATHER_SECONDS, self._hand_over)
        self._gathered.append((index, reply))

    def _judge(self, reply: Reply) -> None:
        """Give up if too large a share of the requests failed."""
        self._num_replies += 1
        if reply.outcome not in (ReplyOutcome.REJECTED, ReplyOutcome.UNANSWERED):
            return
        self._num_failed += 1
        if self._num_replies >= _MIN_JUDGED and self._num_failed > _MOST_FAILED_SHARE * self._num_replies:
            self._give_up(
                EndpointError(
                    f"the teacher rejected or did not answer {self._num_failed} of {self._num_replies} requests, more "
                    f"than {_MOST_FAILED_SHARE:.0%}; the last failure: {reply.detail}"
                )
            )

    def _give_up(self, error: HornbookError) -> None:
        self.failure = self.failure or error
        self.given_up.set()

    def _hand_over(self) -> None:
        self.ended.put(self._gathered)
        self._gathered = []

    def _cancel(self) -> None:
        self.given_up.set()  # First, so that no waiting request takes the turn of a cancelled one.
        self._new.clear()
        for task in self._tasks:
            task.cancel()
