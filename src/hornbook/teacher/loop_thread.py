"""An event loop in a thread of its own, and a way to pass many items through it without reading far ahead.

Requests run as tasks of the loop, so that an abandoned one is closed at once instead of being waited for, and the
server can stop writing it.
"""

import asyncio
import queue
import threading
from collections import deque
from collections.abc import Callable, Coroutine, Generator, Iterable
from typing import Any, Generic, TypeVar

T = TypeVar("T")
Item = TypeVar("Item")
Result = TypeVar("Result")

_GATHER_SECONDS = 0.004
"""How long results wait for others to be handed out together; nothing beside the time that a model takes."""

_LOOK_SECONDS = 0.01
"""How often, before there is any result, it is looked whether more handlings get anywhere by now."""

Handle = Callable[[Item, asyncio.Event], Coroutine[Any, Any, Result]]
"""What becomes of an item; the event is set when a result is no longer wanted unless it is already under way."""


class LoopThread:
    """The thread runs from the beginning until `close`. To be used from one other thread."""

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
            future.cancel()  # Where the wait was interrupted; a finished one takes no notice.

    def each(
        self, items: Iterable[Item], handle: Handle[Item, Result], num_at_once: Callable[[], int]
    ) -> Generator[tuple[int, Result], None, None]:
        """Handle many items at once and yield each result as it comes.

        Once an item's handling sets the event, no further item is read; handlings that end in `CancelledError` have no
        result. When the iterator is closed, what is under way is abandoned.

        Args:
            items: Read in the calling thread, a quarter more than `num_at_once` beyond the results taken.
            handle: Called in the loop, a task for each item.
            num_at_once: How many handlings get anywhere at the same time; asked again and again.

        Yields:
            The item's index, counted from 0, and its result.
        """
        passage = _Passage(self._loop, handle)
        waiting = enumerate(items)
        results: deque[tuple[int, Result | _Lost]] = deque()
        num_open = 0
        is_begun = False
        try:
            while True:
                at_once = num_at_once()
                while num_open < at_once + max(1, at_once // 4) and not passage.given_up.is_set():
                    entry = next(waiting, None)
                    if entry is None:
                        break
                    passage.enter(entry)
                    num_open += 1
                if not num_open:
                    return
                if not results:
                    try:
                        results.extend(passage.finished.get(timeout=None if is_begun else _LOOK_SECONDS))
                    except queue.Empty:
                        continue
                    is_begun = True
                index, result = results.popleft()
                num_open -= 1
                if not isinstance(result, _Lost):
                    yield index, result
                elif result.error is not None:
                    raise result.error
        finally:
            passage.abandon()

    def close(self, last: Callable[[], Coroutine[Any, Any, None]] | None = None) -> None:
        """Abandon what is under way, run `last`, and end the thread."""
        self.call(_end(last))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()


class _Lost:
    """In the place of a result: the handling was given up, or broke by a fault of ours."""

    def __init__(self, error: BaseException | None) -> None:
        self.error = error


class _Passage(Generic[Item, Result]):
    """The items of one `each` on their way into the loop and out of it.

    To wake a thread costs as much as to handle an item, so what comes together is handed over together, both ways.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, handle: Handle[Item, Result]) -> None:
        self._loop = loop
        self._handle = handle
        self._entered: deque[tuple[int, Item]] = deque()
        self._is_woken = False
        self._tasks: set[asyncio.Task[None]] = set()
        self._results: list[tuple[int, Result | _Lost]] = []
        self.given_up = asyncio.Event()
        self.finished: queue.SimpleQueue[list[tuple[int, Result | _Lost]]] = queue.SimpleQueue()

    def enter(self, entry: tuple[int, Item]) -> None:
        """From outside: hand over an item."""
        self._entered.append(entry)
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._start)

    def abandon(self) -> None:
        """From outside: cancel everything that is under way."""
        self._loop.call_soon_threadsafe(self._cancel)

    def _start(self) -> None:
        self._is_woken = False  # Before the items are taken: what is handed over after them wakes again.
        while self._entered:
            task = self._loop.create_task(self._run(*self._entered.popleft()))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _run(self, index: int, item: Item) -> None:
        try:
            result: Result | _Lost = await self._handle(item, self.given_up)
        except asyncio.CancelledError:
            result = _Lost(None)
        except BaseException as error:
            result = _Lost(error)
        if not self._results:
            self._loop.call_later(_GATHER_SECONDS, self._hand_out)
        self._results.append((index, result))

    def _hand_out(self) -> None:
        self.finished.put(self._results)
        self._results = []

    def _cancel(self) -> None:
        self.given_up.set()  # First, lest one that waits take the place of one that is cancelled.
        self._entered.clear()
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
