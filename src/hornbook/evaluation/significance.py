"""Tests for paired results: could the difference between two models be chance?

Source: McNemar 1947, and Fagerland, Lydersen and Laake 2013 for the mid-p value; Fisher 1935 for the test by sign
flips.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


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
    if min(only_a, only_b) < 0:
        raise ValueError(f"no test of {only_a} against {only_b} problems")
    num_tosses, fewer = only_a + only_b, min(only_a, only_b)
    below = sum(math.comb(num_tosses, heads) for heads in range(fewer))
    there = math.comb(num_tosses, fewer)
    return McNemar(exact_p=min(1.0, 2 * (below + there) / 2**num_tosses), mid_p=(2 * below + there) / 2**num_tosses)


def sign_flip_p(differences: Sequence[int]) -> float:
    """The two-sided p value of the sum of paired differences, over all ways to flip their signs.

    All flips are counted, by adding up the distribution difference by difference. Time and memory grow with the sum of
    their sizes, not with the number of flips.

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
