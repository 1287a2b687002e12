"""Times of day by arithmetic on their minutes."""

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Family, Operation
from hornbook.synthesis.curriculum.shorthand import count, other, whole

N, T, F = Kind.NUMBER, Kind.TEXT, Kind.FLAG
DATES = Family.DATES
CLOCK = "Times of day are written 'HH:MM', from '00:00' to '23:59'."
_MINUTES = "int($x[:2]) * 60 + int($x[3:])"
_WRITE = '$out = f"{total // 60:02d}:{total % 60:02d}"'


def operations() -> tuple[Operation, ...]:
    """The operations of this file, in a fixed order."""
    return (*_parts(), *_moves(), *_comparisons())


def _parts() -> tuple[Operation, ...]:
    return (
        whole(
            "hour_of",
            DATES,
            T,
            N,
            code=("int($x[:2])", 'int($x.split(":")[0])'),
            block='hours, _ = $x.split(":")\n$out = int(hours)',
            noun="the hour of $x",
            act="take the hour of $x",
            frag=("hour_of", "hour"),
            result="hour",
            needs="clock",
            adds="nonneg",
            note=CLOCK,
            difficulty=1,
        ),
        whole(
            "minute_of",
            DATES,
            T,
            N,
            code=("int($x[3:])", 'int($x.split(":")[1])'),
            block='_, minutes = $x.split(":")\n$out = int(minutes)',
            noun="the minute of $x",
            act="take the minute of $x",
            frag=("minute_of", "minute"),
            result="minute",
            needs="clock",
            adds="nonneg",
            note=CLOCK,
            difficulty=1,
        ),
        whole(
            "minutes_of_clock",
            DATES,
            T,
            N,
            code=_MINUTES,
            block=(
                'hours, minutes = $x.split(":")\n$out = int(hours) * 60 + int(minutes)',
                '$out = 0\nfor part in $x.split(":"):\n    $out = $out * 60 + int(part)',
            ),
            noun="the number of minutes from midnight to $x",
            act="count the minutes from midnight to $x",
            frag=("minutes_of_day", "clock_to_minutes"),
            result="minutes",
            needs="clock",
            adds="nonneg",
            note=CLOCK,
        ),
        whole(
            "clock_of_minutes",
            DATES,
            N,
            T,
            code='f"{$x // 60 % 24:02d}:{$x % 60:02d}"',
            block=(
                f"total = $x % 1440\n{_WRITE}",
                'hours, minutes = divmod($x, 60)\n$out = str(hours % 24).zfill(2) + ":" + str(minutes).zfill(2)',
            ),
            noun="the time of day for $x, counted in minutes from midnight",
            act="turn $x, counted in minutes from midnight, into a time of day",
            frag=("to_clock", "minutes_to_clock"),
            result="clock",
            adds="clock",
            group="of_day",
            note=f"{CLOCK} After a whole day of 1440 minutes they start again.",
        ),
        whole(
            "twelve_hour",
            DATES,
            T,
            T,
            block=(
                'hour = int($x[:2])\nhalf = "AM" if hour < 12 else "PM"\n$out = f"{hour % 12 or 12}:{$x[3:]} {half}"',
                'hour = int($x[:2])\nhalf = "AM"\nif hour >= 12:\n    half = "PM"\n    hour -= 12\n'
                'if hour == 0:\n    hour = 12\n$out = str(hour) + $x[2:] + " " + half',
            ),
            noun="$x on the twelve-hour clock",
            act="write $x on the twelve-hour clock",
            frag=("twelve_hour", "am_pm"),
            result="shown",
            needs="clock",
            note=f"{CLOCK} On the twelve-hour clock '14:05' is '2:05 PM' and '00:30' is '12:30 AM'.",
            last=True,
            difficulty=3,
        ),
    )


def _moves() -> tuple[Operation, ...]:
    around = f"{CLOCK} After '23:59' comes '00:00' again."
    delays = (count("k", 20, 30, 45, 50, 75, 90, 150, argument="minutes delay"),)
    return (
        whole(
            "minutes_later",
            DATES,
            T,
            T,
            block=(
                f"total = ({_MINUTES} + $k) % 1440\n{_WRITE}",
                "hours, minutes = divmod(int($x[3:]) + $k, 60)\nhours = (hours + int($x[:2])) % 24\n"
                '$out = f"{hours:02d}:{minutes:02d}"',
                "hours, minutes = int($x[:2]), int($x[3:]) + $k\nwhile minutes >= 60:\n    minutes -= 60\n"
                '    hours = (hours + 1) % 24\n$out = f"{hours:02d}:{minutes:02d}"',
            ),
            noun="the time $k minutes after $x",
            act="move $x forward by $k minutes",
            frag=("minutes_later", "delayed", "add_minutes"),
            result="later",
            params=delays,
            needs="clock",
            adds="clock",
            group="clock_shift",
            note=around,
            difficulty=3,
        ),
        whole(
            "minutes_earlier",
            DATES,
            T,
            T,
            block=(
                f"total = ({_MINUTES} - $k) % 1440\n{_WRITE}",
                "hours, minutes = int($x[:2]), int($x[3:]) - $k\nwhile minutes < 0:\n    minutes += 60\n"
                '    hours = (hours - 1) % 24\n$out = f"{hours:02d}:{minutes:02d}"',
            ),
            noun="the time $k minutes before $x",
            act="move $x back by $k minutes",
            frag=("minutes_earlier", "moved_back"),
            result="earlier",
            params=delays,
            needs="clock",
            adds="clock",
            group="clock_shift",
            note=f"{CLOCK} Before '00:00' comes '23:59'.",
            difficulty=3,
        ),
        whole(
            "round_clock",
            DATES,
            T,
            T,
            code='f"{$x[:2]}:{int($x[3:]) // $k * $k:02d}"',
            block=(
                'minutes = int($x[3:])\nwhile minutes % $k != 0:\n    minutes -= 1\n$out = f"{$x[:2]}:{minutes:02d}"',
                "minutes = int($x[3:])\n$out = $x[:3] + str(minutes - minutes % $k).zfill(2)",
            ),
            noun="$x rounded down to a multiple of $k minutes",
            act="round $x down to a multiple of $k minutes",
            frag=("rounded_time", "round_down"),
            result="rounded",
            params=(count("k", 5, 10, 15, 20, 30, argument="unit step"),),
            needs="clock",
            adds="clock",
            note=CLOCK,
        ),
        whole(
            "later_clock",
            DATES,
            T,
            T,
            code=("max($x, $m)", "$x if $x > $m else $m"),
            block="$out = $x\nif $m > $x:\n    $out = $m",
            noun="the later of $x and $m|the later of it and $m",
            act="take the later of $x and $m|take the later of it and $m",
            frag=("later_time", "later"),
            result="later",
            params=(other("m", T, "other_time deadline earliest", needs="clock"),),
            needs="clock",
            adds="clock",
            note=CLOCK,
            difficulty=1,
        ),
    )


