import calendar
import datetime
import random
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.synthesis.curriculum.formats import FORMATS

Ways = Callable[[str], list[Callable[..., Any]]]
DAY = datetime.timedelta(days=1)
YEARS = (*range(1, 450), *range(1580, 2440))
DATES = [
    datetime.date(year, month, day)
    for year in (1, 4, 100, 400, 1600, 1899, 1900, 1999, 2000, 2023, 2024)
    for month in range(1, 13)
    for day in (1, 2, 14, calendar.monthrange(year, month)[1] - 1, calendar.monthrange(year, month)[1])
]
MINUTES = range(0, 1440, 7)


def _clock(minutes: int) -> str:
    noon = datetime.datetime(2000, 1, 1, 12, tzinfo=datetime.UTC)
    return (noon + datetime.timedelta(minutes=minutes - 720)).strftime("%H:%M")


DATE_ORACLES: dict[str, Callable[[datetime.date], Any]] = {
    "year_of": lambda date: date.year,
    "month_of": lambda date: date.month,
    "day_of": lambda date: date.day,
    "day_first": lambda date: date.strftime("%d.%m.") + f"{date.year:04d}",
    "first_of_month": lambda date: date.replace(day=1).isoformat(),
    "last_of_month": lambda date: date.replace(day=calendar.monthrange(date.year, date.month)[1]).isoformat(),
    "day_of_year": lambda date: date.timetuple().tm_yday,
    "days_left": lambda date: (datetime.date(date.year, 12, 31) - date).days,
    "day_number": lambda date: date.toordinal(),
    "weekday_of": lambda date: calendar.day_name[date.weekday()],
    "is_weekend": lambda date: date.weekday() >= 5,
    "next_day": lambda date: (date + DAY).isoformat(),
}


@pytest.mark.parametrize("name", DATE_ORACLES)
def test_every_way_to_read_a_date_agrees_with_the_calendar_of_the_library(ways: Ways, name: str) -> None:
    for run in ways(name):
        for date in DATES:
            assert run(date.isoformat()) == DATE_ORACLES[name](date), date


def test_the_previous_day_is_the_one_that_the_library_knows(ways: Ways) -> None:
    for run in ways("previous_day"):
        for date in DATES[1:]:
            assert run(date.isoformat()) == (date - DAY).isoformat()


def test_days_between_dates_are_those_of_the_library(ways: Ways) -> None:
    rng = random.Random(1)
    for run in ways("days_until"):
        for _ in range(500):
            first, second = rng.choice(DATES), rng.choice(DATES)
            assert run(first.isoformat(), second.isoformat()) == (second - first).days


def test_a_text_is_a_date_exactly_if_the_library_can_read_it(ways: Ways) -> None:
    texts = [f"{year}-{month:02d}-{day:02d}" for year in (1900, 2000, 2023) for month in range(14) for day in range(33)]
    for run in ways("is_date"):
        for text in [*texts, "", "2020-1-01", "20200101", "2020/01/01", "0000-01-01", "2020-01-0a", "2020-01-011"]:
            try:
                exists = datetime.date.fromisoformat(text).isoformat() == text
            except ValueError:
                exists = False
            assert run(text) is exists, text


