"""Short programs without a loop statement: formulas, slices, sets, comprehensions, guards."""

import math
from typing import Any

from hornbook.synthesis.curriculum.holes import Char, Choice, Measure, Natural, Predicate, T, Text


def clock_time(n: int, between: Choice = (":", ".", "-"), none: Choice = ("", None, "?")) -> Any:
    """Take {n} as a number of seconds and return it as hours, minutes and seconds with {between} between them, the
    minutes and seconds written with two digits. Return {none} if {n} is negative.

    Convert {n} from seconds to text: full hours, then minutes and seconds of two digits each, joined by {between}. For
    a negative number return {none}.

    names: clock_time format_seconds to_hours_minutes_seconds show_time
    """
    if n < 0:
        return none
    hours, rest = divmod(n, 3600)
    minutes, seconds = divmod(rest, 60)
    return between.join((str(hours), f"{minutes:02}", f"{seconds:02}"))


def pack(n: Natural, big: Choice = (12, 20, 24, 30), small: Choice = (3, 4, 6, 10)) -> tuple[int, int, int]:
    """Take {n} as a number of eggs. Fill boxes of {big} with them, then boxes of {small} with the rest. Return how many
    large and how many small boxes are full and how many eggs remain, as a tuple.

    Return a tuple: how often {big} fits into {n}, how often {small} fits into the rest, and what is left then.

    names: pack fill_boxes split_amount boxes_of_{big}_and_{small}
    """
    large_boxes, rest = divmod(n, big)
    small_boxes, left_over = divmod(rest, small)
    return large_boxes, small_boxes, left_over


def percentage(a: Natural, b: Natural, k: Choice = (2, 3, 4), none: Choice = ("-", "", None)) -> Any:
    """Express {a} as a percentage of {b}, rounded to {k} decimal places, as a string with a percent sign. If {b} is 0,
    return {none}.

    Divide 100 times {a} by {b} and round to {k} decimals. Return the quotient as text that ends with '%', or {none} for
    {b} equal to 0.

    names: percentage percent_of as_percent share
    """
    if b == 0:
        return none
    return f"{round(100 * a / b, k)}%"


def trimmed_mean(xs: list[T], f: Measure[T], k: Choice = (1, 2), none: Choice = (None, 0)) -> Any:
    """Compute {f:each {x}} in {xs}, and sort the values. Drop {k} at either end, and return the average of the others,
    or {none} if none remain.

    Return the mean of {f:every {x}} in {xs} without the {k} lowest and {k} highest values, or {none} if none are left.

    names: trimmed_mean_{f} mean_without_extremes trimmed_average
    """
    values = sorted(f(x) for x in xs)[k:-k]
    return sum(values) / len(values) if values else none


def only_in_first(a: Text, b: Text, p: Predicate[Char]) -> str:
    """Return a sorted string of the different characters that {p:s} and occur in {a} but not in {b}.

    Remove the set of characters of {b} from that of {a}. Sort those that remain and that {p:s}, and return them as a
    string.

    names: {p}_only_in_first missing_{p} extra_{p} difference_in_{p}
    """
    return "".join(sorted(x for x in set(a) - set(b) if p(x)))


def duel(xs: list[T], ys: list[T], f: Measure[T]) -> str:
    """Compare {xs} and {ys} place by place, as far as the shorter one goes. Return as a string such as '3:1' at how
    many places {f:the {x}} is larger in {xs}, and at how many in {ys}.

    Let {xs} play against {ys}: at each index that both have, the larger value of {f:the {x}} wins a point, equal ones
    win none. Return the points of both with a colon between them.

    names: duel_by_{f} score_by_{f} compare_{f}_by_place
    """
    wins = sum(f(x) > f(y) for x, y in zip(xs, ys))
    losses = sum(f(x) < f(y) for x, y in zip(xs, ys))
    return f"{wins}:{losses}"


def to_fahrenheit(t: float, least: Choice = (-2.0, -1.0, 0.0, 1.5, 3.0), k: Choice = (2, 3, 4)) -> float:
    """Convert {t} from degrees Celsius to Fahrenheit: nine fifths of it plus 32, rounded to {k} decimal places. Raise a
    ValueError if {t} is below {least}.

    Raise a ValueError if {t} is less than {least}. Otherwise return 9 times {t}, divided by 5, plus 32, rounded to {k}
    decimals.

    names: to_fahrenheit celsius_to_fahrenheit convert_temperature
    """
    if t < least:
        raise ValueError("too cold for this thermometer")
    return round(t * 9 / 5 + 32, k)


def cans_of_paint(a: Natural, b: Natural, c: Natural, k: Choice = (5, 8, 10, 12, 15, 20, 50)) -> Any:
    """Take {a}, {b} and {c} as the edges of a box. Return how many cans of paint it takes to paint all six sides of it,
    if one can is enough for an area of {k}.

    Let {a}, {b} and {c} be the sizes of a cuboid. Return its surface divided by {k} and rounded up to a whole number.

    names: cans_of_paint cans_needed paint_for_box
    """
    surface = 2 * (a * b + b * c + a * c)
    return math.ceil(surface / k)


def change_values(table: dict[str, int], p: Predicate[int], f: Measure[int]) -> dict[str, int]:
    """Return a copy of {table} in which each value that {p} is replaced by {f:the value}. All others stay as they are.

    Build a new dictionary with the keys of {table}. A value that {p} becomes {f:it}; any other value is copied.

    names: change_{p}_values {f}_of_{p}_values update_{p}
    """
    return {key: f(value) if p(value) else value for key, value in table.items()}
