"""The stages of a contamination study: plant leaks, find similar exercises, remove them.

Source: section 5 of the paper, table 3: an exercise is removed if it is similar to a problem, and a problem is similar
        if an exercise is.
"""

import random
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hornbook.benchmarks.against import NamedProblems, read_against
from hornbook.decontamination.findings import Decision
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.passes import search_documents
from hornbook.decontamination.planted import Leak, PlantConfig, plant
from hornbook.decontamination.prepare import open_jail, prepare_once
from hornbook.decontamination.stage import DecontaminateConfig
from hornbook.decontamination.trees import MATCH_RATES, TreeIndex
from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Workspace
from hornbook.pipeline.table import Table, write_table
from hornbook.records import Document, DocumentKind, Dropped, Problem

VERSION = 4
"""Raised when a rule of these stages changes: it is part of the fingerprint."""

RULE = "rule"
"""The label of the leaks by the rule of `rule.py`."""
PLANTED = "planted"
"""The label of the planted leaks."""
NOTHING_GOES = "as_trained"
"""In place of a label, where pruning removes nothing, and the model is the one as trained."""

Pair = tuple[str, str]
"""Id of a document, task id of a problem."""


@dataclass(frozen=True, slots=True)
class SimilarPair:
    """A document that is similar to a problem by a label, such as a match rate."""

    label: str
    document_id: str
    task_id: str


@dataclass(frozen=True, kw_only=True)
class SimilarConfig:
    """The criteria by which an exercise is similar to a problem."""

    rates: tuple[float, ...] = MATCH_RATES
    """Match rates of syntax trees, each a label."""
    rule: DecontaminateConfig = field(default_factory=DecontaminateConfig)
    """The rule, as the run's own decontamination has it."""

    def __post_init__(self) -> None:
        if not self.rates or len({rate_label(rate) for rate in self.rates}) < len(self.rates):
            raise ConfigError(f"`rates` must name at least one, each once, got {self.rates!r}")


@dataclass(frozen=True, kw_only=True)
class PruneConfig:
    """Which exercises are removed."""

    label: str
    """Those of the similar pairs with this label."""
    is_control: bool = False
    """Remove as many of the other exercises instead, drawn at random: the effect of fewer exercises alone."""


def rate_label(rate: float) -> str:
    """The label of a match rate: `0.95`.

    Raises:
        ConfigError: It does not lie in (0, 1].
    """
    if not 0 < rate <= 1:
        raise ConfigError(f"`rates` must lie in (0, 1], got {rate!r}")
    return f"{rate:g}"


def equal_prunings(pairs: Iterable[SimilarPair], labels: Iterable[str]) -> dict[str, str]:
    """Label → the first label that removes the same documents; `NOTHING_GOES` where none is removed.

    Equal exercises give equal models, so one is enough. The planted leaks come first: without them the exercises are
    the run's own, and nothing has to be trained.
    """
    gone: dict[str, set[str]] = {label: set() for label in sorted(labels, key=lambda label: label != PLANTED)}
    for pair in pairs:
        gone[pair.label].add(pair.document_id)
    first: dict[frozenset[str], str] = {frozenset(): NOTHING_GOES}
    return {label: first.setdefault(frozenset(documents), label) for label, documents in gone.items()}


