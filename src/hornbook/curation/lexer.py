"""Cut many texts of Python code into tokens at once, as arrays, without a parser.

Reads:  texts, also such as do not parse.
Writes: hashes of their tokens, in order; what stands in comments and literals apart from what stands in code.

All texts are one array of bytes. A token's hash is a polynomial of its bytes, a difference of running sums, so that no
loop runs over tokens; only comments and string literals are found by a regular expression, text by text.

Names of arrays end in their length: B bytes, T tokens, S spans (comments and literals), L lines.
"""

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

Hashes = NDArray[np.uint64]
Places = NDArray[np.int64]

_BASE = 0x9E3779B97F4A7C15
_FIRST_FACTOR, _SECOND_FACTOR = np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
_SPAN = re.compile(
    rb"#[^\n]*"
    rb'|"""[^"\\]*(?:(?:\\[\s\S]|"(?!""))[^"\\]*)*(?:"""|\Z)'
    rb"|'''[^'\\]*(?:(?:\\[\s\S]|'(?!''))[^'\\]*)*(?:'''|\Z)"
    rb'|"[^"\\\n]*(?:\\[\s\S][^"\\\n]*)*"?'
    rb"|'[^'\\\n]*(?:\\[\s\S][^'\\\n]*)*'?"
)


class Region(IntEnum):
    """Where a byte stands."""

    CODE = 0
    COMMENT = 1
    STRING = 2
    """In a literal on one line."""
    LONG_STRING = 3
    """In a literal of three quotes, as docstrings are."""


class _Kind(IntEnum):
    SPACE = 0
    NEWLINE = 1
    WORD = 2
    MARK = 3


@dataclass(frozen=True, kw_only=True)
class CodeTokens:
    """Names, numbers and marks of the code; each comment and each literal is one token, its `Region` the hash."""

    hashes_T: Hashes
    texts_T: Places
    """Of which text each is."""
    first_bytes_T: NDArray[np.uint8]
    lines_T: Places
    """On which line of all texts each begins."""


@dataclass(frozen=True, kw_only=True)
class InnerTokens:
    """Words and marks inside of comments and literals, in lower case."""

    hashes_T: Hashes
    texts_T: Places
    regions_T: NDArray[np.int8]


@dataclass(frozen=True, kw_only=True)
class WordParts:
    """Parts of the compound words inside of comments and literals, in lower case."""

    hashes_T: Hashes
    texts_T: Places


@dataclass(frozen=True, kw_only=True)
class Spans:
    """Comments and literals."""

    texts_S: Places
    lengths_S: Places
    """In bytes."""
    regions_S: NDArray[np.int8]


@dataclass(frozen=True, kw_only=True)
class Lines:
    """All lines, empty ones among them."""

    texts_L: Places
    lengths_L: Places
    """In bytes, without the newline."""
    indents_L: Places
    """Bytes before the first token; 0 on an empty line."""
    regions_L: NDArray[np.int8]
    """In which region the line's first token stands."""
    first_hashes_L: Hashes
    """Of the line's first word or mark, as it is written; 0 on an empty line."""


@dataclass(frozen=True, kw_only=True)
class Lexed:
    """N texts."""

    num_texts: int
    sizes: Places
    """N: bytes of each text."""
    num_tokens: Places
    """N: words and marks of each text, those in comments and literals among them."""
    code: CodeTokens
    inner: InnerTokens
    parts: WordParts
    spans: Spans
    lines: Lines


