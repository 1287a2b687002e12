"""Say how far the predicted values can be trusted, on labels that the classifier has not seen.

Reads:  features and labels; for the curve, the values and sizes of all samples.
Writes: metrics for the report: rank correlation, AUC, reliability, the threshold against the tokens that it keeps,
        what each source is worth.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.classifier import NUM_FOLDS, TEACHES, Learner, fit_value, predict_unseen

HELD_OUT_SHARE = 0.2
"""Share of the labels on which the calibration is measured."""
NUM_RELIABILITY_BINS = 5
NUM_SURPRISES = 8
NUM_SOURCES = 24
"""Shown by themselves, the largest; the others are taken together."""
OTHERS = "all others"
THRESHOLDS = tuple(step / 20 for step in range(20))

Statistic = Callable[[NDArray[np.float64], NDArray[np.int64]], float]


@dataclass(frozen=True, kw_only=True)
class Calibration:
    """How far a classifier and its labels agree."""

    metrics: dict[str, Any]
    held_out: NDArray[np.intp]
    """The places of the held-out texts among the labelled ones, ascending."""
    values: NDArray[np.float64]
    """Their predicted probabilities."""
    unseen: NDArray[np.float64]
    """For each labelled text what a head says that was fitted without it, on the head's scale."""


def measure_calibration(learner: Learner, seed: int) -> Calibration:
    """Fit to one part of the labels and compare with the other part; cross-validate on all.

    Args:
        learner: The labelled texts; its config says how many resamples.
        seed: For the split, the fit and the bootstrap. Equal arguments give equal results.

    Raises:
        MissingInputError: Too few labels lie on one side of `TEACHES`.
    """
    scores, num_samples = learner.scores, learner.config.num_bootstrap_samples
    train, held_out = split_labels(scores, HELD_OUT_SHARE, seed)
    values = fit_value(learner, seed, train).predict(learner.features.rows(held_out))
    observed = scores[held_out]
    unseen = predict_unseen(learner, seed)
    generator = np.random.default_rng(seed)
    metrics = {
        "num_labels": len(scores),
        "score_counts": {str(score): int((scores == score).sum()) for score in range(6)},
        "cross_validation": {
            "num_folds": NUM_FOLDS,
            "spearman": _rounded(spearman(unseen, scores)),
            "auc": _rounded(auc(unseen, scores)),
        },
        "held_out": {
            "num_labels": len(held_out),
            "spearman": _with_interval(spearman, values, observed, num_samples, generator),
            "auc": _with_interval(auc, values, observed, num_samples, generator),
            "reliability": reliability(values, observed, NUM_RELIABILITY_BINS),
        },
    }
    return Calibration(metrics=metrics, held_out=held_out, values=values, unseen=unseen)


