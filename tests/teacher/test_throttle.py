import asyncio
from contextlib import AsyncExitStack

from hornbook.teacher.throttle import Throttle


async def answer_round(throttle: Throttle) -> None:
    """As many answers as may run at once, while as many run."""
    async with AsyncExitStack() as stack:
        for _ in range(throttle.num_allowed):
            await stack.enter_async_context(throttle.slot())
        for _ in range(throttle.num_allowed):
            throttle.answered()


def test_refusals_halve_once_for_all_that_were_under_way_and_answers_bring_back_one_a_round() -> None:
    async def play() -> None:
        throttle = Throttle(8)
        assert throttle.num_allowed == 8
        async with throttle.slot() as first, throttle.slot() as second:
            throttle.refused(first.mark, 0.0)
            throttle.refused(second.mark, 0.0)
        assert throttle.num_allowed == 4
        async with throttle.slot() as third:
            throttle.refused(third.mark, 0.0)
        assert throttle.num_allowed == 2
        for _ in range(2):
            await answer_round(throttle)
        assert throttle.num_allowed == 3
        for _ in range(20):
            await answer_round(throttle)
        assert throttle.num_allowed == 8
        for _ in range(10):
            async with throttle.slot() as slot:
                throttle.refused(slot.mark, 0.0)
        assert throttle.num_allowed == 1

    asyncio.run(play())


def test_the_start_is_modest_and_quick_until_the_first_refusal() -> None:
    async def play() -> None:
        throttle = Throttle(1000)
        first = throttle.num_allowed
        assert first <= 64
        await answer_round(throttle)
        assert throttle.num_allowed >= 2 * first
        throttle.refused(0, 0.0)
        after = throttle.num_allowed
        await answer_round(throttle)
        assert after <= throttle.num_allowed <= after + 1

    asyncio.run(play())


def test_before_the_first_answer_more_requests_follow_those_that_were_not_refused() -> None:
    async def play() -> None:
        throttle = Throttle(1000)
        running = 0

        async def take() -> None:
            nonlocal running
            async with throttle.slot():
                running += 1
                await asyncio.sleep(3600)

        tasks = [asyncio.create_task(take()) for _ in range(600)]
        await asyncio.sleep(0)
        assert 0 < running <= 64
        async with asyncio.timeout(10):
            while running < 256:
                await asyncio.sleep(0.005)
        await asyncio.sleep(0.1)
        assert running == 256
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(play())


def test_after_a_refusal_nothing_more_follows_unanswered() -> None:
    async def play() -> None:
        throttle = Throttle(1000)
        tasks = [asyncio.create_task(throttle.slot().__aenter__()) for _ in range(600)]
        await asyncio.sleep(0)
        throttle.refused(0, 0.0)
        await asyncio.sleep(0.1)
        assert throttle.num_allowed == 32
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    asyncio.run(play())


def test_a_pause_is_for_all_and_the_longest_one_counts() -> None:
    async def play() -> None:
        throttle = Throttle(2)
        assert throttle.pause_seconds() <= 0
        throttle.refused(0, 1000.0)
        throttle.refused(0, 1.0)
        assert 900 < throttle.pause_seconds() <= 1000

    asyncio.run(play())


def test_one_who_stops_waiting_takes_no_slot() -> None:
    async def play() -> None:
        throttle = Throttle(1)
        async with throttle.slot():
            waiting = asyncio.create_task(throttle.slot().__aenter__())
            await asyncio.sleep(0)
            waiting.cancel()
            await asyncio.gather(waiting, return_exceptions=True)
        async with asyncio.timeout(10), throttle.slot():
            pass

    asyncio.run(play())
