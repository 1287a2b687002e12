"""Measure detectors and the rule on the labelled set: what they find, and what they find wrongly.

Reads:  the rows that a search wrote for the records of `labelled_set.py`.
Writes: recall and precision with their intervals, by kind of record.

A leak is found if its own problem is named. A clean record that is held for a leak of any problem is a false alarm.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.decontamination.findings import Decision, FoundRow
from hornbook.decontamination.labelled_set import LabelledPair, PairKind
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.rule import least_score
from hornbook.stats import wilson_interval

RULE = "rule"
WITHOUT_BEHAVIOUR = "rule without behaviour"
"""What is left of it where no code can run."""


@dataclass(frozen=True, kw_only=True)
class Quality:
    """How good one way of finding leaks is."""

    name: str
    threshold: float | None
    """The least score that counts; None where each match counts or none does, or where there is no single one."""
    found: dict[PairKind, int]
    """Leaks that are found, by kind."""
    false: dict[PairKind, int]
    """Clean records that are held for leaks, by kind."""
    num_leaks: int

    def to_json(self) -> dict[str, Any]:
        """JSON values: shares with their 95 % intervals; no precision where nothing was found."""
        num_found, num_false = sum(self.found.values()), sum(self.false.values())
        return {
            "name": self.name,
            "threshold": self.threshold,
            "num_found": num_found,
            "num_false": num_false,
            "recall": _share(num_found, self.num_leaks),
            "precision": _share(num_found, num_found + num_false) if num_found + num_false else None,
            "found_by_kind": {kind.value: number for kind, number in self.found.items()},
            "false_by_kind": {kind.value: number for kind, number in self.false.items()},
        }


def calibration_of(pairs: Sequence[LabelledPair], qualities: Iterable[Quality]) -> dict[str, Any]:
    """The metrics of a calibration, as JSON values."""
    return {
        "num_problems": len({pair.task_id for pair in pairs}),
        "num_leaks": sum(pair.kind.is_leak for pair in pairs),
        "num_clean": sum(not pair.kind.is_leak for pair in pairs),
        "num_of_kind": len(pairs) // len(PairKind),
        "rows": [quality.to_json() for quality in qualities],
    }


def qualities_of(
    pairs: Sequence[LabelledPair], rows: Sequence[FoundRow], match_rate: float, *, ran_code: bool
) -> list[Quality]:
    """Each detector by itself at its threshold, then the rule.

    Args:
        pairs: The labelled records.
        rows: Found in them; a record's id is `record_id` of its place.
        match_rate: The threshold of syntax trees.
        ran_code: Whether behaviour was compared; a judge that says nothing is left out as well.
    """
    qualities = []
    for detector in Detector:
        least = least_score(detector, match_rate)
        seen = [row for row in rows if row.detector is detector]
        if (detector is Detector.JUDGE and not seen) or (detector is Detector.BEHAVIOUR and not ran_code):
            continue
        flagged = {(row.document_id, row.task_id) for row in seen if row.score >= least}
        qualities.append(quality_of(detector.value, least if 0 < least <= 1 else None, pairs, flagged))
    return [*qualities, rule_quality(RULE, pairs, rows)]


def rule_quality(name: str, pairs: Sequence[LabelledPair], rows: Iterable[FoundRow]) -> Quality:
    """The decisions as they stand in the rows."""
    leaks = {(row.document_id, row.task_id) for row in rows if row.decision is Decision.LEAK}
    return quality_of(name, None, pairs, leaks)


def quality_of(
    name: str, threshold: float | None, pairs: Sequence[LabelledPair], flagged: set[tuple[str, str]]
) -> Quality:
    """Hold what was flagged, pairs of a record's id and a task's, against the labels."""
    any_task = {document_id for document_id, _ in flagged}
    found: Counter[PairKind] = Counter()
    false: Counter[PairKind] = Counter()
    for place, pair in enumerate(pairs):
        if pair.kind.is_leak:
            found[pair.kind] += (record_id(place), pair.task_id) in flagged
        else:
            false[pair.kind] += record_id(place) in any_task
    return Quality(
        name=name,
        threshold=threshold,
        found=dict(found),
        false=dict(false),
        num_leaks=sum(pair.kind.is_leak for pair in pairs),
    )


def record_id(place: int) -> str:
    """What the record at this place is called."""
    return str(place)


def _share(number: int, total: int) -> list[float]:
    low, high = wilson_interval(number, total)
    return [round(number / total, 4), round(low, 4), round(high, 4)]
