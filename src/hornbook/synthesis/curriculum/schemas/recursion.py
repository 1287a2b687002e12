"""Functions that call themselves."""

from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Measure, Natural, Size, T

HOLE: Any = None
"""The default of a hole, so that recursive calls pass arguments only."""


def power_mod(a: Natural, n: Natural, m: Choice = (7, 10, 11, 64, 97, 100, 1000)) -> Any:
    """Return the remainder when {a} to the power of {n} is divided by {m}. Anything to the power of 0 is 1.
    Raise {a} to the power of {n} modulo {m} by repeated squaring: square the power for half the exponent, rounded down,
        and multiply once more by {a} if the exponent is odd. The exponent 0 gives 1.
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
    Take {n} as the number of steps of a staircase. Return in how many ways one can climb it with strides of {a} and of
        {b} steps in any order, where not climbing at all counts as one way.
    names: count_ways ways_with_{a}_and_{b} climb_stairs num_orders
    """
    if n < 0:
        return 0
    if n == 0:
        return 1
    return count_ways(n - a) + count_ways(n - b)


def best_choice(xs: list[T], f: Measure[T] = HOLE) -> Any:
    """Choose {x:s} from {xs}, but never two next to each other, so that the sum of {f:each chosen {x}} is as large as
        possible. Return this sum; it is 0 if it is best to choose nothing.
    Return the largest sum of {f:the {x}} over any selection of {xs} without neighbours. The empty selection counts 0.
    names: best_{f}_without_neighbours best_choice max_{f}_apart
    """
    if not xs:
        return 0
    return max(best_choice(xs[1:]), f(xs[0]) + best_choice(xs[2:]))


def ruler(n: Size, f: Measure[int] = HOLE) -> list[int]:
    """Return an empty list if {n} is 0. Otherwise return the list for {n} minus 1, then {f:{n}}, then that list again.
    Build a list like the marks on a ruler: {f:{n}} in the middle, and on both sides the list for the number before,
        which is built in the same way. The list for 0 has no items.
    names: ruler ruler_of_{f} nested_pattern
    """
    if n == 0:
        return []
    side = ruler(n - 1)
    return [*side, f(n), *side]
