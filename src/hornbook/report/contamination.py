"""What was compared with the benchmarks, what was found, how good the search is, and what it cannot see.

Reads:  the metrics of `decontaminate` and its table `nearest`; the verdicts of the run's evaluations.
Writes: the same as plain values for the page.
"""

import itertools
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.evaluation.clean_subset import CleanScore, clean_scores
from hornbook.evaluation.leaks import Leaks, not_checked, read_leaks, rule_of
from hornbook.pipeline.stage import Artifact
from hornbook.report.scores import evaluations_of, scores_of

_DECISIONS = ("leak", "cleared", "clean")
"""The worst first."""
_DOCUMENTS_SHOWN = 3
"""Of each problem."""
_CODE = re.compile(r"^[ \t]*(?:(?:async )?def \w+\(|class \w+[:(]|from [\w.]+ import |@\w+|\w+ = )", re.MULTILINE)
_Row = Mapping[str, Any]
"""Of the table `nearest`: what one detector sees in a document and a problem."""


@dataclass(frozen=True, kw_only=True)
class NearDocument:
    """A training document that resembles a problem."""

    decision: str
    """`leak`, `cleared` (its code does something else) or `clean`."""
    form: str
    """How to draw it: `code`, `passage` (prose with fenced code) or `prose`."""
    rows: Sequence[_Row]
    """One for each detector that sees something; the first one's part of the text is shown."""


@dataclass(frozen=True, kw_only=True)
class NearProblem:
    """A benchmark's problem and the documents nearest to it."""

    decision: str
    """Of its worst document: `leak` before `cleared` before `clean`."""
    documents: Sequence[NearDocument]
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
    nearest: Sequence[NearProblem]


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
        nearest=_nearest(artifact.arrow("nearest").to_pylist(), num_nearest),
    )


def _nearest(rows: Sequence[_Row], number: int) -> list[NearProblem]:
    """Problems of each benchmark, an equal share of each: leaked ones, cleared ones and clean ones in turn."""
    benchmarks = _grouped(rows, "benchmark")
    share = -(-number // len(benchmarks)) if benchmarks else 0
    nearest: list[NearProblem] = []
    for of_benchmark in benchmarks:
        problems = [_problem(of_problem) for of_problem in _grouped(of_benchmark, "task_id")]
        by_decision = [[one for one in problems if one.decision == decision] for decision in _DECISIONS]
        in_turn = [one for turn in itertools.zip_longest(*by_decision) for one in turn if one is not None]
        nearest += sorted(in_turn[:share], key=lambda one: _DECISIONS.index(one.decision))
    return nearest


def _problem(rows: Sequence[_Row]) -> NearProblem:
    documents = [
        NearDocument(
            decision=_worst(row["decision"] for row in of_document),
            form=_form(of_document[0]["document_excerpt"]),
            rows=of_document,
        )
        for of_document in _grouped(rows, "document_id")
    ]
    documents.sort(key=lambda document: _DECISIONS.index(document.decision))
    shown, more = documents[:_DOCUMENTS_SHOWN], documents[_DOCUMENTS_SHOWN:]
    return NearProblem(decision=shown[0].decision, documents=shown, num_more=len(more))


def _grouped(rows: Iterable[_Row], name: str) -> list[list[_Row]]:
    """The rows with equal values of one column together, in the order in which the values first come."""
    groups: dict[str, list[_Row]] = {}
    for row in rows:
        groups.setdefault(row[name], []).append(row)
    return list(groups.values())


def _worst(decisions: Iterable[str]) -> str:
    return min(decisions, key=_DECISIONS.index)


def _form(text: str) -> str:
    if "```" in text:
        return "passage"
    return "code" if _CODE.search(text) else "prose"
