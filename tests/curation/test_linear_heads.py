import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import approx_fprime
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression, Ridge

from hornbook.curation.linear_heads import (
    _left_out_error,
    _loss,
    _minimise,
    _parts,
    _Space,
    fit_logistic,
    fit_ordinal,
    fit_ridge,
)
from hornbook.encoders.encode import Features

Floats = NDArray[np.float64]


def drawn(num_texts: int = 60, num_dense: int = 8, num_tokens: int = 0, seed: int = 0) -> Features:
    """Dense columns of unequal scale, one of them constant; with seed 0 no text has the first token."""
    generator = np.random.default_rng(seed)
    dense = generator.normal(size=(num_texts, num_dense)) * np.arange(1, num_dense + 1) + 5
    dense[:, -1] = 1 / 3
    tokens = generator.poisson(0.3, size=(num_texts, num_tokens)).astype(np.float64)
    tokens[3] = 0
    if seed == 0:
        tokens[:, :1] = 0
    return Features(tokens=csr_matrix(tokens), dense=dense)


def scores_of(features: Features, noise: float = 0.5, seed: int = 1) -> NDArray[np.int64]:
    line = features.dense[:, 0] + features.dense[:, 1] / 2
    line = (line - line.mean()) / line.std() + np.random.default_rng(seed).normal(size=len(line)) * noise
    return np.clip(np.round(line * 1.3 + 2.5), 0, 5).astype(np.int64)


def standardised(features: Features) -> Floats:
    return (features.dense - features.dense.mean(axis=0))[:, :-1] / features.dense.std(axis=0)[:-1]


@pytest.mark.parametrize("num_dense", [8, 200])
def test_the_ridge_is_the_ordinary_one_on_standardised_features(num_dense: int) -> None:
    features = drawn(num_dense=num_dense)
    scores = scores_of(features)
    ours = fit_ridge(features, scores, 1.0, 3.0).predict(features)
    x = standardised(features)
    assert ours == pytest.approx(Ridge(alpha=3.0).fit(x, scores).predict(x))


def test_with_tokens_the_ridge_is_the_ordinary_one_on_tfidf_too() -> None:
    features, others = drawn(num_tokens=40), drawn(num_tokens=40, seed=5)
    assert not features.tokens[:, 0].nnz
    assert others.tokens[:, 0].nnz
    scores = scores_of(features)
    tfidf = TfidfTransformer().fit(features.tokens)

    def joined(some: Features) -> Floats:
        dense = (some.dense - features.dense.mean(axis=0))[:, :-1] / features.dense.std(axis=0)[:-1]
        return np.hstack([tfidf.transform(some.tokens).toarray(), 0.05 * dense])

    ours = fit_ridge(features, scores, 0.05, 0.5).predict(others)
    assert ours == pytest.approx(Ridge(alpha=0.5).fit(joined(features), scores).predict(joined(others)))


def test_the_error_of_texts_left_out_is_that_of_as_many_fits() -> None:
    features = drawn(num_texts=25, num_dense=40)
    scores = scores_of(features)
    space = _Space(features, 1.0)
    errors = []
    for index in range(25):
        others = np.arange(25) != index
        fit = Ridge(alpha=7.0).fit(space.points[others], scores[others])
        errors.append((fit.predict(space.points[index : index + 1])[0] - scores[index]) ** 2)
    assert _left_out_error(space, scores - scores.mean(), 7.0) == pytest.approx(np.mean(errors))


def test_noise_asks_for_a_stiffer_penalty() -> None:
    features = drawn(num_texts=120, num_dense=60)
    clear, noisy = scores_of(features, noise=0.05), scores_of(features, noise=3.0)
    assert fit_ridge(features, clear, 1.0, None).penalty < fit_ridge(features, noisy, 1.0, None).penalty
    assert fit_ordinal(features, clear, 1.0, None, 0).penalty < fit_ordinal(features, noisy, 1.0, None, 0).penalty


@pytest.mark.parametrize("num_dense", [8, 120])
def test_the_logistic_head_is_the_ordinary_one(num_dense: int) -> None:
    features = drawn(num_dense=num_dense)
    positive = scores_of(features) >= 3
    ours = fit_logistic(features, positive, 1.0, 2.0, seed=0).predict(features)
    x = standardised(features)
    theirs = LogisticRegression(C=1 / 2.0, tol=1e-8, max_iter=2000).fit(x, positive).decision_function(x)
    assert ours == pytest.approx(theirs, abs=2e-3)


def test_the_gradient_of_the_ordinal_loss_is_that_of_differences() -> None:
    generator = np.random.default_rng(3)
    points, ranks = generator.normal(size=(30, 4)), generator.integers(5, size=30)
    parameters = generator.normal(size=4 + 4)
    loss, gradient = _loss(parameters, points, ranks, 5, 0.7)
    assert gradient == pytest.approx(approx_fprime(parameters, lambda p: _loss(p, points, ranks, 5, 0.7)[0]), abs=1e-4)
    beta, thresholds = _parts(parameters, 5)
    ends = np.array([-np.inf, *thresholds, np.inf])
    reached = 1 / (1 + np.exp(-(ends[None, :] - (points @ beta)[:, None])))
    likelihood = reached[np.arange(30), ranks + 1] - reached[np.arange(30), ranks]
    assert loss == pytest.approx(0.35 * beta @ beta - np.log(likelihood).sum())


def test_planted_thresholds_are_found() -> None:
    generator = np.random.default_rng(4)
    points = generator.normal(size=(20_000, 2))
    line = points @ np.array([2.0, -1.0]) + generator.logistic(size=20_000)
    thresholds = np.array([-2.0, -1.5, 1.0])
    beta, found = _parts(_minimise(points, np.searchsorted(thresholds, line), 4, 1e-3, None), 4)
    assert beta == pytest.approx([2.0, -1.0], abs=0.1)
    assert found == pytest.approx(thresholds, abs=0.1)


def test_the_ordinal_head_predicts_the_mean_score_between_the_lowest_and_the_highest() -> None:
    features = drawn(num_texts=300)
    scores = scores_of(features)
    scores[scores == 0] = 1  # so the lowest is 1,
    scores[scores == 3] = 4  # and 3 does not occur
    head = fit_ordinal(features, scores, 1.0, 1.0, seed=0)
    predicted = head.predict(features)
    assert 1 <= predicted.min() < predicted.max() <= 5
    assert predicted.mean() == pytest.approx(scores.mean(), abs=0.05)
    assert np.corrcoef(predicted, scores)[0, 1] > 0.85


@pytest.mark.parametrize("num_tokens", [0, 40])
def test_the_value_of_a_text_does_not_depend_on_the_texts_beside_it(num_tokens: int) -> None:
    features = drawn(num_tokens=num_tokens)
    scores = scores_of(features)
    heads = [
        fit_ridge(features, scores, 1.0, None),
        fit_ordinal(features, scores, 1.0, None, seed=0),
        fit_logistic(features, scores >= 3, 1.0, None, seed=0),
    ]
    for head in heads:
        whole = head.predict(features)
        assert np.isfinite(whole).all()
        assert head.predict(features.rows(np.array([7, 3]))) == pytest.approx(whole[[7, 3]])


def test_a_score_that_only_one_text_has_is_no_trouble() -> None:
    features = drawn()
    scores = np.minimum(scores_of(features), 4)
    scores[0] = 5
    assert np.isfinite(fit_ordinal(features, scores, 1.0, None, seed=0).predict(features)).all()
