"""The stage `export`.

Reads:  the tuned model, its tokenizer, the scores of both models, and what the data stages say of themselves.
Writes: the folder `model/`, ready for transformers, with a model card.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.errors import ConfigError, MissingInputError
from hornbook.evaluation.clean_subset import clean_scores
from hornbook.evaluation.leaks import not_checked, read_leaks, rule_of
from hornbook.export.huggingface import export_huggingface
from hornbook.export.model_card import CardScore, ContaminationChecks, ModelCard, TrainingRun, write_model_card
from hornbook.pipeline.stage import Artifact, Result, Workspace

VERSION = 3
"""Raised when the exported files change: it is part of the fingerprint."""

_DATA = ("hygiene", "select", "verify", "deduplicate", "decontaminate")
_TRAININGS = ("pretrain", "model")
_EVALUATIONS = (("base", "evaluate_base"), ("tuned", "evaluate_tuned"))
_BENCHMARKS = {"held_out": "held-out exercises", "humaneval": "HumanEval"}


@dataclass(frozen=True, kw_only=True)
class ExportConfig:
    """What the exported model is called."""

    name: str = "hornbook-laptop"

    def __post_init__(self) -> None:
        if not self.name or not all(character.isalnum() or character in "-._" for character in self.name):
            raise ConfigError(f"`name` must consist of letters, digits, `-`, `.` and `_`, got {self.name!r}")


def run_export(config: ExportConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write the Hugging Face folder of the model.

    Args:
        config: The name.
        inputs: `model` (the finetuning), `tokenizer`, `decontaminate`, `evaluate_tuned`; for the card also those of
            `pretrain`, `evaluate_base`, `hygiene`, `select`, `verify` and `deduplicate` that the run has.
        workspace: Gets the folder `model`.

    Raises:
        MissingInputError: There are no scores, or contamination was not checked as the card needs it.
    """
    workspace.progress(0, 1, "writing the model")
    card = describe_model(config, inputs)
    exported = export_huggingface(
        inputs["model"].folder,
        inputs["tokenizer"].path("tokenizer.json"),
        write_model_card(card),
        workspace.folder / "model",
    )
    workspace.progress(1, 1, "")
    return Result(
        kept=1,
        unit="model",
        metrics={"model_sha256": exported.model_sha256, "name": config.name, "num_parameters": card.num_parameters},
    )


def describe_model(config: ExportConfig, inputs: Mapping[str, Artifact]) -> ModelCard:
    """What the card says, from the inputs' manifests and the sources of the selected code."""
    shape, scores = _metric(inputs["model"], "model"), _scores(inputs)
    return ModelCard(
        name=config.name,
        num_parameters=_metric(inputs["model"], "num_parameters"),
        num_layers=shape["num_layers"],
        hidden_size=shape["hidden_size"],
        max_position=shape["max_position"],
        vocab_size=shape["vocab_size"],
        data=tuple(inputs[key].manifest for key in _DATA if key in inputs),
        sources=_code_sources(inputs["select"]) if "select" in inputs else (),
        trainings=tuple(_training(inputs[key]) for key in _TRAININGS if key in inputs),
        scores=scores,
        contamination=_contamination(inputs, scores) if "decontaminate" in inputs else None,
    )


def _code_sources(select: Artifact) -> tuple[tuple[tuple[str, str], int], ...]:
    counts: Counter[tuple[str, str]] = Counter()
    for document in select.documents():
        metadata = json.loads(document.metadata)
        counts[metadata.get("source", ""), " AND ".join(metadata.get("licenses", ()))] += 1
    return tuple(sorted(counts.items()))


def _training(artifact: Artifact) -> TrainingRun:
    return TrainingRun(
        name=artifact.manifest.stage,
        num_steps=artifact.manifest.kept,
        num_tokens=_metric(artifact, "tokens_seen"),
        held_out_loss=_metric(artifact, "validation_loss"),
    )


def _scores(inputs: Mapping[str, Artifact]) -> tuple[CardScore, ...]:
    """Benchmark by benchmark, base before tuned."""
    scores = [
        CardScore(
            model=model,
            benchmark=found.get("title") or _BENCHMARKS.get(found["benchmark"], found["benchmark"]),
            pass_at_1=found["pass@1"],
            ci95=(found["ci95"][0], found["ci95"][1]),
            num_problems=found["num_problems"],
            protocol=found["protocol"],
        )
        for model, key in _EVALUATIONS
        if key in inputs
        for found in _metric(inputs[key], "scores")
    ]
    benchmarks = list(dict.fromkeys(score.benchmark for score in scores))
    return tuple(sorted(scores, key=lambda score: benchmarks.index(score.benchmark)))


def _contamination(inputs: Mapping[str, Artifact], scores: Sequence[CardScore]) -> ContaminationChecks:
    leaks = read_leaks(inputs["decontaminate"].manifest)
    evaluations = [(model, inputs[key]) for model, key in _EVALUATIONS if key in inputs]
    return ContaminationChecks(
        leaks=leaks,
        rule=rule_of(leaks),
        not_checked=not_checked(leaks, [score.benchmark for score in scores]),
        clean=clean_scores(leaks.benchmarks, evaluations),
    )


def _metric(artifact: Artifact, name: str) -> Any:
    if name not in artifact.manifest.metrics:
        raise MissingInputError(f"the stage `{artifact.manifest.stage}` has no metric `{name}`")
    return artifact.manifest.metrics[name]
