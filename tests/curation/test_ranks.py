import random

import numpy as np
import pytest
from scipy.stats import rankdata, spearmanr

from hornbook.curation.ranks import mean_ranks, spearman


@pytest.mark.parametrize("seed", range(3))
def test_ranks_and_their_correlation_are_scipys_with_many_ties(seed: int) -> None:
    rng = random.Random(seed)
    values, others = ([rng.randrange(6) for _ in range(50)] for _ in range(2))
    assert mean_ranks(values).tolist() == rankdata(values).tolist()
    assert spearman(values, others) == pytest.approx(spearmanr(values, others).statistic, abs=1e-12)


def test_a_constant_side_has_no_correlation_and_unequal_lengths_are_refused() -> None:
    assert np.isnan(spearman([1, 1, 1], [1, 2, 3]))
    with pytest.raises(ValueError, match="3 values cannot be compared with 2"):
        spearman([1, 2, 3], [1, 2])


def test_spearman_compares_orders_with_ties_at_their_mean() -> None:
    assert spearman(np.array([1.0, 10.0, 100.0]), np.array([0, 1, 2])) == pytest.approx(1)
    assert spearman(np.array([3.0, 2.0, 1.0]), np.array([0, 1, 2])) == pytest.approx(-1)
    # Ranks 1, 2.5, 2.5, 4 against 1, 2, 3, 4.
    assert spearman(np.array([0.0, 1.0, 1.0, 2.0]), np.array([0, 1, 2, 3])) == pytest.approx(0.9486833)