def lex(texts: Sequence[str]) -> Lexed:
    """Cut texts; what comes out for each depends on it alone.

    A word is a run of letters, digits, underscores and characters beyond ASCII; a mark is any other character that is
    no white space.
    """
    blobs = [text.encode("utf-8", "replace") for text in texts]
    sizes = np.array([len(blob) for blob in blobs], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes + 1)])  # A newline parts each text from the next.
    bytes_B = np.frombuffer(b"".join(blob + b"\n" for blob in blobs), dtype=np.uint8)
    begins_S, lengths_S, regions_S = _find_spans(blobs, starts)
    regions_B = _spread(begins_S, lengths_S, regions_S, len(bytes_B))
    inside_B = regions_B != Region.CODE
    seen_B = np.where(inside_B, _table(_lower)[bytes_B], bytes_B)
    sums = _Sums(seen_B)
    kinds_B = _table(_kind)[bytes_B]
    words_B = kinds_B == _Kind.WORD
    is_begin_B = (kinds_B == _Kind.MARK) | (words_B & ~_shifted(words_B))
    begins_T = np.flatnonzero(is_begin_B)
    ends_T = begins_T + 1
    ends_T[words_B[begins_T]] = np.flatnonzero(words_B & ~np.append(words_B[1:], False)) + 1
    hashes_T = sums.hashes(begins_T, ends_T)
    texts_T = _texts_of(begins_T, starts)
    regions_T = regions_B[begins_T]
    in_code_T = regions_T == Region.CODE
    spans = Spans(texts_S=_texts_of(begins_S, starts), lengths_S=lengths_S, regions_S=regions_S)
    lines = _lines(np.flatnonzero(kinds_B == _Kind.NEWLINE), starts, begins_T, hashes_T, regions_T)
    # The code's tokens and the spans, each sorted, in one order.
    begins_C = np.concatenate([begins_T[in_code_T], begins_S])
    order = np.argsort(begins_C, kind="stable")
    begins_C = begins_C[order]
    line_bounds = np.concatenate([[0], np.cumsum(lines.lengths_L + 1)])
    code = CodeTokens(
        hashes_T=np.concatenate([hashes_T[in_code_T], regions_S.astype(np.uint64)])[order],
        texts_T=np.concatenate([texts_T[in_code_T], spans.texts_S])[order],
        first_bytes_T=bytes_B[begins_C],
        lines_T=np.repeat(np.arange(len(lines.texts_L)), np.diff(np.searchsorted(begins_C, line_bounds))),
    )
    return Lexed(
        num_texts=len(texts),
        sizes=sizes,
        num_tokens=np.bincount(texts_T, minlength=len(texts)),
        code=code,
        inner=InnerTokens(hashes_T=hashes_T[~in_code_T], texts_T=texts_T[~in_code_T], regions_T=regions_T[~in_code_T]),
        parts=_word_parts(np.where(inside_B, bytes_B, np.uint8(ord(" "))), sums, starts),
        spans=spans,
        lines=lines,
    )


def hashes_of(words: Sequence[str]) -> Hashes:
    """The hashes that these words and marks have as tokens; in comments and literals words are in lower case."""
    blobs = [word.encode() for word in words]
    ends = np.cumsum([len(blob) for blob in blobs])
    sums = _Sums(np.frombuffer(b"".join(blobs), dtype=np.uint8))
    return sums.hashes(np.concatenate([[0], ends[:-1]]), ends)


def mix(hashes: Hashes) -> Hashes:
    """Spread the difference of two hashes over all of their bits (the finaliser of SplitMix64)."""
    hashes = (hashes ^ (hashes >> np.uint64(30))) * _FIRST_FACTOR
    hashes = (hashes ^ (hashes >> np.uint64(27))) * _SECOND_FACTOR
    mixed: Hashes = hashes ^ (hashes >> np.uint64(31))
    return mixed


class _Sums:
    """Running sums of bytes times powers of the base, modulo 2**64, from which the hash of any stretch follows."""

    def __init__(self, bytes_B: NDArray[np.uint8]) -> None:
        length = len(bytes_B)
        self._powers, self._inverses = _powers(max(16, length.bit_length()))
        self._sums = np.zeros(length + 1, dtype=np.uint64)
        np.cumsum((bytes_B.astype(np.uint64) + np.uint64(1)) * self._powers[:length], out=self._sums[1:])

    def hashes(self, begins: Places, ends: Places) -> Hashes:
        return mix((self._sums[ends] - self._sums[begins]) * self._inverses[begins])


@functools.lru_cache(maxsize=4)
def _powers(num_bits: int) -> tuple[Hashes, Hashes]:
    """The powers of the base, and of its inverse, from 0 to 2**num_bits - 1."""
    pair = []
    for base in (_BASE, pow(_BASE, -1, 2**64)):
        powers = np.full(2**num_bits, base, dtype=np.uint64)
        powers[0] = 1
        pair.append(np.cumprod(powers, dtype=np.uint64))
    return pair[0], pair[1]


def _find_spans(blobs: Sequence[bytes], starts: Places) -> tuple[Places, Places, NDArray[np.int8]]:
    """Where comments and literals begin, how long they are, and of which kind."""
    begins, lengths, regions = [], [], []
    for blob, start in zip(blobs, starts.tolist(), strict=False):
        for found in _SPAN.finditer(blob):
            begin, end = found.span()
            begins.append(start + begin)
            lengths.append(end - begin)
            mark = blob[begin : begin + 3]
            if mark[:1] == b"#":
                regions.append(Region.COMMENT)
            else:
                regions.append(Region.LONG_STRING if mark in (b'"""', b"'''") else Region.STRING)
    return np.array(begins, np.int64), np.array(lengths, np.int64), np.array(regions, np.int8)


