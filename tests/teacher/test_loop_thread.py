import asyncio
import itertools
import threading
from collections.abc import Callable, Iterator

import pytest

from hornbook.teacher.loop_thread import LoopThread


async def nothing() -> None:
    pass


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    opened = LoopThread("test-loop")
    yield opened
    opened.close(nothing)
    assert "test-loop" not in [thread.name for thread in threading.enumerate()]


def at_once(number: int) -> Callable[[], int]:
    return lambda: number


def test_each_item_has_its_result_and_they_come_as_they_are_ready(thread: LoopThread) -> None:
    async def double(item: int, _given_up: asyncio.Event) -> int:
        await asyncio.sleep(0.001 * (10 - item))
        return 2 * item

    results = list(thread.each(range(10), double, at_once(10)))
    assert sorted(results) == [(item, 2 * item) for item in range(10)]
    assert results != sorted(results)


def test_once_given_up_no_item_is_read_and_what_runs_is_still_yielded(thread: LoopThread) -> None:
    async def until_seven(item: int, given_up: asyncio.Event) -> int:
        if given_up.is_set():
            raise asyncio.CancelledError
        if item == 7:
            given_up.set()
        await asyncio.sleep(0.01)
        return item

    num_read = itertools.count()
    results = dict(thread.each(num_read, until_seven, at_once(4)))
    assert set(range(8)) <= set(results)
    assert next(num_read) <= 7 + 2 * 5


def test_a_fault_of_ours_is_raised_where_the_results_are_taken(thread: LoopThread) -> None:
    async def broken(item: int, _given_up: asyncio.Event) -> int:
        return 1 // item

    with pytest.raises(ZeroDivisionError):
        list(thread.each([1, 0, 1], broken, at_once(1)))
    assert thread.call(asyncio.sleep(0, "still there")) == "still there"


def test_what_runs_when_the_results_are_closed_is_cancelled(thread: LoopThread) -> None:
    cancelled = threading.Semaphore(0)

    async def long(item: int, _given_up: asyncio.Event) -> int:
        try:
            await asyncio.sleep(1000 * item)
        except asyncio.CancelledError:
            cancelled.release()
            raise
        return item

    results = thread.each(range(5), long, at_once(5))
    assert next(results) == (0, 0)
    results.close()
    for _ in range(4):
        assert cancelled.acquire(timeout=30)
