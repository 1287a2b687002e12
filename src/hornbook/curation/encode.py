"""Turn code into features without any download: hashed token n-grams, and counts from the syntax tree.

Source: in place of the hidden states of a code model (section 2.1 of the paper), thousands of times faster;
`docs/decisions/classifier-head.md` has the measurement.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hornbook.curation.syntax_features import syntax_features
from hornbook.errors import ConfigError

LEXICAL_TOKEN = re.compile(r"[^\W\d]\w*|\d+|[^\s\w]")
"""A word, a number, or one mark."""

SUBWORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+")


@dataclass(frozen=True, kw_only=True)
class EncodeConfig:
    """Sizes of the features."""

    num_buckets: int = 2**18
    """Token n-grams are hashed into this many columns."""
    ngram_size: int = 2
    """Longest n-gram of tokens."""

    def __post_init__(self) -> None:
        if not 2**8 <= self.num_buckets <= 2**24:
            raise ConfigError(f"`num_buckets` must lie in [256, 16777216], got {self.num_buckets!r}")
        if not 1 <= self.ngram_size <= 5:
            raise ConfigError(f"`ngram_size` must lie in [1, 5], got {self.ngram_size!r}")


@dataclass(frozen=True, kw_only=True)
class Features:
    """Two views of N texts."""

    tokens: Any
    """SciPy CSR matrix, N × `num_buckets`: 1 + ln(count) of each n-gram; float64."""
    syntax: NDArray[np.float64]
    """N × `syntax_features.NUM_FEATURES`."""

    def rows(self, index: NDArray[np.intp]) -> "Features":
        """The features of some of the texts, in the order of `index`."""
        return Features(tokens=self.tokens[index], syntax=self.syntax[index])


def encode(texts: Sequence[str], config: EncodeConfig) -> Features:
    """Encode texts of Python code; each row depends on its own text alone.

    A text that does not parse has zeros for its syntax features, apart from one that says so.
    """
    from sklearn.feature_extraction.text import HashingVectorizer

    vectorizer = HashingVectorizer(
        tokenizer=tokenize_code,
        token_pattern=None,
        lowercase=False,
        ngram_range=(1, config.ngram_size),
        n_features=config.num_buckets,
        alternate_sign=False,
        norm=None,
    )
    counts = vectorizer.transform(texts)
    counts.data = 1.0 + np.log(counts.data)
    return Features(tokens=counts, syntax=np.array([syntax_features(text) for text in texts], dtype=np.float64))


def tokenize_code(text: str) -> list[str]:
    """Words, numbers and marks in order; after a compound name, its parts in lower case with a `~` before each."""
    tokens: list[str] = []
    for token in LEXICAL_TOKEN.findall(text):
        tokens.append(token)
        parts = SUBWORD.findall(token)
        if len(parts) > 1:
            tokens.extend("~" + part.lower() for part in parts)
    return tokens


def count_tokens(text: str) -> int:
    """Number of lexical tokens: words, numbers and single marks; white space is none.

    A stand-in for the tokens of the run's tokenizer, which is trained later, on what is kept here.
    """
    return len(LEXICAL_TOKEN.findall(text))
