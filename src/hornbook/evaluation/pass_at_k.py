"""The share of problems that a model solves, and how sure that is.

Source: Chen et al. 2021, section 2.1, for the unbiased estimator.
"""

import math
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_NUM_RESAMPLES = 10_000
_RESAMPLES_AT_ONCE = 500


def pass_at_k(num_samples: int, num_passed: int, k: int) -> float:
    """The chance that at least one of `k` samples passes, drawn without replacement from those that were made.

    Args:
        num_samples: Samples of one problem.
        num_passed: How many of them passed.
        k: At least 1, at most `num_samples`.

    Raises:
        ValueError: The numbers contradict each other, or there is nothing to draw from.
    """
    if not 0 <= num_passed <= num_samples or not 1 <= k <= num_samples:
        raise ValueError(f"no pass@{k} from {num_passed} passed of {num_samples} samples")
    return 1.0 - math.comb(num_samples - num_passed, k) / math.comb(num_samples, k)


def bootstrap_interval(values: Sequence[float], generator: np.random.Generator) -> tuple[float, float]:
    """The 95 % interval of the mean, by drawing as many problems anew, with replacement, 10,000 times.

    Args:
        values: One number per problem.
        generator: Equal seeds, equal intervals.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("no interval from no problems")
    array = np.asarray(values, dtype=np.float64)
    means: list[npt.NDArray[np.float64]] = []
    for _ in range(_NUM_RESAMPLES // _RESAMPLES_AT_ONCE):
        drawn = generator.integers(len(array), size=(_RESAMPLES_AT_ONCE, len(array)))
        means.append(array[drawn].mean(axis=1))
    low, high = np.quantile(np.concatenate(means), [0.025, 0.975])
    return float(low), float(high)