def _comparisons() -> tuple[Operation, ...]:
    return (
        whole(
            "minutes_until",
            DATES,
            T,
            N,
            block=(
                f"begin = {_MINUTES}\nend = {_MINUTES.replace('$x', '$m')}\n$out = (end - begin) % 1440",
                'def count(time):\n    hours, minutes = time.split(":")\n    return int(hours) * 60 + int(minutes)\n\n'
                "$out = count($m) - count($x)\nif $out < 0:\n    $out += 24 * 60",
            ),
            noun="the number of minutes from $x to $m",
            act="count the minutes from $x to $m",
            frag=("minutes_until", "minutes_between"),
            result="minutes",
            params=(other("m", T, "arrival end finish", needs="clock"),),
            needs="clock",
            adds="nonneg",
            note=f"{CLOCK} If $m is the earlier one, it belongs to the next day.",
            difficulty=3,
        ),
        whole(
            "is_morning",
            DATES,
            T,
            F,
            code=("int($x[:2]) < 12", '$x < "12:00"'),
            block="if int($x[:2]) >= 12:\n    $out = False\nelse:\n    $out = True",
            noun="whether $x is before noon",
            frag=("is_morning", "before_noon"),
            result="is_early",
            needs="clock",
            note=CLOCK,
            last=True,
            difficulty=1,
        ),
        whole(
            "is_open",
            DATES,
            T,
            F,
            code=("$lo <= int($x[:2]) < $hi", "int($x[:2]) in range($lo, $hi)"),
            block="hour = int($x[:2])\n$out = hour >= $lo and hour < $hi",
            noun="whether $x is at $lo o'clock or later, but before $hi o'clock",
            frag=("is_open", "in_hours"),
            result="inside",
            params=(count("lo", 8, 9, 10), count("hi", 16, 17, 18, 20)),
            needs="clock",
            note=CLOCK,
            last=True,
        ),
        whole(
            "hand_angle",
            DATES,
            T,
            N,
            block=(
                "gap = abs(int($x[:2]) % 12 * 60 - int($x[3:]) * 11)\n$out = min(gap, 720 - gap) // 2",
                "hour, minute = int($x[:2]) % 12, int($x[3:])\nsmall_hand = hour * 60 + minute\n"
                "large_hand = minute * 12\ngap = (small_hand - large_hand) % 720\n"
                "if gap > 360:\n    gap = 720 - gap\n$out = gap // 2",
            ),
            noun=(
                "the angle between the hands of a clock at $x, in whole degrees|"
                "the angle between the hands of a clock at that time, in whole degrees"
            ),
            act=(
                "take the angle between the hands of a clock at $x, in whole degrees|"
                "take the angle between the hands of a clock at that time, in whole degrees"
            ),
            frag=("hand_angle", "clock_angle"),
            result="angle",
            needs="clock",
            adds="nonneg",
            note=f"{CLOCK} The smaller of the two angles counts, rounded down.",
            difficulty=4,
        ),
        whole(
            "is_clock",
            DATES,
            T,
            F,
            block=(
                'parts = $x.split(":")\n'
                "sizes = [len(part) for part in parts]\n"
                "$out = sizes == [2, 2] and all(part.isdecimal() for part in parts)\n"
                "if $out:\n    $out = int(parts[0]) < 24 and int(parts[1]) < 60",
                '$out = False\nif len($x) == 5 and $x[2] == ":":\n    hours, minutes = $x[:2], $x[3:]\n'
                "    if hours.isdecimal() and minutes.isdecimal():\n"
                "        $out = int(hours) < 24 and int(minutes) < 60",
            ),
            noun="whether $x is a time of day from '00:00' to '23:59'",
            frag=("is_time", "is_valid_time"),
            result="is_valid",
            group="timecheck",
            note="A time has two digits, a colon, and two digits.",
            last=True,
            difficulty=3,
        ),
    )
