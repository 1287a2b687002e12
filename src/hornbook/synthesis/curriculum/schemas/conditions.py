"""Decide by conditions: ladders of cases for one or two values."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Numeral, Predicate, T, U


def label(x: T, p: Predicate[T], q: Predicate[T]) -> str:
    """Return 'both' if {x} {p} and {q}, 'first' if only the former is true, 'second' if only the latter, otherwise
        'none'.
    Classify {x}. If it {p} and also {q}, the answer is 'both'; if it only {p}, 'first'; if it only {q}, 'second'; else
        'none'.
    names: label_{p}_{q} classify which_of_{p}_and_{q}
    """
    if p(x) and q(x):
        return "both"
    elif p(x):
        return "first"
    elif q(x):
        return "second"
    return "none"


def grade(n: int, a: Choice = (90, 80, 50), b: Choice = (40, 30, 20), c: Choice = (10, 5, 0)) -> str:
    """Return 'high' if {n} is at least {a}, 'middle' if it is at least {b}, 'low' if it is at least {c}, and 'none'
        below that.
    names: grade level rank_of band
    """
    if n >= a:
        return "high"
    elif n >= b:
        return "middle"
    elif n >= c:
        return "low"
    else:
        return "none"


def price(n: int, a: Choice = (10, 20, 50), b: Choice = (3, 4, 5), c: Choice = (1, 2)) -> Any:
    """Return the price of {n} pieces: {b} each for the first {a} of them, and {c} each for all others. For fewer than
        one piece return 0.
    names: price_of total_price cost
    """
    if n < 1:
        return 0
    if n <= a:
        return n * b
    return a * b + (n - a) * c


def compare_two(a: T, b: T, f: Measure[T]) -> int:
    """Return 1 if {f:{a}} is larger than {f:{b}}, -1 if it is smaller, and 0 if both are equal.
    Compare {a} and {b} by {f:an {x}}. Return 1 if that of {a} is larger, -1 if that of {b} is, and 0 for a tie.
    names: compare_{f} compare_by_{f} sign_of_difference
    """
    if f(a) > f(b):
        return 1
    if f(a) < f(b):
        return -1
    return 0


def refuse(x: T, p: Predicate[T], f: Map[T, U]) -> U:
    """Return {f:{x}}. If {x} {p}, raise a ValueError instead.
    Raise a ValueError if {x} {p}; otherwise return {f:it}.
    names: checked_{f} {f}_or_error require_not_{p}
    """
    if p(x):
        raise ValueError("this value is not allowed")
    return f(x)


def parse_or_default(xs: list[Numeral], none: Choice = (0, -1)) -> Any:
    """Convert each string of {xs} to an integer and return the list; one that is no integer becomes {none}.
    names: parse_all to_integers parse_with_default_{none}
    """
    result = []
    for x in xs:
        try:
            result.append(int(x))
        except ValueError:
            result.append(none)
    return result
