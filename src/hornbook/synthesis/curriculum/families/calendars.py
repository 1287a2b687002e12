"""Years, months and dates by arithmetic: leap years, lengths of months, weekdays, and days counted."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import other, whole

N, T, F = Kind.NUMBER, Kind.TEXT, Kind.FLAG
DATES = Family.DATES
ISO = "Dates are written 'YYYY-MM-DD'."
LEAP_RULE = "Leap years are the multiples of 4, except those multiples of 100 that are not multiples of 400."
_LEAP = "$x % 4 == 0 and ($x % 100 != 0 or $x % 400 == 0)"


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_years(), *_months(), *_parts())


def _years() -> tuple[Operation, ...]:
    return (
        whole(
            "is_leap_year",
            DATES,
            N,
            F,
            code=(_LEAP, "$x % 400 == 0 or ($x % 4 == 0 and $x % 100 != 0)"),
            block=(
                "if $x % 400 == 0:\n    $out = True\nelif $x % 100 == 0:\n    $out = False\n"
                "else:\n    $out = $x % 4 == 0",
            ),
            noun="whether $x is a leap year|whether that year is a leap year",
            frag=("is_leap_year", "is_leap"),
            result="is_leap",
            needs="year",
            note=LEAP_RULE,
            last=True,
        ),
        whole(
            "days_in_year",
            DATES,
            N,
            N,
            code=(f"366 if {_LEAP} else 365", f"365 + int({_LEAP})"),
            block=("$out = 365\nif $x % 4 == 0:\n    $out = 366\nif $x % 100 == 0 and $x % 400 != 0:\n    $out = 365",),
            noun="the number of days in $x|the number of days in that year",
            act="count the days in $x|count the days in that year",
            frag=("days_in_year", "year_length"),
            result="days",
            needs="year",
            adds="nonneg positive",
            group="year_length",
            note=LEAP_RULE,
        ),
        whole(
            "century_of",
            DATES,
            N,
            N,
            code=("($x + 99) // 100", "($x - 1) // 100 + 1"),
            block="$out = $x // 100\nif $x % 100 != 0:\n    $out += 1",
            noun="the century of $x|the century of that year",
            act="find the century of $x|find the century of that year",
            frag=("century", "century_of"),
            result="century",
            needs="year",
            adds="nonneg positive",
            note="The year 1900 belongs to century 19, the year 1901 to century 20.",
            difficulty=1,
        ),
        whole(
            "next_leap_year",
            DATES,
            N,
            N,
            block=(
                "$out = $x + 1\nwhile not ($out % 4 == 0 and ($out % 100 != 0 or $out % 400 == 0)):\n    $out += 1",
                "$out = $x - $x % 4 + 4\nif $out % 100 == 0 and $out % 400 != 0:\n    $out += 4",
            ),
            noun="the first leap year after $x|the first leap year after that year",
            act="find the first leap year after $x|find the first leap year after that year",
            frag=("next_leap_year", "following_leap"),
            result="leap_year",
            needs="year",
            adds="nonneg positive year",
            note=LEAP_RULE,
            difficulty=3,
        ),
        whole(
            "leap_years_up_to",
            DATES,
            N,
            N,
            code="$x // 4 - $x // 100 + $x // 400",
            block=(
                "$out = 0\nfor y in range(4, $x + 1, 4):\n    if y % 100 != 0 or y % 400 == 0:\n        $out += 1",
                "fours = $x // 4\nhundreds = $x // 100\n$out = fours - hundreds + hundreds // 4",
            ),
            noun="the number of leap years from the year 1 to $x|the number of leap years from the year 1 to that year",
            act="count the leap years from the year 1 to $x|count the leap years from the year 1 to that year",
            frag=("leap_years_up_to", "count_leap_years"),
            result="leaps",
            needs="year",
            adds="nonneg",
            group="year_length",
            note=f"{LEAP_RULE} The last year counts as well.",
            difficulty=3,
        ),
    )


def _months() -> tuple[Operation, ...]:
    months = (
        '[\n    "January", "February", "March", "April", "May", "June",\n'
        '    "July", "August", "September", "October", "November", "December",\n]'
    )
    weekdays = '"Monday Tuesday Wednesday Thursday Friday Saturday Sunday".split()'
    return (
        whole(
            "days_in_month",
            DATES,
            N,
            N,
            block=(
                "lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]\n$out = lengths[$x - 1]\n"
                "if $x == 2 and $y % 4 == 0 and ($y % 100 != 0 or $y % 400 == 0):\n    $out = 29",
                "if $x == 2:\n    is_leap = $y % 4 == 0 and ($y % 100 != 0 or $y % 400 == 0)\n"
                "    $out = 29 if is_leap else 28\nelif $x in (4, 6, 9, 11):\n    $out = 30\nelse:\n    $out = 31",
            ),
            noun="the number of days in month $x of $y|the number of days in that month of $y",
            act="count the days in month $x of $y|count the days in that month of $y",
            frag=("days_in_month", "month_length"),
            result="days",
            params=(other("y", N, "year", needs="year"),),
            needs="month",
            adds="nonneg positive",
            note=LEAP_RULE,
        ),
        whole(
            "quarter_of",
            DATES,
            N,
            N,
            code=("($x + 2) // 3", "($x - 1) // 3 + 1"),
            block="$out = 1\nwhile $out * 3 < $x:\n    $out += 1",
            noun="the quarter of the year that month $x lies in|the quarter of the year that this month lies in",
            act="find the quarter of the year that month $x lies in|find the quarter of the year that it lies in",
            frag=("quarter", "quarter_of"),
            result="quarter",
            needs="month",
            adds="nonneg positive small",
            note="January, which is month 1, to March form quarter 1.",
            difficulty=1,
        ),
        whole(
            "month_name",
            DATES,
            N,
            T,
            block=(
                f"names = {months}\n$out = names[$x - 1]",
                f"names = {months}\nfor i, name in enumerate(names, 1):\n    if i == $x:\n        $out = name",
            ),
            noun="the English name of month $x|the English name of that month",
            act="write the English name of month $x|write the English name of that month",
            frag=("month_name", "name_of_month"),
            result="month_name",
            needs="month",
            adds="letters nonempty",
            note="Month 1 is 'January'.",
            difficulty=1,
        ),
        whole(
            "weekday_after",
            DATES,
            N,
            T,
            block=(
                f"names = {weekdays}\n$out = names[$x % 7]",
                f"names = {weekdays}\nplace = $x % len(names)\n$out = names[place]",
            ),
            noun="the weekday $x days after a Monday|the weekday that many days after a Monday",
            act="find the weekday $x days after a Monday|find the weekday that many days after a Monday",
            frag=("weekday_after", "day_name"),
            result="weekday",
            needs="nonneg",
            adds="letters nonempty",
            note="The name is written out, as in 'Thursday'.",
        ),
    )


def _parts() -> tuple[Operation, ...]:
    return (
        whole(
            "year_of",
            DATES,
            T,
            N,
            code=("int($x[:4])", 'int($x.split("-")[0])'),
            block='y, _, _ = $x.split("-")\n$out = int(y)',
            noun="the year of $x",
            act="take the year of $x",
            frag=("year_of", "year"),
            result="year_part",
            needs="isodate",
            adds="nonneg positive year",
            note=ISO,
            difficulty=1,
        ),
        whole(
            "month_of",
            DATES,
            T,
            N,
            code=("int($x[5:7])", 'int($x.split("-")[1])'),
            block='_, m, _ = $x.split("-")\n$out = int(m)',
            noun="the month of $x as a number",
            act="take the month of $x as a number",
            frag=("month_of", "month"),
            result="month_part",
            needs="isodate",
            adds="nonneg positive small month",
            note=ISO,
            difficulty=1,
        ),
        whole(
            "day_of",
            DATES,
            T,
            N,
            code=("int($x[8:])", 'int($x.split("-")[2])'),
            block='_, _, d = $x.split("-")\n$out = int(d)',
            noun="the day of the month of $x",
            act="take the day of the month of $x",
            frag=("day_of_month", "day_part"),
            result="day_part",
            needs="isodate",
            adds="nonneg positive",
            note=ISO,
            difficulty=1,
        ),
        whole(
            "day_first",
            DATES,
            T,
            T,
            code='".".join(reversed($x.split("-")))',
            block=(
                'y, m, d = $x.split("-")\n$out = f"{d}.{m}.{y}"',
                '$out = $x[8:] + "." + $x[5:7] + "." + $x[:4]',
            ),
            noun="$x written in the form 'DD.MM.YYYY'",
            act="write $x in the form 'DD.MM.YYYY'",
            frag=("day_first", "european_date"),
            result="written",
            needs="isodate",
            note="The date itself is written 'YYYY-MM-DD'.",
            last=True,
            difficulty=1,
        ),
        whole(
            "first_of_month",
            DATES,
            T,
            T,
            code=('$x[:8] + "01"',),
            block=(
                'y, m, _ = $x.split("-")\n$out = f"{y}-{m}-01"',
                'parts = $x.split("-")\nparts[2] = "01"\n$out = "-".join(parts)',
            ),
            noun="the first day of the month of $x",
            act="go back from $x to the first day of its month|go back to the first day of its month",
            frag=("first_of_month", "month_start"),
            result="first_day",
            needs="isodate",
            adds="isodate",
            group="month_ends",
            note=ISO,
            difficulty=1,
        ),
    )
