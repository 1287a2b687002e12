"""Learn from a few labels how likely a reader is to find a piece of code worth reading.

Reads:  features of all samples (`encode.py`); the scores of the labelled ones.
Writes: for every sample the probability of a score of at least 3.
Source: section 2.1 of the paper (a random forest on the hidden states of a code model). The default head departs from
it because it ranks better on the same labels: `docs/decisions/classifier-head.md`.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.encode import EncodeConfig, Features
from hornbook.errors import ConfigError, MissingInputError

TEACHES = 3
"""From this score on, the rubric speaks of a real idea that a student can follow."""

HEADS = ("ridge", "forest")

SYNTAX_WEIGHT = 0.05
"""Weight of a standardised syntax feature against a text's TF-IDF vector of length 1, in the ridge."""

PREDICTION_DECIMALS = 6
"""Coarser than the rounding differences between machines."""


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig:
    """How values are learned and how the learning is checked."""

    encode: EncodeConfig = field(default_factory=EncodeConfig)
    head: str = "ridge"
    """`ridge` (on TF-IDF and syntax features) or `forest` (the paper's kind of head, on syntax features alone)."""
    ridge_penalty: float = 0.5
    num_trees: int = 200
    num_folds: int = 5
    """Folds for cross-validation, and for the predictions that the calibration is fitted to."""
    held_out_share: float = 0.2
    """Share of the labels on which the reported calibration is measured."""
    num_reliability_bins: int = 5
    num_bootstrap_samples: int = 1000

    def __post_init__(self) -> None:
        if self.head not in HEADS:
            raise ConfigError(f"`head` must be one of {', '.join(HEADS)}, got {self.head!r}")
        if not self.ridge_penalty > 0:
            raise ConfigError(f"`ridge_penalty` must be positive, got {self.ridge_penalty!r}")
        if not 0 < self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in (0, 1), got {self.held_out_share!r}")
        for name, least in (("num_trees", 1), ("num_folds", 2), ("num_reliability_bins", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"`{name}` must be at least {least}, got {getattr(self, name)!r}")
        if self.num_bootstrap_samples < 1:
            raise ConfigError(f"`num_bootstrap_samples` must be at least 1, got {self.num_bootstrap_samples!r}")


class Head(Protocol):
    """Gives each text a number; the larger, the more it teaches. The scale is the score's."""

    def predict(self, features: Features) -> NDArray[np.float64]:
        """One number a text; each depends on its own text alone."""
        ...


@dataclass(frozen=True, kw_only=True)
class RidgeHead:
    """A weight for each token n-gram, by TF-IDF, and for each syntax feature, standardised."""

    mean_score: float
    idf: NDArray[np.float64]
    """`num_buckets`"""
    token_weights: NDArray[np.float64]
    """`num_buckets`"""
    syntax_mean: NDArray[np.float64]
    syntax_scale: NDArray[np.float64]
    syntax_weights: NDArray[np.float64]
    """`NUM_FEATURES`, as the two before it."""

    def predict(self, features: Features) -> NDArray[np.float64]:
        """One score a text; each depends on its own text alone, to the last digit."""
        standardised = (features.syntax - self.syntax_mean) * self.syntax_scale
        # Summed row by row: a product of matrices would sum in an order that depends on the number of rows.
        of_syntax = (standardised * self.syntax_weights).sum(axis=1)
        of_tokens: NDArray[np.float64] = weigh(features.tokens, self.idf) @ self.token_weights
        scores: NDArray[np.float64] = self.mean_score + of_tokens + of_syntax
        return scores


@dataclass(frozen=True, kw_only=True)
class ForestHead:
    """The paper's kind of head."""

    forest: Any
    """A regressor of scikit-learn's, on syntax features alone."""

    def predict(self, features: Features) -> NDArray[np.float64]:
        """One score a text."""
        scores: NDArray[np.float64] = self.forest.predict(features.syntax)
        return scores


@dataclass(frozen=True, kw_only=True)
class FittedClassifier:
    """A head, and the logistic curve from its scores to probabilities."""

    head: Head
    slope: float
    intercept: float

    def predict(self, features: Features) -> NDArray[np.float64]:
        """The probability that a text teaches, in [0, 1], rounded to `PREDICTION_DECIMALS`."""
        logits = self.slope * self.head.predict(features) + self.intercept
        probabilities: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -logits))
        return probabilities.round(PREDICTION_DECIMALS)


