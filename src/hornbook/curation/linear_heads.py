"""Linear heads of the classifier: ridge, logistic and ordinal regression, however many features there are.

Reads:  features of the N labelled texts; their scores.
Writes: weights, one for each feature.
Source: McCullagh 1980, "Regression Models for Ordinal Data" (proportional odds), for the ordinal head; Golub, Heath and
Wahba 1979, "Generalized Cross-Validation", for the residuals of ridge regression without fitting again.

All three see a text as a vector: its TF-IDF, of length 1, then its standardised dense features times a weight. N texts
span at most N dimensions of that space, so everything is computed in coordinates of those: U √S from the eigenvectors U
and eigenvalues S of the centred Gram matrix. In them the L2 penalty is what it is in the whole space.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.encoders.encode import Features

Floats = NDArray[np.float64]

PENALTIES = tuple(10.0 ** (step / 2) for step in range(-8, 7))
"""Tried where none is given, as multiples of the mean squared distance of the texts from their centre."""

NUM_FOLDS = 5
"""For choosing the penalty of the logistic and the ordinal head."""

SMALLEST_EIGENVALUE = 1e-10
"""Relative to the largest; below are rounding errors."""

WORSE = 1.02
"""A penalty whose loss is so many times the best one's ends the search: the loss has one valley."""

_WIDE = 500.0


@dataclass(frozen=True, kw_only=True)
class LinearHead:
    """A fitted head: plain arrays, nothing of a library."""

    inverse_document_frequency: Floats
    """One for each column of `Features.tokens`; those of the labelled texts."""
    token_weights: Floats
    """Likewise; 0 for columns that no labelled text has."""
    dense_weights: Floats
    """One for each column of the dense features as they come."""
    intercept: float
    thresholds: Floats
    """Ordinal: where on the line each score above the lowest becomes as likely as not to be reached; else empty."""
    lowest_score: float = 0.0
    """Ordinal: of the labels."""
    penalty: float
    """What it was fitted with."""

    def predict(self, features: Features) -> Floats:
        """Ridge: the score. Ordinal: the expected score. Logistic: the log odds of the upper class."""
        line = self.intercept + features.dense @ self.dense_weights
        if len(self.token_weights):
            weighted = features.tokens.multiply(self.inverse_document_frequency[None, :]).tocsr()
            line = line + (weighted @ self.token_weights) / _lengths(weighted)
        if not len(self.thresholds):
            return np.asarray(line, dtype=np.float64)
        reached = _logistic(line[:, None] - self.thresholds[None, :])
        return np.asarray(self.lowest_score + reached.sum(axis=1), dtype=np.float64)


def fit_ridge(features: Features, scores: NDArray[np.int64], dense_weight: float, penalty: float | None) -> LinearHead:
    """Least squares with an L2 penalty.

    Args:
        features: Of N texts, at least two of them different.
        scores: N of them.
        dense_weight: Of a standardised dense feature; without tokens it makes no difference.
        penalty: Of the squared weights; None: that of `PENALTIES` whose predictions for each text, fitted without it,
            are best (mean squared error).
    """
    space = _Space(features, dense_weight)
    centred = scores - scores.mean()
    if penalty is None:
        errors = [_left_out_error(space, centred, share * space.scale) for share in PENALTIES]
        penalty = PENALTIES[int(np.argmin(errors))] * space.scale
    values = space.eigenvalues
    beta = np.sqrt(values) / (values + penalty) * (space.eigenvectors.T @ centred)
    return space.head(beta, intercept=float(scores.mean()), penalty=penalty)


def fit_logistic(
    features: Features, positive: NDArray[np.bool_], dense_weight: float, penalty: float | None, seed: int
) -> LinearHead:
    """Logistic regression on one question.

    Args:
        features: Of N texts.
        positive: The answers; both occur.
        dense_weight: Of a standardised dense feature.
        penalty: Of half the squared weights against the summed log likelihood; None: that of `PENALTIES` with the best
            likelihood in cross-validation.
        seed: For the folds.
    """
    return _fit_ordinal(features, positive.astype(np.int64), dense_weight, penalty, seed, keep_thresholds=False)


def fit_ordinal(
    features: Features, scores: NDArray[np.int64], dense_weight: float, penalty: float | None, seed: int
) -> LinearHead:
    """Proportional odds: one line through all texts, and a threshold on it for each score.

    Args:
        features: Of N texts.
        scores: Whole numbers; those that do not occur get no threshold of their own.
        dense_weight: Of a standardised dense feature.
        penalty: As for `fit_logistic`.
        seed: For the folds.
    """
    return _fit_ordinal(features, scores, dense_weight, penalty, seed, keep_thresholds=True)


