import numpy as np
import pytest

from hornbook.decontamination.frequencies import (
    Frequencies,
    believed_share,
    information_of,
    no_frequencies,
)


def frequencies(num_texts: int, *counts: int) -> Frequencies:
    return Frequencies(num_texts=num_texts, counts=np.array(counts, dtype=np.int64))


def test_the_counts_of_parts_add_up() -> None:
    total = frequencies(3, 1, 0) + frequencies(4, 2, 4) + no_frequencies(2)
    assert total.num_texts == 7
    assert total.counts.tolist() == [3, 4]


def test_counts_of_different_features_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="2 and of 3 features"):
        frequencies(1, 1, 0) + frequencies(1, 1, 0, 0)


def test_before_anything_is_counted_a_stock_word_tells_less_than_another() -> None:
    shares = np.array([believed_share(word) for word in ("list", "7", "n", "bucket")])
    stock, number, letter, other = information_of(shares, np.zeros(4, dtype=np.int64), 0)
    assert stock == number == letter < other / 4


def test_with_many_texts_the_counts_say_what_tells() -> None:
    shares = np.array([believed_share("list"), believed_share("bucket")])
    rare, common = information_of(shares, np.array([10, 90_000]), 100_000)
    assert common < 0.2
    assert rare > 7