YEAR_ORACLES: dict[str, Callable[[int], Any]] = {
    "is_leap_year": calendar.isleap,
    "days_in_year": lambda year: 366 if calendar.isleap(year) else 365,
    "century_of": lambda year: -(-year // 100),
    "next_leap_year": lambda year: next(later for later in range(year + 1, year + 9) if calendar.isleap(later)),
    "leap_years_up_to": lambda year: calendar.leapdays(1, year + 1),
}


@pytest.mark.parametrize("name", YEAR_ORACLES)
def test_every_way_to_judge_a_year_agrees_with_the_calendar_of_the_library(ways: Ways, name: str) -> None:
    for run in ways(name):
        assert [run(year) for year in YEARS] == [YEAR_ORACLES[name](year) for year in YEARS]


def test_months_have_the_days_and_names_and_quarters_that_they_have(ways: Ways) -> None:
    for run in ways("days_in_month"):
        for year in (1900, 2000, 2023, 2024):
            assert [run(month, year) for month in range(1, 13)] == [
                calendar.monthrange(year, month)[1] for month in range(1, 13)
            ]
    for run in ways("month_name"):
        assert [run(month) for month in range(1, 13)] == list(calendar.month_name)[1:]
    for run in ways("quarter_of"):
        assert [run(month) for month in range(1, 13)] == [1, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 4]
    for run in ways("weekday_after"):
        assert [run(days) for days in range(15)] == [calendar.day_name[days % 7] for days in range(15)]


CLOCK_ORACLES: dict[str, Callable[[int], Any]] = {
    "hour_of": lambda minutes: minutes // 60,
    "minute_of": lambda minutes: minutes % 60,
    "minutes_of_clock": lambda minutes: minutes,
    "is_morning": lambda minutes: minutes < 720,
    "hand_angle": lambda minutes: int(min(minutes * 5.5 % 360, -minutes * 5.5 % 360)),
    "is_clock": lambda _minutes: True,
}


@pytest.mark.parametrize("name", CLOCK_ORACLES)
def test_every_way_to_read_a_clock_agrees_with_its_minutes(ways: Ways, name: str) -> None:
    for run in ways(name):
        assert [run(_clock(minutes)) for minutes in MINUTES] == [CLOCK_ORACLES[name](minutes) for minutes in MINUTES]


def test_a_clock_is_moved_as_the_library_moves_it(ways: Ways) -> None:
    for minutes in MINUTES:
        for step in (20, 45, 90, 150):
            assert {run(_clock(minutes), step) for run in ways("minutes_later")} == {_clock(minutes + step)}
            assert {run(_clock(minutes), step) for run in ways("minutes_earlier")} == {_clock(minutes - step)}
        for unit in (5, 15, 30):
            assert {run(_clock(minutes), unit) for run in ways("round_clock")} == {_clock(minutes - minutes % unit)}
        other = minutes * 11 % 1440
        assert {run(_clock(minutes), _clock(other)) for run in ways("minutes_until")} == {(other - minutes) % 1440}
        assert {run(_clock(minutes), _clock(other)) for run in ways("later_clock")} == {_clock(max(minutes, other))}


def test_minutes_become_the_time_that_they_are(ways: Ways) -> None:
    for run in ways("clock_of_minutes"):
        assert [run(minutes) for minutes in range(-200, 3000, 7)] == [_clock(m) for m in range(-200, 3000, 7)]


def test_the_twelve_hour_clock_is_that_of_the_library(ways: Ways) -> None:
    for run in ways("twelve_hour"):
        for minutes in MINUTES:
            time = datetime.time(minutes // 60, minutes % 60)
            assert run(_clock(minutes)) == time.strftime("%I:%M %p").removeprefix("0")


def test_a_text_of_another_form_is_no_time(ways: Ways) -> None:
    for run in ways("is_clock"):
        for text in ("", "24:00", "12:60", "9:30", "ab:cd", "12-30", "1230", "12:3", "12:30:00", "12:30 ", " 9:30"):
            assert not run(text), text


def test_durations_are_those_of_the_library(ways: Ways) -> None:
    for seconds in (*range(0, 300, 7), 3599, 3600, 3661, 86399, 86400, 100000):
        hours, rest = divmod(seconds, 3600)
        written = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"
        if seconds < 86400:
            assert written == str(datetime.timedelta(seconds=seconds))
        assert {run(seconds) for run in ways("duration_of_seconds")} == {written}
        assert {run(written) for run in ways("seconds_of_duration")} == {seconds}
        for more in (59, 3600, 7261):
            write = ways("duration_of_seconds")[0]
            assert {run(written, write(more)) for run in ways("add_durations")} == {write(seconds + more)}


def test_times_of_a_list_are_read_one_by_one(ways: Ways) -> None:
    rng = random.Random(2)
    for _ in range(50):
        times = FORMATS["clocks"].draw(rng)
        minutes = [int(time[:2]) * 60 + int(time[3:]) for time in times]
        assert all(run(times) == minutes for run in ways("minutes_of_each"))
        assert all(run(times) == [m // 60 for m in minutes] for run in ways("hour_of_each"))
        assert all(run(times, 12) == [t for t in times if t < "12:00"] for run in ways("keep_before_hour"))


def test_every_value_drawn_in_a_form_of_dates_has_that_form() -> None:
    rng = random.Random(3)
    for _ in range(300):
        datetime.date.fromisoformat(FORMATS["isodate"].draw(rng))
        datetime.time.fromisoformat(FORMATS["clock"].draw(rng))
        assert 1 <= FORMATS["month"].draw(rng) <= 12
        near = FORMATS["isodate"].near
        assert near is not None
        datetime.date.fromisoformat(near("0001-01-01", rng))
