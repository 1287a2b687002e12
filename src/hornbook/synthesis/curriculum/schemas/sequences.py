"""Generators, blocks and windows, and sequences that are built step by step."""

from collections.abc import Iterator
from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Natural, Predicate, T, Text, U


def block_sums(xs: list[T], f: Measure[T], k: Choice = (2, 3, 4)) -> Iterator[Any]:
    """Cut {xs} into blocks of {k} neighbours, the last of which may be shorter. Yield the sum of {f:each {x}} in every
        block.
    Take {k} {x:s} at a time from the left of {xs}, at the end as many as are left. Yield each time the sum of {f:every
        {x}} that was taken.
    names: block_sums_of_{f} sum_{f}_by_{k} chunk_sums
    """
    for i in range(0, len(xs), k):
        yield sum(f(x) for x in xs[i : i + k])


def products(xs: list[int], p: Predicate[int]) -> Iterator[int]:
    """Yield the running products of {xs}: after each {x} the product of all so far, where a {x} that {p} sets it back
        to 1.
    Yield one number for each {x} of {xs}: 1 if the {x} {p}, otherwise the {x} times the number yielded before, or the
        {x} itself at the beginning.
    names: products_until_{p} running_products reset_at_{p}
    """
    product = 1
    for x in xs:
        product = 1 if p(x) else product * x
        yield product


def merge_spans(xs: list[int], f: Measure[int]) -> list[tuple[int, int]]:
    """Let each {x} of {xs} form a span between the {x} and {f:the {x}}. Unite the spans that overlap or share an end.
        Return a sorted list of tuples of the lower and the upper end.
    Take each {x} in {xs} and {f:the {x}} as the ends of an interval. Merge all intervals that have a point in common,
        and return those that remain in rising order, as tuples with the smaller end first.
    names: merge_spans_to_{f} merge_intervals unite_ranges
    """
    merged: list[tuple[int, int]] = []
    for low, high in sorted(sorted((x, f(x))) for x in xs):
        if merged and low <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    return merged


def sieve(n: Natural, f: Map[int, U]) -> list[U]:
    """Find all primes from 2 up to and including {n} with the sieve of Eratosthenes. Return the list of {f:each of
        them}, in rising order of the primes.
    Go through the numbers from 2 to {n}. One that is not crossed out is a prime: cross out its multiples, and put
        {f:the prime} into a list. Return the list.
    names: {f}_of_primes sieve prime_{f}
    """
    crossed_out = [False] * (n + 1)
    result = []
    for x in range(2, n + 1):
        if not crossed_out[x]:
            result.append(f(x))
            for multiple in range(x * x, n + 1, x):
                crossed_out[multiple] = True
    return result


def between_marks(
    text: Text, a: Choice = ("(", "a", "e"), b: Choice = (")", "o", "!"), none: Choice = ("", None)
) -> Any:
    """Return the part of {text} between the first {a} and the next {b} behind it, or {none} if there is no such {a} or
        {b}.
    Find the first {a} in {text} and the first {b} after it. Return what is between them, and {none} if one is missing.
    names: between_marks text_between extract_inside
    """
    try:
        start = text.index(a) + 1
        return text[start : text.index(b, start)]
    except ValueError:
        return none
