"""Shingles as sets of tuples, and their similarity: what the hashed ones must agree with."""

from collections.abc import Sequence

Runs = frozenset[tuple[str, ...]]


def runs_of(words: Sequence[str], size: int) -> Runs:
    """All runs of so many words; of fewer words the one run there is."""
    return frozenset(tuple(words[start : start + size]) for start in range(max(len(words) - size + 1, 1)))


def jaccard(first: Runs, second: Runs) -> float:
    """Size of the intersection over size of the union."""
    return len(first & second) / len(first | second)
