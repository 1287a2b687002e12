"""The ids are the library's own, whatever the text: seeded random texts of all that has its own rule somewhere."""

import itertools
import json
import random
import re
import sys
import unicodedata
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from tests.tokens.codegen_like import CODE, codegen_like, gpt_2_like
from tokenizers import AddedToken, Tokenizer, models, normalizers, pre_tokenizers

from hornbook.records import Document, DocumentKind
from hornbook.tokens import encode
from hornbook.tokens.encode import Encoder, quick_pre_tokenizer
from hornbook.tokens.tokenizer import END_OF_TEXT, GPT_2, QWEN2, TokenizerConfig, train_tokenizer

SPACES = [chr(code) for code in range(sys.maxunicode) if chr(code).isspace()] + list("\x1c\x1d\x1e\x1f\x85​⁠﻿᠎")
BY_CATEGORY: dict[str, list[str]] = {}
for _code in [*range(0x3000), *range(0xA000, 0xD800), *range(0xE000, 0x10000), *range(0x1D400, 0x1FA00, 3)]:
    BY_CATEGORY.setdefault(unicodedata.category(chr(_code)), []).append(chr(_code))
WORDS = ("'s", "'t", "'re", "'ve", "'m", "'ll", "'d", "'S", "'", "''s", "don't", "l'été", "x", "def", "0", "12")
RUNS = (*(" " * length for length in (1, 1, 2, 4, 7, 31, 40)), *"\t\n\r", "\t\t", "\t" * 11, "\r\n", " \n", "\n ")
SPACES_AT_END = re.compile(r"[ \t\r\f\v]+\n")
SPECIAL = [END_OF_TEXT, "<|endoftext|", "<|", "|>", "<|fim|>"]


def learned() -> Tokenizer:
    """Of the run's own kind."""
    return train_tokenizer([Document(id="0", kind=DocumentKind.CODE, text=CODE)], TokenizerConfig(vocab_size=700))


def added(*tokens: str | AddedToken, to: Callable[[], Tokenizer] = learned, special: str = "") -> Tokenizer:
    tokenizer = to()
    tokenizer.add_tokens(list(tokens))
    tokenizer.add_special_tokens([special] if special else [])
    return tokenizer


def changed(**parts: Any) -> Tokenizer:
    tokenizer = learned()
    for name, part in parts.items():
        setattr(tokenizer, name, part)
    return tokenizer


def pairing(tokenizer: Tokenizer) -> Tokenizer:
    """Any two bytes of a word become one token, so that other words would have other ids."""
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    merges = list(itertools.product(alphabet, alphabet))
    vocabulary = [END_OF_TEXT, *alphabet, *map("".join, merges)]
    pairs = Tokenizer(models.BPE({token: index for index, token in enumerate(vocabulary)}, merges))
    pairs.pre_tokenizer = tokenizer.pre_tokenizer
    pairs.add_tokens([one for one in tokenizer.get_added_tokens_decoder().values() if not one.special])
    return pairs


def llama_3_pre_tokenizer() -> Any:
    """Qwen2's, but for up to three digits in a word."""
    described = json.loads(learned().to_str())
    pattern = described["pre_tokenizer"]["pretokenizers"][0]["pattern"]
    pattern["Regex"] = pattern["Regex"].replace(r"|\p{N}|", r"|\p{N}{1,3}|")
    return Tokenizer.from_str(json.dumps(described)).pre_tokenizer


def with_truncation_and_padding() -> Tokenizer:
    tokenizer = learned()
    tokenizer.enable_truncation(5)
    tokenizer.enable_padding(length=50)
    return tokenizer


OTHER_RUNS = [
    AddedToken(run, normalized=False)
    for run in ("  ", "    ", " " * 5, "\t\t\t", "\n\n", "\n  ", "\r\n", "\n\t", " \n")
]
"""Runs of several kinds, some within others, and gaps among their lengths."""
AMONG_WORDS = [AddedToken(word, normalized=True) for word in ("def", "de", "return", " x", "été", "'s", "\v")]
QUICK: dict[str, tuple[str, Callable[[], Tokenizer]]] = {
    "learned": (QWEN2, learned),
    "learned, in pairs": (QWEN2, lambda: pairing(learned())),
    "GPT-2's, in pairs": (GPT_2, lambda: pairing(gpt_2_like())),
    "CodeGen's": (GPT_2, codegen_like),
    "truncation and padding": (QWEN2, with_truncation_and_padding),
    "other runs": (QWEN2, lambda: added(*OTHER_RUNS)),
    "other runs to GPT-2's": (GPT_2, lambda: added(*OTHER_RUNS, to=gpt_2_like)),
    "words": (QWEN2, lambda: added(*AMONG_WORDS)),
    "runs among words": (GPT_2, lambda: added(*AMONG_WORDS, to=codegen_like)),
}
BY_LIBRARY: dict[str, Callable[[], Tokenizer]] = {
    "words across cuts": lambda: added("def", "de", "return x", " x", "\n\n", "été", "'s", special="<|fim|>"),
    "spaces swallowed": lambda: added(AddedToken("def", lstrip=True, rstrip=True)),
    "whole words": lambda: added(AddedToken("de", single_word=True), AddedToken("re", normalized=False)),
    "composition": lambda: changed(normalizer=normalizers.NFC()),
    "a space before": lambda: changed(pre_tokenizer=pre_tokenizers.ByteLevel(add_prefix_space=True)),
    "Llama 3's numbers": lambda: changed(pre_tokenizer=llama_3_pre_tokenizer()),
}


