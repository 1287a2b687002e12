import itertools
import random
from collections.abc import Sequence

import pytest

from hornbook.evaluation.significance import mcnemar, sign_flip_p


def flips_by_hand(differences: Sequence[int]) -> float:
    observed = abs(sum(differences))
    flips = list(itertools.product((-1, 1), repeat=len(differences)))
    as_far = sum(abs(sum(sign * d for sign, d in zip(flip, differences, strict=True))) >= observed for flip in flips)
    return as_far / len(flips)


def tosses_by_hand(only_a: int, only_b: int) -> tuple[float, float]:
    """Every sequence of tosses, written out: (exact, mid-p)."""
    tosses = only_a + only_b
    heads = [sum(sequence) for sequence in itertools.product((0, 1), repeat=tosses)]
    fewer = min(only_a, only_b)
    below, there = sum(n < fewer for n in heads) / len(heads), sum(n == fewer for n in heads) / len(heads)
    return min(1.0, 2 * (below + there)), 2 * (below + there / 2)


def test_mcnemar_counts_every_sequence_of_tosses() -> None:
    for only_a, only_b in itertools.product(range(6), repeat=2):
        found = mcnemar(only_a, only_b)
        assert (found.exact_p, found.mid_p) == pytest.approx(tosses_by_hand(only_a, only_b)), (only_a, only_b)


def test_mcnemar_gives_the_values_of_a_binomial_table() -> None:
    assert mcnemar(1, 9).exact_p == pytest.approx(22 / 1024)
    assert mcnemar(1, 9).mid_p == pytest.approx(12 / 1024)
    assert mcnemar(0, 0).exact_p == mcnemar(0, 0).mid_p == 1.0
    assert mcnemar(7, 7).exact_p == 1.0
    assert mcnemar(7, 7).mid_p == pytest.approx(1.0)


def test_mcnemar_stays_exact_where_a_float_would_overflow() -> None:
    assert mcnemar(2000, 2000).exact_p == 1.0
    assert 0 < mcnemar(900, 1100).exact_p < 1e-4
    with pytest.raises(ValueError, match="no test of -1 against 3"):
        mcnemar(-1, 3)


def test_sign_flips_are_all_counted() -> None:
    chance = random.Random(5)
    for _ in range(60):
        differences = [chance.randint(-4, 4) * chance.choice((1, 1, 3)) for _ in range(chance.randint(1, 9))]
        assert sign_flip_p(differences) == pytest.approx(flips_by_hand(differences)), differences


def test_sign_flips_of_nothing_show_nothing() -> None:
    assert sign_flip_p([]) == 1.0
    assert sign_flip_p([0, 0, 0]) == 1.0
    assert sign_flip_p([3, -3]) == 1.0
