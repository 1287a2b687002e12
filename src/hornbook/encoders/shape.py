"""Turn code into features that names of its author's own choice leave as they are: short runs of its tokens.

Reads:  texts of Python code, also such as do not parse.
Writes: features without measures: for each run of tokens how often it occurs.

Names are one token, all of them, except builtins and attributes, which mostly name what a library does. So are literals
on one line, and long ones. Comments and the signatures of functions are left out: whether an author writes down types
says nothing of what the code does. `docs/decisions/code-embeddings.md` has the measurement.
"""

import builtins
import functools
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hornbook.encoders.encode import Features
from hornbook.encoders.lexer import CodeTokens, Hashes, Places, Region, hashes_of, lex, mix
from hornbook.encoders.measures import keyword_hashes
from hornbook.errors import ConfigError

_TEXTS_AT_ONCE = 1000
_NAME = np.uint64(1 << 40)
"""Stands for a name; a hash of a token is that with a probability of 2**-64."""
_NO_TOKENS = np.empty(0, np.int64)

Mask = NDArray[np.bool_]


@dataclass(frozen=True, kw_only=True)
class ShapeConfig:
    """Which runs are counted."""

    run_lengths: tuple[int, ...] = (2, 3)
    """In tokens."""
    bits_per_length: int = 16
    """Runs of one length are hashed into 2 to this power columns."""
    max_characters: int = 200_000
    """Of a text, from its start."""

    def __post_init__(self) -> None:
        if not self.run_lengths or min(self.run_lengths) < 1 or len(set(self.run_lengths)) < len(self.run_lengths):
            raise ConfigError(f"`run_lengths` must be different numbers of at least 1, got {self.run_lengths!r}")
        if not 8 <= self.bits_per_length <= 20:
            raise ConfigError(f"`bits_per_length` must lie in [8, 20], got {self.bits_per_length!r}")
        if self.max_characters < 1:
            raise ConfigError(f"`max_characters` must be at least 1, got {self.max_characters!r}")


@dataclass(frozen=True)
class ShapeEncoder:
    """Runs of tokens without names; implements `encoder.Encoder`, to the last bit."""

    config: ShapeConfig

    @property
    def name(self) -> str:
        """For people."""
        return f"runs of {' and '.join(map(str, self.config.run_lengths))} tokens without names"

    def encode(self, texts: Sequence[str]) -> Features:
        """See `encode_shape`."""
        return encode_shape(texts, self.config)


def encode_shape(texts: Sequence[str], config: ShapeConfig) -> Features:
    """Count the runs of each text; each row depends on its own text alone, to the last digit.

    Returns:
        `tokens`: N × the columns of each length side by side, 1 + ln(count); `dense` has no columns. A text of fewer
        tokens than the shortest run has an empty row.
    """
    from scipy import sparse

    starts = range(0, max(1, len(texts)), _TEXTS_AT_ONCE)
    parts = [_encode(texts[start : start + _TEXTS_AT_ONCE], config) for start in starts]
    return Features(tokens=sparse.vstack(parts, format="csr"), dense=np.zeros((len(texts), 0)))


def _encode(texts: Sequence[str], config: ShapeConfig) -> object:
    """A CSR matrix."""
    from scipy import sparse

    hashes, texts_of = _tokens(lex([text[: config.max_characters] for text in texts]).code)
    bits = config.bits_per_length
    width = len(config.run_lengths) << bits
    cells = [_NO_TOKENS]
    for block, length in enumerate(config.run_lengths):
        runs, texts_of_runs = _runs(hashes, texts_of, length)
        cells.append(texts_of_runs * width + (block << bits) + (runs >> np.uint64(64 - bits)).astype(np.int64))
    found, counts = np.unique(np.concatenate(cells), return_counts=True)
    ends = np.searchsorted(found, np.arange(len(texts) + 1) * width)
    return sparse.csr_matrix((1.0 + np.log(counts), found % width, ends), shape=(len(texts), width))


def _tokens(code: CodeTokens) -> tuple[Hashes, Places]:
    """Hashes of the tokens that count, in order, and the texts that they are of."""
    hashes, first = code.hashes_T, code.first_bytes_T
    is_word = (first == ord("_")) | (first >= 128) | ((first | 32 >= ord("a")) & (first | 32 <= ord("z")))
    follows_dot = np.append(False, hashes[:-1] == hashes_of(["."])[0])[: len(hashes)]
    is_name = is_word & ~np.isin(hashes, keyword_hashes()) & ~follows_dot & ~np.isin(hashes, _builtin_hashes())
    counts = (hashes != np.uint64(Region.COMMENT)) & ~_in_signature(code)
    return np.where(is_name, _NAME, hashes)[counts], code.texts_T[counts]


def _in_signature(code: CodeTokens) -> Mask:
    """Whether a token stands from a `def` on before the colon at its end, which is in no bracket."""
    hashes, texts = code.hashes_T, code.texts_T
    if not len(hashes):
        return np.zeros(0, np.bool_)
    steps = np.isin(hashes, hashes_of(["(", "[", "{"])).astype(np.int64) - np.isin(hashes, hashes_of([")", "]", "}"]))
    depths = np.cumsum(steps)
    begins_of_texts = np.flatnonzero(np.diff(texts, prepend=-1))
    before = np.append(0, depths)[begins_of_texts]
    depths -= np.repeat(before, np.diff(np.append(begins_of_texts, len(texts))))
    places = np.arange(len(hashes))
    begun = np.maximum.accumulate(np.where(hashes == hashes_of(["def"])[0], places, -1))
    is_end = (hashes == hashes_of([":"])[0]) & (depths == 0)
    ended = np.maximum.accumulate(np.where(is_end, places, -1))
    inside: Mask = (begun > ended) & (texts[begun] == texts)
    return inside


def _runs(hashes: Hashes, texts: Places, length: int) -> tuple[Hashes, Places]:
    """A hash of each run of so many tokens of one text, and the text."""
    num_runs = max(0, len(hashes) - length + 1)
    runs = np.zeros(num_runs, np.uint64)
    for place in range(length):
        runs = mix(runs * np.uint64(31) + hashes[place : place + num_runs])
    is_whole = texts[:num_runs] == texts[length - 1 : length - 1 + num_runs]
    return runs[is_whole], texts[:num_runs][is_whole]


@functools.lru_cache(maxsize=1)
def _builtin_hashes() -> Hashes:
    return hashes_of(sorted(name for name in dir(builtins) if not name.startswith("_")))
