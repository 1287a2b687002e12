from collections import Counter

import numpy as np
import pytest

from hornbook.curation.encode import BLOCKS, EncodeConfig, encode
from hornbook.errors import ConfigError

CODE = 'def add_all(items):\n    """Sum."""\n    total = 0\n    for item in items:\n        total += item\n'


def counts_of(text: str, block: str) -> Counter[int]:
    """How often each token of a block stands in a text, without saying which it is."""
    config = EncodeConfig(bits_per_block=20)
    row = encode([text], config).tokens
    at = BLOCKS.index(block)
    width = row.shape[1] // len(BLOCKS)
    counts = np.exp(row[:, at * width : (at + 1) * width].data - 1)
    return Counter(counts.round().astype(int).tolist())


@pytest.mark.parametrize(
    ("text", "block", "counts"),
    [
        ("a = b\na = b\n", "pairs", {1: 1, 2: 2}),  # `a =` and `= b` twice, `b a` once.
        ("x = 'one two' # three\n", "pairs", {1: 3}),  # A literal and a comment are one token each.
        ("x = 'one two two'\n", "strings", {1: 1, 2: 2}),  # The quotes are tokens too.
        ("# Two two\n", "prose", {1: 1, 2: 1}),  # Case is none.
        ("# getName2 x_y plain\n", "prose parts", {1: 5}),
        ("def f():\n    return 1\n\n\ndef g():\n    return 2\n", "lines", {2: 2}),
        ("def f():\n        return 1\n    return 2\n", "lines", {1: 3}),  # The indentation is part of it.
    ],
)
def test_each_block_counts_what_it_says(text: str, block: str, counts: dict[int, int]) -> None:
    assert counts_of(text, block) == counts


def test_each_row_depends_on_its_own_text_alone() -> None:
    texts = [CODE, "", "x = 1", "'''open", "def g(:\n\tpass\n", "é = 'ü'\r\n", "(" * 3000, "\0\ud800", CODE] * 25
    together = encode(texts, EncodeConfig())
    for index in (0, 1, 2, 3, 4, 5, 6, 7, 8, 223):
        alone = encode([texts[index]], EncodeConfig())
        assert (together.tokens[index] != alone.tokens[0]).nnz == 0
        assert np.array_equal(together.dense[index], alone.dense[0])
        assert np.array_equal(together.rows(np.array([index])).dense, alone.dense)
    assert encode([], EncodeConfig()).tokens.shape == (0, len(BLOCKS) << EncodeConfig().bits_per_block)
    odd = encode(["", "\n", "\n\n", " ", "'", '"""', "\\", "\0", "(" * 9, ")" * 9, "=", "def"], EncodeConfig()).dense
    assert np.isfinite(odd).all()
    assert (odd >= 0).all()


def test_what_lies_behind_the_most_characters_counts_for_nothing() -> None:
    config = EncodeConfig(max_characters=len(CODE))
    cut, whole = encode([CODE + "x = 1\n" * 50], config), encode([CODE], config)
    assert (cut.tokens != whole.tokens).nnz == 0
    assert np.array_equal(cut.dense, whole.dense)
    assert (encode([CODE + "x = 1\n"], EncodeConfig()).tokens != whole.tokens).nnz > 0
    for field, value in (("bits_per_block", 0), ("bits_per_block", 21), ("max_characters", 0)):
        with pytest.raises(ConfigError, match=f"`{field}`"):
            EncodeConfig(**{field: value})