def run_plant(config: PlantConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Put leaks among the documents of `decontaminate`. Writes `documents`: Document; `leaks`: Leak."""
    documents = inputs["decontaminate"].records("documents", Document)
    workspace.progress(0, len(documents), "planting leaks")
    with open_jail() as jail:
        documents, leaks = plant(documents, _problems(inputs), config, random.Random(workspace.seed), jail)
    workspace.write_records("documents", Document, documents)
    workspace.write_records("leaks", Leak, leaks)
    metrics = {"num_leaks": len(leaks), "num_problems": len({leak.task_id for leak in leaks})}
    return Result(kept=len(documents), unit="documents", metrics=metrics)


def run_similar(config: SimilarConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Find the similar pairs of `documents` by each match rate and by the rule; planted leaks have their own label.

    Writes `similar`: SimilarPair, label by label.
    """
    source = inputs["documents"]
    exercises = [one for one in source.records("documents", Document) if one.kind == DocumentKind.EXERCISE]
    problems = _problems(inputs)
    leaks = source.records("leaks", Leak) if source.has("leaks") else []
    workspace.progress(0, len(exercises), "comparing with the problems")
    similar = similar_by_trees(exercises, problems, config.rates)
    similar[RULE] = _similar_by_rule(exercises, problems, config.rule, workspace)
    if leaks:
        similar[PLANTED] = [(leak.document_id, leak.task_id) for leak in leaks]
    rows = [SimilarPair(label, *pair) for label, pairs in similar.items() for pair in pairs]
    workspace.write_records("similar", SimilarPair, rows)
    metrics: dict[str, Any] = {
        "num_exercises": len(exercises),
        "num_problems": len(problems),
        "labels": {label: _counts(pairs, leaks) for label, pairs in similar.items()},
    }
    return Result(kept=len(rows), unit="similar pairs", metrics=metrics)


def run_prune(config: PruneConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Remove the exercises of `similar` from `documents`. Writes `documents` and `dropped`, both in input order.

    Raises:
        ConfigError: A control is asked for, and there are not as many other exercises.
    """
    task_ids: dict[str, list[str]] = {}
    for pair in inputs["similar"].records("similar", SimilarPair):
        if pair.label == config.label:
            task_ids.setdefault(pair.document_id, []).append(pair.task_id)
    documents = inputs["documents"].records("documents", Document)
    workspace.progress(0, len(documents), "pruning")
    reason = f"similar to a problem ({config.label})"
    if config.is_control:
        others = [one.id for one in documents if one.kind == DocumentKind.EXERCISE and one.id not in task_ids]
        if len(others) < len(task_ids):
            raise ConfigError(
                f"`{config.label}` takes {len(task_ids):,} exercises, and only {len(others):,} others are there"
            )
        task_ids = {one: [] for one in random.Random(workspace.seed).sample(others, len(task_ids))}
        reason = f"drawn at random, as many as {config.label} takes"
    kept = [document for document in documents if document.id not in task_ids]
    dropped = [
        Dropped(id=document.id, reason=reason, detail=", ".join(task_ids[document.id]))
        for document in documents
        if document.id in task_ids
    ]
    workspace.write_records("documents", Document, kept)
    workspace.write_records("dropped", Dropped, dropped)
    return Result(kept=len(kept), unit="documents", dropped={reason: len(dropped)} if dropped else {})


def similar_by_trees(
    documents: Sequence[Document], problems: Sequence[Problem], rates: Sequence[float]
) -> dict[str, list[Pair]]:
    """Label → the pairs whose syntax trees match at this rate, by document, then by problem.

    A document is as near as the nearest of its functions; a problem whose solution does not parse is similar to none.
    """
    pairs: dict[str, dict[Pair, None]] = {rate_label(rate): {} for rate in rates}
    index = TreeIndex(problems, min(rates))
    for match in index.matches([read_text(document.text) for document in documents]):
        for rate in rates:
            if match.score >= rate:
                pairs[rate_label(rate)][documents[match.text].id, problems[match.problem].task_id] = None
    return {label: list(found) for label, found in pairs.items()}


def _similar_by_rule(
    documents: Sequence[Document], problems: Sequence[Problem], config: DecontaminateConfig, workspace: Workspace
) -> list[Pair]:
    """The leaks by the rule, by document, then by problem. Words are counted in these documents alone."""
    benchmark = NamedProblems(name="studied", title="studied", problems=tuple(problems))
    scratch = workspace.scratch
    with config.open_sandbox() as sandbox:
        prepared = prepare_once([benchmark], sandbox, scratch, workspace.seed, workspace.progress)
    write_table(scratch / "exercises", Document, documents)
    parts = Table.of_folder(scratch / "exercises", Document).parts
    is_jailed = not config.execute_without_jail
    searched = search_documents(parts, prepared, config.match_rate, workspace, is_jailed=is_jailed)
    found = (row for one in searched for row in one.found())
    return list(dict.fromkeys((row.document_id, row.task_id) for row in found if row.decision is Decision.LEAK))


def _problems(inputs: Mapping[str, Artifact]) -> list[Problem]:
    if "held_out" in inputs:
        return inputs["held_out"].records("held_out", Problem)
    [humaneval] = read_against(("humaneval",))
    return list(humaneval.problems)


def _counts(pairs: Sequence[Pair], leaks: Sequence[Leak]) -> dict[str, Any]:
    """The number of documents and problems, and of the planted leaks of each kind among the documents."""
    documents = {document_id for document_id, _ in pairs}
    planted = Counter(leak.kind.value for leak in leaks)
    found = Counter(leak.kind.value for leak in leaks if leak.document_id in documents)
    return {
        "num_removed": len(documents),
        "num_similar": len({task_id for _, task_id in pairs}),
        "planted": {kind: {"found": found[kind], "of": planted[kind]} for kind in planted},
    }
