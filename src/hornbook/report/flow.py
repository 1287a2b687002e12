"""The flow of the data in counts: a lane for each kind until all are documents, then the stations that all pass."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.parquet as pq

from hornbook.pipeline.stage import Artifact
from hornbook.records import DocumentKind, Dropped
from hornbook.report.facts import Counts, counts, metric

_CODE_STATIONS = (
    ("code", "Given"),
    ("corpus", "Cut into samples"),
    ("hygiene", "Fit to be learnt from"),
    ("select", "Chosen by value"),
)
_LANES = (
    ("code", "Real code", _CODE_STATIONS),
    ("textbook", "Textbooks", (("textbooks", "Written"), ("verify", "Examples executed"))),
    ("exercise", "Exercises", (("exercises", "Written"), ("verify", "Solutions executed"))),
)
"""Kind, title, and the stages on its way with the name of each station."""
_MERGED = (("deduplicate", "Duplicates put aside"), ("decontaminate", "Benchmark leaks put aside"))
_VERIFIED = {"textbook": ("passages", "passages", "passage-"), "exercise": ("kept", "exercises", "exercise-")}
"""Kind → table that `verify` writes, unit, beginning of the ids."""
_MASKED = {"key": "keys and passwords", "email": "e-mail addresses", "ip": "IP addresses"}


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    """One station on the way of the data."""

    stage: str
    title: str
    kept: int
    unit: str
    dropped: Counts
    note: str
    """One short sentence, or empty."""


@dataclass(frozen=True, kw_only=True)
class Lane:
    """One kind of training data on its way, from its source to the last station of its own."""

    kind: str
    """`code`, `textbook` or `exercise`."""
    title: str
    steps: tuple[FlowStep, ...]


@dataclass(frozen=True, kw_only=True)
class MergedStep:
    """A station that all kinds of data pass, and how many documents of each kind it let through."""

    step: FlowStep
    kept_by_kind: Counts


@dataclass(frozen=True, kw_only=True)
class Corpus:
    """The tokens of one training set."""

    name: str
    """`pretrain` or `finetune`."""
    num_train_tokens: int
    num_held_out_tokens: int
    num_documents: int


def lanes_of(artifacts: Mapping[str, Artifact]) -> tuple[Lane, ...]:
    """The lanes of the kinds that the run has, each up to its last own station."""
    lanes = []
    for kind, title, stations in _LANES:
        steps = tuple(_step(name, kind, artifacts[stage]) for stage, name in stations if stage in artifacts)
        if steps:
            lanes.append(Lane(kind=kind, title=title, steps=steps))
    return tuple(lanes)


def merged_of(artifacts: Mapping[str, Artifact]) -> tuple[MergedStep, ...]:
    """The stations after which code, passages and exercises lie in one table, with the documents of each kind."""
    merged = []
    for stage, title in _MERGED:
        if stage in artifacts:
            kinds = Counter(_column(artifacts[stage], "documents", "kind"))
            by_kind = tuple((kind.value, kinds[kind.value]) for kind in DocumentKind)
            merged.append(MergedStep(step=_whole(title, artifacts[stage]), kept_by_kind=by_kind))
    return tuple(merged)


def _step(title: str, kind: str, artifact: Artifact) -> FlowStep:
    return _verified(title, kind, artifact) if artifact.manifest.stage == "verify" else _whole(title, artifact)


def _whole(title: str, artifact: Artifact) -> FlowStep:
    manifest = artifact.manifest
    return FlowStep(
        stage=manifest.stage,
        title=title,
        kept=manifest.kept,
        unit=manifest.unit,
        dropped=counts(manifest.dropped),
        note=_note(artifact),
    )


def _verified(title: str, kind: str, artifact: Artifact) -> FlowStep:
    """The part of `verify`, which takes passages and exercises, that speaks of one kind."""
    table, unit, prefix = _VERIFIED[kind]
    dropped = [record.reason for record in artifact.records("dropped", Dropped) if record.id.startswith(prefix)]
    return FlowStep(
        stage="verify",
        title=title,
        kept=len(_column(artifact, table, "id")),
        unit=unit,
        dropped=counts(Counter(dropped)),
        note="",
    )


def _note(artifact: Artifact) -> str:
    metrics = artifact.manifest.metrics
    match artifact.manifest.stage:
        case "corpus" if "num_files" in metrics:
            return f"From {metrics['num_files']:,} files."
        case "hygiene":
            masked = (f"{_MASKED.get(kind, kind)} ({number:,})" for kind, number in counts(metrics["masked"]))
            return f"Masked: {', '.join(masked)}." if metrics["masked"] else "Nothing was masked."
        case "select":
            kept, total = metrics["num_kept_tokens"], metrics["num_tokens"]
            return f"{kept:,} of {total:,} words and marks."
        case "textbooks" if "num_topics" in metrics:
            return _by_teacher(metrics) + f"On {metrics['num_topics']:,} topics."
        case "exercises" if artifact.has("held_out"):
            held_out = f"{len(_column(artifact, 'held_out', 'task_id')):,} more are held out as problems."
            if "teacher" in metrics:
                return _by_teacher(metrics) + held_out.replace("more", "of the curriculum")
            if "num_compositions" not in metrics:
                return held_out
            made_of = f"{metrics['num_operations']:,} operations in {metrics['num_compositions']:,} compositions"
            return f"From {made_of}. {held_out}"
    return ""


def _by_teacher(metrics: Mapping[str, Any]) -> str:
    """Who wrote, and how much was read for it; empty for the curriculum."""
    if "teacher" not in metrics:
        return ""
    answers, tokens = metrics["num_answers"], metrics["num_completion_tokens"]
    return f"By {metrics['teacher']}: {answers:,} answers, {tokens:,} tokens. "


def _column(artifact: Artifact, table: str, column: str) -> list[str]:
    values: list[str] = pq.read_table(artifact.path(table), columns=[column]).column(0).to_pylist()
    return values


def corpora_of(artifacts: Mapping[str, Artifact]) -> tuple[Corpus, ...]:
    """The training sets as tokens; empty before `tokenize`."""
    if "tokenize" not in artifacts:
        return ()
    return tuple(
        Corpus(
            name=name,
            num_train_tokens=metric(artifacts["tokenize"], name, "num_tokens", "train"),
            num_held_out_tokens=metric(artifacts["tokenize"], name, "num_tokens", "held-out"),
            num_documents=sum(metric(artifacts["tokenize"], name, "num_documents").values()),
        )
        for name in ("pretrain", "finetune")
    )
