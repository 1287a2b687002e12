"""What manifests and training logs say about a run: stages and trainings. No table is read."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.pipeline.stage import Artifact

Counts = tuple[tuple[str, int], ...]
"""Names with a number each, in the order in which they are shown."""

WHOLE_CHAIN = (
    *(
        "corpus",
        "hygiene",
        "annotate",
        "train-classifier",
        "classify",
        "select",
        "textbooks",
        "exercises",
        "verify",
        "deduplicate",
    ),
    *("decontaminate", "tokenizer", "tokenize", "pretrain", "finetune", "evaluate-base", "evaluate-tuned", "export"),
)
"""The stages of a full run, in the order of the data."""


@dataclass(frozen=True, kw_only=True)
class Training:
    """One training run: what was spent, and how the loss fell."""

    name: str
    """`pretrain` or `finetune`."""
    num_parameters: int
    num_steps: int
    num_tokens: int
    """Tokens read, repeats included."""
    train_loss: tuple[tuple[int, float], ...]
    """Step → cross-entropy of a batch, in nats per token."""
    held_out_loss: tuple[tuple[int, float], ...]
    """The same on documents that are never trained on."""


def in_order(artifacts: Mapping[str, Artifact]) -> dict[str, Artifact]:
    """The artifacts in the order of the data, those of unknown stages last."""
    places = {name: place for place, name in enumerate(WHOLE_CHAIN)}
    return dict(sorted(artifacts.items(), key=lambda item: (places.get(item[0], len(places)), item[0])))


def absent_of(artifacts: Mapping[str, Artifact]) -> tuple[str, ...]:
    """The stages of the whole chain that are not there."""
    return tuple(name for name in WHOLE_CHAIN if name not in artifacts)


def environment_of(artifacts: Mapping[str, Artifact]) -> tuple[tuple[str, str], ...]:
    """Versions that stood in the manifests; where stages saw different ones, all of them."""
    seen: dict[str, list[str]] = {}
    for artifact in artifacts.values():
        for name, version in sorted(artifact.manifest.environment.items()):
            if version not in seen.setdefault(name, []):
                seen[name].append(version)
    return tuple((name, ", ".join(versions)) for name, versions in seen.items())


def trainings_of(artifacts: Mapping[str, Artifact]) -> tuple[Training, ...]:
    """What each training spent, and its losses from `log.jsonl`."""
    return tuple(_training(artifacts[name]) for name in ("pretrain", "finetune") if name in artifacts)


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
    """Numbers by name, the largest first, equal ones by name; zeros left out."""
    found = [(name, number) for name, number in numbers.items() if number]
    return tuple(sorted(found, key=lambda item: (-item[1], item[0])))


def _training(artifact: Artifact) -> Training:
    log = [json.loads(line) for line in artifact.path("log.jsonl").read_text(encoding="utf8").splitlines()]
    return Training(
        name=artifact.manifest.stage,
        num_parameters=metric(artifact, "num_parameters"),
        num_steps=artifact.manifest.kept,
        num_tokens=metric(artifact, "tokens_seen"),
        train_loss=tuple((line["step"], line["loss"]) for line in log if "loss" in line),
        held_out_loss=tuple((line["step"], line["validation_loss"]) for line in log if "validation_loss" in line),
    )
