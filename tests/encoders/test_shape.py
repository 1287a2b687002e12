import builtins
import io
import keyword
import token
import tokenize
from collections import Counter

import numpy as np
import pytest

from hornbook.encoders.encoder import make_encoder
from hornbook.encoders.shape import ShapeConfig, ShapeEncoder, encode_shape
from hornbook.errors import ConfigError

CODE = """def longest(words, least=3):
    best = ""
    for word in words:
        if len(word) > max(len(best), least) and word.isalpha():
            best = word
    return sorted(best, reverse=True)
"""
RENAMED = """def f(a: list[str], b: int = 9) -> list[str]:
    # Another story altogether.
    c = 'some other text'
    for d in a:
        if len(d) > max(len(c), b) and d.isalpha():
            c = d
    return sorted(c, flip=True)
"""


def equal(left: str, right: str, config: ShapeConfig | None = None) -> bool:
    rows = encode_shape([left, right], config or ShapeConfig()).tokens
    return bool((rows[0] != rows[1]).nnz == 0)


def counted(code: str, length: int) -> list[int]:
    """How often each run occurs, by Python's own tokenizer; for code of names, marks and numbers without signatures."""
    words = []
    for found in tokenize.generate_tokens(io.StringIO(code).readline):
        if found.type == token.NAME and not keyword.iskeyword(found.string) and not hasattr(builtins, found.string):
            words.append("name" if not words or words[-1] != "." else found.string)
        elif found.string.strip():
            words.append(found.string)
    runs = Counter(tuple(words[start : start + length]) for start in range(len(words) - length + 1))
    return sorted(runs.values())


@pytest.mark.parametrize("length", [1, 2, 3, 4])
def test_runs_are_counted_as_by_hand(length: int) -> None:
    code = "for x in range(9):\n    y.append(x)\n    y.pop(z.pop(x))\n    z = x\n"
    config = ShapeConfig(run_lengths=(length,), bits_per_length=20)
    row = encode_shape([code], config).tokens
    assert sorted(np.exp(row.data - 1).round().astype(int).tolist()) == counted(code, length)


def test_names_types_texts_and_comments_count_for_nothing() -> None:
    assert equal(CODE, RENAMED)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("len", "sum"),  # A builtin.
        ("isalpha", "isdigit"),  # An attribute.
        (">", "<"),
        ("and", "or"),
        ("True", "False"),
        ("best = word", "best += word"),
        ('""', '("")'),
    ],
)
def test_what_the_code_does_counts(old: str, new: str) -> None:
    assert not equal(CODE, CODE.replace(old, new))


def test_signatures_of_inner_functions_count_for_nothing_and_their_bodies_do() -> None:
    outer = "def f(a):\n    def g({}):\n        return {}\n    return g\n"
    assert equal(outer.format("b", "b"), outer.format("b, *c, d=lambda: {1: 2}", "c"))
    assert not equal(outer.format("b", "b"), outer.format("b", "b + b"))


def test_slices_and_dictionaries_do_not_end_a_signature() -> None:
    assert equal("def f(a=x[1:2], b={3: 4}): return a\n", "def g(): return c\n")
    assert not equal("x[1:2]\n", "x[1]\n")


def test_each_row_depends_on_its_own_text_alone() -> None:
    texts = [CODE, "", "def f(", ")))", "x", "'''open", "def g", "é = ü(ö)", "\0\ud800", RENAMED] * 120
    together = encode_shape(texts, ShapeConfig()).tokens
    for at in (*range(10), 999, 1000, 1007, 1199):
        alone = encode_shape([texts[at]], ShapeConfig()).tokens
        assert (together[at] != alone).nnz == 0


def test_short_texts_have_empty_rows_and_no_texts_have_none() -> None:
    config = ShapeConfig()
    width = 2 << config.bits_per_length
    assert encode_shape(["", "x", "x = 1"], config).tokens.getnnz(axis=1).tolist() == [0, 0, 3]
    assert encode_shape([], config).tokens.shape == (0, width)
    assert encode_shape([], config).dense.shape == (0, 0)


def test_what_is_behind_the_limit_counts_for_nothing() -> None:
    assert equal("x = y\nz", "x = y\nfor", ShapeConfig(max_characters=6))


def test_the_encoder_gives_the_features_of_its_function() -> None:
    config = ShapeConfig(run_lengths=(2,), bits_per_length=8)
    encoder = make_encoder(config)
    assert encoder == ShapeEncoder(config)
    assert (encoder.encode([CODE]).tokens != encode_shape([CODE], config).tokens).nnz == 0
    assert encoder.name == "runs of 2 tokens without names"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("run_lengths", ()),
        ("run_lengths", (0, 2)),
        ("run_lengths", (2, 2)),
        ("bits_per_length", 7),
        ("max_characters", 0),
    ],
)
def test_a_wrong_value_is_named(name: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{name}`"):
        ShapeConfig(**{name: value})
