"""Shingles as sets of tuples, their similarity, and clusters by brute force: what deduplication must agree with."""

from collections.abc import Iterable, Sequence

Runs = frozenset[tuple[str, ...]]


def runs_of(words: Sequence[str], size: int) -> Runs:
    """All runs of so many words; of fewer words the one run there is."""
    return frozenset(tuple(words[start : start + size]) for start in range(max(len(words) - size + 1, 1)))


def jaccard(first: Runs, second: Runs) -> float:
    """Size of the intersection over size of the union."""
    return len(first & second) / len(first | second)


def first_members(size: int, pairs: Iterable[tuple[int, int]]) -> list[int]:
    """For each index the smallest one that a chain of pairs connects it to."""
    keepers = list(range(size))
    pairs = list(pairs)
    while any(keepers[first] != keepers[second] for first, second in pairs):
        for first, second in pairs:
            keepers[first] = keepers[second] = min(keepers[first], keepers[second])
    return keepers
