"""The last records of a generation, and whether they have gone stale."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass

from hornbook.synthesis.diversity.features import words_of_name
from hornbook.synthesis.diversity.thresholds import DiversityThresholds


@dataclass(frozen=True, slots=True, kw_only=True)
class Glance:
    """One record as the window holds it."""

    is_repeated: bool
    """An earlier text was equal."""
    is_near: bool
    """An earlier text was near, or equal."""
    novelty: float
    """Share of its runs of words that were never there before."""
    opening: str
    shape: int
    """0 where it has no code that parses."""
    names: tuple[str, ...]


def judge(window: Sequence[Glance], limits: DiversityThresholds) -> tuple[str, ...]:
    """Why these records are stale, in words; empty where they are not."""
    count = len(window)
    shapes = [glance.shape for glance in window if glance.shape]
    names = [name for glance in window for name in glance.names]
    name_words = [word for name in names for word in words_of_name(name)] if 2 * len(names) >= count else []
    opening, opening_share = _commonest([glance.opening for glance in window if glance.opening], of=count)
    _, shape_share = _commonest(shapes, of=count)
    too_much = (
        (_share(glance.is_repeated for glance in window), limits.max_exact_share, "repeat an earlier text"),
        (_share(glance.is_near for glance in window), limits.max_near_share, "are near duplicates of earlier ones"),
        (opening_share, limits.max_opening_share, f"open with “{opening}”"),
        (shape_share, limits.max_shape_share, "have code of one and the same shape"),
    )
    too_little = (
        (_distinct(shapes, count), limits.min_distinct_shapes, "the shapes of code are different"),
        (_distinct(names, count), limits.min_distinct_names, "the functions' names are different"),
        (
            _distinct(name_words, count),
            limits.min_distinct_name_words,
            "the words in functions' names are different",
        ),
        (sum(glance.novelty for glance in window) / count, limits.min_novelty, "the runs of four words are new"),
    )
    return (
        *(
            f"{value:.0%} of the last {count} records {what} (at most {limit:.0%})"
            for value, limit, what in too_much
            if value > limit
        ),
        *(
            f"only {value:.0%} of {what} in the last {count} records (at least {limit:.0%})"
            for value, limit, what in too_little
            if value < limit
        ),
    )


def _share(flags: Iterable[bool]) -> float:
    known = list(flags)
    return sum(known) / len(known)


def _commonest(kinds: Sequence[Hashable], *, of: int) -> tuple[Hashable, float]:
    """The commonest kind and its share `of` so many; of several the first to come."""
    if not kinds:
        return "", 0.0
    kind, count = Counter(kinds).most_common(1)[0]
    return kind, count / of


def _distinct(kinds: Sequence[Hashable], count: int) -> float:
    """Share of different ones; 1 where fewer than half of the records have any, which says nothing."""
    return len(set(kinds)) / len(kinds) if 2 * len(kinds) >= count else 1.0
