"""The heads of the educational-value classifier: from features to a number that is larger where a text teaches more.

Reads:  features of the labelled texts; their scores.
Writes: something with `predict(features)`. Linear heads are plain arrays, the trees are scikit-learn's.

Source: section 2.1 of the paper for the forest. The default is none of them, but `kernel_head.py`.
"""

from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.linear_heads import fit_logistic, fit_ordinal, fit_ridge
from hornbook.encoders.encode import Features
from hornbook.errors import ConfigError

HEADS = ("ridge", "forest", "boosting", "ordinal", "logistic")


class Head(Protocol):
    """A fitted head."""

    def predict(self, features: Features) -> NDArray[np.float64]:
        """A number for each text; the larger, the more it teaches."""


@dataclass(frozen=True, kw_only=True)
class HeadConfig:
    """How a head is fitted."""

    head: str
    """`ridge`, `ordinal` (proportional odds of the scores), `logistic` (on scores of at least `teaches`); on the dense
    features alone `forest` (the paper's) and `boosting` (gradient boosting)."""
    penalty: float | None = None
    """Of a linear head; None: chosen by cross-validation among the labels that it is fitted to."""
    dense_weight: float = 1.0
    """Linear heads: weight of a standardised dense feature against a text's TF-IDF vector of length 1."""
    teaches: int = 3
    num_rounds: int = 200
    """Trees of the boosting."""
    num_trees: int = 200
    """Of the forest."""
    learning_rate: float = 0.05

    def __post_init__(self) -> None:
        if self.head not in HEADS:
            raise ConfigError(f"`head` must be one of {', '.join(HEADS)}, got {self.head!r}")
        if self.penalty is not None and not self.penalty > 0:
            raise ConfigError(f"`penalty` must be positive, or None to choose it, got {self.penalty!r}")
        for name in ("dense_weight", "num_rounds", "learning_rate", "num_trees"):
            if not getattr(self, name) > 0:
                raise ConfigError(f"`{name}` must be positive, got {getattr(self, name)!r}")


def fit(features: Features, scores: NDArray[np.int64], config: HeadConfig, seed: int) -> Head:
    """Fit a head to labelled texts. Equal arguments give equal heads on one thread.

    Args:
        features: Of N texts.
        scores: N scores from 0 to 5, on both sides of `teaches`.
        config: Which head.
        seed: For the folds in which a penalty is chosen, and for the trees.
    """
    if config.head == "ridge":
        return fit_ridge(features, scores, config.dense_weight, config.penalty)
    if config.head == "ordinal":
        return fit_ordinal(features, scores, config.dense_weight, config.penalty, seed)
    if config.head == "logistic":
        return fit_logistic(features, scores >= config.teaches, config.dense_weight, config.penalty, seed)
    if config.head == "forest":
        return _fit_forest(features, scores, config.num_trees, seed)
    return _fit_boosting(features, scores, config, seed)


@dataclass(frozen=True)
class _Trees:
    """Trees of scikit-learn on the dense features."""

    model: Any

    def predict(self, features: Features) -> NDArray[np.float64]:
        return np.asarray(self.model.predict(features.dense), dtype=np.float64)


def _fit_boosting(features: Features, scores: NDArray[np.int64], config: HeadConfig, seed: int) -> Head:
    from sklearn.ensemble import HistGradientBoostingRegressor

    model = HistGradientBoostingRegressor(
        learning_rate=config.learning_rate,
        max_iter=config.num_rounds,
        max_leaf_nodes=8,
        min_samples_leaf=10,
        max_features=0.33,
        early_stopping=False,
        random_state=seed,
    )
    return _Trees(model.fit(features.dense, scores))


def _fit_forest(features: Features, scores: NDArray[np.int64], num_trees: int, seed: int) -> Head:
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(num_trees, max_features=0.33, min_samples_leaf=2, random_state=seed, n_jobs=1)
    return _Trees(forest.fit(features.dense, scores))