def _spread(begins_S: Places, lengths_S: Places, regions_S: NDArray[np.int8], num_bytes: int) -> NDArray[np.int8]:
    """The region of each byte."""
    steps = np.zeros(num_bytes + 1, dtype=np.int8)
    steps[begins_S] += regions_S  # No two spans begin, and no two end, in one place.
    steps[begins_S + lengths_S] -= regions_S
    return np.cumsum(steps[:-1], dtype=np.int8)


def _texts_of(places: Places, starts: Places) -> Places:
    """Of which text each of these sorted places is."""
    return np.repeat(np.arange(len(starts) - 1), np.diff(np.searchsorted(places, starts)))


def _lines(breaks_L: Places, starts: Places, begins_T: Places, hashes_T: Hashes, regions_T: NDArray[np.int8]) -> Lines:
    begins_L = np.concatenate([[0], breaks_L[:-1] + 1])
    begins_T = np.append(begins_T, np.iinfo(np.int64).max)  # Behind the last line; so that each has a next token.
    first = np.searchsorted(begins_T, begins_L)
    is_full = begins_T[first] < breaks_L
    return Lines(
        texts_L=_texts_of(begins_L, starts),
        lengths_L=breaks_L - begins_L,
        indents_L=np.where(is_full, begins_T[first] - begins_L, 0),
        regions_L=np.where(is_full, np.append(regions_T, np.int8(Region.CODE))[first], np.int8(Region.CODE)),
        first_hashes_L=np.where(is_full, np.append(hashes_T, np.uint64(0))[first], np.uint64(0)),
    )


def _word_parts(bytes_B: NDArray[np.uint8], sums: _Sums, starts: Places) -> WordParts:
    """Parts of words of several: cut at underscores, between letters and digits, and before capitals."""
    cases_B = _table(_case)[bytes_B]
    before_B, behind_B = _shifted(cases_B), np.append(cases_B[1:], np.uint8(_Case.NONE))
    is_part_B = cases_B != _Case.NONE
    begins_word = is_part_B & (before_B == _Case.NONE)
    turns = (cases_B == _Case.DIGIT) != (before_B == _Case.DIGIT)
    rises = (cases_B == _Case.UPPER) & (
        (before_B == _Case.LOWER) | ((before_B == _Case.UPPER) & (behind_B == _Case.LOWER))
    )
    begins_T = np.flatnonzero(is_part_B & (begins_word | turns | rises))
    runs_end = np.flatnonzero(is_part_B & (behind_B == _Case.NONE)) + 1
    ends_T = np.minimum(
        np.append(begins_T[1:], len(bytes_B)), runs_end[np.searchsorted(runs_end, begins_T, side="right")]
    )
    is_word_B = is_part_B | (bytes_B == ord("_"))
    words = np.searchsorted(np.flatnonzero(is_word_B & ~_shifted(is_word_B)), begins_T, side="right")
    is_compound = np.bincount(words)[words] > 1 if len(words) else np.zeros(0, dtype=np.bool_)
    begins_T, ends_T = begins_T[is_compound], ends_T[is_compound]
    return WordParts(hashes_T=sums.hashes(begins_T, ends_T), texts_T=_texts_of(begins_T, starts))


class _Case(IntEnum):
    NONE = 0
    LOWER = 1
    UPPER = 2
    DIGIT = 3


def _shifted(values: NDArray[Any]) -> NDArray[Any]:
    """Each place has its left neighbour's value, the first one 0."""
    shifted = np.zeros_like(values)
    shifted[1:] = values[:-1]
    return shifted


@functools.lru_cache(maxsize=8)
def _table(value_of: Callable[[int], int]) -> NDArray[np.uint8]:
    """What a function gives for each byte."""
    return np.array([value_of(byte) for byte in range(256)], dtype=np.uint8)


def _lower(byte: int) -> int:
    return byte + 32 if ord("A") <= byte <= ord("Z") else byte


def _case(byte: int) -> int:
    if byte >= 128 or ord("a") <= byte <= ord("z"):
        return _Case.LOWER
    if ord("A") <= byte <= ord("Z"):
        return _Case.UPPER
    return _Case.DIGIT if ord("0") <= byte <= ord("9") else _Case.NONE


def _kind(byte: int) -> int:
    if byte == ord("\n"):
        return _Kind.NEWLINE
    if byte in b" \t\r\f\v\0":
        return _Kind.SPACE
    return _Kind.WORD if byte == ord("_") or _case(byte) != _Case.NONE else _Kind.MARK
