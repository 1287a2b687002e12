"""How far the quality classifier can be trusted, and examples of code that was kept and dropped, chosen by rule."""

import json
from collections.abc import Collection, Mapping
from typing import Any

from hornbook.pipeline.stage import Artifact
from hornbook.records import Document, Dropped, Label, Value
from hornbook.report.data_flow import metric
from hornbook.report.synthesis import spread

_NUM_SAMPLES = 4
"""Number of samples shown of kept code, of code below the threshold, and of code that the filters dropped."""
_CHARACTERS_SHOWN = (160, 2_400)
"""Shorter code says little, longer code is not read."""


def curation_of(run: Mapping[str, Artifact]) -> dict[str, Any]:
    """How well the run's quality classifier agrees with labels that it was not trained on, and what it selected.

    Returns:
        From the metrics of the classifier `num_labels`, `num_soft_labels`, `held_out`, and the `surprises`, each with
        the `text` of its code, empty if it is unknown; from `classify` and `select` the `curve` (threshold → share of
        the corpus' tokens that lie at or above it), the `threshold` (None where there was no selection by one) and the
        `sources` (the value of each part of the corpus); and excerpts of the code that was `kept` and `dropped`.

    Raises:
        MissingInputError: The classifier lacks a metric.
    """
    classifier = run["train-classifier"]
    metrics, held_out = classifier.manifest.metrics, metric(classifier, "held_out")
    for name in ("num_labels", "spearman", "auc", "reliability"):
        metric(classifier, "held_out", name)
    valued = run["classify"].manifest.metrics if "classify" in run else {}
    surprises = held_out.get("surprises", [])
    texts = _documents(run, {one["id"] for one in surprises}, "collect")
    kept, dropped = _excerpts(run)
    return {
        "num_labels": metric(classifier, "num_labels"),
        "num_soft_labels": metrics.get("num_soft_labels", metrics.get("num_hints", 0)),
        "held_out": held_out,
        "surprises": [{**one, "text": texts[one["id"]].text if one["id"] in texts else ""} for one in surprises],
        "curve": [(point["threshold"], point["share"]) for point in valued.get("kept_curve", [])],
        "threshold": run["select"].manifest.metrics.get("threshold") if "select" in run else None,
        "sources": valued.get("by_source", []),
        "kept": kept,
        "dropped": dropped,
    }


def _excerpts(run: Mapping[str, Artifact]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Kept and dropped code, spread evenly from the highest to the lowest value; both empty before `select`.

    An excerpt has the `document`, its `metadata`, its `value` (the probability that it scores at least 3), its `label`
    (None where it was not annotated), and the reason why it was dropped (`dropped_because`, empty where it was kept).

    Dropped code is that below the threshold, because what `select` drops for other reasons says nothing about the
    classifier; and after it that which the filters dropped. Code that passed the filters is shown masked, as a model
    reads it.
    """
    if "classify" not in run or "select" not in run or not run["select"].has("dropped"):
        return [], []
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

    def excerpt(name: str) -> dict[str, Any]:
        return {
            "document": texts[name],
            "metadata": json.loads(texts[name].metadata),
            "value": values[name],
            "label": labels.get(name),
            "dropped_because": dropped.get(name, ""),
        }

    return list(map(excerpt, kept)), list(map(excerpt, lost))


def _documents(run: Mapping[str, Artifact], ids: Collection[str], *roles: str) -> dict[str, Document]:
    """Id → document, for some documents of the first of these roles that the run has."""
    found = next((run[role].documents() for role in roles if role in run), ())
    return {document.id: document for document in found if document.id in ids}


def _reasons(artifact: Artifact) -> dict[str, str]:
    dropped = artifact.records("dropped", Dropped) if artifact.has("dropped") else []
    return {record.id: record.reason for record in dropped}
