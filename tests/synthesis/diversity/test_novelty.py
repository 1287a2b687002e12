import numpy as np

from hornbook.synthesis.diversity.novelty import FIRST_CAPACITY, SeenKeys


def test_what_was_added_is_found_and_hardly_anything_else() -> None:
    generator = np.random.default_rng(4)
    seen, there = SeenKeys(), set[int]()
    counted = true = 0
    for _ in range(400):
        keys = np.unique(generator.integers(0, 2**64, 1_000, dtype=np.uint64) >> np.uint64(44))
        new = len(set(keys.tolist()) - there)
        there.update(keys.tolist())
        counted += seen.add(keys)
        true += new
        assert seen.add(keys) == 0
    assert true > 4 * FIRST_CAPACITY
    assert 0.99 * true <= counted <= true


def test_a_key_takes_few_bytes() -> None:
    generator = np.random.default_rng(5)
    seen = SeenKeys()
    for _ in range(330):
        seen.add(generator.integers(0, 2**64, 1_000, dtype=np.uint64))
    assert seen.num_bytes <= 9 * 330_000
    assert seen.add(np.empty(0, dtype=np.uint64)) == 0
