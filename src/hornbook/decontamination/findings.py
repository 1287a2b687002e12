"""The results of a search as records: a `FoundRow` for each text, problem and detector, and their counts."""

from bisect import insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby
from typing import Any

from hornbook.decontamination.prepare import Prepared
from hornbook.decontamination.rule import Detector
from hornbook.decontamination.trees import MATCH_RATES

_ORDER = (Detector.BEHAVIOUR, Detector.JUDGE, Detector.NGRAM, Detector.SYNTAX_TREE)
"""The stronger evidence first."""


class Decision(StrEnum):
    """What the rule decides about a document and a problem."""

    LEAK = "leak"
    CLEARED = "cleared"
    """It looks like a leak, but its code does something else."""
    CLEAN = "clean"
    """It is similar to the problem, but not similar enough."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRow:
    """A document that one detector finds similar to a problem, and the decision about the two."""

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
    """The detector that makes the document a leak; empty where it is none."""
    document_excerpt: str
    """The matching part, or its beginning."""
    problem_excerpt: str


def leaks_of(found: Iterable[FoundRow]) -> dict[str, FoundRow]:
    """For each document that is a leak the strongest evidence for it, by the document's id."""
    leaks: dict[str, FoundRow] = {}
    for one in found:
        if one.decision is Decision.LEAK and one.decided_by == one.detector:
            known = leaks.get(one.document_id)
            if known is None or _strength(one) < _strength(known):
                leaks[one.document_id] = one
    return leaks


def strongest(found: Iterable[FoundRow]) -> FoundRow | None:
    """Of the rows of one document the one that decides: for a leak its evidence, else the most similar one."""

    def rank(one: FoundRow) -> tuple[bool, bool, int, float, str]:
        is_leak = one.decision is Decision.LEAK
        return (not is_leak, is_leak and one.decided_by != one.detector, *_strength(one))

    return min(found, key=rank, default=None)


def nearest_of(rows: Iterable[FoundRow], num_of_detector: int = 1) -> list[FoundRow]:
    """The best rows of each problem and detector, by benchmark, then by problem; of a problem leaks first.

    At most `num_of_detector` for each problem and detector, of equal ones the first. The rows are read once.
    """
    best: dict[tuple[str, str, Detector], list[FoundRow]] = {}
    for row in rows:
        some = best.setdefault((row.benchmark, row.task_id, row.detector), [])
        if len(some) < num_of_detector or _nearness(row) < _nearness(some[-1]):
            insort(some, row, key=_nearness)
            del some[num_of_detector:]
    return sorted(
        (row for some in best.values() for row in some),
        key=lambda row: (row.benchmark, row.task_id, row.decision is not Decision.LEAK, _strength(row)),
    )


def measure(
    rows: Iterable[FoundRow], benchmarks: Sequence[Prepared], *, was_judged: bool = False
) -> list[dict[str, Any]]:
    """Counts for each benchmark of which there are rows, as JSON values; a detector that did not run has no counts.

    Rows of one document and benchmark stand together, as in the table `found`, and only they are held at a time. Titles
    of benchmarks are unique. `was_judged` says whether a language model was asked.
    """
    tallies = {one.benchmark.title: _Tally() for one in benchmarks}
    for (title, _), group in groupby(rows, key=lambda row: (row.benchmark, row.document_id)):
        tallies[title].add(list(group))
    return [tallies[one.benchmark.title].to_json(one, was_judged=was_judged) for one in benchmarks]


@dataclass(slots=True)
class _Tally:
    """Counts of one benchmark."""

    leaked_problems: set[str] = field(default_factory=set)
    num_leaking_documents: int = 0
    num_decided: Counter[Detector] = field(default_factory=Counter)
    num_documents: Counter[Detector | float] = field(default_factory=Counter)
    """For each detector, and of syntax trees for each match rate."""
    problems: dict[Detector | float, set[str]] = field(default_factory=lambda: defaultdict(set))

    def add(self, rows: Sequence[FoundRow]) -> None:
        """Count one document."""
        self.leaked_problems |= {row.task_id for row in rows if row.decision is Decision.LEAK}
        for leak in leaks_of(rows).values():
            self.num_leaking_documents += 1
            self.num_decided[leak.detector] += 1
        found: dict[Detector | float, set[str]] = defaultdict(set)
        for row in rows:
            found[row.detector].add(row.task_id)
            if row.detector is Detector.SYNTAX_TREE:
                for rate in MATCH_RATES:
                    if row.score >= rate:
                        found[rate].add(row.task_id)
        for key, problems in found.items():
            self.num_documents[key] += 1
            self.problems[key] |= problems

    def to_json(self, prepared: Prepared, *, was_judged: bool) -> dict[str, Any]:
        """JSON values."""
        benchmark, behaviour = prepared.benchmark, prepared.behaviour
        ran = {Detector.BEHAVIOUR: behaviour is not None, Detector.JUDGE: was_judged}
        return {
            "name": benchmark.name,
            "title": benchmark.title,
            "num_problems": len(benchmark.problems),
            "num_telling": 0 if behaviour is None else behaviour.num_telling,
            "num_leaking_documents": self.num_leaking_documents,
            "leaked_problems": sorted(self.leaked_problems),
            "detectors": {
                detector.value: {**self._counts(detector), "num_decided": self.num_decided[detector]}
                for detector in Detector
                if ran.get(detector, True)
            },
            "by_match_rate": {str(rate): self._counts(rate) for rate in MATCH_RATES},
        }

    def _counts(self, key: Detector | float) -> dict[str, int]:
        return {"num_documents": self.num_documents[key], "num_problems": len(self.problems[key])}


def _nearness(row: FoundRow) -> tuple[bool, float]:
    return row.decision is not Decision.LEAK, -row.score


def _strength(row: FoundRow) -> tuple[int, float, str]:
    return _ORDER.index(row.detector), -row.score, row.task_id
