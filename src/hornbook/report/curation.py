"""How far the quality classifier can be trusted, and examples of code that was kept and dropped, chosen by rule."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import CodeSample, Dropped, Label, Value
from hornbook.report.data_flow import metric
from hornbook.report.synthesis import spread

_NUM_SAMPLES = 4
"""Number of samples shown of kept code, of code below the threshold, and of code that the filters dropped."""
_CHARACTERS_SHOWN = (160, 2_400)
"""Shorter code says little, longer code is not read."""


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How well the quality classifier agrees with labels that it was not trained on."""

    num_labels: int
    num_soft_labels: int
    """Samples without a label for which a language model gave soft labels."""
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
    """The lowest predicted value that the selection kept; None where there was no selection by a threshold."""
    surprises: Sequence[Mapping[str, Any]]
    """The labels that it contradicts most, the worst first, each with the `text` of its code; empty if unknown."""
    sources: Sequence[Mapping[str, Any]]
    """The value of each part of the corpus, the largest first, as in the metrics of `classify`."""


@dataclass(frozen=True, kw_only=True)
class CodeExcerpt:
    """A sample of real code, its predicted value and its label."""

    sample: CodeSample
    value: float
    """The classifier's probability that it scores at least 3."""
    label: Label | None
    """None where it was not annotated."""
    dropped_because: str
    """Empty where it was kept."""


@dataclass(frozen=True, kw_only=True)
class Curation:
    """The quality classifier and what was done with its values."""

    calibration: Calibration
    kept: tuple[CodeExcerpt, ...]
    dropped: tuple[CodeExcerpt, ...]


def curation_of(run: Mapping[str, Artifact]) -> Curation:
    """Read the run's classifier; the run has one.

    Raises:
        MissingInputError: The classifier lacks a metric.
    """
    kept, dropped = _excerpts(run)
    return Curation(calibration=_calibration(run), kept=kept, dropped=dropped)


def _calibration(run: Mapping[str, Artifact]) -> Calibration:
    classifier = run["train-classifier"]
    metrics, held_out = classifier.manifest.metrics, metric(classifier, "held_out")
    valued = run["classify"].manifest.metrics if "classify" in run else {}
    texts = {sample.id: sample.text for sample in _collected(run)}
    return Calibration(
        num_labels=metric(classifier, "num_labels"),
        num_soft_labels=metrics.get("num_soft_labels", metrics.get("num_hints", 0)),
        num_held_out=metric(classifier, "held_out", "num_labels"),
        rank_correlation=metric(classifier, "held_out", "spearman"),
        auc=metric(classifier, "held_out", "auc"),
        reliability=tuple(
            (bin_["predicted"], bin_["observed"], bin_["count"])
            for bin_ in metric(classifier, "held_out", "reliability")
        ),
        curve=tuple((point["threshold"], point["share"]) for point in valued.get("kept_curve", [])),
        threshold=run["select"].manifest.metrics.get("threshold") if "select" in run else None,
        surprises=[{**one, "text": texts.get(one["id"], "")} for one in held_out.get("surprises", [])],
        sources=valued.get("by_source", []),
    )


def _excerpts(run: Mapping[str, Artifact]) -> tuple[tuple[CodeExcerpt, ...], tuple[CodeExcerpt, ...]]:
    """Kept and dropped code, spread evenly from the highest to the lowest value; both empty before `select`.

    Dropped code is that below the threshold, because what `select` drops for other reasons says nothing about the
    classifier; and after it that which the filters dropped. Code that passed the filters is shown masked, as a model
    reads it.
    """
    if "classify" not in run or "select" not in run or not run["select"].has("dropped"):
        return (), ()
    values = {value.id: value.value for value in run["classify"].records("values", Value)}
    annotated = run["annotate"].records("labels", Label) if "annotate" in run else []
    labels = {label.sample_id: label for label in annotated}
    filtered = _reasons(run["filters"]) if "filters" in run else {}
    selected = _reasons(run["select"])
    dropped = filtered | selected
    low, high = _CHARACTERS_SHOWN
    samples = [sample for sample in _masked(run) if low <= len(sample.text) <= high and sample.id in values]
    samples.sort(key=lambda sample: (-values[sample.id], sample.id))

    def excerpt(sample: CodeSample) -> CodeExcerpt:
        because = dropped.get(sample.id, "")
        return CodeExcerpt(sample=sample, value=values[sample.id], label=labels.get(sample.id), dropped_because=because)

    threshold = run["select"].manifest.metrics.get("threshold", 1.0)
    kept = spread([sample for sample in samples if sample.id not in dropped], _NUM_SAMPLES)
    below = [s for s in samples if s.id in selected and s.id not in filtered and values[s.id] < threshold]
    lost = spread(below, _NUM_SAMPLES) + spread([s for s in samples if s.id in filtered], _NUM_SAMPLES)
    return tuple(map(excerpt, kept)), tuple(map(excerpt, lost))


def _collected(run: Mapping[str, Artifact]) -> list[CodeSample]:
    """The samples as they were collected, or as the filters wrote them; none where the run has neither."""
    found = (run[role] for role in ("collect", "filters") if role in run and run[role].has("samples"))
    return next((artifact.records("samples", CodeSample) for artifact in found), [])


def _masked(run: Mapping[str, Artifact]) -> list[CodeSample]:
    """All samples; those that passed the filters are masked."""
    if "filters" not in run:
        return _collected(run)
    masked = {sample.id: sample for sample in run["filters"].records("samples", CodeSample)}
    return [masked.get(sample.id, sample) for sample in _collected(run)]


def _reasons(artifact: Artifact) -> dict[str, str]:
    dropped = artifact.records("dropped", Dropped) if artifact.has("dropped") else []
    return {record.id: record.reason for record in dropped}
