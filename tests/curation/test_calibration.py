import itertools

import numpy as np
import pytest
from numpy.typing import NDArray

from hornbook.curation.calibration import (
    NUM_SOURCES,
    OTHERS,
    auc,
    kept_curve,
    measure_calibration,
    reliability,
    source_table,
    split_labels,
)
from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value
from hornbook.encoders.encode import EncodeConfig, Features, encode
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


@pytest.mark.parametrize("head", ["kernel", "ridge", "forest"])
def test_a_clear_difference_is_learned_and_reported(head: str) -> None:
    features, scores = labelled()
    config = ClassifierConfig(head=head, num_trees=20, num_bootstrap_samples=50)
    measured = measure_calibration(Learner(features, scores, config), seed=1)
    metrics, held_out, values = measured.metrics, measured.held_out, measured.values
    assert metrics["held_out"]["auc"]["value"] == 1.0
    assert metrics["cross_validation"]["auc"] == 1.0
    assert metrics["held_out"]["num_labels"] == len(held_out) == len(values) == 12
    assert sum(row["count"] for row in metrics["held_out"]["reliability"]) == 12
    low, high = metrics["held_out"]["spearman"]["ci95"]
    assert low <= metrics["held_out"]["spearman"]["value"] <= high


def test_equal_seeds_give_equal_values_between_zero_and_one() -> None:
    features, scores = labelled()
    first = fit_value(Learner(features, scores, CONFIG), seed=3).predict(features)
    assert np.array_equal(first, fit_value(Learner(features, scores, CONFIG), seed=3).predict(features))
    assert ((first >= 0) & (first <= 1)).all()
    assert first[scores >= 3].min() > 0.9 > 0.1 > first[scores < 3].max()


def test_labels_on_one_side_only_are_refused() -> None:
    features, _ = labelled(20)
    with pytest.raises(MissingInputError, match="0 of 20 labels"):
        fit_value(Learner(features, np.zeros(20, dtype=np.int64), CONFIG), seed=0)


def test_the_split_is_a_partition_and_keeps_the_proportion_of_each_score() -> None:
    scores = np.repeat([0, 3, 5], [50, 30, 10])
    train, held_out = split_labels(scores, 0.2, seed=7)
    assert sorted([*train, *held_out]) == list(range(90))
    assert [(scores[held_out] == score).sum() for score in (0, 3, 5)] == [10, 6, 2]
    assert not np.array_equal(held_out, split_labels(scores, 0.2, seed=8)[1])


def test_auc_is_the_share_of_pairs_in_the_right_order() -> None:
    generator = np.random.default_rng(0)
    values, scores = generator.integers(5, size=40) / 4, generator.integers(6, size=40)
    pairs = list(itertools.product(values[scores >= 3], values[scores < 3]))
    assert auc(values, scores) == pytest.approx(np.mean([(a > b) + (a == b) / 2 for a, b in pairs]))
    assert np.isnan(auc(values, np.zeros(40, dtype=np.int64)))


def test_reliability_counts_each_label_once_at_the_edges_too() -> None:
    rows = reliability(np.array([0.0, 0.1, 0.5, 1.0]), np.array([0, 3, 3, 5]), 2)
    assert rows == [
        {"predicted": 0.05, "observed": 0.5, "count": 2},
        {"predicted": 0.75, "observed": 1.0, "count": 2},
    ]


def test_the_curve_falls_from_everything() -> None:
    curve = kept_curve([0.2, 0.6], [30, 10])
    assert curve[0] == {"threshold": 0.0, "num_samples": 2, "num_tokens": 40, "share": 1.0}
    assert curve[10]["share"] == 0.25
    assert curve[-1]["num_samples"] == 0


@pytest.mark.parametrize(("field", "value"), [("head", "oracle"), ("kernel_penalty", 0), ("num_folds", 1)])
def test_a_wrong_field_is_named(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        ClassifierConfig(**{field: value})


def test_each_source_stands_with_what_it_holds_and_what_its_labels_say() -> None:
    rows = source_table(
        ["b", "a", "b", "b"],
        [0.9, 0.2, 0.5, 0.1],
        [10, 5, 30, 60],
        labelled=np.array([0, 2]),
        scores=np.array([4, 1]),
        unseen=np.array([0.8, 0.3]),
    )
    assert rows == [
        {
            "source": "b",
            "num_samples": 3,
            "num_tokens": 100,
            "mean_value": 0.5,
            "share": 0.4,
            "num_labels": 2,
            "predicted": 0.55,
            "observed": 0.5,
        },
        {
            "source": "a",
            "num_samples": 1,
            "num_tokens": 5,
            "mean_value": 0.2,
            "share": 0.0,
            "num_labels": 0,
            "predicted": None,
            "observed": None,
        },
    ]


def test_small_sources_are_taken_together_and_none_is_lost() -> None:
    number = NUM_SOURCES + 7
    sizes = list(range(1, number + 1))
    names = [f"s{at}" for at in range(number)]
    rows = source_table(names, [1.0] * number, sizes, np.arange(number), np.full(number, 3), np.full(number, 0.75))
    assert [row["source"] for row in rows] == [*names[: -NUM_SOURCES - 1 : -1], OTHERS]
    assert (rows[-1]["num_samples"], rows[-1]["num_tokens"], rows[-1]["num_labels"]) == (7, sum(range(1, 8)), 7)
    assert sum(row["num_tokens"] for row in rows) == sum(sizes)
