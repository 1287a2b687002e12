"""Find docstrings that say what a problem's docstring says, in whatever order of words.

Reads:  texts; the problems of a benchmark; in how many texts each word occurs.
Writes: a match for each text and problem with docstrings near enough.
Source: Yang et al. 2023, "Rethinking Benchmark and Contamination for Language Models with Rephrased Samples", looks for
        rephrased problems by embeddings. Here the encoder needs no model (`word_vectors.py`), or is one of your own.

A text is searched in pieces: the docstring of each function with the comment above it, and what stands between the
functions, cut to some eighty words.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hornbook.decontamination.descriptions import description_of, docstring_of
from hornbook.decontamination.frequencies import Frequencies
from hornbook.decontamination.functions import ReadText
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.ngrams import WORD
from hornbook.decontamination.word_vectors import WordVectorConfig, WordVectors
from hornbook.errors import ConfigError
from hornbook.records import Problem

_MIN_WORDS = 4
_BATCH = 2_000
_COMMENT_ABOVE = re.compile(r"(?:^[ \t]*(?:#.*|@.*)?\n)+\Z", re.MULTILINE)
_CHARACTERS_ABOVE = 2_000


class DocstringEncoder(Protocol):
    """Turns texts into vectors whose products say how near they are."""

    def encode(self, texts: Sequence[str]) -> Any:
        """A row of length 1 for each text, N×D, as an array or a sparse matrix. No row may depend on the others."""
        ...


@dataclass(frozen=True, kw_only=True)
class DocstringConfig:
    """How texts are cut, and what is near."""

    min_score: float = 0.3
    """The least cosine that is a match."""
    window_words: int = 80
    """Words of a piece of text without functions; the next begins in its middle."""
    vectors: WordVectorConfig = field(default_factory=WordVectorConfig)

    def __post_init__(self) -> None:
        if not 0 < self.min_score <= 1:
            raise ConfigError(f"`min_score` must lie in (0, 1], got {self.min_score!r}")
        if self.window_words < 2 * _MIN_WORDS:
            raise ConfigError(f"`window_words` must be at least {2 * _MIN_WORDS}, got {self.window_words!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a text that may tell a task."""

    words: str
    """What is compared."""
    function: str
    """The function whose docstring it is; empty for what stands between functions."""
    window: tuple[int, int]
    """First character, and the one after the last: of the function and what stands above it, or of the piece."""


class DocstringIndex:
    """The vectors of a benchmark's docstrings.

    A first index, without frequencies, counts; a second one, with the sum of the counts of all parts, matches. With
    an encoder of one's own there is nothing to be counted. What it says of a text does not depend on the texts beside
    it, as far as the encoder's rows do not. Can be pickled if the encoder can.
    """

    def __init__(
        self,
        problems: Sequence[Problem],
        config: DocstringConfig,
        frequencies: Frequencies | None = None,
        encoder: DocstringEncoder | None = None,
    ) -> None:
        self.config = config
        self._words = WordVectors(config.vectors, frequencies)
        self._encoder = encoder if encoder is not None else self._words
        told = [_told(problem.entry_point, description_of(docstring_of(problem))) for problem in problems]
        self._problems: Any = self._encoder.encode(told) if told else None

    def count(self, texts: Sequence[ReadText]) -> Frequencies:
        """In how many pieces of the texts each word occurs."""
        return self._words.count([piece.words for read in texts for piece in pieces_of(read, self.config.window_words)])

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """The nearest piece of each text for each problem if it is near, text by text, in the order of the problems."""
        pieces = [(at, piece) for at, read in enumerate(texts) for piece in pieces_of(read, self.config.window_words)]
        best: dict[tuple[int, int], tuple[float, Piece]] = {}
        for start in range(0, len(pieces) if self._problems is not None else 0, _BATCH):
            batch = pieces[start : start + _BATCH]
            cosines = self._cosines([piece.words for _, piece in batch])
            for row, problem in np.argwhere(cosines >= self.config.min_score).tolist():
                at, piece = batch[row]
                score = min(float(cosines[row, problem]), 1.0)
                if (at, problem) not in best or score > best[at, problem][0]:
                    best[at, problem] = (score, piece)
        return [_match(*pair, *best[pair]) for pair in sorted(best)]

    def _cosines(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Pieces × problems."""
        product = self._encoder.encode(texts) @ self._problems.T
        # Rounded, since a dense product may differ in its last digits with the number of rows.
        return np.asarray(product.toarray() if hasattr(product, "toarray") else product).round(5)


def pieces_of(read: ReadText, window_words: int) -> Iterator[Piece]:
    """The parts of a text that may tell a task, the docstrings first; none of fewer than four words."""
    taken: list[tuple[int, int]] = []
    for function in read.functions:
        start, end = function.window
        above = _COMMENT_ABOVE.search(read.text, max(0, start - _CHARACTERS_ABOVE), start)
        begin = above.start() if above is not None else start
        begin += len(read.text[begin:start]) - len(read.text[begin:start].lstrip("\n"))
        taken.append((begin, end))
        words = f"{read.text[begin:start]}\n{description_of(function.docstring)}"
        if _has_words(words):
            yield Piece(words=_told(function.name, words), function=function.name, window=(begin, end))
    at = 0
    for begin, end in [*sorted(taken), (len(read.text), len(read.text))]:
        if begin > at:
            yield from _windows(read.text, at, begin, window_words)
        at = max(at, end)


def _windows(text: str, begin: int, end: int, num_words: int) -> Iterator[Piece]:
    """Cut a part of a text to runs of words that overlap by half."""
    spans = [found.span() for found in WORD.finditer(text, begin, end)]
    for first in range(0, max(len(spans) - num_words // 2, 1), num_words // 2):
        part = spans[first : first + num_words]
        if len(part) >= _MIN_WORDS:
            window = (part[0][0], part[-1][1])
            yield Piece(words=text[slice(*window)], function="", window=window)


def _told(name: str, words: str) -> str:
    """What a function's name and its docstring say together."""
    return f"{name.strip('_').replace('_', ' ')}\n{words}"


def _has_words(text: str) -> bool:
    return sum(1 for _ in zip(range(_MIN_WORDS), WORD.finditer(text), strict=False)) == _MIN_WORDS


def _match(text: int, problem: int, score: float, piece: Piece) -> Match:
    said = " ".join(piece.words.split())
    return Match(
        text=text,
        problem=problem,
        detector=Detector.DOCSTRING,
        score=score,
        evidence=f"a cosine of {score:.3f}: {said[:160]}",
        function=piece.function,
        window=piece.window,
    )
