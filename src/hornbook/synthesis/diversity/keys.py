"""Texts as numbers of 64 bits, the same in every process, and runs of words as many of them at once."""

import hashlib
import re
import zlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.uint64]

WORD = re.compile(r"\w+")
TOKEN = re.compile(r"\w+|[^\w\s]")
"""A word, a number or a mark: the tokens that the deduplication compares."""

_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_SHIFT = np.uint64(31)


def key_of(content: bytes | str) -> int:
    """64 bits of a BLAKE2 hash, never 0."""
    encoded = content.encode("utf8", "surrogatepass") if isinstance(content, str) else content
    return int.from_bytes(hashlib.blake2b(encoded, digest_size=8).digest(), "little") or 1


def ngram_keys(words: Sequence[str], size: int) -> Keys:
    """The different runs of `size` words, as sorted keys; fewer words are one run; none for no words.

    Chance gives two of a million different runs the same key about once in forty million times.
    """
    if not words:
        return np.empty(0, dtype=np.uint64)
    crc32 = zlib.crc32
    numbers = np.array([crc32(word.encode("utf8", "surrogatepass")) for word in words], dtype=np.uint64)
    numbers = mix(numbers)
    width = min(size, len(words))
    keys = numbers[: len(words) - width + 1].copy()
    for offset in range(1, width):
        keys *= _FACTOR
        keys += numbers[offset : len(words) - width + 1 + offset]
    mixed = mix(keys)
    mixed.sort()
    is_other = np.ones(len(mixed), dtype=np.bool_)
    np.not_equal(mixed[1:], mixed[:-1], out=is_other[1:])
    return mixed[is_other]


def mix(numbers: Keys) -> Keys:
    """Spread numbers over all 64 bits; different ones stay different."""
    mixed = (numbers ^ (numbers >> _SHIFT)) * _FACTOR
    mixed = (mixed ^ (mixed >> _SHIFT)) * _MIX
    result: Keys = mixed ^ (mixed >> _SHIFT)
    return result
