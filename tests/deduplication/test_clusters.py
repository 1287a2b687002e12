import numpy as np

from hornbook.deduplication.clusters import first_members


def brute_force(size: int, pairs: list[tuple[int, int]]) -> list[int]:
    keepers = list(range(size))
    for _ in range(size):
        for first, second in pairs:
            keepers[first] = keepers[second] = min(keepers[first], keepers[second])
    return keepers


def test_each_member_gets_the_smallest_one_it_is_linked_to() -> None:
    generator = np.random.default_rng(0)
    for _ in range(20):
        pairs = [(int(a), int(b)) for a, b in generator.integers(30, size=(generator.integers(40), 2))]
        assert first_members(30, pairs) == brute_force(30, pairs)


def test_the_order_of_the_pairs_does_not_matter() -> None:
    assert first_members(5, [(3, 4), (1, 2), (2, 3)]) == first_members(5, [(2, 3), (2, 1), (4, 3)]) == [0, 1, 1, 1, 1]
