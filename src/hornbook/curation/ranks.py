"""Ranks with ties, and the correlation of two orders.

Reads:  two sequences of numbers about the same things.
Writes: Spearman's rank correlation.
"""

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray


def mean_ranks(values: ArrayLike) -> NDArray[np.float64]:
    """Ranks from 1 on, in the order of `values`; equal ones share the mean of their ranks."""
    _, inverse, counts = np.unique(np.asarray(values), return_inverse=True, return_counts=True)
    ranks: NDArray[np.float64] = np.cumsum(counts) - (counts - 1) / 2
    return ranks[inverse]


def spearman(values: ArrayLike, others: ArrayLike) -> float:
    """Rank correlation, ties at their mean rank; NaN where one side is constant.

    Raises:
        ValueError: The two are not equally long.
    """
    first, second = mean_ranks(values), mean_ranks(others)
    if len(first) != len(second):
        raise ValueError(f"{len(first)} values cannot be compared with {len(second)}")
    if np.ptp(first) == 0 or np.ptp(second) == 0:
        return float("nan")
    correlation: Any = np.corrcoef(first, second)[0, 1]
    return float(correlation)
