"""Make vectors of docstrings that are near where the docstrings say the same, by their words; no model is needed.

Source: Salton and Buckley 1988, "Term-weighting approaches in automatic text retrieval" (TF-IDF, cosine).

Words are the parts of identifiers without their endings. Beside them stand the pairs of neighbours among the words that
are not stock. Each has its column by a hash, so that parts of the texts need not agree on a vocabulary.
"""

import re
import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from string import ascii_lowercase
from typing import Any

import numpy as np

from hornbook.decontamination.frequencies import (
    OTHER_SHARE,
    STOCK_SHARE,
    STOCK_WORDS,
    Frequencies,
    information_of,
    no_frequencies,
)
from hornbook.decontamination.ngrams import WORD
from hornbook.errors import ConfigError

_PART = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+|[^\W\d_]+")
_ENDING = re.compile(r"(?:ations?|ators?|ingly|ings?|edly|ed|ies|ers?|ors?|ly|es|s|e|y)$")
_MIN_STEM = 3
_NUMBER = "#"
_FACTORS = (0x9E3779B1, 0x85EBCA77)


@dataclass(frozen=True, kw_only=True)
class WordVectorConfig:
    """How words become columns."""

    num_columns: int = 2**18
    """The first half are words, the second pairs."""
    pair_weight: float = 0.3
    """Of a pair of neighbours, against that of a word; 0 leaves pairs out."""

    def __post_init__(self) -> None:
        if self.num_columns < 2 or self.num_columns % 2:
            raise ConfigError(f"`num_columns` must be even and positive, got {self.num_columns!r}")
        if not 0 <= self.pair_weight <= 1:
            raise ConfigError(f"`pair_weight` must lie in [0, 1], got {self.pair_weight!r}")


class WordVectors:
    """Turns docstrings into rows of length 1, by words that are weighted with what they tell.

    A row is the same whatever texts are beside it.
    """

    def __init__(self, config: WordVectorConfig, frequencies: Frequencies | None = None) -> None:
        """Weigh the columns by how many texts have them.

        Raises:
            ValueError: The frequencies are of another number of columns.
        """
        self._config = config
        counted = frequencies if frequencies is not None else no_frequencies(config.num_columns)
        if len(counted.counts) != config.num_columns:
            raise ValueError(f"frequencies of {len(counted.counts)} columns for vectors of {config.num_columns}")
        half = config.num_columns // 2
        self._is_stock = np.zeros(config.num_columns, dtype=np.bool_)
        self._is_stock[[_column(word, half) for word in [_NUMBER, *ascii_lowercase, *STOCK_WORDS]]] = True
        believed = np.where(self._is_stock, STOCK_SHARE, OTHER_SHARE)
        self._information = information_of(believed, counted.counts, counted.num_texts).astype(np.float32)
        self._information[half:] *= config.pair_weight

    def count(self, texts: Sequence[str]) -> Frequencies:
        """In how many of the texts each column is filled."""
        rows = self._occurrences(texts)
        counts = np.bincount(rows.indices, minlength=self._config.num_columns).astype(np.int64)
        return Frequencies(num_texts=len(texts), counts=counts)

    def encode(self, texts: Sequence[str]) -> Any:
        """A row of length 1 for each text, of length 0 for one without words: scipy's CSR matrix, N×D, float32."""
        rows = self._occurrences(texts)
        row_of_entry = np.repeat(np.arange(len(texts)), np.diff(rows.indptr))
        weights = (1 + np.log(rows.data)) * self._information[rows.indices]
        lengths = np.sqrt(np.bincount(row_of_entry, weights=weights**2, minlength=len(texts)))
        rows.data = (weights / np.maximum(lengths, 1e-9)[row_of_entry]).astype(np.float32)
        return rows

    def _occurrences(self, texts: Sequence[str]) -> Any:
        """How often each text has what each column stands for, N×D."""
        from scipy.sparse import csr_matrix

        half = self._config.num_columns // 2
        memory: dict[str, list[int]] = {}
        found: list[int] = []
        lengths = []
        for text in texts:
            before = len(found)
            for word in WORD.findall(text):
                parts = memory.get(word)
                if parts is None:
                    parts = memory[word] = [_column(part, half) for part in _PART.findall(word)]
                found += parts
            lengths.append(len(found) - before)
        columns = np.array(found, dtype=np.int64)
        rows = np.repeat(np.arange(len(texts)), lengths)
        if self._config.pair_weight:
            telling = ~self._is_stock[columns]
            left, right, row = columns[telling][:-1], columns[telling][1:], rows[telling]
            beside = row[:-1] == row[1:]
            pairs = (left * _FACTORS[0] + right * _FACTORS[1]) % (2**31 - 1) % half + half
            columns = np.concatenate([columns, pairs[beside]])
            rows = np.concatenate([rows, row[:-1][beside]])
        ones = np.ones(len(columns), dtype=np.float32)
        matrix = csr_matrix((ones, (rows, columns)), shape=(len(texts), 2 * half))
        matrix.sum_duplicates()
        return matrix


def stem(word: str) -> str:
    """A word in lower case without its ending, so that `sorted` and `sorting` are one; crude, but always the same."""
    lower = word.lower()
    shorter = _ENDING.sub("", lower)
    if len(shorter) < _MIN_STEM:
        return lower
    return shorter[:-1] if shorter[-1] == shorter[-2] else shorter


def _column(word: str, num_columns: int) -> int:
    """Where a word is counted; all numbers are one word."""
    return zlib.crc32(_NUMBER.encode() if word.isdigit() else stem(word).encode()) % num_columns