def fit_value(features: Features, scores: NDArray[np.int64], config: ClassifierConfig, seed: int) -> FittedClassifier:
    """Fit head and calibration to labelled texts.

    The head learns the score. Its predictions for texts that it has not seen (cross-validation) then teach a logistic
    curve how likely a score of at least `TEACHES` is.

    Args:
        features: Of the N labelled texts.
        scores: N scores from 0 to 5.
        config: The head.
        seed: For the folds and the forest. Equal arguments give equal predictions.

    Raises:
        MissingInputError: Too few labels lie on one side of `TEACHES`.
    """
    from sklearn.linear_model import LogisticRegression

    teaches = scores >= TEACHES
    unseen = predict_unseen(features, scores, config, seed)
    curve = LogisticRegression(C=1e6).fit(unseen[:, None], teaches)
    head = fit_head(features, scores, config, seed)
    return FittedClassifier(head=head, slope=float(curve.coef_[0, 0]), intercept=float(curve.intercept_[0]))


def predict_unseen(
    features: Features, scores: NDArray[np.int64], config: ClassifierConfig, seed: int
) -> NDArray[np.float64]:
    """Predict each text's score by a head that was fitted without it (stratified folds, shuffled by `seed`).

    Raises:
        MissingInputError: Too few labels lie on one side of `TEACHES`.
    """
    from sklearn.model_selection import StratifiedKFold

    teaches = scores >= TEACHES
    if min(teaches.sum(), (~teaches).sum()) < config.num_folds:
        raise MissingInputError(
            f"{teaches.sum()} of {len(scores)} labels are at least {TEACHES}: {config.num_folds} folds need as many on"
            " each side"
        )
    predictions = np.zeros(len(scores))
    folds = StratifiedKFold(config.num_folds, shuffle=True, random_state=seed)
    for train, test in folds.split(np.zeros(len(scores)), teaches):
        head = fit_head(features.rows(train), scores[train], config, seed)
        predictions[test] = head.predict(features.rows(test))
    return predictions


def fit_head(features: Features, scores: NDArray[np.int64], config: ClassifierConfig, seed: int) -> Head:
    """Fit a head to the scores. It predicts the score itself, without calibration."""
    if config.head == "ridge":
        return _fit_ridge(features, scores, config.ridge_penalty)
    return _fit_forest(features, scores, config.num_trees, seed)


def weigh(tokens: Any, idf: NDArray[np.float64]) -> Any:
    """TF-IDF vectors of length 1: a CSR matrix as `tokens`, N × `num_buckets`."""
    from sklearn.preprocessing import normalize

    weighted = tokens.copy()
    weighted.data = weighted.data * idf[weighted.indices]
    return normalize(weighted, copy=False)


def _fit_ridge(features: Features, scores: NDArray[np.int64], penalty: float) -> RidgeHead:
    """Ridge regression in its dual form: N equations for N texts, however many features there are."""
    from sklearn.feature_extraction.text import TfidfTransformer

    idf = TfidfTransformer().fit(features.tokens).idf_
    mean, deviation = features.syntax.mean(axis=0), features.syntax.std(axis=0)
    scale = np.where(deviation > 0, 1.0 / np.where(deviation > 0, deviation, 1.0), 0.0)
    tokens, syntax = weigh(features.tokens, idf), (features.syntax - mean) * scale
    gram = np.asarray((tokens @ tokens.T).todense()) + SYNTAX_WEIGHT**2 * (syntax @ syntax.T)
    mean_score = scores.mean()
    dual = np.linalg.solve(gram + penalty * np.eye(len(scores)), scores - mean_score)
    return RidgeHead(
        mean_score=float(mean_score),
        idf=idf,
        token_weights=tokens.T @ dual,
        syntax_mean=mean,
        syntax_scale=scale,
        syntax_weights=SYNTAX_WEIGHT**2 * (syntax.T @ dual),
    )


def _fit_forest(features: Features, scores: NDArray[np.int64], num_trees: int, seed: int) -> ForestHead:
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(num_trees, max_features=0.33, min_samples_leaf=2, random_state=seed, n_jobs=1)
    return ForestHead(forest=forest.fit(features.syntax, scores))
