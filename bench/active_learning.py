"""Is a classifier of educational value taught better by labels drawn by uncertainty, or by as many drawn at random?

Plays it through on the shipped labels. For each seed a part of them is held out and 100 others are known; then 100 are
added at a time, drawn by `curation/draw.py` with the values of the classifier that was fitted to those known so far.
Then, with a classifier fitted to one half, 100 of the other are drawn, to estimate its share of scores of at least 3.

Prints one JSON line: rank correlation, AUC (score of at least 3) and Brier score on the held-out part after each
addition, at random, and the difference of each draw to that with its 95 % interval over the seeds; of the estimates the
mean error, its root mean square, how often the 95 % interval holds the truth, and the mean error without weights.
"""

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from hornbook.curation.annotate import describe_labels, join_labels, load_labels
from hornbook.curation.calibration import auc
from hornbook.curation.classifier import TEACHES, ClassifierConfig, Learner, fit_value
from hornbook.curation.corpus import describe_standard_library, read_standard_library
from hornbook.curation.draw import DrawBy, DrawConfig, draw_samples
from hornbook.curation.ranks import spearman
from hornbook.curation.score_distribution import estimate_scores
from hornbook.encoders.encode import Features, encode

NUM_SEEDS = 20
NUM_HELD_OUT = 300
NUM_ADDED = 100
NUM_ADDITIONS = 4
NUM_ESTIMATES = 25
RANDOM_SHARES = (0.2, 0.5)
METRICS = ("spearman", "auc", "brier")
Draws = dict[str, DrawConfig]


def main() -> None:
    """Measure and print."""
    features, scores = labelled()
    draws: Draws = {"random": DrawConfig(num=NUM_ADDED)} | {
        f"uncertainty, random share {share}": DrawConfig(num=NUM_ADDED, by=DrawBy.UNCERTAINTY, random_share=share)
        for share in RANDOM_SHARES
    }
    measured = {
        name: np.array([play(features, scores, draw, seed) for seed in range(NUM_SEEDS)])
        for name, draw in draws.items()
    }
    estimates = {name: estimate(features, scores, draw) for name, draw in draws.items()}
    base = measured.pop("random")
    line = {
        "num_labels": len(scores),
        "num_held_out": NUM_HELD_OUT,
        "num_seeds": NUM_SEEDS,
        "labels_known": [NUM_ADDED * step for step in range(1, NUM_ADDITIONS + 2)],
        "random": {metric: base.mean(axis=0)[:, at].round(4).tolist() for at, metric in enumerate(METRICS)},
        "difference": {
            name: {metric: with_interval((found - base)[:, :, at]) for at, metric in enumerate(METRICS)}
            for name, found in measured.items()
        },
        "estimate_from_100": estimates,
    }
    print(json.dumps(line))


def labelled() -> tuple[Features, NDArray[np.int64]]:
    """Features and scores of the code that the shipped labels speak of."""
    samples = read_standard_library(describe_standard_library()).samples
    labels = join_labels(samples, load_labels(describe_labels()), describe_labels())
    texts = {sample.id: sample.text for sample in samples}
    features = encode([texts[label.sample_id] for label in labels], ClassifierConfig().encode)
    return features, np.array([label.score for label in labels])


def play(features: Features, scores: NDArray[np.int64], draw: DrawConfig, seed: int) -> list[list[float]]:
    """The metrics after each addition; with equal seeds all draws begin alike."""
    config = ClassifierConfig()
    order = np.random.default_rng(seed).permutation(len(scores))
    held_out, rest = order[:NUM_HELD_OUT], order[NUM_HELD_OUT:]
    known, rest = rest[:NUM_ADDED], rest[NUM_ADDED:]
    found = []
    for step in range(NUM_ADDITIONS + 1):
        predict = fit_value(Learner(features.rows(known), scores[known], config), seed).predict
        found.append(measure(predict(features.rows(held_out)), scores[held_out]))
        values: Any = predict(features.rows(rest)).tolist()
        drawn = draw_samples([str(row) for row in rest], values, draw, seed * NUM_ADDITIONS + step)
        added = np.array([int(sample.sample_id) for sample in drawn.samples])
        known, rest = np.concatenate([known, added]), np.setdiff1d(rest, added)
    return found


def estimate(features: Features, scores: NDArray[np.int64], draw: DrawConfig) -> dict[str, float]:
    """How far the estimated share of `TEACHES` is from the true one, over halves and draws."""
    weighted, plain, holds = [], [], []
    for seed in range(NUM_SEEDS):
        order = np.random.default_rng(seed).permutation(len(scores))
        known, others = np.array_split(order, 2)
        learner = Learner(features.rows(known), scores[known], ClassifierConfig())
        values = fit_value(learner, seed).predict(features.rows(others))
        found = {str(row): int(scores[row]) for row in others}
        truth = float(np.mean(scores[others] >= TEACHES))
        for number in range(NUM_ESTIMATES):
            drawn = draw_samples(list(found), values.tolist(), draw, seed * NUM_ESTIMATES + number)
            said = estimate_scores(drawn, found)
            weighted.append(said.teaches - truth)
            plain.append(float(np.mean([found[sample.sample_id] >= TEACHES for sample in drawn.samples])) - truth)
            holds.append(said.teaches_interval[0] <= truth <= said.teaches_interval[1])
    return {
        "mean_error": round(float(np.mean(weighted)), 4),
        "root_mean_square_error": round(float(np.mean(np.square(weighted))) ** 0.5, 4),
        "interval_holds": round(float(np.mean(holds)), 3),
        "mean_error_without_weights": round(float(np.mean(plain)), 4),
    }


def measure(values: NDArray[np.float64], scores: NDArray[np.int64]) -> list[float]:
    """As `METRICS` name them."""
    return [spearman(values, scores), auc(values, scores), float(np.mean((values - (scores >= TEACHES)) ** 2))]


def with_interval(differences_ST: NDArray[np.float64]) -> list[dict[str, Any]]:  # noqa: N803
    """The mean difference after each addition, with 1.96 standard errors on each side. S seeds, T additions."""
    means = differences_ST.mean(axis=0)
    errors = differences_ST.std(axis=0, ddof=1) / len(differences_ST) ** 0.5
    return [
        {
            "mean": round(float(mean), 4),
            "ci95": [round(float(mean - 1.96 * error), 4), round(float(mean + 1.96 * error), 4)],
        }
        for mean, error in zip(means, errors, strict=True)
    ]


if __name__ == "__main__":
    with threadpool_limits(1):
        main()
