"""How sure a share is, whether a difference could be chance, and how far grades tell two groups apart.

Source: Wilson 1927; McNemar 1947, and Fagerland, Lydersen and Laake 2013 for the mid-p value; Fisher 1935 for the test
by sign flips; Hanley and McNeil 1982 for the area under the ROC curve as a probability; Kendall 1945 for tau-b.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_CONFIDENCE = 0.95
_NUM_RESAMPLES = 10_000
_RESAMPLES_AT_ONCE = 500


def wilson_interval(num_true: int, number: int) -> tuple[float, float]:
    """The 95 % interval of a share of independent cases, yes or no; sensible at 0 and at all of them, too.

    Raises:
        ValueError: There are no cases, or more are true than there are.
    """
    from scipy.stats import binomtest

    if number < 1 or not 0 <= num_true <= number:
        raise ValueError(f"no interval from {num_true} of {number} cases")
    interval = binomtest(num_true, number).proportion_ci(_CONFIDENCE, method="wilson")
    return float(interval.low), float(interval.high)


def bootstrap_interval(
    values: Sequence[float],
    generator: np.random.Generator,
    less: Sequence[float] = (),
    sizes: Sequence[float] = (),
) -> tuple[float, float]:
    """The 95 % interval of the mean, by drawing as many values anew, with replacement, 10,000 times.

    Args:
        values: One number per problem.
        generator: Equal seeds, equal intervals.
        less: Of other problems, whose mean is taken off; they are drawn by themselves.
        sizes: Of the problems of `values`; the interval is then of the sum of values over the sum of sizes.

    Raises:
        ValueError: There are no values.
    """
    if not values:
        raise ValueError("no interval from no problems")
    groups = [np.array([values, sizes or [1.0] * len(values)])]
    groups += [np.array([less, [1.0] * len(less)])] if less else []
    means = []
    for _ in range(_NUM_RESAMPLES // _RESAMPLES_AT_ONCE):
        sums = (
            group[:, generator.integers(group.shape[1], size=(_RESAMPLES_AT_ONCE, group.shape[1]))].sum(axis=2)
            for group in groups
        )
        first, *second = (total / size for total, size in sums)
        means.append(first - second[0] if second else first)
    low, high = np.quantile(np.concatenate(means), [(1 - _CONFIDENCE) / 2, (1 + _CONFIDENCE) / 2])
    return float(low), float(high)


@dataclass(frozen=True, kw_only=True)
class McNemar:
    """Of the problems that only one of two models solved, is the split more uneven than coin tosses make it?"""

    exact_p: float
    """Two-sided, from the binomial distribution: never too small, and rather too large with few such problems."""
    mid_p: float
    """The same with the observed split counted half: nearer to the true error rate."""


def mcnemar(only_a: int, only_b: int) -> McNemar:
    """Test whether the problems that one model alone solved are split evenly.

    Args:
        only_a: Problems that only the first solved.
        only_b: Problems that only the second solved.

    Returns:
        Both p values 1 where there are none.

    Raises:
        ValueError: A number is negative.
    """
    from scipy.stats import binom

    if min(only_a, only_b) < 0:
        raise ValueError(f"no test of {only_a} against {only_b} problems")
    tosses = binom(only_a + only_b, 0.5)
    fewer = min(only_a, only_b)
    both_tails = 2 * float(tosses.cdf(fewer))
    return McNemar(exact_p=min(1.0, both_tails), mid_p=both_tails - float(tosses.pmf(fewer)))


def sign_flip_p(differences: Sequence[int]) -> float:
    """The two-sided p value of the sum of paired differences, over all ways to flip their signs.

    All flips are counted, by adding up the distribution difference by difference; `scipy.stats.permutation_test` counts
    all only for a dozen of them. Time and memory grow with the sum of their sizes, not with the number of flips.

    Args:
        differences: One per problem, as whole numbers in any unit; zeros do not matter.

    Returns:
        The share of flips whose sum is at least as far from 0 as the observed one; 1 where all are 0.
    """
    sizes = [abs(difference) for difference in differences if difference]
    divisor = math.gcd(*sizes) or 1
    total = sum(sizes) // divisor
    # Of a flip, the sum of the positive ones fixes the sum: twice that, less the total.
    chance_of_positive = np.zeros(total + 1)
    chance_of_positive[0] = 1.0
    reach = 0
    for size in sizes:
        step = size // divisor
        before = chance_of_positive[: reach + 1] / 2
        reach += step
        chance_of_positive[: reach + 1] = 0.0
        chance_of_positive[: reach - step + 1] += before
        chance_of_positive[step : reach + 1] += before
    observed = abs(sum(differences)) // divisor
    sums = np.abs(2 * np.arange(total + 1) - total)
    return min(1.0, float(chance_of_positive[sums >= observed].sum()))


def auc(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """The chance that a positive's score lies above a negative's, a tie counting half; None where there is no pair."""
    from scipy.stats import rankdata

    if not positives or not negatives:
        return None
    ranks = rankdata([*positives, *negatives])[: len(positives)]
    num_above = float(ranks.sum()) - len(positives) * (len(positives) + 1) / 2
    return num_above / (len(positives) * len(negatives))


def kendall_tau_b(positives: Sequence[float], negatives: Sequence[float]) -> float | None:
    """Rank correlation of score and group, -1 to 1; None where a group is empty or all scores are equal."""
    from scipy.stats import kendalltau

    scores = [*positives, *negatives]
    if not positives or not negatives or len(set(scores)) == 1:
        return None
    return float(kendalltau(scores, [1] * len(positives) + [0] * len(negatives)).statistic)


def t_interval(values: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval of the mean of a few values, by Student's t; without spread the mean itself.

    Raises:
        ValueError: There are fewer than two values.
    """
    from scipy.stats import t

    if len(values) < 2:
        raise ValueError(f"no interval of a mean from {len(values)} values")
    mean, error = float(np.mean(values)), float(np.std(values, ddof=1)) / math.sqrt(len(values))
    reach = float(t.ppf((1 + _CONFIDENCE) / 2, len(values) - 1)) * error
    return mean - reach, mean + reach


def paired_t_p(differences: Sequence[float]) -> float:
    """How likely a mean difference at least as large is if there is none: a two-sided paired t test.

    Raises:
        ValueError: There are fewer than two differences.
    """
    from scipy.stats import ttest_1samp

    if len(differences) < 2:
        raise ValueError(f"no test of {len(differences)} differences")
    if not np.ptp(differences):
        return 0.0 if any(differences) else 1.0
    return float(ttest_1samp(differences, 0.0).pvalue)
