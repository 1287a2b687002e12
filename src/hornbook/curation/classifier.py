"""Learn from a few labels how likely a reader is to find a piece of code worth reading.

Reads:  features of all samples (`encoders/encode.py`); the scores of the labelled ones.
Writes: for every sample the probability of a score of at least 3.
Source: section 2.1 of the paper (a random forest on the hidden states of a code model). The default head departs from
it because it ranks better on the same labels: `docs/decisions/classifier-head.md`.
"""

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.distillation import Distillation, Hints
from hornbook.curation.heads import HEADS, Head, HeadConfig, fit
from hornbook.curation.kernel_head import fit_kernel
from hornbook.encoders.encode import EncodeConfig, Features
from hornbook.encoders.hidden_states import HiddenStatesConfig
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
    states_sha256: str = ""
    """Of the shipped states of a language model, from which the head `kernel` learns besides
    (`shipped_states.describe_states()`); empty: it learns from the labels alone."""
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
        return self.probabilities(self.head.predict(features))

    def probabilities(self, of_head: NDArray[np.float64]) -> NDArray[np.float64]:
        """The same for numbers on the head's scale."""
        logits = self.slope * of_head + self.intercept
        probabilities: NDArray[np.float64] = np.exp(-np.logaddexp(0.0, -logits))
        return probabilities.round(PREDICTION_DECIMALS)


class Learner:
    """Labelled texts, from any part of which a head is fitted."""

    def __init__(
        self,
        features: Features,
        scores: NDArray[np.int64],
        config: ClassifierConfig,
        hints: Hints | None = None,
    ) -> None:
        """Prepare.

        Args:
            features: Of the N labelled texts.
            scores: N scores from 0 to 5.
            config: The head.
            hints: What a slow encoder says of them and of other texts; for the head `kernel` alone.
        """
        self.features, self.scores, self.config, self._hints = features, scores, config, hints

    def fit(self, rows: NDArray[np.intp], seed: int) -> Head:
        """Fit a head to some of the scores, `rows` ascending.

        It orders texts by what they teach, on a scale of its own, without calibration.
        """
        if self._hints is not None and self.config.head == DEFAULT_HEAD:
            return self._distillation.fit(rows)
        features, scores = self.features.rows(rows), self.scores[rows]
        if self.config.head == DEFAULT_HEAD:
            return fit_kernel(features, _targets(scores), self.config.kernel_penalty)
        settings = HeadConfig(
            head=self.config.head,
            teaches=TEACHES,
            dense_weight=DENSE_WEIGHT,
            penalty=self.config.penalty,
            num_trees=self.config.num_trees,
        )
        return fit(features, scores, settings, seed)

    @cached_property
    def _distillation(self) -> Distillation:
        assert self._hints is not None
        return Distillation(self.features, _targets(self.scores), self._hints, self.config.kernel_penalty)


def fit_value(learner: Learner, seed: int, rows: NDArray[np.intp] | None = None) -> FittedClassifier:
    """Fit head and calibration to labelled texts.

    The head learns the score. Its predictions for texts that it has not seen (cross-validation) then teach a logistic
    curve how likely a score of at least `TEACHES` is.

    Args:
        learner: The labelled texts.
        seed: For the folds and the forest. Equal arguments give equal predictions.
        rows: Which of them, ascending; None: all.

    Raises:
        MissingInputError: Too few labels lie on one side of `TEACHES`.
    """
    from sklearn.linear_model import LogisticRegression

    chosen = np.arange(len(learner.scores)) if rows is None else rows
    unseen = predict_unseen(learner, seed, chosen)
    curve = LogisticRegression(C=1e6).fit(unseen[:, None], learner.scores[chosen] >= TEACHES)
    head = learner.fit(chosen, seed)
    return FittedClassifier(head=head, slope=float(curve.coef_[0, 0]), intercept=float(curve.intercept_[0]))


def predict_unseen(learner: Learner, seed: int, rows: NDArray[np.intp] | None = None) -> NDArray[np.float64]:
    """Predict each text's score by a head that was fitted without it (stratified folds, shuffled by `seed`).

    Args:
        learner: The labelled texts.
        seed: For the folds and the forest.
        rows: Which of them, ascending; None: all.

    Raises:
        MissingInputError: Too few labels lie on one side of `TEACHES`.
    """
    from sklearn.model_selection import StratifiedKFold

    chosen = np.arange(len(learner.scores)) if rows is None else rows
    teaches = learner.scores[chosen] >= TEACHES
    num_folds = learner.config.num_folds
    if min(teaches.sum(), (~teaches).sum()) < num_folds:
        raise MissingInputError(
            f"{teaches.sum()} of {len(chosen)} labels are at least {TEACHES}: {num_folds} folds need as many on"
            " each side"
        )
    predictions = np.zeros(len(chosen))
    folds = StratifiedKFold(num_folds, shuffle=True, random_state=seed)
    for train, test in folds.split(np.zeros(len(chosen)), teaches):
        head = learner.fit(chosen[train], seed)
        predictions[test] = head.predict(learner.features.rows(chosen[test]))
    return predictions


def _targets(scores: NDArray[np.int64]) -> NDArray[np.float64]:
    """What the default head learns."""
    return scores + TEACHING_BONUS * (scores >= TEACHES)
