"""What was found, as records: a row for each text, problem and detector, and what they come to.

Reads:  the findings of a search.
Writes: `FoundRow`s; for each document at most one reason to drop it; counts by benchmark and detector; the nearest
        records of each problem.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hornbook.decontamination.matches import Detector
from hornbook.decontamination.tree_index import MATCH_RATES

_NEAREST_OF_DETECTOR = 1
_ORDER = (
    Detector.BEHAVIOUR,
    Detector.JUDGE,
    Detector.NGRAM,
    Detector.DOCSTRING,
    Detector.SYNTAX_TREE,
    Detector.CANONICAL_TREE,
    Detector.CODE,
)
"""The stronger evidence first."""


class Decision(StrEnum):
    """What becomes of a document for one problem."""

    LEAK = "leak"
    CLEARED = "cleared"
    """It looks like one, but its code does something else."""
    CLEAN = "clean"
    """It is like the problem, and not enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A document that is like a problem in the eyes of one detector, and what was decided about the two."""

    row: int
    """Place of the document among all that were given."""
    document_id: str
    benchmark: str
    """Its title."""
    task_id: str
    detector: Detector
    score: float
    """0 to 1."""
    evidence: str
    function: str
    """Of the document; empty where it is none."""
    window_first: int
    """First character of the matching part of the document."""
    window_last: int
    """The one after its last."""
    decision: Decision
    decided_by: str
    """The detector for which the document is a leak; empty where it is none."""
    document_excerpt: str
    """The matching part, or its beginning."""
    problem_excerpt: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A benchmark that documents were compared with."""

    name: str
    title: str
    task_ids: tuple[str, ...]
    num_telling: int
    """Problems whose behaviour can tell."""
    ran_code: bool = True
    """Whether functions were run at all."""

    def detectors(self, *, was_judged: bool) -> tuple[Detector, ...]:
        """Those that looked at the documents."""
        idle = {Detector.BEHAVIOUR: not self.ran_code, Detector.JUDGE: not was_judged}
        return tuple(detector for detector in Detector if not idle.get(detector, False))


def leaks_of(found: Iterable[FoundRow]) -> dict[int, FoundRow]:
    """For each document that is a leak what says so with the strongest evidence, by the document's place."""
    leaks: dict[int, FoundRow] = {}
    for one in found:
        if one.decision is Decision.LEAK and one.decided_by == one.detector:
            known = leaks.get(one.row)
            if known is None or _strength(one) < _strength(known):
                leaks[one.row] = one
    return leaks


def strongest(found: Iterable[FoundRow]) -> FoundRow | None:
    """Of what was found in one document what decides: for a leak the evidence for it, else what is most like one."""

    def rank(one: FoundRow) -> tuple[bool, bool, int, float, str]:
        is_leak = one.decision is Decision.LEAK
        return (not is_leak, is_leak and one.decided_by != one.detector, *_strength(one))

    return min(found, key=rank, default=None)


def nearest_of(rows: Iterable[FoundRow]) -> list[FoundRow]:
    """The best row of each problem and detector, by benchmark, then by problem, the stronger evidence first."""
    best: dict[tuple[str, str, Detector], FoundRow] = {}
    for row in rows:
        key = (row.benchmark, row.task_id, row.detector)
        if key not in best or (row.decision is not Decision.LEAK, -row.score) < (
            best[key].decision is not Decision.LEAK,
            -best[key].score,
        ):
            best[key] = row
    return sorted(best.values(), key=lambda row: (row.benchmark, row.task_id, _strength(row)))


def measure(
    rows: Sequence[FoundRow], benchmarks: Sequence[Compared], *, was_judged: bool = False
) -> list[dict[str, Any]]:
    """Counts for each benchmark, as JSON values.

    Args:
        rows: All that was found.
        benchmarks: In the order in which they are given.
        was_judged: Whether a language model was asked; a detector that did not run has no counts.
    """
    return [
        _measure([row for row in rows if row.benchmark == one.title], one, one.detectors(was_judged=was_judged))
        for one in benchmarks
    ]


def _measure(rows: Sequence[FoundRow], benchmark: Compared, detectors: Sequence[Detector]) -> dict[str, Any]:
    leaks = [row for row in rows if row.decision is Decision.LEAK]
    trees = [row for row in rows if row.detector is Detector.SYNTAX_TREE]
    return {
        "name": benchmark.name,
        "title": benchmark.title,
        "num_problems": len(benchmark.task_ids),
        "num_telling": benchmark.num_telling,
        "num_leaking_documents": len({row.row for row in leaks}),
        "leaked_problems": sorted({row.task_id for row in leaks}),
        "detectors": {detector.value: counts for detector, counts in _by_detector(rows, detectors).items()},
        "by_match_rate": {str(rate): _counts([row for row in trees if row.score >= rate]) for rate in MATCH_RATES},
    }


def _by_detector(rows: Sequence[FoundRow], detectors: Sequence[Detector]) -> Mapping[Detector, dict[str, int]]:
    decided = Counter(row.detector for row in leaks_of(rows).values())
    return {
        detector: {
            **_counts([row for row in rows if row.detector is detector]),
            "num_decided": decided[detector],
        }
        for detector in detectors
    }


def _counts(rows: Sequence[FoundRow]) -> dict[str, int]:
    return {
        "num_documents": len({row.row for row in rows}),
        "num_problems": len({row.task_id for row in rows}),
    }


def _strength(row: FoundRow) -> tuple[int, float, str]:
    return _ORDER.index(row.detector), -row.score, row.task_id
