"""How far the classifier of the filter can be trusted, and code that was kept and dropped, chosen by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import CodeSample, Dropped, Label, Value
from hornbook.report.facts import metric
from hornbook.report.lessons import spread

_CHARACTERS_SHOWN = (160, 2_400)
"""Shorter code says little, longer code is not read."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How well the classifier agrees with labels that it never saw."""

    num_labels: int
    num_hints: int
    """Samples without a label from which it learned what a language model sees in them."""
    num_held_out: int
    rank_correlation: Mapping[str, Any]
    """Spearman's, between the predicted value and the label's score: `value`, and `ci95`, its 95 % interval."""
    auc: Mapping[str, Any]
    """Area under the ROC curve for the question whether the score is at least 3, likewise."""
    reliability: tuple[tuple[float, float, int], ...]
    """Bins of the predicted value: its mean, the share that truly scored at least 3, the number of samples."""
    curve: tuple[tuple[float, float], ...]
    """Threshold → share of the corpus' tokens that lie at or above it; 0 to 1."""
    threshold: float | None
    """The lowest predicted value that the selection kept; None where nothing was selected."""
    surprises: Sequence[Mapping[str, Any]]
    """The labels that it contradicts most, the worst first, each with the `text` of its code."""
    sources: Sequence[Mapping[str, Any]]
    """What each part of the corpus is worth, the largest first, as in the metrics of `classify`."""


@dataclass(frozen=True, kw_only=True)
class CodeExcerpt:
    """A sample of real code, and what was thought of it."""

    name: str
    """Where it comes from: `json.decoder.JSONDecoder`."""
    lines: str
    """Path and lines in the source."""
    text: str
    value: float
    """The classifier's probability that it scores at least 3."""
    label: int | None
    """The score that a reader gave, 0 to 5; None where nobody read it."""
    label_reason: str
    """The reader's; empty where nobody read it."""
    dropped_because: str
    """Empty where it was kept."""


def calibration_of(artifacts: Mapping[str, Artifact]) -> Calibration | None:
    """How the classifier agreed with labels kept from it; None where there is no classifier."""
    if "classify" not in artifacts:
        return None
    classifier, values = artifacts["train-classifier"], artifacts["classify"]
    held_out = metric(classifier, "held_out")
    return Calibration(
        num_labels=metric(classifier, "num_labels"),
        num_hints=metric(classifier, "num_hints"),
        num_held_out=held_out["num_labels"],
        rank_correlation=held_out["spearman"],
        auc=held_out["auc"],
        reliability=tuple((bin_["predicted"], bin_["observed"], bin_["count"]) for bin_ in held_out["reliability"]),
        curve=tuple((point["threshold"], point["share"]) for point in metric(values, "kept_curve")),
        threshold=metric(artifacts["select"], "threshold") if "select" in artifacts else None,
        surprises=_surprises(held_out["surprises"], artifacts["corpus"]),
        sources=metric(values, "by_source"),
    )


def _surprises(found: list[dict[str, Any]], corpus: Artifact) -> list[dict[str, Any]]:
    wanted = {one["id"] for one in found}
    texts = {sample.id: sample.text for sample in corpus.records("samples", CodeSample) if sample.id in wanted}
    return [{**one, "text": texts[one["id"]]} for one in found]


def code_excerpts(
    artifacts: Mapping[str, Artifact], number: int
) -> tuple[tuple[CodeExcerpt, ...], tuple[CodeExcerpt, ...]]:
    """Kept and dropped code, spread evenly from the highest to the lowest value; both empty before `select`.

    Dropped code is that below the threshold, as what `select` leaves out for other reasons says nothing about the
    classifier; and behind it that which `hygiene` refused. Code that passed `hygiene` is shown masked, as a model reads
    it.

    Args:
        artifacts: Of the run, by stage.
        number: How many that were kept, that are below the threshold, and that `hygiene` refused, at most.
    """
    if "select" not in artifacts:
        return (), ()
    samples, refused = _samples(artifacts)
    values = {value.id: value.value for value in artifacts["classify"].records("values", Value)}
    labels = {label.sample_id: label for label in artifacts["annotate"].records("labels", Label)}
    dropped = refused | _reasons(artifacts["select"])
    low, high = _CHARACTERS_SHOWN
    shown = sorted((s for s in samples if low <= len(s.text) <= high), key=lambda s: (-values[s.id], s.id))

    def excerpt(sample: CodeSample) -> CodeExcerpt:
        label = labels.get(sample.id)
        return CodeExcerpt(
            name=".".join(part for part in (sample.module, sample.qualname) if part),
            lines=f"{sample.path}, lines {sample.first_line} to {sample.last_line}",
            text=sample.text,
            value=values[sample.id],
            label=label.score if label else None,
            label_reason=label.reason if label else "",
            dropped_because=dropped.get(sample.id, ""),
        )

    kept = spread([sample for sample in shown if sample.id not in dropped], number)
    threshold = metric(artifacts["select"], "threshold")
    lost = spread([s for s in shown if s.id in dropped and s.id not in refused and values[s.id] < threshold], number)
    lost += spread([sample for sample in shown if sample.id in refused], number)
    return tuple(map(excerpt, kept)), tuple(map(excerpt, lost))


def _samples(artifacts: Mapping[str, Artifact]) -> tuple[list[CodeSample], dict[str, str]]:
    """The corpus with the texts that `hygiene` left in it, and why it refused the others, by their ids."""
    samples = artifacts["corpus"].records("samples", CodeSample)
    if "hygiene" not in artifacts:
        return samples, {}
    masked = {sample.id: sample for sample in artifacts["hygiene"].records("samples", CodeSample)}
    return [masked.get(sample.id, sample) for sample in samples], _reasons(artifacts["hygiene"])


def _reasons(artifact: Artifact) -> dict[str, str]:
    return {record.id: record.reason for record in artifact.records("dropped", Dropped)}
