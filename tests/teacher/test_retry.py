import random
import time
from email.utils import formatdate

from hornbook.teacher.retry import delay_seconds, retry_after_seconds


def test_delays_double_up_to_a_minute_and_are_spread() -> None:
    generator = random.Random(1)
    for num_failures, full in [(1, 2.0), (2, 4.0), (3, 8.0), (5, 32.0), (6, 60.0), (2000, 60.0)]:
        delays = [delay_seconds(num_failures, 2.0, generator) for _ in range(50)]
        assert all(full / 2 <= delay <= full for delay in delays)
        assert len(set(delays)) == 50


def test_the_server_may_ask_to_wait_for_seconds_or_until_a_date() -> None:
    assert retry_after_seconds({"retry-after": "7"}) == 7.0
    assert retry_after_seconds({"retry-after": "0.25"}) == 0.25
    assert retry_after_seconds({"retry-after": "-3"}) == 0.0
    in_an_hour = retry_after_seconds({"retry-after": formatdate(time.time() + 3600, usegmt=True)})
    assert in_an_hour is not None
    assert 3000 < in_an_hour <= 3601
    assert retry_after_seconds({"retry-after": formatdate(0, usegmt=True)}) == 0.0


def test_what_it_asks_for_and_nobody_understands_is_ignored() -> None:
    assert retry_after_seconds({}) is None
    assert retry_after_seconds({"retry-after": "soon"}) is None
