r"""Count words, numbers and marks of many texts at once, as arrays.

Reads:  texts of any kind.
Writes: how many lexical tokens each has. They stand in for the tokens of the run's tokenizer, which is trained later,
        on what is kept here.

`LEXICAL_TOKEN` is the definition. Counted is where a token begins: at each mark; at each word character behind none;
and at the first other one behind digits that begin so, as in `2nd`, which is two tokens.
"""

import functools
import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

LEXICAL_TOKEN = re.compile(r"[^\W\d]\w*|\d+|[^\s\w]")
"""A word, a number, or one mark; white space is none."""

_CHARACTERS_AT_ONCE = 2**18
_MOST_CHARACTERS = 2**20
"""Of a text that is counted with arrays, which take many times its size."""
_NUM_ASCII, _NUM_UNICODE = 2**7, 0x110000


class _Kind(IntEnum):
    SPACE = 0
    MARK = 1
    DIGIT = 2
    LETTER = 3
    """Any word character that is no digit."""


def count_tokens(texts: Sequence[str]) -> list[int]:
    """Number of lexical tokens of each text."""
    counts: list[int] = []
    for some in _batches(texts):
        if len(some[0]) > _MOST_CHARACTERS:
            counts.append(sum(1 for _ in LEXICAL_TOKEN.finditer(some[0])))
        else:
            counts += _count(some)
    return counts


def _batches(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """Texts in their order, few enough to be counted at once; one with too many characters is alone."""
    begin = num_characters = 0
    for place, text in enumerate(texts):
        if place > begin and num_characters + len(text) > _CHARACTERS_AT_ONCE:
            yield texts[begin:place]
            begin, num_characters = place, 0
        num_characters += len(text)
    if texts:
        yield texts[begin:]


def _count(texts: Sequence[str]) -> list[int]:
    kinds = _kinds("\n".join(["", *texts, ""]))  # Each text is between two spaces.
    is_word = kinds >= _Kind.DIGIT
    begins = kinds == _Kind.MARK
    begins[1:] |= is_word[1:] & ~is_word[:-1]
    is_digit = kinds == _Kind.DIGIT
    turns = np.flatnonzero(is_digit[1:] != is_digit[:-1]) + 1
    run_starts, run_ends = turns[::2], turns[1::2]
    begins[run_ends[~is_word[run_starts - 1] & (kinds[run_ends] == _Kind.LETTER)]] = True
    starts = np.cumsum([0, *(len(text) + 1 for text in texts[:-1])])
    counts: list[int] = np.add.reduceat(begins, starts, dtype=np.int64).tolist()
    return counts


def _kinds(text: str) -> NDArray[np.uint8]:
    if text.isascii():
        return np.frombuffer(text.encode("ascii").translate(_bytes_to_kinds()), dtype=np.uint8)
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    kinds: NDArray[np.uint8] = _table(_NUM_UNICODE)[codes]
    return kinds


@functools.lru_cache(maxsize=1)
def _bytes_to_kinds() -> bytes:
    return _table(_NUM_ASCII).tobytes() * 2


@functools.lru_cache(maxsize=2)
def _table(num_codes: int) -> NDArray[np.uint8]:
    """The kinds of the first characters of Unicode, by the very classes of the definition."""
    every = "".join(map(chr, range(num_codes)))
    table = np.full(num_codes, _Kind.MARK, dtype=np.uint8)
    for kind, pattern in ((_Kind.SPACE, r"\s+"), (_Kind.DIGIT, r"\d+"), (_Kind.LETTER, r"[^\W\d]+")):
        for found in re.finditer(pattern, every):
            table[found.start() : found.end()] = kind
    return table
