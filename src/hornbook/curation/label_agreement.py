"""How well two annotators, or two readings of one annotator, agree on the same code.

Reads:  two scores, 0 to 5, for each piece of code that both have read.
Writes: Spearman's rank correlation, the shares of equal scores and of those at most one apart, Cohen's kappa for "at
        least 3" with its interval, the table of both.
Source: Cohen 1960 (kappa); Efron and Tibshirani 1993, chapter 13 (percentile interval).
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.classifier import TEACHES
from hornbook.curation.ranks import spearman
from hornbook.errors import MissingInputError

NUM_SCORES = 6
_NUM_RESAMPLES = 2000
_INTERVAL_PERCENTILES = (2.5, 97.5)


@dataclass(frozen=True, kw_only=True)
class LabelAgreement:
    """Two annotators compared."""

    num: int
    """Pieces of code that both have scored."""
    spearman: float | None
    """Rank correlation with ties at their mean rank; None where one of them gave all the same score."""
    exact_share: float
    within_one_share: float
    kappa: float | None
    """Cohen's kappa for a score of at least `TEACHES`; None where both put everything on the same side."""
    kappa_interval: tuple[float, float] | None
    """95 %, by resampling the pieces of code; None where kappa is. Resamples without a kappa are left out."""
    table: tuple[tuple[int, ...], ...]
    """How often the reference gave the row's score and the other the column's."""


def agreement_of(reference: Sequence[int], other: Sequence[int], seed: int = 0) -> LabelAgreement:
    """Compare scores, given in the same order.

    Args:
        reference: Scores from 0 to 5.
        other: As many.
        seed: For the resamples. Equal arguments give equal results.

    Raises:
        MissingInputError: There is none.
        ValueError: The two are not equally long.
    """
    if not reference:
        raise MissingInputError("no piece of code was scored by both annotators, so nothing can be compared")
    pairs = list(zip(reference, other, strict=True))
    table = [[0] * NUM_SCORES for _ in range(NUM_SCORES)]
    for wanted, given in pairs:
        table[wanted][given] += 1
    correlation = spearman(reference, other)
    kappa, interval = _kappa_with_interval(pairs, seed)
    return LabelAgreement(
        num=len(pairs),
        spearman=None if math.isnan(correlation) else correlation,
        exact_share=sum(wanted == given for wanted, given in pairs) / len(pairs),
        within_one_share=sum(abs(wanted - given) <= 1 for wanted, given in pairs) / len(pairs),
        kappa=kappa,
        kappa_interval=interval,
        table=tuple(tuple(row) for row in table),
    )


def _kappa_with_interval(
    pairs: Sequence[tuple[int, int]], seed: int
) -> tuple[float | None, tuple[float, float] | None]:
    """Resampling pieces of code is drawing the four counts anew, since kappa depends on nothing else."""
    sides = [2 * (wanted >= TEACHES) + (given >= TEACHES) for wanted, given in pairs]
    counts = np.bincount(sides, minlength=4)
    kappa = float(_kappa(counts[None, :])[0])
    if math.isnan(kappa):
        return None, None
    drawn = np.random.default_rng(seed).multinomial(len(pairs), counts / len(pairs), size=_NUM_RESAMPLES)
    low, high = np.nanpercentile(_kappa(drawn), _INTERVAL_PERCENTILES)
    return kappa, (float(low), float(high))


def _kappa(counts_N4: NDArray[np.int64]) -> NDArray[np.float64]:  # noqa: N803
    """Of each row: counts of neither, the second alone, the first alone, both. NaN where chance explains all."""
    neither, second, first, both = (counts_N4 / counts_N4.sum(axis=1, keepdims=True)).T
    by_chance = (first + both) * (second + both) + (neither + second) * (neither + first)
    observed = neither + both
    beyond: NDArray[np.float64] = np.full(len(counts_N4), np.nan)
    np.divide(observed - by_chance, 1 - by_chance, out=beyond, where=by_chance < 1)
    return beyond
