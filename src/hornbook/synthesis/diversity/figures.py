"""From counts and numbers to figures with intervals."""

import math
from array import array
from collections.abc import Sequence

import numpy as np

from hornbook.synthesis.diversity.rarefaction import distinct_interval, entropy, expected_distinct, expected_entropy
from hornbook.synthesis.diversity.report import AtSize, Average, Coverage, Spread, Variety
from hornbook.synthesis.diversity.tally import Tally

NUM_COMMON = 5
MAX_POINTS = 10
_SIZES = tuple(step * 10**power for power in range(1, 9) for step in (1, 2, 5))


class RunningMean:
    """A mean and its interval, without the numbers."""

    def __init__(self) -> None:
        self.count = 0
        self._sum = 0.0
        self._squares = 0.0

    def add(self, value: float) -> None:
        """Count one more."""
        self.count += 1
        self._sum += value
        self._squares += value * value

    def average(self) -> Average | None:
        """The mean with its normal 95 % interval, within 0 and 1; None for nothing."""
        if self.count == 0:
            return None
        mean = self._sum / self.count
        variance = max(self._squares / self.count - mean * mean, 0.0) * self.count / max(self.count - 1, 1)
        margin = 1.96 * math.sqrt(variance / self.count)
        return Average(count=self.count, mean=mean, low=max(mean - margin, 0.0), high=min(mean + margin, 1.0))


def variety_of(tally: Tally, size: int, generator: np.random.Generator) -> Variety:
    """The figures of a tally, and those of a random part of `size`, or of all where there are fewer."""
    counts = tally.counts()
    at_size = None
    if tally.total:
        size = min(size, tally.total)
        low, high = distinct_interval(counts, size, generator)
        distinct = expected_distinct(counts, size)
        at_size = AtSize(size=size, distinct=distinct, low=low, high=high, entropy_bits=expected_entropy(counts, size))
    return Variety(
        count=tally.total,
        distinct=len(tally),
        entropy_bits=entropy(counts),
        common=tuple(tally.common(NUM_COMMON)),
        at_size=at_size,
    )


def spread_of(numbers: "array[int]") -> Spread | None:
    """Least, quartiles and most; None for nothing."""
    if not numbers:
        return None
    least, lower, median, upper, most = np.quantile(np.array(numbers), [0, 0.25, 0.5, 0.75, 1]).tolist()
    return Spread(count=len(numbers), least=least, lower=lower, median=median, upper=upper, most=most)


def coverage_of(tally: Tally, num_topics: int) -> Coverage:
    """Of a tally of leaves of the topic tree."""
    return Coverage(
        num_topics=num_topics,
        count=tally.total,
        covered=len(tally),
        expected_if_even=num_topics * (1 - (1 - 1 / num_topics) ** tally.total),
    )


def saturation_of(points: Sequence[tuple[int, int]]) -> tuple[tuple[int, float], ...]:
    """New kinds per 1,000 over at most `MAX_POINTS` stretches of about equal length.

    Args:
        points: How many were counted and how many kinds there were, as both grew.
    """
    chosen = sorted({round(number * len(points) / MAX_POINTS) for number in range(1, MAX_POINTS + 1)} - {0})
    before, known, rates = 0, 0, []
    for place in chosen:
        count, distinct = points[place - 1]
        if count > before:
            rates.append((count, 1_000 * (distinct - known) / (count - before)))
            before, known = count, distinct
    return tuple(rates)


def rarefied_curve(tally: Tally) -> tuple[tuple[int, float], ...]:
    """Different kinds expected among 10, 20, 50, 100, … and all."""
    counts = tally.counts()
    sizes = [size for size in _SIZES if size < tally.total] + [tally.total] * bool(tally.total)
    return tuple((size, expected_distinct(counts, size)) for size in sizes)


def new_per_thousand(tally: Tally, size: int) -> float | None:
    """New kinds per 1,000 where `size` have been counted, on average over all orders; None for nothing."""
    size = min(size, tally.total)
    if size == 0:
        return None
    counts = tally.counts()
    return 1_000 * (expected_distinct(counts, size) - expected_distinct(counts, size - 1))
