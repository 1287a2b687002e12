"""Durations by arithmetic on their seconds, and lists of times of day."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import change_each, count, keep, other, whole

N, NS, T, W = Kind.NUMBER, Kind.NUMBERS, Kind.TEXT, Kind.WORDS
DATES = Family.DATES
CLOCK = "Times of day are written 'HH:MM', from '00:00' to '23:59'."
DURATION = "Durations are written 'H:MM:SS'."


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_durations(), *_lists())


def _durations() -> tuple[Operation, ...]:
    return (
        whole(
            "duration_of_seconds",
            DATES,
            N,
            T,
            code='f"{$x // 3600}:{$x // 60 % 60:02d}:{$x % 60:02d}"',
            block=(
                "minutes, seconds = divmod($x, 60)\nhours, minutes = divmod(minutes, 60)\n"
                '$out = f"{hours}:{minutes:02d}:{seconds:02d}"',
                'hours = $x // 3600\nrest = $x - hours * 3600\n$out = f"{hours}:{rest // 60:02d}:{rest % 60:02d}"',
            ),
            noun="the duration for $x, counted in seconds",
            act="turn $x, counted in seconds, into a duration",
            frag=("to_duration", "seconds_to_text"),
            result="duration",
            needs="nonneg",
            adds="duration",
            group="seconds",
            note=DURATION,
        ),
        whole(
            "seconds_of_duration",
            DATES,
            T,
            N,
            block=(
                'hours, minutes, seconds = map(int, $x.split(":"))\n$out = hours * 3600 + minutes * 60 + seconds',
                '$out = 0\nfor part in $x.split(":"):\n    $out = $out * 60 + int(part)',
            ),
            noun="the number of seconds in $x",
            act="count the seconds in $x",
            frag=("seconds_of", "total_seconds"),
            result="seconds",
            needs="duration",
            adds="nonneg",
            note=DURATION,
        ),
        whole(
            "add_durations",
            DATES,
            T,
            T,
            block=(
                'total = 0\nfor text in ($x, $e):\n    h, m, s = map(int, text.split(":"))\n'
                "    total += h * 3600 + m * 60 + s\n"
                '$out = f"{total // 3600}:{total // 60 % 60:02d}:{total % 60:02d}"',
                'h, m, s = [int(a) + int(b) for a, b in zip($x.split(":"), $e.split(":"))]\n'
                "m += s // 60\nh += m // 60\n"
                '$out = f"{h}:{m % 60:02d}:{s % 60:02d}"',
            ),
            noun="the sum of the durations $x and $e|the sum of that duration and $e",
            act="add the duration $e to $x",
            frag=("add_durations", "total_duration"),
            result="duration",
            params=(other("e", T, "extra other_duration", needs="duration"),),
            needs="duration",
            adds="duration",
            note=DURATION,
            difficulty=3,
        ),
        whole(
            "minutes_in_words",
            DATES,
            N,
            T,
            code='f"{$x // 60}h {$x % 60}m"',
            block=(
                'hours, minutes = divmod($x, 60)\n$out = f"{hours}h {minutes}m"',
                'hours = $x // 60\n$out = str(hours) + "h " + str($x - hours * 60) + "m"',
            ),
            noun="$x, counted in minutes, in hours and minutes like '2h 5m'",
            act="write $x, counted in minutes, in hours and minutes like '2h 5m'",
            frag=("hours_and_minutes", "in_hours"),
            result="shown",
            needs="nonneg",
            last=True,
        ),
    )


def _lists() -> tuple[Operation, ...]:
    return (
        change_each(
            "minutes_of_each",
            DATES,
            W,
            NS,
            code=("int($v[:2]) * 60 + int($v[3:])",),
            noun="the minutes from midnight to each of $x",
            act="replace each of $x by the number of minutes from midnight to it",
            frag=("minutes_of_each", "as_minutes"),
            result="minutes",
            needs="clocks",
            adds="nonneg",
            group="clock_each",
            note=CLOCK,
        ),
        change_each(
            "hour_of_each",
            DATES,
            W,
            NS,
            code=("int($v[:2])", 'int($v.split(":")[0])'),
            noun="the hours of $x",
            act="replace each of $x by its hour",
            frag=("hours", "hour_of_each"),
            result="hours",
            needs="clocks",
            adds="nonneg",
            group="clock_each",
            note=CLOCK,
            difficulty=1,
        ),
        keep(
            "keep_before_hour",
            DATES,
            W,
            code=("int($v[:2]) < $k", 'int($v.split(":")[0]) < $k'),
            clause="before $k o'clock",
            drop="at or after $k o'clock",
            frag=("before_hour", "early"),
            result="early",
            params=(count("k", 10, 11, 12, 14, 15, argument="hour limit"),),
            needs="clocks",
            group="clock_filter",
            note=CLOCK,
        ),
    )
