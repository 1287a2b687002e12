"""How far the filter's classifier can be trusted, from its metrics, and the code of its worst mistakes."""

from collections.abc import Mapping
from typing import Any

from hornbook.artifacts.stage import Artifact
from hornbook.records import CodeSample
from hornbook.report.data import Calibration, Estimate, Surprise, ValuedSource
from hornbook.report.facts import metric


def calibration_of(artifacts: Mapping[str, Artifact]) -> Calibration | None:
    """How the classifier agreed with labels kept from it; None where there is no classifier."""
    if "classifier" not in artifacts:
        return None
    classifier = artifacts["classifier"]
    held_out = metric(classifier, "held_out")
    return Calibration(
        num_labels=metric(classifier, "num_labels"),
        num_hints=metric(classifier, "num_hints"),
        num_held_out=metric(classifier, "held_out", "num_labels"),
        rank_correlation=_estimate(metric(classifier, "held_out", "spearman")),
        auc=_estimate(metric(classifier, "held_out", "auc")),
        reliability=tuple((bin_["predicted"], bin_["observed"], bin_["count"]) for bin_ in held_out["reliability"]),
        curve=tuple((point["threshold"], point["share"]) for point in metric(classifier, "kept_curve")),
        threshold=metric(artifacts["select"], "threshold") if "select" in artifacts else None,
        surprises=_surprises(held_out["surprises"], artifacts["corpus"]),
        sources=tuple(_source(row) for row in metric(classifier, "by_source")),
    )


def _surprises(found: list[dict[str, Any]], corpus: Artifact) -> tuple[Surprise, ...]:
    wanted = {one["sample_id"] for one in found}
    texts = {sample.id: sample.text for sample in corpus.records("samples", CodeSample) if sample.id in wanted}
    return tuple(
        Surprise(
            name=".".join(part for part in (one["module"], one["qualname"]) if part),
            score=one["score"],
            value=one["value"],
            reason=one["reason"],
            text=texts[one["sample_id"]],
        )
        for one in found
    )


def _source(row: Mapping[str, Any]) -> ValuedSource:
    fields = ("num_samples", "num_tokens", "mean_value", "share", "num_labels", "predicted", "observed")
    return ValuedSource(name=row["source"], **{field: row[field] for field in fields})


def _estimate(figure: Mapping[str, Any]) -> Estimate:
    low, high = figure["ci95"]
    return Estimate(value=figure["value"], ci95=(low, high))
