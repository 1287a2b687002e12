import random

import numpy as np
import pytest

from hornbook.synthesis.diversity.keys import key_of, mix, ngram_keys


@pytest.mark.parametrize("size", [1, 4, 5])
def test_there_are_as_many_keys_as_different_runs(size: int) -> None:
    rng = random.Random(size)
    for length in (1, 3, size, 50, 400):
        words = [rng.choice("abcdef") for _ in range(length)]
        width = min(size, length)
        runs = {tuple(words[start : start + width]) for start in range(length - width + 1)}
        keys = ngram_keys(words, size)
        assert len(keys) == len(runs)
        assert (np.diff(keys.astype(object)) > 0).all()


def test_runs_have_the_same_keys_wherever_they_stand() -> None:
    words = ["the", "quick", "brown", "fox", "jumps", "over", "the", "lazy", "dog"]
    whole, end = set(ngram_keys(words, 4).tolist()), set(ngram_keys(words[3:], 4).tolist())
    assert end < whole
    assert not end & set(ngram_keys(words[::-1], 4).tolist())
    assert ngram_keys([], 4).size == 0


def test_mixing_keeps_numbers_apart() -> None:
    assert len(np.unique(mix(np.arange(100_000, dtype=np.uint64)))) == 100_000


def test_a_key_is_the_same_in_every_process_and_takes_half_a_surrogate() -> None:
    assert key_of("hornbook") == key_of(b"hornbook") == 5540218990215549155
    assert key_of("\ud800") != key_of("\udc00")