def split_labels(scores: NDArray[np.int64], share: float, seed: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Indices to train on and indices held out, both ascending; each score is split in the same proportion."""
    generator = np.random.default_rng(seed)
    chosen = np.zeros(len(scores), dtype=bool)
    for score in np.unique(scores):
        members = generator.permutation(np.flatnonzero(scores == score))
        chosen[members[: round(share * len(members))]] = True
    return np.flatnonzero(~chosen), np.flatnonzero(chosen)


def spearman(values: NDArray[np.float64], scores: NDArray[np.int64]) -> float:
    """Rank correlation, ties at their mean rank; NaN where one side is constant."""
    from scipy.stats import spearmanr

    if np.ptp(values) == 0 or np.ptp(scores) == 0:
        return float("nan")
    return float(spearmanr(values, scores).statistic)


def auc(values: NDArray[np.float64], scores: NDArray[np.int64]) -> float:
    """Probability that a text with a score of at least `TEACHES` is valued above one below; ties count half.

    NaN where all scores lie on one side.
    """
    from sklearn.metrics import roc_auc_score

    teaches = scores >= TEACHES
    return float(roc_auc_score(teaches, values)) if 0 < teaches.sum() < len(teaches) else float("nan")


def agreement_of(pairs: Sequence[tuple[int, int]]) -> dict[str, Any]:
    """How well two annotators agree on the same documents.

    Args:
        pairs: The known and the new score, 0 to 5, of each document; at least one.

    Returns:
        `spearman`: rank correlation, ties at their mean rank. `kappa_at_least_3`: Cohen's kappa for scores of at least
        `TEACHES`. Either is None where it is not defined: all scores of one side are equal, or on one side of 3.
    """
    from sklearn.metrics import cohen_kappa_score

    known, given = np.array(pairs).T
    distance = np.abs(known - given)
    sides = {*(known >= TEACHES).tolist(), *(given >= TEACHES).tolist()}
    kappa = float(cohen_kappa_score(known >= TEACHES, given >= TEACHES)) if len(sides) > 1 else float("nan")
    return {
        "compared": len(pairs),
        "spearman": _defined(spearman(known, given)),
        "exact": _rounded(float((distance == 0).mean())),
        "within_one": _rounded(float((distance <= 1).mean())),
        "kappa_at_least_3": _defined(kappa),
    }


def reliability(values: NDArray[np.float64], scores: NDArray[np.int64], num_bins: int) -> list[dict[str, Any]]:
    """Per bin of equal width: mean predicted probability, observed rate of `TEACHES`, count; empty bins left out."""
    bins = np.minimum((values * num_bins).astype(int), num_bins - 1)
    return [
        {
            "predicted": _rounded(float(values[bins == index].mean())),
            "observed": _rounded(float((scores[bins == index] >= TEACHES).mean())),
            "count": int((bins == index).sum()),
        }
        for index in range(num_bins)
        if (bins == index).any()
    ]


def kept_curve(values: NDArray[np.float64], num_tokens: NDArray[np.int64]) -> list[dict[str, Any]]:
    """For each threshold: how many samples and lexical tokens have at least that value, and the share of tokens."""
    total = max(1, int(num_tokens.sum()))
    curve = []
    for threshold in THRESHOLDS:
        kept = values >= threshold
        tokens = int(num_tokens[kept].sum())
        share = _rounded(tokens / total)
        curve.append({"threshold": threshold, "num_samples": int(kept.sum()), "num_tokens": tokens, "share": share})
    return curve


def source_table(
    names: Sequence[str],
    group: NDArray[np.integer[Any]],
    values: NDArray[np.float64],
    num_tokens: NDArray[np.int64],
    labelled: NDArray[np.intp],
    scores: NDArray[np.int64],
    unseen: NDArray[np.float64],
) -> list[dict[str, Any]]:
    """For each source what it holds, how it is valued, and whether its labels bear that out.

    Args:
        names: Of the sources.
        group: The place of each document's source among the names.
        values: Of all documents.
        num_tokens: Of all documents, lexical.
        labelled: The places of the labelled ones.
        scores: Theirs.
        unseen: Theirs: probabilities by heads that were fitted without them.

    Returns:
        A row for each of the `NUM_SOURCES` sources with most tokens, and one for the others. `share`: of the tokens,
        those in samples with a value of at least one half. `predicted` and `observed`: the mean probability of the
        labelled ones, and how many of them have a score of at least `TEACHES`; None without labels.
    """
    totals = np.bincount(group, weights=num_tokens, minlength=len(names))
    largest = sorted(range(len(names)), key=lambda one: (-totals[one], names[one]))[:NUM_SOURCES]
    members_of = {names[one]: group == one for one in largest}
    others = ~np.isin(group, largest)
    if others.any():
        members_of[OTHERS] = others
    rows = []
    for name, members in members_of.items():
        tokens = int(num_tokens[members].sum())
        kept = int(num_tokens[members & (values >= 0.5)].sum())
        of_source = members[labelled]
        rows.append(
            {
                "source": name,
                "num_samples": int(members.sum()),
                "num_tokens": tokens,
                "mean_value": _rounded(float(values[members].mean())),
                "share": _rounded(kept / max(1, tokens)),
                "num_labels": int(of_source.sum()),
                "predicted": _rounded(float(unseen[of_source].mean())) if of_source.any() else None,
                "observed": _rounded(float((scores[of_source] >= TEACHES).mean())) if of_source.any() else None,
            }
        )
    return rows


def most_surprising(values: NDArray[np.float64], scores: NDArray[np.int64]) -> list[int]:
    """Indices of the labels that the values contradict most, the worst first."""
    surprise = np.abs((scores >= TEACHES) - values)
    return [int(index) for index in np.argsort(-surprise, kind="stable")[:NUM_SURPRISES]]


def _with_interval(
    statistic: Statistic,
    values: NDArray[np.float64],
    scores: NDArray[np.int64],
    num_samples: int,
    generator: np.random.Generator,
) -> dict[str, Any]:
    """The statistic and its 95 % percentile interval over resampled labels."""
    draws = []
    for _ in range(num_samples):
        index = generator.integers(len(scores), size=len(scores))
        draws.append(statistic(values[index], scores[index]))
    low, high = np.nanpercentile(draws, [2.5, 97.5])
    return {"value": _rounded(statistic(values, scores)), "ci95": [_rounded(float(low)), _rounded(float(high))]}


def _defined(value: float) -> float | None:
    return None if np.isnan(value) else _rounded(value)


def _rounded(value: float) -> float:
    return round(value, 4)
