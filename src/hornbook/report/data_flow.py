"""The data flow in counts, from each source to the tokens of the training sets; and the cost of each training.

Reads:  manifests, the tables that stages wrote, and the logs of trainings; stages are found by their roles
        (`sections.ROLES`), and a stage or a figure that is absent is not shown.
"""

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact
from hornbook.records import Document, DocumentKind, Dropped

Counts = tuple[tuple[str, int], ...]
"""Names with a number each, in the order in which they are shown."""

_LANES = (
    (
        "code",
        "Real code",
        (
            ("code", "External data"),
            ("collect", "Collected"),
            ("filters", "Passed the filters"),
            ("select", "Selected by value"),
        ),
    ),
    ("textbook", "Textbooks", (("textbooks", "Written"), ("verify", "Examples executed"))),
    ("exercise", "Exercises", (("exercises", "Written"), ("verify", "Solutions executed"))),
)
"""Kind, title, and the roles of its stages, each with the title of the step."""
_MERGED = (("deduplicate", "Duplicates dropped"), ("decontaminate", "Benchmark leaks dropped"))
_VERIFIED = {"textbook": ("passages", "passage-"), "exercise": ("exercises", "exercise-")}
"""Kind → unit, prefix of the ids in `verify`."""
_MASKED = {"key": "keys and passwords", "email": "e-mail addresses", "ip": "IP addresses"}
_TRAININGS = ("pretrain", "finetune")


