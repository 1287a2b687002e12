"""Values in a fixed form, such as times 'HH:MM': what a property of that form asks of an argument, and how it is named.

An operation whose `needs` hold one of these properties reads the form; one whose `adds` hold it writes the form.
"""

import random
from collections.abc import Mapping

from hornbook.synthesis.curriculum.form import Format
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.small_formats import SMALL_FORMATS


def format_of(kind: Kind, properties: frozenset[str]) -> Format | None:
    """The form that a value of the kind with these properties has; none for a value in free form."""
    if not properties:
        return None
    for name, form in FORMATS.items():
        if name in properties and form.kind is kind:
            return form
    return None


def _clock(rng: random.Random) -> str:
    hour = rng.choice((rng.randint(0, 23), rng.randint(7, 18), 0, 12))
    return f"{hour:02d}:{rng.choice((0, 15, 30, 45, rng.randint(0, 59), rng.randint(0, 59))):02d}"


def _clocks(rng: random.Random) -> list[str]:
    times = [_clock(rng) for _ in range(rng.randint(2, 4))]
    return sorted(times) if rng.random() < 0.3 else times


def _duration(rng: random.Random) -> str:
    hours = rng.choice((0, 0, 1, rng.randint(1, 9), rng.randint(10, 30)))
    return f"{hours}:{rng.randint(0, 59):02d}:{rng.randint(0, 59):02d}"


def _year(rng: random.Random) -> int:
    return rng.choice(
        (rng.randint(1901, 2060), rng.randint(450, 515) * 4, rng.randint(3, 24) * 100, rng.randint(900, 1900))
    )


def _isodate(rng: random.Random) -> str:
    year, month = _year(rng), rng.randint(1, 12)
    last = 28 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    day = rng.choice((rng.randint(1, last), rng.randint(1, last), rng.randint(1, 12), last, 1))
    return f"{year:04d}-{month:02d}-{day:02d}"


def _near_date(date: str, rng: random.Random) -> str:
    year = min(9999, max(1, int(date[:4]) + rng.choice((0, 0, 0, 1, -1))))
    return f"{year:04d}{_isodate(rng)[4:]}"


def _bits(rng: random.Random) -> str:
    return "1" + "".join(rng.choice("01") for _ in range(rng.randint(1, 6)))


FORMATS: Mapping[str, Format] = {
    "clock": Format(
        kind=Kind.TEXT,
        argument_names=("time", "clock", "moment", "start"),
        described="a time of day, written 'HH:MM'",
        corners=("00:00", "23:59", "12:00", "09:05"),
        draw=_clock,
        is_closed=True,
    ),
    "clocks": Format(
        kind=Kind.WORDS,
        argument_names=("times", "moments", "schedule", "departures"),
        described="a list of times of day, written 'HH:MM'",
        corners=([], ["00:00", "23:59"], ["12:00"], ["09:05", "09:05", "08:50"]),
        draw=_clocks,
        unit="times",
        is_closed=True,
    ),
    "duration": Format(
        kind=Kind.TEXT,
        argument_names=("duration", "length", "running_time"),
        described="a duration, written 'H:MM:SS'",
        corners=("0:00:00", "0:00:59", "1:00:00", "12:34:56"),
        draw=_duration,
        is_closed=True,
    ),
    "isodate": Format(
        kind=Kind.TEXT,
        argument_names=("date", "day", "iso_date"),
        described="a date, written 'YYYY-MM-DD'",
        corners=("2000-02-28", "1900-02-28", "2023-12-31", "2024-02-29", "2001-01-01"),
        draw=_isodate,
        near=_near_date,
        is_closed=True,
    ),
    "bits": Format(
        kind=Kind.TEXT,
        argument_names=("bits", "binary", "digits"),
        described="a string of binary digits",
        corners=("0", "1", "10", "1111"),
        draw=_bits,
    ),
    "year": Format(
        kind=Kind.NUMBER,
        argument_names=("year",),
        described="a year, at least 1",
        corners=(1, 1900, 2000, 2024),
        draw=_year,
    ),
    "month": Format(
        kind=Kind.NUMBER,
        argument_names=("month",),
        described="the number of a month, from 1 to 12",
        corners=(1, 2, 12),
        draw=lambda rng: rng.randint(1, 12),
    ),
    **SMALL_FORMATS,
}

CLOSED_FORMATS = frozenset(name for name, form in FORMATS.items() if form.is_closed)


def reads_format(needs: frozenset[str], properties: frozenset[str]) -> bool:
    """Whether an operation that needs `needs` may read a value with these properties, as far as its form goes."""
    closed = properties & CLOSED_FORMATS
    return not closed or bool(needs & closed)
