"""Turn code into features without any download: hashed tokens in five views, and measures of names and layout.

Reads:  texts of Python code.
Writes: features for the classifier's head.
Source: in place of the hidden states of a code model (section 2.1 of the paper), thousands of times faster;
        `docs/decisions/classifier-head.md` has the measurement.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.lexer import Hashes, Lexed, Places, Region, lex, mix
from hornbook.curation.measures import keyword_hashes, measure
from hornbook.errors import ConfigError

BLOCKS = ("pairs", "strings", "prose", "prose parts", "lines")
"""Views of a text's tokens: neighbours in the code; words and marks in literals on one line; those in comments and long
literals; parts of compound words in either; each line's first word with its indentation."""

_TEXTS_AT_ONCE = 200
_SALTS = tuple(np.uint64(salt) for salt in (31, 9, 5, 3, 4))
_INDENT_BYTES, _MOST_INDENTS = 4, 7


@dataclass(frozen=True, kw_only=True)
class EncodeConfig:
    """Sizes of the features."""

    bits_per_block: int = 16
    """The tokens of a block are hashed into 2 to this power columns."""
    max_characters: int = 200_000
    """Of a text, from its start; what is behind them counts for nothing. While a text is encoded its arrays take many
    times its size, and a text can be of any length."""

    def __post_init__(self) -> None:
        if self.max_characters < 1:
            raise ConfigError(f"`max_characters` must be at least 1, got {self.max_characters!r}")
        if not 8 <= self.bits_per_block <= 20:
            raise ConfigError(f"`bits_per_block` must lie in [8, 20], got {self.bits_per_block!r}")


@dataclass(frozen=True, kw_only=True)
class Features:
    """Two views of N texts."""

    tokens: Any
    """SciPy CSR matrix, N × the blocks' columns side by side: 1 + ln(count); float64. No columns where the encoder is a
    language model."""
    dense: NDArray[np.float64]
    """N × D: measures, or a language model's states."""

    def rows(self, index: NDArray[np.intp]) -> "Features":
        """The features of some of the texts, in the order of `index`."""
        return Features(tokens=self.tokens[index], dense=self.dense[index])


def encode(texts: Sequence[str], config: EncodeConfig) -> Features:
    """Encode texts of Python code; each row depends on its own text alone, to the last digit."""
    from scipy import sparse

    parts = [_encode(texts[start : start + _TEXTS_AT_ONCE], config) for start in range(0, len(texts), _TEXTS_AT_ONCE)]
    if not parts:
        parts = [_encode([""], config).rows(np.empty(0, np.intp))]
    return Features(
        tokens=sparse.vstack([part.tokens for part in parts], format="csr"),
        dense=np.vstack([part.dense for part in parts]),
    )


def _encode(texts: Sequence[str], config: EncodeConfig) -> Features:
    from scipy import sparse

    lexed = lex([text[: config.max_characters] for text in texts])
    bits = config.bits_per_block
    keys = [
        ((texts_T * len(BLOCKS) + block) << bits)
        | (mix(hashes_T + _SALTS[block]) >> np.uint64(64 - bits)).astype(np.int64)
        for block, (hashes_T, texts_T) in enumerate(_views(lexed))
    ]
    sorted_keys = np.sort(np.concatenate(keys))
    first = np.flatnonzero(np.diff(sorted_keys, prepend=-1))
    counts = np.diff(first, append=len(sorted_keys))
    cells = sorted_keys[first]
    width = len(BLOCKS) << bits
    ends = np.searchsorted(cells, np.arange(len(texts) + 1) * width)
    tokens = sparse.csr_matrix((1.0 + np.log(counts), cells % width, ends), shape=(len(texts), width))
    return Features(tokens=tokens, dense=measure(lexed))


def _views(lexed: Lexed) -> list[tuple[Hashes, Places]]:
    """For each of the blocks the hashes and the texts that they are of."""
    code, inner, lines = lexed.code, lexed.inner, lexed.lines
    follows = code.texts_T[1:] == code.texts_T[:-1]
    pairs = mix(code.hashes_T[:-1][follows] * np.uint64(31) + code.hashes_T[1:][follows])
    in_string = inner.regions_T == Region.STRING
    is_code = (lines.regions_L == Region.CODE) & (lines.first_hashes_L != 0)
    firsts = lines.first_hashes_L[is_code]
    firsts = np.where(np.isin(firsts, keyword_hashes()), firsts, np.uint64(1))
    indents = np.minimum(lines.indents_L[is_code] // _INDENT_BYTES, _MOST_INDENTS).astype(np.uint64)
    return [
        (pairs, code.texts_T[1:][follows]),
        (inner.hashes_T[in_string], inner.texts_T[in_string]),
        (inner.hashes_T[~in_string], inner.texts_T[~in_string]),
        (lexed.parts.hashes_T, lexed.parts.texts_T),
        (mix(firsts * np.uint64(31) + indents), lines.texts_L[is_code]),
    ]
