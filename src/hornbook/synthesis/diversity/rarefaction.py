"""What a smaller sample would have shown: figures of variety at a common count, so that collections can be compared.

A larger collection repeats itself more, whoever wrote it. So distinct kinds and entropy are given as expected in a
random part of a common size: exactly, over all parts of that size, not by drawing some.
Source: Hurlbert 1971 (distinct kinds); Chao, Wang and Jost 2013 (entropy); Chao and others 2014 (resampling from the
estimated whole, whose unseen kinds are estimated too).
"""

import math

import numpy as np
from numpy.typing import NDArray

NUM_RESAMPLES = 100

Counts = NDArray[np.int64]


def expected_distinct(counts: Counts, size: int) -> float:
    """How many different kinds a random part holds, on average.

    Args:
        counts: How often each kind came, all positive.
        size: Of the part; 0 to the sum of the counts.

    Raises:
        ValueError: The part would be larger than the whole.
    """
    total = _total(counts, size)
    values, multiplicities = np.unique(counts, return_counts=True)
    absent = [math.exp(_log_choose(total - c, size) - _log_choose(total, size)) for c in values.tolist()]
    return float(len(counts) - multiplicities @ np.array(absent)) if len(counts) else 0.0


def expected_entropy(counts: Counts, size: int) -> float:
    """Entropy in bits of the kinds in a random part, on average; 0 for an empty one.

    Raises:
        ValueError: The part would be larger than the whole.
    """
    total = _total(counts, size)
    if size == 0:
        return 0.0
    values, multiplicities = np.unique(counts, return_counts=True)
    all_parts = _log_choose(total, size)
    bits = 0.0
    for count, multiplicity in zip(values.tolist(), multiplicities.tolist(), strict=True):
        for times in range(max(1, size - (total - count)), min(count, size) + 1):
            log_chance = _log_choose(count, times) + _log_choose(total - count, size - times) - all_parts
            bits -= multiplicity * math.exp(log_chance) * times / size * math.log2(times / size)
    return max(bits, 0.0)


def entropy(counts: Counts) -> float:
    """Entropy in bits of the kinds as they came; 0 for none."""
    if len(counts) == 0:
        return 0.0
    shares = counts / counts.sum()
    return max(0.0, float(-(shares * np.log2(shares)).sum()))


def distinct_interval(counts: Counts, size: int, generator: np.random.Generator) -> tuple[float, float]:
    """A 95 % interval of `expected_distinct`, for another collection of as many from the same writer.

    Collections are drawn from the estimated whole: kinds that came, each somewhat rarer than it came, and as many that
    did not as Chao's estimate says, with the probability that Good and Turing leave for them.

    Raises:
        ValueError: The part would be larger than the whole.
    """
    total = _total(counts, size)
    if total < 2:
        return (float(len(counts)), float(len(counts)))
    centre = expected_distinct(counts, size)
    drawn = [expected_distinct(_resample(counts, generator), size) for _ in range(NUM_RESAMPLES)]
    margin = 1.96 * float(np.std(drawn, ddof=1))
    return (max(centre - margin, min(1.0, centre)), min(centre + margin, float(size)))


def _resample(counts: Counts, generator: np.random.Generator) -> Counts:
    """As many again, drawn from the estimated whole."""
    total = int(counts.sum())
    num_unseen, share_unseen = _unseen(counts, total)
    shares = counts / total
    missed = shares * (1 - shares) ** total
    if share_unseen:
        shares = np.maximum(shares - missed * share_unseen / missed.sum(), 1e-12)
    num_new = int(generator.binomial(total, share_unseen))
    seen = generator.multinomial(total - num_new, shares / shares.sum())
    new = np.unique(generator.integers(0, max(num_unseen, 1), num_new), return_counts=True)[1]
    return np.concatenate([seen[seen > 0], new]).astype(np.int64)


def _unseen(counts: Counts, total: int) -> tuple[int, float]:
    """How many kinds never came, at least, and their share of the whole."""
    once, twice = int((counts == 1).sum()), int((counts == 2).sum())
    if twice:
        number, odds = once**2 / (2 * twice), (total - 1) * once / (2 * twice)
    else:
        number, odds = once * (once - 1) / 2, (total - 1) * (once - 1) / 2
    if number <= 0:
        return 0, 0.0
    return math.ceil(number * (total - 1) / total), once / total * odds / (odds + 1)


def _total(counts: Counts, size: int) -> int:
    total = int(counts.sum())
    if not 0 <= size <= total:
        raise ValueError(f"a part of {size} out of {total}")
    return total


def _log_choose(whole: int, part: int) -> float:
    if part > whole:
        return -math.inf
    return math.lgamma(whole + 1) - math.lgamma(part + 1) - math.lgamma(whole - part + 1)
