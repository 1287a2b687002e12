"""Learn from a few labels how likely a reader is to find a piece of code worth reading.

Reads:  features of all samples (`encode.py`); the scores of the labelled ones.
Writes: for every sample the probability of a score of at least 3.
Source: section 2.1 of the paper (a random forest on the hidden states of a code model). The default head departs from
it because it ranks better on the same labels: `docs/decisions/classifier-head.md`.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.encode import EncodeConfig, Features
from hornbook.curation.heads import HEADS, Head, HeadConfig, fit
from hornbook.curation.hidden_states import HiddenStatesConfig
from hornbook.curation.kernel_head import fit_kernel
from hornbook.errors import ConfigError, MissingInputError

TEACHES = 3
"""From this score on, the rubric speaks of a real idea that a student can follow."""

DEFAULT_HEAD = "kernel"

TEACHING_BONUS = 1.0
"""Added to scores of at least `TEACHES` before the default head learns them: order across that line matters most."""

DENSE_WEIGHT = 0.05
"""Linear heads: weight of a standardised dense feature against a text's TF-IDF vector of length 1."""

PREDICTION_DECIMALS = 6
"""Coarser than the rounding differences between machines."""


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig:
    """How values are learned and how the learning is checked."""

    encode: EncodeConfig | HiddenStatesConfig = field(default_factory=EncodeConfig)
    """Tokens and measures, or a language model's hidden states: `describe_language_model("NAME")`."""
    head: str = DEFAULT_HEAD
    """`kernel` (`kernel_head.py`), or one of `heads.py`, the paper's `forest` among them."""
    kernel_penalty: float = 0.5
    penalty: float | None = None
    """Of a linear head; None: chosen by cross-validation among the labels."""
    num_trees: int = 200
    num_folds: int = 5
    """Folds for cross-validation, and for the predictions that the calibration is fitted to."""
    held_out_share: float = 0.2
    """Share of the labels on which the reported calibration is measured."""
    num_reliability_bins: int = 5
    num_bootstrap_samples: int = 1000

    def __post_init__(self) -> None:
        if self.head not in (DEFAULT_HEAD, *HEADS):
            raise ConfigError(f"`head` must be one of {', '.join((DEFAULT_HEAD, *HEADS))}, got {self.head!r}")
        if not self.kernel_penalty > 0:
            raise ConfigError(f"`kernel_penalty` must be positive, got {self.kernel_penalty!r}")
        if self.penalty is not None and not self.penalty > 0:
            raise ConfigError(f"`penalty` must be positive, or None to choose it, got {self.penalty!r}")
        if not 0 < self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in (0, 1), got {self.held_out_share!r}")
        for name, least in (("num_trees", 1), ("num_folds", 2), ("num_reliability_bins", 1)):
            if getattr(self, name) < least:
                raise ConfigError(f"`{name}` must be at least {least}, got {getattr(self, name)!r}")
        if self.num_bootstrap_samples < 1:
            raise ConfigError(f"`num_bootstrap_samples` must be at least 1, got {self.num_bootstrap_samples!r}")


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
    """Fit a head to the scores. It orders texts by what they teach, on a scale of its own, without calibration."""
    if config.head == DEFAULT_HEAD:
        return fit_kernel(features, scores + TEACHING_BONUS * (scores >= TEACHES), config.kernel_penalty)
    settings = HeadConfig(
        head=config.head, teaches=TEACHES, dense_weight=DENSE_WEIGHT, penalty=config.penalty, num_trees=config.num_trees
    )
    return fit(features, scores, settings, seed)