class _Space:
    """The labelled texts as points, in as many dimensions as they span."""

    def __init__(self, features: Features, dense_weight: float) -> None:
        num_texts = features.dense.shape[0]
        self.dense_weight = dense_weight if features.tokens.shape[1] else 1.0
        self.mean = features.dense.mean(axis=0)
        deviation = features.dense.std(axis=0)
        varies = deviation > 1e-9 * np.maximum(np.abs(self.mean), 1.0)
        self.inverse_deviation = np.where(varies, 1.0 / np.where(varies, deviation, 1.0), 0.0)
        self._dense = (features.dense - self.mean) * self.inverse_deviation * self.dense_weight
        counts = np.asarray((features.tokens > 0).sum(axis=0)).ravel()
        self.idf = np.log((1 + num_texts) / (1 + counts)) + 1.0
        gram = self._dense @ self._dense.T
        if len(self.idf):
            weighted = features.tokens.multiply(self.idf[None, :]).tocsr()
            self._tokens = weighted.multiply((1.0 / _lengths(weighted))[:, None]).tocsr()
            gram = gram + np.asarray((self._tokens @ self._tokens.T).todense())
        self._gram_mean = gram.mean(axis=0)
        centred = gram - self._gram_mean[None, :] - self._gram_mean[:, None] + gram.mean()
        values, vectors = np.linalg.eigh(centred)
        real = values > SMALLEST_EIGENVALUE * values[-1]
        self.eigenvalues: Floats = values[real]
        self.eigenvectors: Floats = vectors[:, real]
        self.scale = float(self.eigenvalues.sum()) / num_texts
        """Mean squared distance of the texts from their centre."""

    @property
    def points(self) -> Floats:
        """N × dimensions, their mean at the origin."""
        return self.eigenvectors * np.sqrt(self.eigenvalues)

    def head(self, beta: Floats, *, intercept: float, penalty: float) -> LinearHead:
        """Say weights of the coordinates as weights of the features."""
        dual = self.eigenvectors @ (beta / np.sqrt(self.eigenvalues))
        scaled = self.inverse_deviation * self.dense_weight
        dense_weights = scaled * (self._dense.T @ dual)
        token_weights = np.asarray(self._tokens.T @ dual).ravel() if len(self.idf) else np.zeros(0)
        return LinearHead(
            inverse_document_frequency=self.idf,
            token_weights=token_weights,
            dense_weights=dense_weights,
            # The centre of the texts stands at the origin of the coordinates.
            intercept=float(intercept - self._gram_mean @ dual - self.mean @ dense_weights),
            thresholds=np.zeros(0),
            penalty=float(penalty),
        )


def _left_out_error(space: _Space, centred: Floats, penalty: float) -> float:
    """Mean squared error for each text of a ridge that was fitted to the others."""
    shrunk = space.eigenvalues / (space.eigenvalues + penalty)
    fitted = space.eigenvectors @ (shrunk * (space.eigenvectors.T @ centred))
    leverage = (space.eigenvectors**2) @ shrunk + 1.0 / len(centred)
    return float(np.mean(((centred - fitted) / np.maximum(1.0 - leverage, 1e-12)) ** 2))


def _fit_ordinal(
    features: Features,
    scores: NDArray[np.int64],
    dense_weight: float,
    penalty: float | None,
    seed: int,
    *,
    keep_thresholds: bool,
) -> LinearHead:
    space = _Space(features, dense_weight)
    points = space.points
    levels, ranks = np.unique(scores, return_inverse=True)
    if penalty is None:
        penalty = _choose_penalty(points, ranks, len(levels), [share * space.scale for share in PENALTIES], seed)
    solution = _minimise(points, ranks, len(levels), penalty, None)
    beta, thresholds = _parts(solution, len(levels))
    if not keep_thresholds:
        return space.head(beta, intercept=-float(thresholds[0]), penalty=penalty)
    # One threshold for each point of the score between two levels, so that their sum is the expected score.
    repeated = np.repeat(thresholds, np.diff(levels))
    return replace(space.head(beta, intercept=0.0, penalty=penalty), thresholds=repeated, lowest_score=int(levels[0]))


