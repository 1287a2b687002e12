import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from hornbook.curation.calibration import auc, spearman
from hornbook.curation.classifier import ClassifierConfig, Learner, fit_value, predict_unseen
from hornbook.curation.heads import HEADS, HeadConfig, fit
from hornbook.encoders.encode import Features
from hornbook.errors import ConfigError


def dense_only(num_texts: int = 120, width: int = 12) -> tuple[Features, NDArray[np.int64]]:
    """States whose first numbers tell the score, as an encoder without tokens gives them."""
    generator = np.random.default_rng(0)
    states = generator.normal(size=(num_texts, width))
    states[:, -1] = 0
    line = states[:, :4].sum(axis=1) + generator.normal(size=num_texts) * 0.3
    scores = np.clip(np.round(line * 0.7 + 2.5), 0, 5).astype(np.int64)
    return Features(tokens=csr_matrix((num_texts, 0)), dense=states), scores


@pytest.mark.parametrize("head", HEADS)
def test_every_head_learns_from_states_alone(head: str) -> None:
    features, scores = dense_only()
    unseen = predict_unseen(Learner(features, scores, ClassifierConfig(head=head, num_trees=50, num_folds=3)), seed=0)
    assert spearman(unseen, scores) > 0.7
    assert auc(unseen, scores) > 0.85


@pytest.mark.parametrize("head", HEADS)
def test_equal_seeds_give_equal_probabilities(head: str) -> None:
    features, scores = dense_only(60)
    config = ClassifierConfig(head=head, num_trees=10, num_folds=2)
    first, second = (fit_value(Learner(features, scores, config), seed=3).predict(features) for _ in range(2))
    assert np.array_equal(first, second)
    assert ((first >= 0) & (first <= 1)).all()
    assert first[scores >= 3].mean() > first[scores < 3].mean() + 0.3


def test_scores_of_regressions_lie_on_the_scale_of_the_labels() -> None:
    features, scores = dense_only()
    for head in ("ridge", "ordinal", "boosting"):
        predicted = fit(features, scores, HeadConfig(head=head), seed=0).predict(features)
        assert predicted.mean() == pytest.approx(scores.mean(), abs=0.1)


@pytest.mark.parametrize(
    ("field", "value"),
    [("head", "kernel"), ("head", "oracle"), ("penalty", 0.0), ("dense_weight", 0.0), ("num_rounds", 0)],
)
def test_a_wrong_field_is_named(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        HeadConfig(**{"head": "ridge", field: value})
