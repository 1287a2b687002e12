"""Watch exercises or passages while they are written, and say when the generation repeats itself.

Reads:  records, in the order in which they were made.
Writes: reasons to stop or to seed anew (`stale`).
Source: sections 2.2 and 2.3 of the paper ask for diversity and measure none; phi-1's critics and TinyStories name what
        goes wrong: the same openings, the same names, the same solutions with other constants.

A record costs well under a millisecond; of all records before the window only a hash is kept.
"""

from collections import Counter, deque
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from hornbook.records import Exercise, Passage
from hornbook.synthesis.diversity.features import Features, features_of, words_of_name

WINDOW = 100
"""How many of the last records are judged; none is judged earlier."""
SIMILARITY = 0.7
"""Jaccard similarity of the shingles from which on a record is a near duplicate."""
MAX_NEAR_SHARE = 0.15
"""Of the last records those that repeat any earlier one, or are near to one of the window."""
MAX_OPENING_SHARE = 0.5
"""Of the last records those that open with the commonest phrase."""
MAX_SHAPE_SHARE = 0.15
"""Of the last records those whose code has the commonest shape."""
MIN_DISTINCT_NAMES = 0.7
"""Different names among the functions' names."""
MIN_DISTINCT_NAME_WORDS = 0.45
"""Different words among the words of the functions' names: one fixed prompt left 0.36 to 0.38 of a small teacher,
prompts that each give a name 0.56 to 0.61 (docs/log.md)."""


@dataclass(frozen=True, slots=True)
class Glance:
    """One record as the window holds it."""

    features: Features
    is_near: bool
    """Whether an earlier record was near, or equal."""


class Monitor:
    """The last records of a generation, and the hashes of all."""

    def __init__(self) -> None:
        """Begin without records."""
        self._known: set[str] = set()
        self._window: deque[Glance] = deque(maxlen=WINDOW)

    def add(self, records: Sequence[Exercise | Passage]) -> None:
        """Look at further records, in order."""
        for features in map(features_of, records):
            is_near = features.text_key in self._known or any(
                similarity(features.shingles, earlier.features.shingles) >= SIMILARITY for earlier in self._window
            )
            self._known.add(features.text_key)
            self._window.append(Glance(features, is_near))

    def stale(self) -> tuple[str, ...]:
        """Why the last records are stale, each reason in words with its figure; empty while all is well.

        Nothing is judged before `WINDOW` records are there.
        """
        return judge(self._window) if len(self._window) == WINDOW else ()

    def begin_window(self) -> None:
        """Judge only what comes from here on: for a generation that goes on with other prompts."""
        self._window.clear()


def similarity(one: frozenset[str], other: frozenset[str]) -> float:
    """Jaccard similarity of two sets; two empty sets are equal."""
    shared = len(one & other)
    union = len(one) + len(other) - shared
    return shared / union if union else 1.0


def judge(window: Collection[Glance]) -> tuple[str, ...]:
    """Why these records are stale, in words; empty where they are not."""
    count = len(window)
    seen = [glance.features for glance in window]
    names = [name for one in seen for name in one.names]
    opening, opening_share = _commonest([one.opening for one in seen if one.opening], count)
    _, shape_share = _commonest([one.shape for one in seen if one.shape], count)
    near_share = sum(glance.is_near for glance in window) / count
    too_much = (
        (near_share, MAX_NEAR_SHARE, "repeat earlier ones, or nearly"),
        (opening_share, MAX_OPENING_SHARE, f"open with “{opening}”"),
        (shape_share, MAX_SHAPE_SHARE, "have code of one and the same shape"),
    )
    reasons = [
        f"{share:.0%} of the last {count} records {what} (at most {limit:.0%})"
        for share, limit, what in too_much
        if share > limit
    ]
    if 2 * len(names) >= count:  # Fewer names say nothing: passages often define no function.
        words = [word for name in names for word in words_of_name(name)]
        too_little = (
            (names, MIN_DISTINCT_NAMES, "the functions' names"),
            (words, MIN_DISTINCT_NAME_WORDS, "the words in their names"),
        )
        reasons += [
            f"only {len(set(kinds)) / len(kinds):.0%} of {what} are different in the last {count} records "
            f"(at least {limit:.0%})"
            for kinds, limit, what in too_little
            if kinds and len(set(kinds)) / len(kinds) < limit
        ]
    return tuple(reasons)


def _commonest(kinds: Sequence[str], count: int) -> tuple[str, float]:
    """The commonest kind and its share of so many records; of several the first to come."""
    if not kinds:
        return "", 0.0
    kind, number = Counter(kinds).most_common(1)[0]
    return kind, number / count
