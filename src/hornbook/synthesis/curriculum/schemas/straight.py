"""Short programs without a loop statement: formulas, slices, sets, comprehensions, guards."""

import math
from typing import Any

from hornbook.synthesis.curriculum.holes import Char, Choice, Map, Measure, Natural, Predicate, Size, T, Text


def clock_time(n: int, between: Choice = (":", ".", "-"), none: Choice = ("", None, "?")) -> Any:
    """Take {n} as a number of seconds and return it as hours, minutes and seconds with {between} between them, the
    minutes and seconds written with two digits. Return {none} if {n} is negative.

    Convert {n} from seconds to a string with three parts, joined by {between}: full hours, then minutes and seconds of
    two digits each. For a negative number return {none}.

    names: clock_time format_seconds to_hours_minutes_seconds show_time
    """
    if n < 0:
        return none
    hours, rest = divmod(n, 3600)
    minutes, seconds = divmod(rest, 60)
    return between.join((str(hours), f"{minutes:02}", f"{seconds:02}"))


def pack(n: Natural, big: Choice = (12, 20, 24, 30), small: Choice = (3, 4, 6, 10)) -> tuple[int, int, int]:
    """Take {n} as a number of eggs, and fill boxes of {big} with them, then boxes of {small} with the rest. Return how
    many large boxes and how many small boxes are full and how many eggs remain, as a tuple.

    Return a tuple: how often {big} fits into {n}, how often {small} fits into the rest, and what is left then.

    names: pack fill_boxes split_amount boxes_of_{big}_and_{small}
    """
    large_boxes, rest = divmod(n, big)
    small_boxes, left_over = divmod(rest, small)
    return large_boxes, small_boxes, left_over


def percentage(a: Natural, b: Natural, k: Choice = (2, 3, 4), none: Choice = ("-", "", None)) -> Any:
    """Express {a} as a percentage of {b}, rounded to {k} decimal places, and return it as a string with a percent sign
    right behind the value. If {b} is 0, return {none}.

    Divide 100 times {a} by {b} and round the quotient to {k} decimals. Return it as text that ends with '%', or return
    {none} if the division is not possible because {b} is 0.

    names: percentage percent_of as_percent share
    """
    if b == 0:
        return none
    return f"{round(100 * a / b, k)}%"


def trimmed_mean(xs: list[T], f: Measure[T], k: Choice = (1, 2), none: Choice = (None, 0)) -> Any:
    """Compute {f:each {x}} in {xs}, and sort the values. Drop as many as {k} at either end, and return the average of
    those that remain, or {none} if none remain.

    Return the mean of {f:every {x}} in {xs} without the {k} lowest and {k} highest values, or {none} if none are left.

    names: trimmed_mean_{f} mean_without_extremes trimmed_average
    """
    values = sorted(f(x) for x in xs)[k:-k]
    return sum(values) / len(values) if values else none


def only_in_first(a: Text, b: Text, p: Predicate[Char]) -> str:
    """Find the different characters that occur in {a} but not in {b}. Return a sorted string of those that {p:s}.

    Remove the set of characters of {b} from the set of characters of {a}. From what remains, take the characters that
    {p:s}. Return a sorted string of them.

    names: {p}_only_in_first missing_{p} extra_{p} difference_in_{p}
    """
    return "".join(sorted(x for x in set(a) - set(b) if p(x)))


def duel(xs: list[T], ys: list[T], f: Measure[T]) -> str:
    """Compare {xs} and {ys} place by place, as far as the shorter one goes. Return the score as a string such as '3:1':
    first at how many places {f:the {x}} is larger in {xs}, then at how many it is larger in {ys}.

    Let {xs} play against {ys}: at each index that both have, the one with the larger value of {f:the {x}} wins a point,
    and nobody does if the values are equal. Return the points of both with a colon between them.

    names: duel_by_{f} score_by_{f} compare_{f}_by_place
    """
    wins = sum(f(x) > f(y) for x, y in zip(xs, ys))
    losses = sum(f(x) < f(y) for x, y in zip(xs, ys))
    return f"{wins}:{losses}"


def to_fahrenheit(t: float, least: Choice = (-2.0, -1.0, 0.0, 1.5, 3.0), k: Choice = (2, 3, 4)) -> float:
    """Take {t} as a temperature in degrees Celsius and return it in degrees Fahrenheit, which is nine fifths of it plus
    32, rounded to {k} decimal places. Raise a ValueError if {t} is below {least}.

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


def change_piece(text: Text, n: Size, f: Map[str, str], k: Choice = (2, 3, 4)) -> str:
    """Replace a piece of {text} by {f:this piece}, and return the result. The piece begins at the index that {n} gives
    and has {k} characters, fewer near the end of the string, and none behind it.

    Cut {text} into three parts: as many characters as {n} says, the next {k}, and the rest. If it is too short, the
    later parts are shorter or empty. Put {f:the second part} in the place of that part, and return all three joined.

    names: {f}_in_the_middle change_piece {f}_at_index
    """
    return text[:n] + f(text[n : n + k]) + text[n + k :]


def change_values(table: dict[str, int], p: Predicate[int], f: Measure[int]) -> dict[str, int]:
    """Return a copy of {table} in which each value that {p} is replaced by {f:the value}. All others stay as they are.

    Build a new dictionary with the keys of {table}. A value that {p} becomes {f:it}; any other value is copied.

    names: change_{p}_values {f}_of_{p}_values update_{p}
    """
    return {key: f(value) if p(value) else value for key, value in table.items()}


def side_by_side(a: Natural, b: Natural, f: Measure[int]) -> int:
    """Join the digits of {a} and {b}, in the order that gives the larger number. Return {f:this number}.

    Return {f:the larger of two numbers}, one being the digits of {a} before those of {b}, the other the reverse.

    names: {f}_of_joined side_by_side join_numbers concatenate_and_{f}
    """
    larger = max(int(f"{a}{b}"), int(f"{b}{a}"))
    return f(larger)
