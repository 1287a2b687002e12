import asyncio
import threading
from collections.abc import Iterator

import pytest

from hornbook.teacher.concurrency import LoopThread


async def nothing() -> None:
    pass


@pytest.fixture
def thread() -> Iterator[LoopThread]:
    opened = LoopThread("test-loop")
    yield opened
    opened.close(nothing)
    assert "test-loop" not in [thread.name for thread in threading.enumerate()]


def test_a_fault_of_ours_is_raised_where_the_results_are_taken(thread: LoopThread) -> None:
    async def broken(item: int, _given_up: asyncio.Event) -> int:
        return 1 // item

    with pytest.raises(ZeroDivisionError):
        list(thread.each([1, 0, 1], broken, lambda: 1))
    assert thread.call(asyncio.sleep(0, "still there")) == "still there"


def test_what_runs_when_the_results_are_closed_is_cancelled(thread: LoopThread) -> None:
    started, cancelled = threading.Semaphore(0), threading.Semaphore(0)

    async def long(item: int, _given_up: asyncio.Event) -> int:
        started.release()
        try:
            await asyncio.sleep(1000 * item)
        except asyncio.CancelledError:
            cancelled.release()
            raise
        return item

    results = thread.each(range(5), long, lambda: 5)
    assert next(results) == (0, 0)
    for _ in range(5):
        assert started.acquire(timeout=30)
    results.close()
    for _ in range(4):
        assert cancelled.acquire(timeout=30)
