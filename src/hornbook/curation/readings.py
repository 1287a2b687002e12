"""Two readings of the same code by one annotator: which score is kept, and how far the two agree.

Reads:  scores with their reasons; the single readings of two passes as labels.
Writes: one score for each piece of code; the agreement between the passes.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.curation.label_agreement import LabelAgreement, agreement_of
from hornbook.records import Label

_MARK = "#"


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reading found."""

    score: int
    reason: str


@dataclass(frozen=True, kw_only=True)
class PassAgreement:
    """The second pass against the first."""

    num_scored: tuple[int, int]
    """By the first, by the second."""
    num_by_both: int
    num_by_either: int
    agreement: LabelAgreement | None
    """Of those that both have scored; None where there are none."""


def kept_reading(readings: Sequence[Reading]) -> Reading:
    """The score that is kept of one or two readings, the first pass's first.

    It is their mean; a half goes the first reading's way (2 and 3 give 2; 3 and 2 give 3; 4 and 1 give 3). The reason
    is that of the reading nearer to it, of equally near ones the first.

    Raises:
        ValueError: There are none, or more than two.
    """
    if not 1 <= len(readings) <= 2:
        raise ValueError(f"one or two readings are settled, not {len(readings)}")
    first, last = readings[0], readings[-1]
    score = (first.score + last.score + (first.score > last.score)) // 2
    nearest = min(readings, key=lambda reading: abs(reading.score - score))
    return Reading(score, nearest.reason)


def name_of_pass(annotator: str, number: int) -> str:
    """The annotator of a single reading: `name#2`."""
    return f"{annotator}{_MARK}{number}"


def compare_passes(readings: Sequence[Label], seed: int = 0) -> PassAgreement:
    """Compare the readings of the first pass with those of the second.

    Args:
        readings: Their annotators by `name_of_pass`.
        seed: For the interval.
    """
    first, second = (
        {label.sample_id: label.score for label in readings if label.annotator.rpartition(_MARK)[2] == number}
        for number in ("1", "2")
    )
    both = [name for name in first if name in second]
    return PassAgreement(
        num_scored=(len(first), len(second)),
        num_by_both=len(both),
        num_by_either=len(first.keys() | second.keys()),
        agreement=agreement_of([first[name] for name in both], [second[name] for name in both], seed) if both else None,
    )
