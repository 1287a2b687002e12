"""The default head of the classifier: ridge regression with one kernel for tokens and another one for measures.

Reads:  features of the labelled texts (`curation/encode.py`); their scores.
Writes: plain arrays, from which a text is valued.

Two texts are alike if they share tokens (in each block of columns the cosine of their TF-IDF vectors) and if their
measures are close (a Gaussian of the distance). The first part comes to a weight for each column; for the second one
the labelled texts are kept.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.encode import BLOCKS, Features

Floats = NDArray[np.float64]

BLOCK_WEIGHTS = (2.5, 0.75, 0.5, 0.75, 0.25)
"""Of the cosine in each of `encode.BLOCKS`."""
MEASURES_WEIGHT = 2.0
"""Of the Gaussian."""
MEASURES_GAMMA = 0.5
"""Of the mean squared difference between standardised measures."""

_ROWS_AT_ONCE = 256


@dataclass(frozen=True, kw_only=True)
class KernelHead:
    """A fitted head."""

    mean_score: float
    idf: Floats
    """C: of each column of `Features.tokens`, among the labelled texts."""
    token_weights: Floats
    """C"""
    dense_mean: Floats
    """D"""
    dense_scale: Floats
    """D"""
    supports: Floats
    """N × D: the labelled texts' dense features, standardised."""
    dual: Floats
    """N"""

    def predict(self, features: Features) -> Floats:
        """A number for each text, the larger, the more it teaches; it depends on that text alone, to the last digit."""
        of_tokens: Floats = weigh(features.tokens, self.idf) @ self.token_weights
        return self.mean_score + of_tokens + self._of_dense(features.dense)

    def _of_dense(self, dense: Floats) -> Floats:
        standardised = (dense - self.dense_mean) * self.dense_scale
        values = [np.empty(0)]
        for start in range(0, len(dense), _ROWS_AT_ONCE):
            rows = standardised[start : start + _ROWS_AT_ONCE]
            # Always as many rows: the order in which a product of matrices sums depends on their number.
            full = np.zeros((_ROWS_AT_ONCE, dense.shape[1]))
            full[: len(rows)] = rows
            near = gaussian(full, self.supports)
            values.append((near * self.dual).sum(axis=1)[: len(rows)])
        return np.concatenate(values)


def fit_kernel(features: Features, targets: Floats, penalty: float) -> KernelHead:
    """Solve N equations for N texts, however many features there are.

    Args:
        features: Of N texts; `tokens` in the blocks of `encode.BLOCKS`, or without columns.
        targets: N numbers.
        penalty: Of the squared weights.
    """
    idf = idf_of(features.tokens)
    mean, scale = standardiser_of(features.dense)
    tokens, supports = weigh(features.tokens, idf), (features.dense - mean) * scale
    gram = np.asarray((tokens @ tokens.T).todense()) + gaussian(supports, supports)
    mean_score = float(np.mean(targets))
    dual: Floats = np.linalg.solve(gram + penalty * np.eye(len(targets)), targets - mean_score).astype(np.float64)
    return KernelHead(
        mean_score=mean_score,
        idf=idf,
        token_weights=tokens.T @ dual,
        dense_mean=mean,
        dense_scale=scale,
        supports=supports,
        dual=dual,
    )


def weigh(tokens: Any, idf: Floats) -> Any:
    """TF-IDF vectors: a CSR matrix as `tokens`; in each block of columns a row has the length √(the block's weight)."""
    weighted = tokens.copy()
    if not tokens.shape[1]:
        return weighted
    weighted.data = weighted.data * idf[weighted.indices]
    rows = np.repeat(np.arange(tokens.shape[0]), np.diff(tokens.indptr))
    blocks = weighted.indices // (tokens.shape[1] // len(BLOCKS))
    groups = rows * len(BLOCKS) + blocks
    squares = np.bincount(groups, weights=weighted.data**2)
    weighted.data = weighted.data * np.sqrt(np.array(BLOCK_WEIGHTS)[blocks] / squares[groups])
    return weighted


def standardiser_of(dense: Floats) -> tuple[Floats, Floats]:
    """The mean of each column, and one over its deviation; 0 where it is constant."""
    mean, deviation = dense.mean(axis=0), dense.std(axis=0)
    return mean, np.where(deviation > 0, 1.0 / np.where(deviation > 0, deviation, 1.0), 0.0)


def idf_of(tokens: Any) -> Floats:
    """ln((1 + N) / (1 + texts that have it)) + 1 for each column."""
    num_having = np.bincount(tokens.indices, minlength=tokens.shape[1])
    idf: Floats = np.log((1 + tokens.shape[0]) / (1 + num_having)) + 1.0
    return idf


def gaussian(left: Floats, right: Floats) -> Floats:
    """How near each row of the one is to each of the other, times its weight."""
    distances = (left**2).sum(axis=1)[:, None] + (right**2).sum(axis=1) - 2.0 * (left @ right.T)
    near: Floats = MEASURES_WEIGHT * np.exp(-MEASURES_GAMMA / max(1, left.shape[1]) * np.maximum(distances, 0.0))
    return near
