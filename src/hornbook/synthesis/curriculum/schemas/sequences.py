"""Generators, blocks and windows, and sequences that are built step by step."""

from collections.abc import Iterator
from typing import Any

from hornbook.synthesis.curriculum.holes import Choice, Map, Measure, Natural, Predicate, T, Text, U


def block_sums(xs: list[T], f: Measure[T], k: Choice = (2, 3, 4)) -> Iterator[Any]:
    """Yield for each block of {k} neighbours in {xs} the sum of {f:each {x}} in it. Blocks do not overlap, the first
    begins at index 0, and the last may be shorter.

    Cut {xs} into blocks of {k} from left to right; the last one may have fewer {x:s}. Go through the blocks and yield
    the sum of {f:every {x}} in a block.

    names: block_sums_of_{f} sum_{f}_by_{k} chunk_sums
    """
    for i in range(0, len(xs), k):
        yield sum(f(x) for x in xs[i : i + k])


def products(xs: list[int], p: Predicate[int]) -> Iterator[int]:
    """Yield the running products of {xs}, starting from 1: a {x} that {p} sets the product back to 1, any other is
    multiplied into it. Yield the new product after each {x}.

    Yield one number for each {x} of {xs}. It is 1 if the {x} {p}. Otherwise it is the {x} times the number yielded
    before, or the {x} itself at the beginning.

    names: products_until_{p} running_products reset_at_{p}
    """
    product = 1
    for x in xs:
        product = 1 if p(x) else product * x
        yield product


def merge_spans(xs: list[int], f: Measure[int]) -> list[tuple[int, int]]:
    """Let each {x} of {xs} form a span between the {x} and {f:the {x}}. Unite the spans that overlap or share an end.
    Return the result as tuples of the lower and the upper end, in rising order.

    Take each {x} in {xs} and {f:the {x}} as the two ends of an interval. Merge all intervals that have a point in
    common, and return those that remain as a sorted list of tuples, the smaller end first.

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
    """Find all primes from 2 up to and including {n} with the sieve of Eratosthenes. Return, in rising order of the
    primes, the list of {f:each of them}.

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


def from_both_ends(xs: list[T], f: Measure[T]) -> Any:
    """Let two players take all {x:s} of {xs} one by one, one from the left end and one from the right. Each {x} is
    worth {f:the {x}}. Whoever has less is next, the left player in case of a tie. Return both final sums.

    Add up {f:each {x}} in {xs} from both ends. While a {x} is left, the next one from the left goes to a left sum if
    this is at most the right sum, otherwise the next one from the right goes to the right sum. Return both sums.

    names: from_both_ends share_{f} two_sums_of_{f} split_points
    """
    i, j = 0, len(xs)
    left = right = 0
    while i < j:
        if left <= right:
            left += f(xs[i])
            i += 1
        else:
            j -= 1
            right += f(xs[j])
    return left, right


def between_marks(
    text: Text, a: Choice = ("(", "a", "e"), b: Choice = (")", "o", "!"), none: Choice = ("", None)
) -> Any:
    """Return the part of {text} between the first {a} and the next {b} behind it, both left out. Return {none} if
    {text} has no {a}, or no {b} behind the first one.

    Find the first {a} in {text} and the first {b} after it. Return what is between them, and {none} if one is missing.

    names: between_marks text_between extract_inside
    """
    try:
        start = text.index(a) + 1
        return text[start : text.index(b, start)]
    except ValueError:
        return none
