import itertools

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.kernel_ridge import KernelRidge

from hornbook.curation import classifier as module
from hornbook.curation.calibration import (
    NUM_SOURCES,
    OTHERS,
    auc,
    kept_curve,
    measure_calibration,
    reliability,
    source_table,
    spearman,
    split_labels,
)
from hornbook.curation.classifier import ClassifierConfig, FittedClassifier, Learner, fit_value, predict_unseen
from hornbook.curation.encode import BLOCKS, EncodeConfig, Features, encode
from hornbook.curation.kernel_head import BLOCK_WEIGHTS, fit_kernel
from hornbook.errors import ConfigError, MissingInputError


def labelled(num_texts: int = 60) -> tuple[Features, NDArray[np.int64]]:
    """Loops score 4, attribute setting 0 or 1."""
    texts, scores = [], []
    for number in range(num_texts):
        if number % 3:
            texts.append(f"def __init__(self):\n    self.a{number} = 1\n    self.b = None\n")
            scores.append(number % 2)
        else:
            texts.append(f'def sum_{number}(items):\n    """Sum."""\n    t = 0\n    for i in items:\n        t += i\n')
            scores.append(4)
    return encode(texts, EncodeConfig()), np.array(scores)


CONFIG = ClassifierConfig(num_bootstrap_samples=50)


def plain_kernel(features: Features, num_known: int) -> NDArray[np.float64]:
    """The similarity of each text with each known one, as the decision page says it, text by text."""
    counts = features.tokens.toarray()
    known = counts[:num_known]
    idf = np.log((1 + num_known) / (1 + (known > 0).sum(axis=0))) + 1
    mean, deviation = features.dense[:num_known].mean(axis=0), features.dense[:num_known].std(axis=0)
    standard = np.where(deviation > 0, (features.dense - mean) / np.where(deviation > 0, deviation, 1), 0)
    kernel = np.zeros((len(counts), num_known))
    for row, column in itertools.product(range(len(counts)), range(num_known)):
        for block, weight in enumerate(BLOCK_WEIGHTS):
            cut = slice(block * counts.shape[1] // len(BLOCKS), (block + 1) * counts.shape[1] // len(BLOCKS))
            first, second = (counts[row] * idf)[cut], (counts[column] * idf)[cut]
            lengths = np.linalg.norm(first) * np.linalg.norm(second)
            kernel[row, column] += weight * (first @ second / lengths if lengths else 0)
        kernel[row, column] += 2.0 * np.exp(-0.5 * np.mean((standard[row] - standard[column]) ** 2))
    return kernel


def test_the_kernel_head_is_kernel_ridge_regression_as_scikit_learn_has_it() -> None:
    config = EncodeConfig(bits_per_block=8)
    texts = [
        f"def f{at}(x):\n    # Add {at}.\n    return x + {at} * '{'ab' * (at % 4)}'\n" * (1 + at % 3)
        for at in range(14)
    ]
    features, targets = encode([*texts, "", "y = 3\n"], config), np.arange(10) % 4 + 0.5
    head = fit_kernel(features.rows(np.arange(10)), targets, 0.5)
    kernel = plain_kernel(features, 10)
    oracle = KernelRidge(alpha=0.5, kernel="precomputed").fit(kernel[:10], targets - targets.mean())
    assert head.predict(features) == pytest.approx(oracle.predict(kernel) + targets.mean())


def test_a_clear_difference_is_learned_and_reported() -> None:
    features, scores = labelled()
    for head in ("kernel", "forest"):
        config = ClassifierConfig(head=head, num_bootstrap_samples=50)
        measured = measure_calibration(Learner(features, scores, config), seed=1)
        metrics, held_out, values = measured.metrics, measured.held_out, measured.values
        assert metrics["held_out"]["auc"]["value"] == metrics["cross_validation"]["auc"] == 1.0
        assert held_out.tolist() == split_labels(scores, 0.2, 1)[1].tolist()
        assert metrics["held_out"]["num_labels"] == len(values) == 12
        assert sum(row["count"] for row in metrics["held_out"]["reliability"]) == 12
        low, high = metrics["held_out"]["spearman"]["ci95"]
        assert low <= metrics["held_out"]["spearman"]["value"] <= high
        assert low < high


def test_texts_are_predicted_by_heads_that_have_not_seen_them() -> None:
    """Scores without any sense: who has seen them knows them, who has not cannot."""
    features, _ = labelled(80)
    scores = np.random.default_rng(0).permutation(np.repeat([0, 5], 40))
    learner = Learner(features, scores, CONFIG)
    assert spearman(learner.fit(np.arange(80), 0).predict(features), scores) > 0.5
    assert spearman(predict_unseen(learner, 0), scores) < 0.3


def test_equal_seeds_give_equal_probabilities_that_fit_the_labels() -> None:
    features, scores = labelled()
    first = fit_value(Learner(features, scores, CONFIG), seed=3).predict(features)
    assert np.array_equal(first, fit_value(Learner(features, scores, CONFIG), seed=3).predict(features))
    assert first[scores >= 3].min() > 0.9 > 0.1 > first[scores < 3].max()
    fitted = FittedClassifier(head=None, slope=2.0, intercept=-1.0)  # type: ignore[arg-type]
    assert fitted.probabilities(np.array([0.5, 2.0, -800.0])).tolist() == [0.5, 0.952574, 0.0]
    assert module._targets(np.arange(6)).tolist() == [0, 1, 2, 4, 5, 6], "the kernel learns a bonus from 3 on"
    with pytest.raises(MissingInputError, match="4 of 60 labels"):
        fit_value(Learner(features, np.repeat([3, 0], [4, 56]), CONFIG), seed=0)
    for field, value in (("head", "oracle"), ("num_bootstrap_samples", 0)):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            ClassifierConfig(**{field: value})  # type: ignore[arg-type]


def test_the_split_is_a_partition_and_keeps_the_proportion_of_each_score() -> None:
    scores = np.repeat([0, 3, 5], [50, 30, 10])
    train, held_out = split_labels(scores, 0.2, seed=7)
    assert sorted([*train, *held_out]) == list(range(90))
    assert [(scores[held_out] == score).sum() for score in (0, 3, 5)] == [10, 6, 2]
    assert not np.array_equal(held_out, split_labels(scores, 0.2, seed=8)[1])


def test_auc_and_rank_correlation_count_ties_as_halves() -> None:
    generator = np.random.default_rng(0)
    values, scores = generator.integers(5, size=40) / 4, generator.integers(6, size=40)
    pairs = list(itertools.product(values[scores >= 3], values[scores < 3]))
    assert auc(values, scores) == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]))
    assert np.isnan(auc(values, np.zeros(40, dtype=np.int64)))
    assert spearman(np.array([1.0, 1, 2, 3]), np.array([1, 2, 3, 3])) == pytest.approx(8 / 9)
    assert np.isnan(spearman(values, np.ones(40, dtype=np.int64)))


