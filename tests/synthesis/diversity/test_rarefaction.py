import itertools
from collections import Counter

import numpy as np
import pytest
from numpy.typing import NDArray

from hornbook.synthesis.diversity.rarefaction import distinct_interval, entropy, expected_distinct, expected_entropy

COUNTS = np.array([4, 2, 2, 1, 1], dtype=np.int64)


def bits(kinds: tuple[int, ...]) -> float:
    shares = [count / len(kinds) for count in Counter(kinds).values()]
    return -sum(share * np.log2(share) for share in shares)


@pytest.mark.parametrize("size", range(1, 11))
def test_distinct_kinds_and_entropy_are_the_means_over_all_parts(size: int) -> None:
    kinds = [kind for kind, count in enumerate(COUNTS.tolist()) for _ in range(count)]
    parts = list(itertools.combinations(kinds, size))
    assert expected_distinct(COUNTS, size) == pytest.approx(np.mean([len(set(part)) for part in parts]))
    assert expected_entropy(COUNTS, size) == pytest.approx(np.mean([bits(part) for part in parts]))


def test_they_are_what_drawing_shows_of_a_large_collection() -> None:
    generator = np.random.default_rng(6)
    kinds = generator.zipf(1.4, 4_000)
    counts = np.unique(kinds, return_counts=True)[1]
    drawn = [generator.choice(kinds, 150, replace=False) for _ in range(2_000)]
    assert expected_distinct(counts, 150) == pytest.approx(
        np.mean([len(set(part.tolist())) for part in drawn]), rel=0.01
    )
    assert expected_entropy(counts, 150) == pytest.approx(np.mean([bits(tuple(part)) for part in drawn]), rel=0.01)


def test_the_whole_is_itself_and_nothing_has_nothing() -> None:
    assert expected_distinct(COUNTS, 10) == pytest.approx(5)
    assert expected_entropy(COUNTS, 10) == pytest.approx(entropy(COUNTS))
    assert expected_distinct(COUNTS, 0) == pytest.approx(0)
    nothing = np.empty(0, dtype=np.int64)
    assert (expected_distinct(nothing, 0), expected_entropy(nothing, 0), entropy(nothing)) == (0, 0, 0)
    with pytest.raises(ValueError, match="11 out of 10"):
        expected_distinct(COUNTS, 11)


def zipf(num_kinds: int, exponent: float) -> NDArray[np.float64]:
    shares = np.arange(1, num_kinds + 1) ** -exponent
    return shares / shares.sum()


@pytest.mark.parametrize(
    ("shares", "total"),
    [(zipf(60, 1.0), 150), (zipf(2_000, 0.8), 150), (zipf(20_000, 0.0), 150), (zipf(2_000, 0.8), 600)],
    ids=["few", "many", "even", "many, of a larger collection"],
)
def test_the_interval_holds_the_writers_own_mean_about_as_often_as_it_says(
    shares: NDArray[np.float64], total: int
) -> None:
    generator = np.random.default_rng(8)
    truth = float((1 - (1 - shares) ** 150).sum())
    held = 0
    for _ in range(40):
        counts = generator.multinomial(total, shares)
        low, high = distinct_interval(counts[counts > 0], 150, generator)
        assert 0 < low <= high <= 150
        held += low - 1e-9 <= truth <= high + 1e-9
    assert held >= 34


def test_an_interval_of_a_collection_without_variety_is_a_point() -> None:
    generator = np.random.default_rng(0)
    assert distinct_interval(np.array([150]), 150, generator) == pytest.approx((1, 1))
    assert distinct_interval(np.array([1]), 1, generator) == (1, 1)
