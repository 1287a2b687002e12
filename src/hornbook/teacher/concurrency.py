"""Send many requests at once: from an event loop in a thread of its own, and never more than the endpoint takes.

Requests run as tasks of the loop, so that an abandoned one is closed at once instead of being waited for, and the
server can stop writing.
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterable, Iterator
from contextlib import closing
from typing import Any, Generic, TypeVar

from hornbook.errors import EndpointError, HornbookError
from hornbook.teacher.api import Reply, ReplyOutcome, TeacherRequest

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

_GATHER_SECONDS = 0.004
"""Results wait so long for others and are handed over together, since waking a thread costs as much as a request."""
_POLL_SECONDS = 0.01
"""Before the first result, the number of requests that may run is read again at this interval."""

_START = 64
"""Requests in flight at the start."""
_MOST_UNANSWERED = 256
"""Requests in flight before the first answer. A server that takes no more says so at once, so `_START` more are sent
after each `_WIDEN_SECONDS` without a refusal."""
_WIDEN_SECONDS = 0.01
_GROWTH = 4.0
"""Requests that one answer adds before the first refusal, so that a round of answers makes five times as many."""

_MOST_FAILED_SHARE = 0.25
_MIN_JUDGED = 20
"""Replies after which the share of failures is judged."""

Handle = Callable[[Item, asyncio.Event], Coroutine[Any, Any, Result]]
"""Handles one item; the event is set when a result is no longer wanted unless its request is already in flight."""


class Throttle:
    """The number of requests that may be in flight, for the tasks of one event loop.

    The rule is that of TCP's congestion window: a modest start, from which each answer allows more until the first
    refusal; half after each refusal; then one more for each round of answers. Turns are given in order.
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
        self._widening: asyncio.TimerHandle | None = None
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
            self._widen_soon()
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

        Args:
            mark: From `take`. Requests that were in flight together and are all refused halve only once.
            pause_seconds: Holds for all requests; 0 if only this one waits.
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

    def _widen_soon(self) -> None:
        """Allow more requests in a moment, if there was neither a refusal nor an answer."""
        is_blind = self.num_answered == 0 and self._growth is not None
        if is_blind and self._widening is None and self._allowed < min(self._most, _MOST_UNANSWERED):
            self._widening = asyncio.get_running_loop().call_later(_WIDEN_SECONDS, self._widen)

    def _widen(self) -> None:
        self._widening = None
        if self._waiting and self.num_answered == 0 and self._growth is not None:
            self._allowed = min(float(self._most), _MOST_UNANSWERED, self._allowed + _START)
            self._start_waiting()
            self._widen_soon()

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
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=name, daemon=True)
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> T:
        """Run one coroutine in the loop and wait for its result; cancel it if the wait is interrupted."""
        future = asyncio.run_coroutine_threadsafe(coroutine, self._loop)
        try:
            return future.result()
        finally:
            future.cancel()  # Has no effect on a finished one.

    def each(
        self, items: Iterable[Item], handle: Handle[Item, Result], num_at_once: Callable[[], int]
    ) -> Generator[tuple[int, Result], None, None]:
        """Handle many items at once and yield each result as it comes.

        After the event of `handle` was set no further item is read. An item whose handling was cancelled has no
        result. When the iterator is closed, the items in flight are abandoned.

        Args:
            items: Read in the calling thread, a quarter more than `num_at_once` ahead of the results taken.
            handle: Runs in the loop, as one task for each item.
            num_at_once: The number of items that make progress at the same time; read again and again.

        Yields:
            The item's index, counted from 0, and its result.
        """
        flight = _Flight(self._loop, handle)
        waiting = enumerate(items)
        results: deque[tuple[int, Result | BaseException]] = deque()
        num_open = 0
        has_result = False
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
                    return
                if not results:
                    try:
                        results.extend(flight.finished.get(timeout=None if has_result else _POLL_SECONDS))
                    except queue.Empty:
                        continue
                    has_result = True
                index, result = results.popleft()
                num_open -= 1
                if isinstance(result, asyncio.CancelledError):
                    continue
                if isinstance(result, BaseException):
                    raise result
                yield index, result
        finally:
            flight.abandon()

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Cancel all tasks, run `last`, and end the thread."""
        self.call(_end(last))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Flight(Generic[Item, Result]):
    """The items of one `each` that are being handled."""

    def __init__(self, loop: asyncio.AbstractEventLoop, handle: Handle[Item, Result]) -> None:
        self._loop = loop
        self._handle = handle
        self._new: deque[tuple[int, Item]] = deque()
        self._is_woken = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._results: list[tuple[int, Result | BaseException]] = []
        self.given_up = asyncio.Event()
        self.finished: queue.SimpleQueue[list[tuple[int, Result | BaseException]]] = queue.SimpleQueue()

    def start(self, entry: tuple[int, Item]) -> None:
        """Hand over an item. Called outside of the loop, as is `abandon`."""
        self._new.append(entry)
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._start_new)

    def abandon(self) -> None:
        """Cancel everything in flight."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _start_new(self) -> None:
        self._is_woken = False  # Before the items are taken: one that comes after them wakes the loop again.
        while self._new:
            task = self._loop.create_task(self._run(*self._new.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, index: int, item: Item) -> None:
        try:
            result: Result | BaseException = await self._handle(item, self.given_up)
        except BaseException as error:
            result = error
        if not self._results:
            self._loop.call_later(_GATHER_SECONDS, self._hand_over)
        self._results.append((index, result))

    def _hand_over(self) -> None:
        self.finished.put(self._results)
        self._results = []

    def _cancel(self) -> None:
        self.given_up.set()  # First, so that no waiting request takes the turn of a cancelled one.
        self._new.clear()
        for task in self._tasks:
            task.cancel()


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
    thread: LoopThread,
    requests: Iterable[TeacherRequest],
    ask_one: Handle[TeacherRequest, Reply],
    num_at_once: Callable[[], int],
) -> Iterator[tuple[int, Reply]]:
    """Ask many requests at once, as `Teacher.ask` does.

    Args:
        thread: Runs `ask_one`.
        requests: Read in the calling thread.
        ask_one: Gives one reply, or raises a `HornbookError` that every further request would meet.
        num_at_once: As in `LoopThread.each`.

    Raises:
        HornbookError: The first that `ask_one` raised; or more than a quarter of the requests failed. The replies of
            requests in flight are yielded first.
    """
    num_failed = num_replies = 0
    failure: HornbookError | None = None

    async def handle(request: TeacherRequest, given_up: asyncio.Event) -> Reply:
        nonlocal num_failed, num_replies, failure
        try:
            reply = await ask_one(request, given_up)
        except HornbookError as error:
            failure = failure or error
            given_up.set()
            raise asyncio.CancelledError from None
        num_replies += 1
        if reply.outcome in (ReplyOutcome.REJECTED, ReplyOutcome.UNANSWERED):
            num_failed += 1
            if num_replies >= _MIN_JUDGED and num_failed > _MOST_FAILED_SHARE * num_replies:
                given_up.set()
                failure = failure or EndpointError(
                    f"the teacher rejected or did not answer {num_failed} of {num_replies} requests, more than "
                    f"{_MOST_FAILED_SHARE:.0%}; the last failure: {reply.detail}"
                )
        return reply

    with closing(thread.each(requests, handle, num_at_once)) as replies:
        yield from replies
    if failure is not None:
        raise failure
