"""How well two annotators agree on the same code.

Reads:  two scores, 0 to 5, for each piece of code that both have read.
Writes: Spearman's rank correlation, the shares of equal scores and of those at most one apart, the table of both.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.errors import MissingInputError

NUM_SCORES = 6


@dataclass(frozen=True, kw_only=True)
class LabelAgreement:
    """Two annotators compared."""

    num: int
    """Pieces of code that both have scored."""
    spearman: float | None
    """Rank correlation with ties at their mean rank; None where one of them gave all the same score."""
    exact_share: float
    within_one_share: float
    table: tuple[tuple[int, ...], ...]
    """How often the reference gave the row's score and the other the column's."""


def agreement_of(reference: Sequence[int], other: Sequence[int]) -> LabelAgreement:
    """Compare scores, given in the same order.

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
    return LabelAgreement(
        num=len(pairs),
        spearman=_correlation(_ranks(reference), _ranks(other)),
        exact_share=sum(wanted == given for wanted, given in pairs) / len(pairs),
        within_one_share=sum(abs(wanted - given) <= 1 for wanted, given in pairs) / len(pairs),
        table=tuple(tuple(row) for row in table),
    )


def _ranks(scores: Sequence[int]) -> list[float]:
    """Ranks from 1 on; equal scores share the mean of their ranks."""
    ranks: dict[int, float] = {}
    below = 0
    for score in sorted(set(scores)):
        number = sum(one == score for one in scores)
        ranks[score] = below + (number + 1) / 2
        below += number
    return [ranks[score] for score in scores]


def _correlation(left: Sequence[float], right: Sequence[float]) -> float | None:
    mean = (len(left) + 1) / 2
    spread = math.sqrt(sum((one - mean) ** 2 for one in left) * sum((one - mean) ** 2 for one in right))
    if spread == 0:
        return None
    return sum((one - mean) * (other - mean) for one, other in zip(left, right, strict=True)) / spread