def _choose_penalty(
    points: Floats, ranks: NDArray[np.int64], num_levels: int, penalties: Sequence[float], seed: int
) -> float:
    """The penalty that makes texts most likely to fits without them; softer ones are left out once it gets worse."""
    shuffled = np.random.default_rng(seed).permutation(len(ranks))
    fold_of = np.empty(len(ranks), dtype=np.int64)
    fold_of[shuffled[np.argsort(ranks[shuffled], kind="stable")]] = np.arange(len(ranks)) % NUM_FOLDS
    solutions: list[Floats | None] = [None] * NUM_FOLDS
    least, best = np.inf, penalties[-1]
    for penalty in sorted(penalties, reverse=True):
        total = 0.0
        for number in range(NUM_FOLDS):
            train, test = fold_of != number, fold_of == number
            # Each from the solution of the stiffer penalty before it.
            solution = _minimise(points[train], ranks[train], num_levels, penalty, solutions[number])
            total += _loss(solution, points[test], ranks[test], num_levels, 0.0)[0]
            solutions[number] = solution
        if total < least:
            least, best = total, penalty
        elif total > WORSE * least:
            break
    return best


def _minimise(
    points: Floats, ranks: NDArray[np.int64], num_levels: int, penalty: float, start: Floats | None
) -> Floats:
    """The parameters with the least loss: `points.shape[1]` slopes, the first threshold, logarithms of the gaps."""
    from scipy.optimize import minimize

    if start is None:
        # Half a text more for each level: one may be missing in a fold.
        below = np.cumsum(np.bincount(ranks, minlength=num_levels) + 0.5)
        thresholds = np.log(below[:-1] / (below[-1] - below[:-1]))
        start = np.concatenate([np.zeros(points.shape[1]), thresholds[:1], np.log(np.diff(thresholds))])
    # Close to the root of the second derivatives: the points' coordinates are hardly correlated.
    stiffness = np.full(len(start), np.sqrt(len(points) / 4))
    stiffness[: points.shape[1]] = np.sqrt((points**2).sum(axis=0) / 4 + penalty)

    def scaled_loss(scaled: Floats) -> tuple[float, Floats]:
        loss, gradient = _loss(scaled / stiffness, points, ranks, num_levels, penalty)
        return loss, gradient / stiffness

    found = minimize(scaled_loss, start * stiffness, method="L-BFGS-B", jac=True, options={"maxiter": 1000})
    return np.asarray(found.x / stiffness, dtype=np.float64)


def _loss(
    parameters: Floats, points: Floats, ranks: NDArray[np.int64], num_levels: int, penalty: float
) -> tuple[float, Floats]:
    """Negative log likelihood of proportional odds with the penalty, and its gradient.

    With a = θ(k + 1) - f and b = θ(k) - f, the probability of level k is σ(a) - σ(b) = σ(a) σ(-b) (1 - exp(b - a)).
    """
    beta, thresholds = _parts(parameters, num_levels)
    ends = np.concatenate([[-np.inf], thresholds, [np.inf]])
    line = points @ beta
    above, below = ends[ranks + 1] - line, ends[ranks] - line
    gaps = np.diff(ends)[ranks]
    likelihood = -np.logaddexp(0, -above) - np.logaddexp(0, below) + np.log(-np.expm1(-gaps))
    loss = penalty / 2 * float(beta @ beta) - float(likelihood.sum())
    by_above, by_below = _logistic(-above), _logistic(below)
    # Of a gap without end nothing changes.
    by_gap = np.where(gaps < _WIDE, 1.0 / np.expm1(np.minimum(gaps, _WIDE)), 0.0)
    by_end = np.bincount(ranks + 1, by_above + by_gap, num_levels + 1) - np.bincount(
        ranks, by_below + by_gap, num_levels + 1
    )
    by_threshold = by_end[1:-1]
    behind = np.cumsum(by_threshold[::-1])[::-1]
    gradient = np.concatenate(
        [penalty * beta - points.T @ (by_below - by_above), -behind[:1], -behind[1:] * np.diff(thresholds)]
    )
    return loss, gradient


def _parts(parameters: Floats, num_levels: int) -> tuple[Floats, Floats]:
    """Slopes and ascending thresholds."""
    num_slopes = len(parameters) - (num_levels - 1)
    first, gaps = parameters[num_slopes], np.exp(parameters[num_slopes + 1 :])
    return parameters[:num_slopes], first + np.concatenate([[0.0], np.cumsum(gaps)])


def _logistic(values: Floats) -> Floats:
    from scipy.special import expit

    return np.asarray(expit(values), dtype=np.float64)


def _lengths(rows: Any) -> Floats:
    """Of sparse rows; 1 for one without entries."""
    squares = np.asarray(rows.multiply(rows).sum(axis=1)).ravel()
    return np.sqrt(np.where(squares > 0, squares, 1.0))
