"""Short programs without a loop statement: formulas, slices, sets, comprehensions, guards."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Char, Choice, Map, Measure, Natural, Predicate, T, Text, U


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
    Split {s} into words and order them by {f:each word} (reverse={down}). Return them as one string.
    names: sort_words_by_{f} words_by_{f} order_by_{f}
    """
    return " ".join(sorted(s.split(), key=lambda x: f(x), reverse=down))


def join_words(s: Text, f: Map[str, str], between: Choice = (" ", "-", "_")) -> Any:
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


def compare_sizes(xs: list[T], ys: list[T], p: Predicate[T]) -> bool:
    """Check whether {xs} has more {p:many} than {ys}.
    Return True if {xs} has more {x:s} that {p:s} than {ys} has, and False otherwise.
    names: has_more_{p} more_{p} compare_{p}
    """
    return sum(p(x) for x in xs) > sum(p(y) for y in ys)


def only_in_first(a: Text, b: Text, p: Predicate[Char]) -> str:
    """Return a sorted string of the different characters that {p:s} and occur in {a} but not in {b}.
    Remove the set of characters of {b} from that of {a}. Sort those that remain and that {p:s}, and return them as a
        string.
    names: {p}_only_in_first missing_{p} extra_{p} difference_in_{p}
    """
    return "".join(sorted(x for x in set(a) - set(b) if p(x)))


def change_values(table: dict[str, int], p: Predicate[int], f: Measure[int]) -> dict[str, int]:
    """Return a copy of {table} in which each value that {p} is replaced by {f:the value}. All others stay as they are.
    Build a new dictionary with the keys of {table}. A value that {p} becomes {f:it}; any other value is copied.
    names: change_{p}_values {f}_of_{p}_values update_{p}
    """
    return {key: f(value) if p(value) else value for key, value in table.items()}
