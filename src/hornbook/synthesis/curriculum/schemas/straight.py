"""Short programs without a loop statement: formulas, slices, sets, comprehensions, guards."""

import math
from typing import Any

from hornbook.synthesis.curriculum.holes import Char, Choice, Map, Measure, Natural, Predicate, Size, T, Text, U


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


def spread(xs: list[T], f: Measure[T], none: Choice = (0, -1, None)) -> Any:
    """Compute {f:each {x}} in {xs}. Return the difference between the largest and the smallest of these values, or
        {none} if there are none.
    Let the key of an {x} be {f:the {x}}. Return the range of the keys in {xs}, {none} if {xs} is empty.
    names: spread_of_{f} range_of_{f} {f}_range max_minus_min
    """
    if not xs:
        return none
    values = [f(x) for x in xs]
    return max(values) - min(values)


def largest_value(xs: list[T], f: Measure[T], none: Choice = (0, -1, None)) -> Any:
    """Return the maximum of {f:each {x}} in {xs}, or {none} for an empty list.
    Compute {f:each {x}} in {xs} and return the largest of these values, {none} if there is no {x}.
    names: max_{f} largest_{f} maximum_{f} highest_{f}
    """
    return max((f(x) for x in xs), default=none)


def every_kth(xs: list[T], f: Map[T, U], k: Choice = (2, 3)) -> list[U]:
    """Go through {xs} in steps of {k}, from the first {x} on, and return the list of {f:each {x}}.
    Return a list with {f:each {x}} in {xs} whose index is 0 or a multiple of {k}.
    names: {f}_in_steps {f}_of_every_{k} step_by_{k}
    """
    return [f(x) for x in xs[::k]]


def shared_items(xs: list[T], ys: list[T], p: Predicate[T]) -> list[T]:
    """Return the different {x:s} that {p:s} and are in both {xs} and {ys}, in ascending order.
    Find what {xs} and {ys} have in common. Keep the {p:many}, each once, and sort them.
    names: shared_{p} common_{p} {p}_in_both intersect_{p}
    """
    shared: set[Any] = set(xs) & set(ys)
    return sorted(x for x in shared if p(x))


def sort_words(s: Text, f: Map[str, int], down: Choice = (True, False)) -> str:
    """Sort the words of {s} by {f:the word}, with reverse={down}, and join them with spaces again.
    Split {s} into words and order them by {f:each word}; the value of reverse is {down}. Return them as one string.
    names: sort_words_by_{f} words_by_{f} order_by_{f}
    """
    return " ".join(sorted(s.split(), key=lambda x: f(x), reverse=down))


def join_words(s: Text, f: Map[str, str], between: Choice = (" ", "-", "", "_")) -> Any:
    """Split {s} into words, take {f:each word}, and join the results with {between}.
    For every word of {s}, take {f:it}. Put {between} between them and return the string.
    names: {f}_words join_words map_words join_{f}
    """
    return between.join([f(x) for x in s.split()])


def count_words(s: Text, p: Predicate[str]) -> int:
    """Split {s} into words at its spaces. Return how many of the words are such that the word {p}.
    Count the words in {s}, separated by spaces: each word that {p}.
    names: count_words_{p} num_{p}_words {p}_words
    """
    return len([x for x in s.split() if p(x)])


def middle_value(xs: list[T], f: Measure[T], none: Choice = (None, 0)) -> Any:
    """Sort {f:each {x}} of {xs} and return the value in the middle, the lower one of two; {none} for an empty list.
    Return the lower median of the values, {f:each {x}} in {xs}. If {xs} is empty, return {none}.
    names: middle_{f} median_{f} lower_median
    """
    values = sorted(f(x) for x in xs)
    return values[(len(values) - 1) // 2] if values else none


def grow(a: float, n: Size, rate: Choice = (2, 3, 5, 10), k: Choice = (1, 2)) -> float:
    """Let the amount {a} grow by {rate} percent each year, and return what it is after {n} years, rounded to {k}
        decimals.
    Return {a} with {n} years of interest at {rate} percent, interest on interest, rounded to {k} decimal places.
    names: grow with_interest compound_{rate} amount_after_years
    """
    factor: float = (1 + rate / 100) ** n
    return round(a * factor, k)


def compare_sizes(xs: list[T], ys: list[T], p: Predicate[T]) -> bool:
    """Check whether {xs} has more {p:many} than {ys}.
    Return True if {xs} has more {x:s} that {p:s} than {ys} has, and False otherwise.
    names: has_more_{p} more_{p} compare_{p}
    """
    return sum(p(x) for x in xs) > sum(p(y) for y in ys)


def add_lists(xs: list[int], ys: list[int], f: Map[int, int]) -> list[int]:
    """Add {xs} and {ys} place by place, as far as the shorter one goes, and return {f:each sum} as a list.
    Return a list with {f:the sum} of the numbers at each index that both {xs} and {ys} have.
    names: add_lists add_by_place {f}_of_sums pairwise_{f}
    """
    return [f(x + y) for x, y in zip(xs, ys)]


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
    """Let the key of an {x} be {f:the {x}}. Compare {xs} and {ys} place by place, as far as the shorter one goes, and
        return as a string such as '3:1' at how many places the key is larger in {xs}, and at how many in {ys}.
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
