import pytest

from hornbook.teacher.pace import AccountProgress, Pace, spoken_seconds


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_rates_are_those_of_the_last_minute() -> None:
    clock = Clock()
    pace = Pace(clock)
    assert pace.per_second() == (0.0, 0.0)
    for _ in range(200):
        clock.now += 0.5
        pace.add(10)
    assert pace.per_second() == (pytest.approx(2.0, rel=0.05), pytest.approx(20.0, rel=0.05))
    for _ in range(70):
        clock.now += 1.0
        pace.add(100)
    assert pace.per_second() == (pytest.approx(1.0, rel=0.05), pytest.approx(100.0, rel=0.05))
    clock.now += 600.0
    assert pace.per_second()[0] < 0.15
    pace.restart()
    clock.now += 2.0
    pace.add(30)
    assert pace.per_second() == (0.5, 15.0)


def progress(**changes: object) -> AccountProgress:
    values = {
        "num_answers": 100,
        "num_from_cache": 0,
        "num_calls": 100,
        "calls_per_second": 2.0,
        "tokens_per_second": 1234.5,
        "usd": 0.0,
        "unpriced_calls": 0,
        "outcomes": {"answered": 100},
    }
    return AccountProgress(**{**values, **changes})  # type: ignore[arg-type]


def test_the_line_says_rate_cost_yield_and_time_left() -> None:
    assert progress().note() == "2 calls/s, 1,234 tokens/s"
    assert progress(usd=0.5, num_from_cache=20).note(num_kept=75, num_open=1_000) == (
        "2 calls/s, 1,234 tokens/s, 0.5 USD, 20 from the cache, 75% kept, 8 min left"
    )
    assert progress(calls_per_second=0.0, num_calls=0).note(num_kept=1, num_open=10) == "1% kept"
    assert progress(unpriced_calls=3).note() == "2 calls/s, 1,234 tokens/s, 0 USD and 3 calls of unknown price"


def test_times_are_said_as_people_say_them() -> None:
    assert [spoken_seconds(seconds) for seconds in (0, 40, 89, 90, 600, 7_100, 7_300, 90_000)] == [
        "0 s",
        "40 s",
        "89 s",
        "2 min",
        "10 min",
        "118 min",
        "2.0 h",
        "25.0 h",
    ]
