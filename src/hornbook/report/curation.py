"""How far the quality classifier can be trusted, and examples of code that was kept and dropped, chosen by rule."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import Document, Dropped, Label, Value
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
    """A document of real code, its predicted value and its label."""

    document: Document
    metadata: Mapping[str, Any]
    """What is known of it: path, qualname, lines."""
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
    surprises = held_out.get("surprises", [])
    wanted = {one["id"] for one in surprises}
    texts = _documents(run, wanted, "collect")
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
        surprises=[{**one, "text": texts[one["id"]].text if one["id"] in texts else ""} for one in surprises],
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
    labels = {label.id: label for label in annotated}
    filtered = _reasons(run["filters"]) if "filters" in run else {}
    selected = _reasons(run["select"])
    dropped = filtered | selected
    low, high = _CHARACTERS_SHOWN
    found = (run[role].documents() for role in ("code", "collect", "filters") if role in run)
    sizes = {one.id: len(one.text) for one in next(found, ())}
    code = [name for name, size in sizes.items() if low <= size <= high and name in values]
    code.sort(key=lambda name: (-values[name], name))
    threshold = run["select"].manifest.metrics.get("threshold", 1.0)
    kept = spread([name for name in code if name not in dropped], _NUM_SAMPLES)
    below = [name for name in code if name in selected and name not in filtered and values[name] < threshold]
    lost = spread(below, _NUM_SAMPLES) + spread([name for name in code if name in filtered], _NUM_SAMPLES)
    texts = _documents(run, {*kept, *lost}, "code", "collect") | _documents(run, {*kept, *lost}, "filters")

    def excerpt(name: str) -> CodeExcerpt:
        return CodeExcerpt(
            document=texts[name],
            metadata=json.loads(texts[name].metadata),
            value=values[name],
            label=labels.get(name),
            dropped_because=dropped.get(name, ""),
        )

    return tuple(map(excerpt, kept)), tuple(map(excerpt, lost))


def _documents(run: Mapping[str, Artifact], ids: Collection[str], *roles: str) -> dict[str, Document]:
    """Id → document, for some documents of the first of these roles that the run has."""
    found = next((run[role].documents() for role in roles if role in run), ())
    return {document.id: document for document in found if document.id in ids}


def _reasons(artifact: Artifact) -> dict[str, str]:
    dropped = artifact.records("dropped", Dropped) if artifact.has("dropped") else []
    return {record.id: record.reason for record in dropped}
