"""The stage that takes benchmark leaks out of the training documents.

Reads:  the deduplicated documents; HumanEval; the run's own held-out problems.
Writes: the documents that stay; every other one with the problem it gives away; the nearest pairs with their texts.
Source: section 5 of the paper, with the rule of `docs/decisions/decontamination-rule.md`.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.resemblance import (
    Detector,
    DetectorConfig,
    ReadDocument,
    Resemblance,
    equal_docstrings,
    read_documents,
    shared_ngrams,
    similar_trees,
)
from hornbook.errors import ConfigError
from hornbook.records import Document, Dropped, Problem

VERSION = 2
"""Raised when a rule of this stage changes: it is part of the fingerprint."""

HUMANEVAL = "HumanEval"
HELD_OUT = "held-out exercises"
MATCH_RATES = (0.95, 0.9, 0.85, 0.8)
"""Source: section 5 of the paper, table 3."""
NUM_REPORTED = 20


@dataclass(frozen=True, kw_only=True)
class DecontaminateConfig:
    """What makes a document a leak.

    Against HumanEval: a shared n-gram, or a syntax tree at the match rate. Against the held-out problems, which the
    same generator wrote and which therefore share its turns of phrase: a whole docstring; n-grams and trees are only
    counted.
    """

    detectors: DetectorConfig = field(default_factory=DetectorConfig)
    match_rate: float = 0.95
    """Least match rate of a syntax tree that is a leak. Source: section 5 (the largest of its thresholds)."""

    def __post_init__(self) -> None:
        if not self.detectors.min_match_rate <= self.match_rate <= 1:
            raise ConfigError(
                f"`match_rate` must lie in [{self.detectors.min_match_rate}, 1] (from `min_match_rate`),"
                f" got {self.match_rate!r}"
            )


@dataclass(frozen=True, kw_only=True)
class Decontaminated:
    """What stays and what does not, both in input order, and the evidence."""

    kept: list[Document]
    dropped: list[Dropped]
    nearest: list[Resemblance]
    """The best match per benchmark, problem and detector."""
    metrics: dict[str, Any]


def run_decontaminate(config: DecontaminateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Check `documents` of the input `deduplicate` against HumanEval and `held_out` of the input `held_out`, if any.

    Writes `documents`: Document and `dropped`: Dropped, both in input order; `nearest`: Resemblance.

    Raises:
        MissingInputError: HumanEval's package is not installed.
    """
    documents = inputs["deduplicate"].records("documents", Document)
    held_out = inputs["held_out"].records("held_out", Problem) if "held_out" in inputs else []
    workspace.progress(0, len(documents), "comparing with the benchmarks")
    result = decontaminate(documents, read_humaneval(), held_out, config)
    workspace.write_records("documents", Document, result.kept)
    workspace.write_records("dropped", Dropped, result.dropped)
    workspace.write_records("nearest", Resemblance, result.nearest)
    workspace.progress(len(documents), len(documents), "")
    return Result(
        kept=len(result.kept),
        unit="documents",
        dropped=dict(sorted(Counter(dropped.reason for dropped in result.dropped).items())),
        metrics=result.metrics,
    )


def decontaminate(
    documents: Sequence[Document],
    humaneval: Sequence[Problem],
    held_out: Sequence[Problem],
    config: DecontaminateConfig,
) -> Decontaminated:
    """Split documents into those that give away no problem and those that do, by the rule of the config."""
    read = read_documents(documents)
    from_humaneval = _resemblances(read, humaneval, HUMANEVAL, config)
    from_held_out = _resemblances(read, held_out, HELD_OUT, config)
    leaks: dict[str, Resemblance] = {}
    for found in [*from_humaneval, *from_held_out]:
        if _is_leak(found, config):
            leaks.setdefault(found.document_id, found)
    dropped = [_drop(leaks[document.id]) for document in documents if document.id in leaks]
    return Decontaminated(
        kept=[document for document in documents if document.id not in leaks],
        dropped=dropped,
        nearest=[*_best(from_humaneval), *_best(from_held_out)],
        metrics={
            "humaneval": _measure(from_humaneval, humaneval, config),
            "held_out": _measure(from_held_out, held_out, config),
        },
    )


def _resemblances(
    read: Sequence[ReadDocument], problems: Sequence[Problem], benchmark: str, config: DecontaminateConfig
) -> list[Resemblance]:
    return [
        *equal_docstrings(read, problems, benchmark),
        *shared_ngrams(read, problems, benchmark, config.detectors),
        *similar_trees(read, problems, benchmark, config.detectors),
    ]


def _is_leak(found: Resemblance, config: DecontaminateConfig) -> bool:
    if found.detector == Detector.DOCSTRING:
        return True
    if found.benchmark == HELD_OUT:
        return False
    return found.detector == Detector.NGRAM or found.score >= config.match_rate


def _drop(leak: Resemblance) -> Dropped:
    score = f"{leak.score:.0f} words" if leak.detector == Detector.NGRAM else f"match rate {leak.score:.3f}"
    return Dropped(
        id=leak.document_id,
        reason=f"{leak.detector} of {leak.benchmark}",
        detail=f"{leak.task_id}, {score}: {leak.evidence}",
    )


def _best(resemblances: Sequence[Resemblance]) -> list[Resemblance]:
    """The best match per problem and detector, best first; of equal ones the first document."""
    best: dict[tuple[str, Detector], Resemblance] = {}
    for found in resemblances:
        key = (found.task_id, found.detector)
        if key not in best or found.score > best[key].score:
            best[key] = found
    order = list(Detector)
    return sorted(best.values(), key=lambda found: (order.index(found.detector), -found.score, found.task_id))


def _measure(
    resemblances: Sequence[Resemblance], problems: Sequence[Problem], config: DecontaminateConfig
) -> dict[str, Any]:
    """Counts per detector, the shared runs by how many documents hold them, the nearest trees."""
    of = {detector: [found for found in resemblances if found.detector == detector] for detector in Detector}
    trees = of[Detector.SYNTAX_TREE]
    runs = Counter((found.evidence, found.task_id) for found in of[Detector.NGRAM])
    leaks = [found for found in resemblances if _is_leak(found, config)]
    return {
        "num_problems": len(problems),
        "num_leaking_documents": len({found.document_id for found in leaks}),
        "num_leaked_problems": len({found.task_id for found in leaks}),
        "detectors": {detector.value: _counts(found) for detector, found in of.items()},
        "by_match_rate": {
            str(rate): _counts([found for found in trees if found.score >= rate]) for rate in MATCH_RATES
        },
        "shared_runs": [
            {"words": words, "task_id": task_id, "num_documents": count}
            for (words, task_id), count in sorted(runs.items(), key=lambda item: (-item[1], item[0]))[:NUM_REPORTED]
        ],
        "nearest_trees": [
            {
                "task_id": found.task_id,
                "document_id": found.document_id,
                "match_rate": round(found.score, 4),
                "document": found.document_excerpt,
                "problem": found.problem_excerpt,
            }
            for found in _best(trees)[:NUM_REPORTED]
        ],
    }


def _counts(resemblances: Sequence[Resemblance]) -> dict[str, int]:
    return {
        "num_documents": len({found.document_id for found in resemblances}),
        "num_problems": len({found.task_id for found in resemblances}),
    }
