"""What takes counting days: the day of the year, weekdays, the next day, days between dates, and valid dates."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import other, whole

N, T, F = Kind.NUMBER, Kind.TEXT, Kind.FLAG
DATES = Family.DATES
ISO = "Dates are written 'YYYY-MM-DD'."
LEAP_RULE = "Leap years are the multiples of 4, except those multiples of 100 that are not multiples of 400."
_SPLIT = 'y, m, d = map(int, $x.split("-"))\n'
_SLICE = "y, m, d = int($x[:4]), int($x[5:7]), int($x[8:])\n"
_LEAP = "y % 4 == 0 and (y % 100 != 0 or y % 400 == 0)"
_LENGTHS = f"lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\nif {_LEAP}:\n    lengths[1] = 29\n"
_MONTH = (
    f"    if i == 2:\n        $out += 29 if {_LEAP} else 28\n    elif i in (4, 6, 9, 11):\n        $out += 30\n"
    "    else:\n        $out += 31"
)
_WRITE = '$out = f"{y:04d}-{m:02d}-{d:02d}"'
_BEFORE = "(y - 1) * 365 + (y - 1) // 4 - (y - 1) // 100 + (y - 1) // 400"
_SHIFTS = "shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4]\n"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_in_the_year(), *_weekdays(), *_steps(), *_questions())


def _in_the_year() -> tuple[Operation, ...]:
    return (
        whole(
            "day_of_year",
            DATES,
            T,
            N,
            block=(
                f"{_SPLIT}{_LENGTHS}$out = sum(lengths[:m - 1]) + d",
                f"{_SLICE}$out = d\nfor i in range(1, m):\n{_MONTH}",
            ),
            noun="the number of $x among the days of its year",
            act="find the number of $x among the days of its year",
            frag=("day_of_year", "year_day"),
            result="place",
            needs="isodate",
            adds="nonneg positive",
            note=f"{ISO} 1 January is number 1. {LEAP_RULE}",
            difficulty=3,
        ),
        whole(
            "days_left",
            DATES,
            T,
            N,
            block=(
                f"{_SPLIT}{_LENGTHS}$out = sum(lengths[m - 1:]) - d",
                f"{_SLICE}$out = -d\nfor i in range(m, 13):\n{_MONTH}",
            ),
            noun="the number of days in the year after $x",
            act="count the days in the year after $x",
            frag=("days_left", "days_to_year_end"),
            result="days",
            needs="isodate",
            adds="nonneg",
            note=f"{ISO} For 31 December it is 0. {LEAP_RULE}",
            difficulty=3,
        ),
        whole(
            "day_number",
            DATES,
            T,
            N,
            block=(
                f"{_SPLIT}{_LENGTHS}$out = {_BEFORE}\n$out += sum(lengths[:m - 1]) + d",
                f"{_SLICE}$out = {_BEFORE} + d\nfor i in range(1, m):\n{_MONTH}",
            ),
            noun="the number of days from '0001-01-01' to $x, both included",
            act="count the days from '0001-01-01' to $x, both included",
            frag=("day_number", "ordinal"),
            result="days",
            needs="isodate",
            adds="nonneg positive",
            note=f"{ISO} {LEAP_RULE}",
            difficulty=4,
        ),
        whole(
            "days_until",
            DATES,
            T,
            N,
            block=(
                f'def number(text):\n    y, m, d = map(int, text.split("-"))\n'
                f"    lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\n"
                f"    if {_LEAP}:\n        lengths[1] = 29\n"
                "    before = (y - 1) * 365 + (y - 1) // 4 - (y - 1) // 100 + (y - 1) // 400\n"
                "    return before + sum(lengths[:m - 1]) + d\n\n$out = number($e) - number($x)",
                "numbers = []\nfor text in ($x, $e):\n"
                '    y, m, d = map(int, text.split("-"))\n    if m < 3:\n        y, m = y - 1, m + 12\n'
                "    days = y * 365 + y // 4 - y // 100 + y // 400 + (153 * m - 457) // 5 + d\n"
                "    numbers.append(days)\n$out = numbers[1] - numbers[0]",
            ),
            noun="the number of days from $x to $e",
            act="count the days from $x to $e",
            frag=("days_until", "days_between"),
            result="days",
            params=(other("e", T, "end_date other_date until", needs="isodate"),),
            needs="isodate",
            note=f"{ISO} It is negative if $e is the earlier date.",
            difficulty=4,
        ),
    )


def _weekdays() -> tuple[Operation, ...]:
    return (
        whole(
            "weekday_of",
            DATES,
            T,
            T,
            block=(
                f"{_SPLIT}if m < 3:\n    y, m = y - 1, m + 12\n"
                "place = (d + 13 * (m + 1) // 5 + y + y // 4 - y // 100 + y // 400) % 7\n"
                'names = "Saturday Sunday Monday Tuesday Wednesday Thursday Friday".split()\n$out = names[place]',
                f"{_SPLIT}{_LENGTHS}days = {_BEFORE}\ndays += sum(lengths[:m - 1]) + d - 1\n"
                'names = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()\n$out = names[days % 7]',
                f"{_SLICE}{_SHIFTS}if m < 3:\n    y -= 1\n"
                "place = (y + y // 4 - y // 100 + y // 400 + shifts[m - 1] + d) % 7\n"
                'names = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()\n$out = names[place]',
            ),
            noun="the English name of the weekday of $x",
            act="find the English name of the weekday of $x",
            frag=("weekday", "weekday_of"),
            result="weekday",
            needs="isodate",
            adds="letters nonempty",
            note=f"{ISO} '2024-01-01' was a Monday.",
            difficulty=4,
        ),
        whole(
            "is_weekend",
            DATES,
            T,
            F,
            block=(
                f"{_SPLIT}if m < 3:\n    y, m = y - 1, m + 12\n"
                "$out = (d + 13 * (m + 1) // 5 + y + y // 4 - y // 100 + y // 400) % 7 < 2",
                f"{_SPLIT}{_LENGTHS}days = {_BEFORE}\ndays += sum(lengths[:m - 1]) + d - 1\n$out = days % 7 in (5, 6)",
            ),
            noun="whether $x is a Saturday or a Sunday",
            frag=("is_weekend", "on_weekend"),
            result="is_free",
            needs="isodate",
            note=f"{ISO} '2024-01-01' was a Monday.",
            last=True,
            difficulty=4,
        ),
    )


def _steps() -> tuple[Operation, ...]:
    return (
        whole(
            "next_day",
            DATES,
            T,
            T,
            block=(
                f"{_SPLIT}{_LENGTHS}d += 1\nif d > lengths[m - 1]:\n    m, d = m + 1, 1\n"
                f"if m > 12:\n    y, m = y + 1, 1\n{_WRITE}",
                f"{_SLICE}if m == 2:\n    last = 29 if {_LEAP} else 28\n"
                "else:\n    last = 30 if m in (4, 6, 9, 11) else 31\n"
                "if d < last:\n    d += 1\nelif m < 12:\n    m, d = m + 1, 1\nelse:\n    y, m, d = y + 1, 1, 1\n"
                f"{_WRITE}",
            ),
            noun="the day after $x",
            act="move $x to the next day",
            frag=("next_day", "tomorrow"),
            result="following",
            needs="isodate",
            adds="isodate",
            group="day_step",
            note=f"{ISO} {LEAP_RULE}",
            difficulty=3,
        ),
        whole(
            "previous_day",
            DATES,
            T,
            T,
            block=(
                f"{_SPLIT}{_LENGTHS}d -= 1\nif d == 0:\n    y, m = (y, m - 1) if m > 1 else (y - 1, 12)\n"
                f"    d = lengths[m - 1]\n{_WRITE}",
                f"{_SLICE}if d > 1:\n    d -= 1\nelif m == 1:\n    y, m, d = y - 1, 12, 31\n"
                f"elif m == 3:\n    m, d = 2, 29 if {_LEAP} else 28\n"
                f"else:\n    m, d = m - 1, 30 if m in (5, 7, 10, 12) else 31\n{_WRITE}",
            ),
            noun="the day before $x",
            act="move $x to the previous day",
            frag=("previous_day", "yesterday"),
            result="preceding",
            needs="isodate",
            adds="isodate",
            group="day_step",
            note=f"{ISO} {LEAP_RULE}",
            difficulty=3,
        ),
        whole(
            "last_of_month",
            DATES,
            T,
            T,
            block=(
                f'{_SPLIT}{_LENGTHS}$out = f"{{$x[:8]}}{{lengths[m - 1]}}"',
                f"{_SLICE}if m == 2:\n    last = 29 if {_LEAP} else 28\n"
                "else:\n    last = 30 if m in (4, 6, 9, 11) else 31\n$out = $x[:8] + str(last)",
            ),
            noun="the last day of the month of $x",
            act="go forward from $x to the last day of its month|go forward to the last day of its month",
            frag=("last_of_month", "month_end"),
            result="last_day",
            needs="isodate",
            adds="isodate",
            group="month_ends",
            note=f"{ISO} {LEAP_RULE}",
            difficulty=3,
        ),
    )


def _questions() -> tuple[Operation, ...]:
    last = f"last = 29 if {_LEAP} else 28\n"
    return (
        whole(
            "is_date",
            DATES,
            T,
            F,
            block=(
                'parts = $x.split("-")\n$out = [len(part) for part in parts] == [4, 2, 2]\n'
                "$out = $out and all(part.isdecimal() for part in parts)\nif $out:\n    y, m, d = map(int, parts)\n"
                f"    {last}    if m != 2:\n        last = 30 if m in (4, 6, 9, 11) else 31\n"
                "    $out = y > 0 and 1 <= m <= 12 and 1 <= d <= last",
                '$out = False\npieces = [$x[:4], $x[5:7], $x[8:]]\nif len($x) == 10 and $x[4] == $x[7] == "-":\n'
                "    if all(piece.isdecimal() for piece in pieces):\n        y, m, d = map(int, pieces)\n"
                "        lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\n"
                f"        if {_LEAP}:\n            lengths[1] = 29\n"
                "        $out = y > 0 and 0 < m < 13 and 0 < d <= lengths[m - 1]",
            ),
            noun="whether $x is a date that exists, written 'YYYY-MM-DD'",
            frag=("is_date", "is_valid_date"),
            result="exists",
            group="datecheck",
            note=f"The first year is 0001. {LEAP_RULE}",
            last=True,
            difficulty=4,
        ),
    )
