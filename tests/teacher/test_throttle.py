import asyncio

from hornbook.teacher.concurrency import Throttle


async def answer_round(throttle: Throttle) -> None:
    """As many answers as may run at once, while as many run."""
    number = throttle.num_allowed
    for _ in range(number):
        await throttle.take()
    for _ in range(number):
        throttle.answered()
    for _ in range(number):
        throttle.release()


def test_refusals_halve_once_for_all_that_were_under_way_and_answers_bring_back_one_a_round() -> None:
    async def play() -> None:
        throttle = Throttle(8)
        marks = [await throttle.take(), await throttle.take()]
        for mark in marks:
            throttle.release()
            throttle.refused(mark, 0.0)
        assert throttle.num_allowed == 4
        for _ in range(4):
            await answer_round(throttle)
        assert throttle.num_allowed == 7
        for _ in range(10):
            mark = await throttle.take()
            throttle.release()
            throttle.refused(mark, 0.0)
        assert throttle.num_allowed == 1
        throttle.refused(0, 1000.0)
        throttle.refused(0, 1.0)
        assert 900 < throttle.pause_seconds() <= 1000  # For all requests; the longest pause counts.

    asyncio.run(play())


def test_the_start_is_quick_until_the_first_refusal() -> None:
    async def play() -> None:
        throttle = Throttle(10_000)
        assert throttle.num_allowed == 256
        await answer_round(throttle)
        assert throttle.num_allowed >= 512
        throttle.refused(0, 0.0)
        after = throttle.num_allowed
        await answer_round(throttle)
        assert after <= throttle.num_allowed <= after + 1

    asyncio.run(play())


def test_one_who_stops_waiting_takes_no_slot() -> None:
    async def play() -> None:
        throttle = Throttle(1)
        await throttle.take()
        waiting = asyncio.create_task(throttle.take())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        throttle.release()
        async with asyncio.timeout(60):
            await throttle.take()

    asyncio.run(play())