def random_text(chance: random.Random, num_parts: int) -> str:
    kinds: list[Callable[[], str]] = [
        lambda: chance.choice(RUNS),
        lambda: chance.choice(RUNS),
        lambda: chance.choice(WORDS),
        lambda: chance.choice(SPACES),
        lambda: chance.choice(chance.choice(list(BY_CATEGORY.values()))),
        lambda: chance.choice(chance.choice(list(BY_CATEGORY.values()))) * chance.randrange(1, 4),
        lambda: chr(chance.randrange(128)),
        lambda: chance.choice(WORDS) + chance.choice("̈́⃝゙"),
        lambda: CODE[(start := chance.randrange(len(CODE))) : start + chance.randrange(40)],
    ]
    if chance.random() < 0.2:
        kinds.append(lambda: chance.choice(SPECIAL))
    return "".join(chance.choice(kinds)() for _ in range(num_parts))


def plain(tokenizer: Tokenizer) -> Tokenizer:
    """A copy to which special tokens that are written out are text."""
    own = Tokenizer.from_str(tokenizer.to_str())
    own.no_truncation()
    own.no_padding()
    own.encode_special_tokens = True
    return own


def ids_of_library(tokenizer: Tokenizer, text: str) -> list[int]:
    ids: list[int] = plain(tokenizer).encode(text, add_special_tokens=False).ids
    return ids


def ids(encoder: Encoder, text: str) -> list[int]:
    found: list[int] = np.frombuffer(encoder.encode(text), encoder.dtype).tolist()
    return found


@pytest.mark.parametrize("name", [*QUICK, *BY_LIBRARY])
def test_the_ids_are_those_of_the_library(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode, "_PIECE", 300)
    pre_tokenizer, make = QUICK[name] if name in QUICK else (None, BY_LIBRARY[name])
    chance, tokenizer = random.Random(1), make()
    encoder, own = Encoder(tokenizer), plain(tokenizer)
    assert quick_pre_tokenizer(tokenizer) == pre_tokenizer
    for length in [*[3] * 100, *[12] * 100, *[60] * 40, *[600] * 2]:
        text = random_text(chance, length)
        ascii_only = text.encode("ascii", "ignore").decode()
        for one in (text, ascii_only, SPACES_AT_END.sub("\n", ascii_only)):
            assert ids(encoder, one) == own.encode(one, add_special_tokens=False).ids, repr(one)
    text = f"x = '{END_OF_TEXT}'\n{END_OF_TEXT}"
    assert tokenizer.token_to_id(END_OF_TEXT) not in ids(encoder, text), "written out it is text"


COMMON = [*range(0x800), *range(0x2000, 0x3100), *range(0xFE00, 0xFF00), *range(0x1F600, 0x1F650)]
ALL = [*range(0xD800), *range(0xE000, 0x20000), *range(0x20000, sys.maxunicode, 97)]


@pytest.mark.parametrize("codes", [COMMON, pytest.param(ALL, marks=pytest.mark.slow)], ids=["common", "all"])
@pytest.mark.parametrize("make", [learned, codegen_like])
def test_every_character_beside_every_kind_of_neighbour_is_parted_as_by_the_library(
    make: Callable[[], Tokenizer], codes: list[int]
) -> None:
    tokenizer = pairing(make())
    encoder = Encoder(tokenizer)
    for start in range(0, len(codes), 4000):
        text = "".join(f"a{c}a 0{c}0!{c} {c}\n{c}\n'{c}x" for c in map(chr, codes[start : start + 4000]))
        assert ids(encoder, text) == ids_of_library(tokenizer, text)


@pytest.mark.parametrize("make", [learned, codegen_like])
@pytest.mark.parametrize("unit", ["x = 1\n", " ", "ab", "é ☃\r\n", "x(1):\n\n"])
def test_texts_longer_than_a_piece(unit: str, make: Callable[[], Tokenizer]) -> None:
    tokenizer = make()
    text = unit * (2 * encode._PIECE // len(unit) + 5)
    if unit == "ab":
        text = text[: encode._PIECE + 9]  # One word, for which the library needs long.
    assert ids(Encoder(tokenizer), text) == ids_of_library(tokenizer, text)


def test_a_full_table_of_words_makes_room_and_changes_nothing_nor_does_where_a_long_text_is_cut(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(encode, "_MAX_WORDS", 60)
    for (_, make), piece in zip(QUICK.values(), (1, 1, 1, 7, 7, 7, 7, 7, encode._PIECE), strict=True):
        monkeypatch.setattr(encode, "_PIECE", piece)
        tokenizer = make()
        encoder = Encoder(tokenizer)
        for text in (CODE, CODE.replace("\n", " \n"), CODE):
            assert ids(encoder, text) == ids_of_library(tokenizer, text)
        assert 0 < len(encoder._words) <= 60


@pytest.mark.parametrize(("vocab_size", "dtype"), [(2**16, "<u2"), (2**16 + 1, "<u4")])
def test_ids_take_two_bytes_as_long_as_they_can(vocab_size: int, dtype: str) -> None:
    alphabet = sorted(pre_tokenizers.ByteLevel.alphabet())
    tokens = [END_OF_TEXT, *(f"token {number}" for number in range(vocab_size - 257)), *alphabet]
    tokenizer = Tokenizer(models.BPE({token: index for index, token in enumerate(tokens)}, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    encoder = Encoder(tokenizer)
    assert encoder.dtype == np.dtype(dtype)
    assert ids(encoder, "ÿ") == [tokens.index(character) for character in "Ã¿"]
    assert max(ids(encoder, "".join(map(chr, range(256))))) == vocab_size - 1
