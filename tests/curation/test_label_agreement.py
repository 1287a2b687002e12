import random

import pytest
from scipy.stats import spearmanr
from sklearn.metrics import cohen_kappa_score

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


def test_kappa_is_the_agreement_on_three_and_more_beyond_chance() -> None:
    # Of 50: both 20, the first alone 5, the second alone 10, neither 15; chance 0.5, so kappa (0.7 - 0.5) / 0.5.
    reference, other = [4] * 20 + [3] * 5 + [2] * 10 + [0] * 15, [5] * 20 + [2] * 5 + [3] * 10 + [1] * 15
    found = agreement_of(reference, other)
    assert found.kappa == pytest.approx(0.4)
    assert found.kappa_interval is not None
    low, high = found.kappa_interval
    assert 0.1 < low < 0.25 < 0.55 < high < 0.7
    assert agreement_of(reference, other) == found
    assert agreement_of(reference, other, seed=1).kappa_interval != found.kappa_interval
    wide = agreement_of(reference * 4, other * 4).kappa_interval
    assert wide is not None
    assert wide[1] - wide[0] == pytest.approx((high - low) / 2, rel=0.15)


@pytest.mark.parametrize("seed", range(3))
def test_kappa_is_scikit_learns(seed: int) -> None:
    rng = random.Random(seed)
    reference, other = ([rng.randrange(6) for _ in range(60)] for _ in range(2))
    expected = cohen_kappa_score([score >= 3 for score in reference], [score >= 3 for score in other])
    assert agreement_of(reference, other).kappa == pytest.approx(expected)


def test_all_on_one_side_has_no_kappa_and_perfect_agreement_has_one_without_breadth() -> None:
    assert agreement_of([0, 1, 2], [2, 2, 0]).kappa is None
    assert agreement_of([0, 1, 2], [2, 2, 0]).kappa_interval is None
    perfect = agreement_of([0, 5, 1, 4, 2], [0, 5, 1, 4, 2])
    assert perfect.kappa == 1
    assert perfect.kappa_interval == (1, 1)


def test_a_rate_over_nothing_is_an_error() -> None:
    with pytest.raises(MissingInputError, match="nothing can be compared"):
        agreement_of([], [])
    with pytest.raises(ValueError, match="zip"):
        agreement_of([1, 2], [1])
