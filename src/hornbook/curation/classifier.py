"""Learn from a few labels how likely a reader is to find a piece of code worth reading.

Reads:  features of all samples (`curation/encode.py`); the scores of the labelled ones.
Writes: for every sample the probability of a score of at least 3.
Source: section 2.1 of the paper (a random forest on the hidden states of a code model). The default head departs from
it because it ranks better on the same labels: `docs/decisions/classifier-head.md`.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.distillation import Distillation, SoftLabels
from hornbook.curation.encode import EncodeConfig, Features, encode
from hornbook.curation.hidden_states import HiddenStatesConfig, HiddenStatesEncoder
from hornbook.curation.kernel_head import fit_kernel
from hornbook.errors import ConfigError, MissingInputError

TEACHES = 3
"""From this score on, the rubric speaks of a real idea that a student can follow."""

KERNEL, FOREST = "kernel", "forest"
HEADS = (KERNEL, FOREST)

NUM_FOLDS = 5
"""Folds for cross-validation, and for the predictions that the calibration is fitted to."""

TEACHING_BONUS = 1.0
"""Added to scores of at least `TEACHES` before the kernel learns them: order across that line matters most."""

KERNEL_PENALTY = 0.5
"""Of the kernel's squared weights."""

PREDICTION_DECIMALS = 6
"""Coarser than the rounding differences between machines."""


Encoder = Callable[[Sequence[str]], Features]
"""Turns texts into features, a row each, which does not depend on the texts beside it, rounding aside."""


class Head(Protocol):
    """A fitted head: `kernel_head.KernelHead` or `ForestHead`."""

    def predict(self, features: Features) -> NDArray[np.float64]:
        """A number for each text; the larger, the more it teaches."""


@dataclass(frozen=True, kw_only=True)
class ClassifierConfig:
    """How values are learned."""

    encode: EncodeConfig | HiddenStatesConfig = field(default_factory=EncodeConfig)
    """Tokens and measures, or a language model's hidden states: `describe_language_model("NAME")`."""
    use_soft_labels: bool = True
    """Let the head `kernel` also learn from what a language model saw in code of the standard library, which comes with
    Hornbook; without effect where fewer than 100 labelled documents are such code."""
    head: str = KERNEL
    """`kernel` (`kernel_head.py`), or `forest`: the paper's random forest, on the dense features alone."""
    num_bootstrap_samples: int = 1000
    """Resamples of the held-out labels for the intervals of the calibration."""

    def __post_init__(self) -> None:
        if self.head not in HEADS:
            raise ConfigError(f"`head` must be one of {', '.join(HEADS)}, got {self.head!r}")
        if self.num_bootstrap_samples < 1:
            raise ConfigError(f"`num_bootstrap_samples` must be at least 1, got {self.num_bootstrap_samples!r}")


def make_encoder(config: EncodeConfig | HiddenStatesConfig) -> Encoder:
    """The encoder that a config describes. A language model is loaded when it is first asked.

    Raises:
        ConfigError, MissingInputError: As `HiddenStatesEncoder`.
    """
    if isinstance(config, EncodeConfig):
        return partial(encode, config=config)
    return HiddenStatesEncoder(config).encode


@dataclass(frozen=True, kw_only=True)
class ForestHead:
    """A random forest on the dense features, fitted by scikit-learn, as the nodes of all its trees."""

    roots: NDArray[np.int64]
    """T: the place of each tree's first node."""
    lefts: NDArray[np.int64]
    """M: the node that follows where the feature is at most the threshold; a leaf follows itself."""
    rights: NDArray[np.int64]
    """M: the node that follows elsewhere."""
    columns: NDArray[np.int64]
    """M: the dense feature that a node asks for."""
    thresholds: NDArray[np.float64]
    """M"""
    means: NDArray[np.float64]
    """M: the mean score of the labelled texts in a node."""

    def predict(self, features: Features) -> NDArray[np.float64]:
        """A number for each text: the mean over the trees, to the last digit as scikit-learn gives it."""
        dense = features.dense.astype(np.float32)
        rows = np.arange(len(dense))
        total = np.zeros(len(dense))
        for root in self.roots:
            node = np.full(len(dense), root)
            while True:
                is_left = dense[rows, self.columns[node]] <= self.thresholds[node]
                following = np.where(is_left, self.lefts[node], self.rights[node])
                if np.array_equal(following, node):
                    break
                node = following
            total += self.means[node]
        return np.asarray(total / len(self.roots))


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


@dataclass(frozen=True)
class Learner:
    """Labelled texts, from any part of which a head is fitted."""

    features: Features
    """Of the N labelled texts."""
    scores: NDArray[np.int64]
    """N scores from 0 to 5."""
    config: ClassifierConfig
    soft_labels: SoftLabels | None = None
    """What a slow encoder says of them and of other texts; for the kernel alone."""

    def fit(self, rows: NDArray[np.intp], seed: int) -> Head:
        """Fit a head to some of the scores, `rows` ascending.

        It orders texts by what they teach, on a scale of its own, without calibration.
        """
        if self.config.head == KERNEL and self.soft_labels is not None:
            return self._distillation.fit(rows)
        features, scores = self.features.rows(rows), self.scores[rows]
        if self.config.head == KERNEL:
            return fit_kernel(features, _targets(scores), KERNEL_PENALTY)
        return _fit_forest(features, scores, seed)

    @cached_property
    def _distillation(self) -> Distillation:
        assert self.soft_labels is not None
        return Distillation(self.features, _targets(self.scores), self.soft_labels, KERNEL_PENALTY)


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

    Arguments and errors are those of `fit_value`.
    """
    from sklearn.model_selection import StratifiedKFold

    chosen = np.arange(len(learner.scores)) if rows is None else rows
    teaches = learner.scores[chosen] >= TEACHES
    if min(teaches.sum(), (~teaches).sum()) < NUM_FOLDS:
        raise MissingInputError(
            f"{teaches.sum()} of {len(chosen)} labels are at least {TEACHES}: {NUM_FOLDS} folds need as many on"
            " each side"
        )
    predictions = np.zeros(len(chosen))
    folds = StratifiedKFold(NUM_FOLDS, shuffle=True, random_state=seed)
    for train, test in folds.split(np.zeros(len(chosen)), teaches):
        head = learner.fit(chosen[train], seed)
        predictions[test] = head.predict(learner.features.rows(chosen[test]))
    return predictions


def _targets(scores: NDArray[np.int64]) -> NDArray[np.float64]:
    """What the kernel learns."""
    return scores + TEACHING_BONUS * (scores >= TEACHES)


def _fit_forest(features: Features, scores: NDArray[np.int64], seed: int) -> "ForestHead":
    from sklearn.ensemble import RandomForestRegressor

    forest = RandomForestRegressor(200, max_features=0.33, min_samples_leaf=2, random_state=seed, n_jobs=1)
    trees = [one.tree_ for one in forest.fit(features.dense, scores).estimators_]
    roots = np.cumsum([0, *(tree.node_count for tree in trees[:-1])])

    def joined(name: str) -> NDArray[Any]:
        return np.concatenate([np.asarray(getattr(tree, name)).reshape(-1) for tree in trees])

    offsets = np.repeat(roots, [tree.node_count for tree in trees])
    lefts, rights = (
        np.where(joined(name) < 0, np.arange(len(offsets)), joined(name) + offsets)
        for name in ("children_left", "children_right")
    )
    return ForestHead(
        roots=roots,
        lefts=lefts,
        rights=rights,
        columns=np.maximum(joined("feature"), 0).astype(np.int64),
        thresholds=joined("threshold"),
        means=joined("value"),
    )
