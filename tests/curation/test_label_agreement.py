import random

import pytest
from scipy.stats import spearmanr

from hornbook.curation.label_agreement import agreement_of
from hornbook.errors import MissingInputError


@pytest.mark.parametrize("seed", range(5))
def test_the_rank_correlation_is_scipys_with_its_many_ties(seed: int) -> None:
    rng = random.Random(seed)
    reference = [rng.randrange(6) for _ in range(80)]
    other = [min(5, max(0, score + rng.randint(-2, 2))) for score in reference]
    found = agreement_of(reference, other)
    assert found.spearman == pytest.approx(spearmanr(reference, other).statistic, abs=1e-12)


def test_shares_and_table_count_every_pair() -> None:
    found = agreement_of([0, 1, 2, 5, 5], [0, 2, 0, 5, 4])
    assert (found.num, found.exact_share, found.within_one_share) == (5, 0.4, 0.8)
    assert found.table[5] == (0, 0, 0, 0, 1, 1)
    assert sum(map(sum, found.table)) == 5


def test_opposite_orders_give_minus_one_and_equal_scores_no_correlation_at_all() -> None:
    assert agreement_of([0, 1, 2, 3], [5, 4, 3, 2]).spearman == pytest.approx(-1)
    assert agreement_of([0, 1, 2], [3, 3, 3]).spearman is None


def test_a_rate_over_nothing_is_an_error() -> None:
    with pytest.raises(MissingInputError, match="nothing can be compared"):
        agreement_of([], [])
    with pytest.raises(ValueError, match="zip"):
        agreement_of([1, 2], [1])
