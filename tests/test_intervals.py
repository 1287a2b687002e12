import numpy as np
import pytest

from hornbook.intervals import wilson_interval


def test_the_wilson_interval_holds_the_shares_that_a_score_test_does_not_reject() -> None:
    for number, num_true in [(10, 3), (164, 20), (300, 299), (300, 0), (5, 5)]:
        shares = np.linspace(0, 1, 200_001)[1:-1]
        distance = np.abs(num_true / number - shares)
        accepted = shares[distance <= 1.959963984540054 * np.sqrt(shares * (1 - shares) / number)]
        assert wilson_interval(num_true, number) == pytest.approx((accepted[0], accepted[-1]), abs=2e-5)


@pytest.mark.parametrize("numbers", [(0, 0), (3, 2), (-1, 2)])
def test_no_interval_comes_from_no_cases_or_from_the_impossible(numbers: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="no interval"):
        wilson_interval(*numbers)