@dataclass(frozen=True, kw_only=True)
class FlowStep:
    """What one stage kept and dropped."""

    title: str
    kept: int
    unit: str
    dropped: Counts
    note: str
    """One short sentence, or empty."""
    kept_by_kind: Counts = ()
    """Documents of each kind, where code, passages and exercises lie in one table."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """The cost of a training run, and its losses."""

    name: str
    """`pretrain` or `finetune`."""
    num_parameters: int | None
    num_steps: int
    num_tokens: int | None
    """Tokens read, repetitions included."""
    seconds: float
    train_loss: tuple[tuple[int, float], ...]
    """Step → cross-entropy of a batch, in nats per token."""
    validation_loss: tuple[tuple[int, float], ...]
    """The same on documents that are never trained on."""

    @property
    def has_losses(self) -> bool:
        """Whether its log holds any loss."""
        return bool(self.train_loss or self.validation_loss)


def data_flow_of(run: Mapping[str, Artifact]) -> dict[str, Any] | None:
    """The data flow of a run; None where the run has no stage of it.

    Returns:
        `lanes`: for each kind of training data (`code`, `textbook`, `exercise`) its `title` and the `steps` up to the
        stage that merges all kinds; the `merged` steps; and `training_sets`: `name` (`pretrain` or `finetune`),
        `num_train_tokens`, `num_validation_tokens` and `num_documents`.
    """
    flow = {
        "lanes": [
            {"kind": kind, "title": title, "steps": steps}
            for kind, title, stations in _LANES
            if (steps := _lane_steps(run, kind, stations))
        ],
        "merged": [_step(role, title, run[role], by_kind=True) for role, title in _MERGED if role in run],
        "training_sets": _training_sets(run["tokenize"]) if "tokenize" in run else [],
    }
    return flow if any(flow.values()) else None


def trainings_of(run: Mapping[str, Artifact]) -> tuple[Training, ...]:
    """The cost of each training, and its losses from `log.jsonl`."""
    return tuple(_training(run[name]) for name in _TRAININGS if name in run)


def metric(artifact: Artifact, *keys: str) -> Any:
    """The metric under `keys`, each a step deeper.

    Raises:
        MissingInputError: There is none.
    """
    value: Any = artifact.manifest.metrics
    for key in keys:
        if not isinstance(value, Mapping) or key not in value:
            raise MissingInputError(f"the stage `{artifact.manifest.stage}` has no metric `{'.'.join(keys)}`")
        value = value[key]
    return value


def counts(numbers: Mapping[str, int]) -> Counts:
    """Numbers by name, the largest first, equal ones by name, without zeros."""
    found = [(name, number) for name, number in numbers.items() if number]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def _lane_steps(run: Mapping[str, Artifact], kind: str, stations: tuple[tuple[str, str], ...]) -> list[FlowStep]:
    steps = []
    for role, title in stations:
        if role not in run:
            continue
        if role != "verify":
            steps.append(_step(role, title, run[role]))
        elif kind in _kinds(run[role]):
            steps.append(_verified(title, kind, run[role]))
    return steps


def _step(role: str, title: str, artifact: Artifact, *, by_kind: bool = False) -> FlowStep:
    manifest = artifact.manifest
    kinds: Counts = ()
    if by_kind and artifact.has("documents"):
        numbers = Counter(artifact.arrow("documents").column("kind").to_pylist())
        kinds = tuple((kind.value, numbers[kind.value]) for kind in DocumentKind)
    return FlowStep(
        title=title,
        kept=manifest.kept,
        unit=manifest.unit,
        dropped=counts(manifest.dropped),
        note=_note(role, artifact),
        kept_by_kind=kinds,
    )


def _verified(title: str, kind: str, artifact: Artifact) -> FlowStep:
    """The step of one kind in `verify`, which checks passages and exercises."""
    unit, prefix = _VERIFIED[kind]
    kinds = _kinds(artifact)
    dropped = artifact.records("dropped", Dropped) if artifact.has("dropped") else []
    return FlowStep(
        title=title,
        kept=kinds.count(kind),
        unit=unit,
        dropped=counts(Counter(record.reason for record in dropped if record.id.startswith(prefix))),
        note="",
    )


def _kinds(artifact: Artifact) -> list[str]:
    """The kind of each document; none where a stage of that name writes no documents."""
    if not artifact.has("documents"):
        return []
    kinds: list[str] = artifact.table("documents", Document).columns("kind").column("kind").to_pylist()
    return kinds


def _note(role: str, artifact: Artifact) -> str:
    metrics = dict(artifact.manifest.metrics)
    match role, metrics:
        case "collect", {"num_files": int(files)}:
            return f"From {files:,} files."
        case "filters", {"masked": masked}:
            kinds = ", ".join(f"{_MASKED.get(kind, kind)} ({number:,})" for kind, number in counts(masked))
            return f"Masked: {kinds}." if kinds else "Nothing was masked."
        case "select", {"num_kept_tokens": int(kept), "num_tokens": int(total)}:
            return f"{kept:,} of {total:,} tokens (words and marks)."
        case "textbooks", {"num_topics": int(topics)}:
            return f"{_teacher_note(metrics)}On {topics:,} topics."
        case "exercises", _ if artifact.has("held_out"):
            which = "of the curriculum" if "teacher" in metrics else "more"
            number = artifact.arrow("held_out").num_rows
            return f"{_teacher_note(metrics)}{number:,} {which} are held out as problems."
    return ""


def _teacher_note(metrics: Mapping[str, Any]) -> str:
    """Who wrote the records, and how many tokens; or the parts that the curriculum composed them of."""
    match metrics:
        case {"teacher": teacher, "num_answers": int(answers), "num_completion_tokens": int(tokens)}:
            return f"By {teacher}: {answers:,} answers, {tokens:,} tokens. "
        case {"teacher": teacher}:
            return f"By {teacher}. "
        case {"num_schemas": int(schemas), "num_compositions": int(compositions)}:
            return f"From {schemas:,} schemas in {compositions:,} compositions. "
    return ""


def _training_sets(tokenize: Artifact) -> list[dict[str, Any]]:
    sets = []
    for name in _TRAININGS:
        if name in tokenize.manifest.metrics:
            tokens, documents = (metric(tokenize, name, key) for key in ("num_tokens", "num_documents"))
            train = tokens.get("train", 0)
            sets.append(
                {
                    "name": name,
                    "num_train_tokens": train,
                    "num_validation_tokens": sum(tokens.values()) - train,
                    "num_documents": sum(documents.values()),
                }
            )
    return sets


def _training(artifact: Artifact) -> Training:
    manifest = artifact.manifest
    lines = artifact.path("log.jsonl").read_text(encoding="utf8").splitlines() if artifact.has("log.jsonl") else []
    log = [line for line in map(json.loads, lines) if "step" in line]
    return Training(
        name=manifest.stage,
        num_parameters=manifest.metrics.get("num_parameters"),
        num_steps=manifest.kept,
        num_tokens=manifest.metrics.get("tokens_seen"),
        seconds=manifest.seconds,
        train_loss=tuple((line["step"], line["loss"]) for line in log if "loss" in line),
        validation_loss=tuple((line["step"], line["validation_loss"]) for line in log if "validation_loss" in line),
    )
