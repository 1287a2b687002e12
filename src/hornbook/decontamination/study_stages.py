"""The stages of a study of contamination that concern documents: plant leaks, find what is similar, prune.

Reads:  the decontaminated documents of a run; its held-out problems, or HumanEval.
Writes: documents with leaks; the similar pairs by each label; documents without those that are similar.
Source: section 5 of the paper, table 3.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.benchmarks.against import read_against
from hornbook.decontamination.planted import Leak, PlantConfig, plant
from hornbook.decontamination.planted_kinds import LeakKind
from hornbook.decontamination.prepare import open_jail
from hornbook.decontamination.stages import DecontaminateConfig
from hornbook.decontamination.study import SimilarPair, rate_label, similar_by_trees
from hornbook.decontamination.study_rule import RULE, similar_by_rule
from hornbook.decontamination.tree_index import MATCH_RATES
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind, Dropped, Problem

VERSION = 3
"""Raised when a rule of these stages changes: it is part of the fingerprint."""

PLANTED = "planted"
"""The label of what is known, because it was planted."""


@dataclass(frozen=True, kw_only=True)
class SimilarConfig:
    """In whose eyes an exercise may be similar to a problem."""

    rates: tuple[float, ...] = MATCH_RATES
    """Match rates of syntax trees, each a label."""
    min_tree_nodes: int = 20
    """See `study.similar_by_trees`."""
    rule: DecontaminateConfig = field(default_factory=DecontaminateConfig)
    """Of the run's own decontamination."""

    def __post_init__(self) -> None:
        """Refuse what labels nothing.

        Raises:
            ConfigError: Names the field and the value.
        """
        if not self.rates or len({rate_label(rate) for rate in self.rates}) < len(self.rates):
            raise ConfigError(f"`rates` must name at least one, each once, got {self.rates!r}")
        if self.min_tree_nodes < 1:
            raise ConfigError(f"`min_tree_nodes` must be at least 1, got {self.min_tree_nodes!r}")


@dataclass(frozen=True, kw_only=True)
class PruneConfig:
    """Which exercises go."""

    label: str
    """Those of the similar pairs with this label."""
    is_control: bool = False
    """Instead as many of the other exercises, drawn at random: what fewer exercises do by themselves."""


def run_plant(config: PlantConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Put leaks among the documents (inputs: `decontaminate`; `held_out`, or HumanEval where there is none).

    Writes `documents`: Document; `leaks`: Leak.

    Raises:
        SandboxError: There is no jail, or it broke down.
    """
    documents = inputs["decontaminate"].records("documents", Document)
    workspace.progress(0, len(documents), "planting leaks")
    with open_jail() as jail:
        planted = plant(documents, _problems(inputs), config, random.Random(workspace.seed), jail)
    workspace.write_records("documents", Document, planted.documents)
    workspace.write_records("leaks", Leak, planted.leaks)
    kinds = Counter(leak.kind.value for leak in planted.leaks)
    metrics = {"num_leaks": len(planted.leaks), "num_problems": len({leak.task_id for leak in planted.leaks})}
    return Result(kept=len(planted.documents), unit="documents", metrics={**metrics, "kinds": dict(kinds)})


def run_similar(config: SimilarConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Find the similar pairs by each label.

    Args:
        config: The labels: each match rate, and `rule`; also `planted` where leaks were planted.
        inputs: `documents`, of the stage `decontaminate` or `plant`; `held_out`, or HumanEval where there is none.
        workspace: Gets `similar`: SimilarPair, label by label.
    """
    source = inputs["documents"]
    exercises = [one for one in source.records("documents", Document) if one.kind == DocumentKind.EXERCISE]
    problems = _problems(inputs)
    leaks = source.records("leaks", Leak) if (source.folder / "leaks.parquet").exists() else []
    workspace.progress(0, len(exercises), "comparing with the problems")
    similar = similar_by_trees(exercises, problems, config.rates, min_tree_nodes=config.min_tree_nodes)
    similar[RULE] = similar_by_rule(
        exercises,
        problems,
        config.rule,
        workspace.scratch,
        workspace.seed,
        lambda note, done, total: workspace.progress(done, total, note),
    )
    if leaks:
        similar[PLANTED] = [(leak.document_id, leak.task_id) for leak in leaks]
    rows = [
        SimilarPair(label=label, document_id=document_id, task_id=task_id)
        for label, pairs in similar.items()
        for document_id, task_id in pairs
    ]
    workspace.write_records("similar", SimilarPair, rows)
    workspace.progress(len(exercises), len(exercises), "")
    metrics: dict[str, Any] = {
        "num_exercises": len(exercises),
        "num_problems": len(problems),
        "labels": {label: _counts(pairs, leaks) for label, pairs in similar.items()},
    }
    return Result(kept=len(rows), unit="similar pairs", metrics=metrics)


def run_prune(config: PruneConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Take out the exercises that are similar to a problem (inputs: `documents`, `similar`).

    Writes `documents`: Document and `dropped`: Dropped, both in input order.

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
        task_ids = _as_many_others(documents, task_ids, config.label, workspace.seed)
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


def _as_many_others(
    documents: Sequence[Document], task_ids: Mapping[str, list[str]], label: str, seed: int
) -> dict[str, list[str]]:
    """Exercises that are similar to no problem by the label, with nothing to say against them."""
    others = [one.id for one in documents if one.kind == DocumentKind.EXERCISE and one.id not in task_ids]
    if len(others) < len(task_ids):
        raise ConfigError(f"`{label}` takes {len(task_ids):,} exercises, and only {len(others):,} others are there")
    return {document_id: [] for document_id in random.Random(seed).sample(others, len(task_ids))}


def _problems(inputs: Mapping[str, Artifact]) -> list[Problem]:
    if "held_out" in inputs:
        return inputs["held_out"].records("held_out", Problem)
    [humaneval] = read_against(("humaneval",))
    return list(humaneval.problems)


def _counts(pairs: Sequence[tuple[str, str]], leaks: Sequence[Leak]) -> dict[str, Any]:
    """How many documents and problems; where leaks were planted, how many of each kind are among the documents."""
    documents = {document_id for document_id, _ in pairs}
    counts: dict[str, Any] = {"num_documents": len(documents), "num_problems": len({task_id for _, task_id in pairs})}
    if leaks:
        planted = Counter(leak.kind for leak in leaks)
        found = Counter(leak.kind for leak in leaks if leak.document_id in documents)
        counts["planted"] = {
            kind.value: {"found": found[kind], "of": planted[kind]} for kind in LeakKind if planted[kind]
        }
    return counts