def test_the_calibration_is_counted_by_values_and_the_curve_falls_from_everything() -> None:
    rows = reliability(np.array([0.0, 0.1, 0.5, 1.0]), np.array([0, 3, 3, 5]), 2)
    assert rows == [
        {"predicted": 0.05, "observed": 0.5, "count": 2},
        {"predicted": 0.75, "observed": 1.0, "count": 2},
    ]
    curve = kept_curve(np.array([0.2, 0.6]), np.array([30, 10]))
    assert curve[0] == {"threshold": 0.0, "num_samples": 2, "num_tokens": 40, "share": 1.0}
    assert curve[12] == {"threshold": 0.6, "num_samples": 1, "num_tokens": 10, "share": 0.25}
    assert curve[-1]["num_samples"] == 0


def test_each_source_stands_with_what_it_holds_and_what_its_labels_say() -> None:
    names = ("source", "num_samples", "num_tokens", "mean_value", "share", "num_labels", "predicted", "observed")
    rows = source_table(
        ["b", "a"],
        np.array([0, 1, 0, 0]),
        np.array([0.9, 0.2, 0.5, 0.1]),
        np.array([10, 5, 30, 60]),
        labelled=np.array([0, 2]),
        scores=np.array([4, 1]),
        unseen=np.array([0.8, 0.3]),
    )
    assert [tuple(row[name] for name in names) for row in rows] == [
        ("b", 3, 100, 0.5, 0.4, 2, 0.55, 0.5),
        ("a", 1, 5, 0.2, 0.0, 0, None, None),
    ]
    number = NUM_SOURCES + 7
    places, sources = np.arange(number), [f"s{at}" for at in range(number)]
    of_each = {"labelled": places, "scores": np.full(number, 3), "unseen": np.full(number, 0.75)}
    rows = source_table(sources, places, np.ones(number), places + 1, **of_each)
    assert [row["source"] for row in rows] == [*sources[: -NUM_SOURCES - 1 : -1], OTHERS]
    assert (rows[-1]["num_samples"], rows[-1]["num_tokens"], rows[-1]["num_labels"]) == (7, sum(range(1, 8)), 7)
