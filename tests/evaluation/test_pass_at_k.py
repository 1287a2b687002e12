import itertools

import numpy as np
import pytest

from hornbook.evaluation.pass_at_k import bootstrap_interval, pass_at_k


def test_pass_at_k_is_the_share_of_draws_that_hold_a_passing_sample() -> None:
    for num_samples in range(1, 8):
        for num_passed in range(num_samples + 1):
            samples = [index < num_passed for index in range(num_samples)]
            for k in range(1, num_samples + 1):
                draws = list(itertools.combinations(samples, k))
                expected = sum(any(draw) for draw in draws) / len(draws)
                assert pass_at_k(num_samples, num_passed, k) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("numbers", [(0, 0, 1), (3, 4, 1), (3, -1, 1), (3, 1, 4), (3, 1, 0)])
def test_a_rate_over_nothing_or_of_the_impossible_is_refused(numbers: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="no pass@"):
        pass_at_k(*numbers)


def test_no_interval_comes_from_no_problems() -> None:
    with pytest.raises(ValueError, match="no interval"):
        bootstrap_interval([], np.random.default_rng(0))


def test_the_bootstrap_agrees_with_all_possible_draws() -> None:
    values = [0.0, 0.5, 1.0, 1.0]
    means = [sum(draw) / 4 for draw in itertools.product(values, repeat=4)]
    low, high = np.quantile(means, [0.025, 0.975])
    assert bootstrap_interval(values, np.random.default_rng(3)) == pytest.approx((low, high), abs=1e-9)


def test_equal_seeds_give_equal_intervals() -> None:
    values = list(np.linspace(0, 1, 37))
    first = bootstrap_interval(values, np.random.default_rng(5))
    assert first == bootstrap_interval(values, np.random.default_rng(5))
    assert first[0] < 0.5 < first[1]
