"""What was compared with the benchmarks, what was found, how good the search is, and what it cannot see.

Reads:  the metrics of `decontaminate` and its table `nearest`; the verdicts of the run's evaluations.
Writes: the same as plain values for the page.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.artifacts.stage import Artifact
from hornbook.evaluation.clean_subset import CleanScore, clean_scores
from hornbook.evaluation.leaks import Leaks, not_checked, read_leaks, rule_of
from hornbook.report.scores import evaluations_of, scores_of

_DECISIONS = ("leak", "cleared", "clean")
"""The worst first."""
_DOCUMENTS_SHOWN = 3
"""Of each problem."""
_CODE = re.compile(r"^[ \t]*(?:(?:async )?def \w+\(|class \w+[:(]|from [\w.]+ import |@\w+|\w+ = )", re.MULTILINE)
_Row = dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class NearMatch:
    """What one detector sees in a document and a problem."""

    detector: str
    score: float
    """0 to 1."""
    evidence: str
    """In words."""


@dataclass(frozen=True, kw_only=True)
class NearDocument:
    """A training document that resembles a problem."""

    document_id: str
    decision: str
    """`leak`, `cleared` (its code does something else) or `clean`."""
    matches: tuple[NearMatch, ...]
    """At least one."""
    text: str
    """The part of it that matches."""
    form: str
    """How to draw it: `code`, `passage` (prose with fenced code) or `prose`."""


@dataclass(frozen=True, kw_only=True)
class NearProblem:
    """A benchmark's problem and the documents nearest to it."""

    benchmark: str
    task_id: str
    decision: str
    """Of its worst document: `leak` before `cleared` before `clean`."""
    text: str
    documents: tuple[NearDocument, ...]
    """The worst first; at least one."""
    num_more: int
    """Further documents that are near and not shown."""


@dataclass(frozen=True, kw_only=True)
class Contamination:
    """What was compared with the benchmarks, what was found, how good the search is, and what it cannot see."""

    leaks: Leaks
    rule: str
    """In a sentence or two."""
    not_checked: tuple[str, ...]
    clean: tuple[CleanScore, ...]
    """Empty where nothing was evaluated."""
    nearest: tuple[NearProblem, ...]


def contamination_of(artifacts: Mapping[str, Artifact], num_nearest: int) -> Contamination | None:
    """The findings of `decontaminate`; None where it did not run.

    Args:
        artifacts: Of the run, by stage.
        num_nearest: About how many problems are shown with the documents nearest to them.

    Raises:
        MissingInputError: It lacks a metric, or an evaluation lacks what the score on clean problems needs.
    """
    if "decontaminate" not in artifacts:
        return None
    artifact = artifacts["decontaminate"]
    leaks = read_leaks(artifact.manifest)
    return Contamination(
        leaks=leaks,
        rule=rule_of(leaks),
        not_checked=not_checked(leaks, [score.benchmark for score in scores_of(artifacts)]),
        clean=clean_scores(leaks.benchmarks, evaluations_of(artifacts)),
        nearest=_nearest(artifact.table("nearest").to_pylist(), num_nearest),
    )


def _nearest(rows: Sequence[_Row], number: int) -> tuple[NearProblem, ...]:
    """Problems of each benchmark, an equal share of each; leaked ones, cleared ones and clean ones in turn."""
    of_problem: dict[tuple[str, str], list[_Row]] = {}
    for row in rows:
        of_problem.setdefault((row["benchmark"], row["task_id"]), []).append(row)
    of_benchmark: dict[str, list[NearProblem]] = {}
    for (benchmark, task_id), found in of_problem.items():
        of_benchmark.setdefault(benchmark, []).append(_problem(benchmark, task_id, found))
    share = -(-number // len(of_benchmark)) if of_benchmark else 0
    return tuple(itertools.chain.from_iterable(_some_of(problems, share) for problems in of_benchmark.values()))


def _some_of(problems: Sequence[NearProblem], number: int) -> list[NearProblem]:
    """The first ones of each decision in turn, then sorted with the worst first; order is kept beyond that."""
    groups = [[problem for problem in problems if problem.decision == decision] for decision in _DECISIONS]
    in_turn = [problem for turn in itertools.zip_longest(*groups) for problem in turn if problem is not None]
    return sorted(in_turn[:number], key=lambda problem: _DECISIONS.index(problem.decision))


def _problem(benchmark: str, task_id: str, rows: Sequence[_Row]) -> NearProblem:
    of_document: dict[str, list[_Row]] = {}
    for row in rows:
        of_document.setdefault(row["document_id"], []).append(row)
    documents = [_document(document_id, found) for document_id, found in of_document.items()]
    documents.sort(key=lambda document: _DECISIONS.index(document.decision))
    return NearProblem(
        benchmark=benchmark,
        task_id=task_id,
        decision=documents[0].decision,
        text=rows[0]["problem_excerpt"],
        documents=tuple(documents[:_DOCUMENTS_SHOWN]),
        num_more=len(documents[_DOCUMENTS_SHOWN:]),
    )


def _document(document_id: str, rows: Sequence[_Row]) -> NearDocument:
    """One document with all that the detectors say of it, and the window of the first of them."""
    return NearDocument(
        document_id=document_id,
        decision=_worst(row["decision"] for row in rows),
        matches=tuple(
            NearMatch(detector=row["detector"], score=row["score"], evidence=row["evidence"]) for row in rows
        ),
        text=rows[0]["document_excerpt"],
        form=_form(rows[0]["document_excerpt"]),
    )


def _worst(decisions: Iterable[str]) -> str:
    return min(decisions, key=_DECISIONS.index)


def _form(text: str) -> str:
    if "```" in text:
        return "passage"
    return "code" if _CODE.search(text) else "prose"
