"""Intervals and tests against slow counting, a table, and numbers found by other means."""

import itertools
import random
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest

from hornbook.stats import (
    auc,
    bootstrap_interval,
    kendall_tau_b,
    mcnemar,
    paired_t_p,
    sign_flip_p,
    t_interval,
    wilson_interval,
)


def test_the_wilson_interval_holds_the_shares_that_a_score_test_does_not_reject() -> None:
    for number, num_true in [(10, 3), (164, 20), (300, 299), (300, 0), (5, 5)]:
        shares = np.linspace(0, 1, 200_001)[1:-1]
        distance = np.abs(num_true / number - shares)
        accepted = shares[distance <= 1.959963984540054 * np.sqrt(shares * (1 - shares) / number)]
        assert wilson_interval(num_true, number) == pytest.approx((accepted[0], accepted[-1]), abs=2e-5)
    for impossible in ((0, 0), (3, 2), (-1, 2)):
        with pytest.raises(ValueError, match="no interval"):
            wilson_interval(*impossible)


def test_the_bootstrap_agrees_with_all_possible_draws_and_is_the_same_for_a_seed() -> None:
    values = [0.0, 0.5, 1.0, 1.0]
    means = [sum(draw) / 4 for draw in itertools.product(values, repeat=4)]
    low, high = np.quantile(means, [0.025, 0.975])
    assert bootstrap_interval(values, np.random.default_rng(3)) == pytest.approx((low, high), abs=1e-9)
    many = list(np.linspace(0, 1, 37))
    # The mean of 37 equally spaced values has a standard error of 0.3003 / sqrt(37).
    assert bootstrap_interval(many, np.random.default_rng(5)) == pytest.approx((0.4043, 0.5957), abs=0.006)
    assert bootstrap_interval(many, np.random.default_rng(5)) == bootstrap_interval(many, np.random.default_rng(5))
    sizes = [2.0, 1.0, 5.0, 4.0]
    draws = itertools.product(zip(values, sizes, strict=True), repeat=4)
    ratios = [sum(value for value, _ in draw) / sum(size for _, size in draw) for draw in draws]
    found = bootstrap_interval(values, np.random.default_rng(3), sizes=sizes)
    assert found == pytest.approx(np.quantile(ratios, [0.025, 0.975]), abs=0.01)
    with pytest.raises(ValueError, match="no interval"):
        bootstrap_interval([], np.random.default_rng(0))


def test_mcnemar_counts_every_sequence_of_tosses() -> None:
    for only_a, only_b in itertools.product(range(6), repeat=2):
        heads = [sum(tosses) for tosses in itertools.product((0, 1), repeat=only_a + only_b)]
        fewer = min(only_a, only_b)
        below, there = (sum(n < fewer for n in heads) / len(heads), sum(n == fewer for n in heads) / len(heads))
        found = mcnemar(only_a, only_b)
        assert found.exact_p == pytest.approx(min(1.0, 2 * (below + there))), (only_a, only_b)
        assert found.mid_p == pytest.approx(2 * (below + there / 2)), (only_a, only_b)


def test_mcnemar_gives_the_values_of_a_binomial_table_also_for_many_problems() -> None:
    assert mcnemar(1, 9).exact_p == pytest.approx(22 / 1024)
    assert mcnemar(9, 1).mid_p == pytest.approx(12 / 1024)
    assert mcnemar(0, 0).exact_p == mcnemar(0, 0).mid_p == 1.0
    assert mcnemar(2000, 2000).exact_p == 1.0
    assert 0 < mcnemar(900, 1100).exact_p < 1e-4
    with pytest.raises(ValueError, match="-1 against 3"):
        mcnemar(-1, 3)


def flips_by_hand(differences: Sequence[int]) -> float:
    observed = abs(sum(differences))
    flips = list(itertools.product((-1, 1), repeat=len(differences)))
    as_far = sum(abs(sum(sign * d for sign, d in zip(flip, differences, strict=True))) >= observed for flip in flips)
    return as_far / len(flips)


def test_sign_flips_are_all_counted() -> None:
    chance = random.Random(5)
    for _ in range(60):
        differences = [chance.randint(-4, 4) * chance.choice((1, 1, 3)) for _ in range(chance.randint(1, 9))]
        assert sign_flip_p(differences) == pytest.approx(flips_by_hand(differences)), differences
    assert sign_flip_p([]) == sign_flip_p([0, 0]) == sign_flip_p([3, -3]) == 1.0
    # With one sample per problem it is McNemar's exact test.
    assert sign_flip_p([1] * 9 + [-1]) == pytest.approx(mcnemar(9, 1).exact_p)


def test_auc_and_tau_agree_with_counting_all_pairs() -> None:
    chance = random.Random(1)
    for _ in range(200):
        scores = [Fraction(chance.randrange(chance.choice([2, 4, 11])), 3) for _ in range(chance.randrange(1, 12))]
        rows = [(chance.random() < 0.5, score) for score in scores]
        groups = [[float(score) for positive, score in rows if positive is wanted] for wanted in (True, False)]
        assert auc(*groups) == (None if (pairs := auc_by_pairs(rows)) is None else pytest.approx(float(pairs)))
        assert kendall_tau_b(*groups) == pytest.approx(tau_b_by_pairs(rows))


def auc_by_pairs(rows: Sequence[tuple[bool, Fraction]]) -> Fraction | None:
    pairs = [(one, other) for passed, one in rows for failed, other in rows if passed and not failed]
    wins = sum((Fraction(one > other) + Fraction(one == other) / 2 for one, other in pairs), Fraction(0))
    return wins / len(pairs) if pairs else None


def tau_b_by_pairs(rows: Sequence[tuple[bool, Fraction]]) -> float | None:
    pairs = list(itertools.combinations(rows, 2))
    signs = [(one[0] - two[0], (one[1] > two[1]) - (one[1] < two[1])) for one, two in pairs]
    of_groups, of_scores = sum(a != 0 for a, _ in signs), sum(b != 0 for _, b in signs)
    if not of_groups or not of_scores:
        return None
    return float(sum(a * b for a, b in signs)) / float(of_groups * of_scores) ** 0.5


def test_means_of_few_values_have_students_interval_and_test() -> None:
    values = [1.0, 2.0, 4.0]  # Mean 7/3, standard error 0.8819; the quantile of t with 2 degrees of freedom is 4.3027.
    assert t_interval(values) == pytest.approx((7 / 3 - 3.7946, 7 / 3 + 3.7946), abs=1e-3)
    assert paired_t_p(values) == pytest.approx(0.1184, abs=1e-3)
    assert t_interval([0.5, 0.5]) == (0.5, 0.5)
    assert (paired_t_p([0.0, 0.0]), paired_t_p([0.1, 0.1])) == (1.0, 0.0)
    with pytest.raises(ValueError, match="1 values"):
        t_interval([1.0])
