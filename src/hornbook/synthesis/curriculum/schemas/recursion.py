"""Functions that call themselves."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Char, Choice, Measure, Natural, Predicate, Size, T, Text

HOLE: Any = None
"""The default of a hole, so that recursive calls pass arguments only."""


def change_digits(n: Natural, f: Measure[int] = HOLE) -> int:
    """Replace each decimal digit of {n} by the remainder when {f:the digit} is divided by 10. Return the number that
    this gives, and 0 for 0.

    Use recursion: return 0 for 0, and otherwise ten times the result for {n} without its last digit, plus the remainder
    when {f:that digit} is divided by 10.

    names: change_digits digits_{f} {f}_of_digits
    """
    if n == 0:
        return 0
    digit = n % 10
    return 10 * change_digits(n // 10) + f(digit) % 10


def power_mod(a: Natural, n: Natural, m: Choice = (7, 10, 11, 64, 97, 100, 1000)) -> Any:
    """Return the remainder when {a} to the power of {n} is divided by {m}, by repeated squaring: compute it for half of
    the exponent first, and square that. Anything to the power of 0 is 1.

    Raise {a} to the power of {n}, and return the result modulo {m}. Use recursion: the power for half the exponent,
    rounded down, is multiplied with itself, and once more by {a} if the exponent is odd. The exponent 0 gives 1.

    names: power_mod_{m} fast_power power_modulo
    """
    if n == 0:
        return 1
    half = power_mod(a, n // 2)
    if n % 2 == 0:
        return half * half % m
    return half * half * a % m


def count_ways(n: Size, a: Choice = (1, 2, 3), b: Choice = (4, 5, 6, 7)) -> int:
    """Count the lists that consist only of the numbers {a} and {b} and have the sum {n}. The empty list has the sum 0.

    Take {n} as the number of steps of a staircase. Return in how many different ways one can climb it with strides of
    {a} and of {b} steps in any order, where not climbing at all counts as one way.

    names: count_ways ways_with_{a}_and_{b} climb_stairs num_orders
    """
    if n < 0:
        return 0
    if n == 0:
        return 1
    return count_ways(n - a) + count_ways(n - b)


def best_choice(xs: list[T], f: Measure[T] = HOLE) -> Any:
    """Choose {x:s} from {xs}, but never two next to each other, so that {f:the {x}}, summed over the chosen ones, is as
    large as possible. Return this sum; it is 0 if it is best to choose nothing.

    Return the largest sum of {f:the {x}} over any selection of {xs} without neighbours. Decide recursively: either the
    first {x} is left out, or it is taken and the second one left out. An empty selection counts 0.

    names: best_{f}_without_neighbours best_choice max_{f}_apart
    """
    if not xs:
        return 0
    return max(best_choice(xs[1:]), f(xs[0]) + best_choice(xs[2:]))


def shrink(n: Natural, p: Predicate[int] = HOLE, k: Choice = (2, 3, 5)) -> list[int]:
    """List the numbers of a chain that begins with {n}. A number that {p} is followed by itself divided by {k} and
    rounded down, any other by itself minus {k}. The chain ends with the first number that is less than {k}.

    Return a list with {n} alone if {n} is less than {k}. Otherwise return {n} followed by the list for the next number.
    If {n} {p}, that is {n} divided by {k} and rounded down, otherwise {n} minus {k}.

    names: shrink chain_of shrinking_chain steps_down
    """
    if n < k:
        return [n]
    return [n, *shrink(n // k if p(n) else n - k)]


def ruler(n: Size, f: Measure[int] = HOLE) -> list[int]:
    """Return an empty list if {n} is 0. Otherwise return the list for {n} minus 1, then {f:{n}}, then that list again.

    Build a list like the marks on a ruler: in its middle stands {f:{n}}, and on the left and on the right the same list
    for the number before, which is built in the same way. The list for 0 has no items.

    names: ruler ruler_of_{f} nested_pattern
    """
    if n == 0:
        return []
    side = ruler(n - 1)
    return [*side, f(n), *side]


def swap_opposite(text: Text, p: Predicate[Char] = HOLE) -> str:
    """Go from both ends of {text} towards its middle. Wherever the character in the left half {p}, exchange it with the
    one at the same distance from the right end. Return the new string.

    Return {text} if it has fewer than two characters. Otherwise exchange the first and the last character if the first
    one {p}, and treat the characters between them in the same way.

    names: swap_{p} swap_opposite exchange_{p} mirror_{p}
    """
    if len(text) < 2:
        return text
    inside = swap_opposite(text[1:-1])
    if p(text[0]):
        return text[-1] + inside + text[0]
    return text[0] + inside + text[-1]
