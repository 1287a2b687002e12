"""Find texts that tell a problem in its own words: the weighted part of its description that stands in one place.

Reads:  texts; the problems of a benchmark; in how many texts each of their phrases occurs.
Writes: a match for each text and problem that share enough.
Source: section 5 of the paper (13-grams), with shorter phrases and weights: a phrase that many texts or many problems
    have is stock and weighs little, and so do the words of which all docstrings are made.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hornbook.decontamination.frequencies import Frequencies, believed_share, information_of, no_frequencies
from hornbook.decontamination.functions import ReadText, solution_of
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.ngrams import WORD, Ngram, ngrams, words_of
from hornbook.records import Problem

NGRAM_SIZE = 4
"""Words in a row that must be equal. `docs/decisions/ngrams.md` says why not 13."""
STOCK_SHARE = 0.005
"""A phrase weighs half where this share of the texts, or of the other problems, has it."""
TELLING_NATS = 25.0
"""Shared words of less information lower the score in proportion."""
WINDOW_RATIO = 1.5
"""Words of the text among which the shared ones must stand, per word of the description."""
MIN_SCORE = 0.2
"""The least score that is a match."""
_NUM_BELIEVED_TEXTS = 2_000
"""Texts without the phrase that are imagined beside the counted ones, so that few texts do not make a phrase stock."""
_NUM_BELIEVED_PROBLEMS = 50
_EXAMPLES = re.compile(r"^[ \t]*(>>>|(for )?(some )?examples?\b|e\.g\b|\[input/output\])", re.MULTILINE | re.IGNORECASE)
_MIN_WORDS = 5
"""A shorter description is no description."""


@dataclass(slots=True, kw_only=True)
class _Description:
    """A problem's description as it is looked for."""

    phrases: NDArray[np.int64]
    """The phrase that begins at each word; -1 for a row of numbers."""
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """Of each of them, 0 to 1."""
    information: NDArray[np.float64]
    """Of each word, in nats."""
    size: int
    """Words of a phrase; fewer than the index's where the whole description has fewer."""
    total: float = 0.0
    """Weighted information of all words."""


class PhraseIndex:
    """The phrases of a benchmark's descriptions, made ready to be found.

    A first index, without frequencies, counts; a second one, with the sum of the counts of all parts, matches. What it
    says of a text does not depend on the texts beside it. Holds no memory of what it saw; can be pickled.
    """

    def __init__(
        self, problems: Sequence[Problem], ngram_size: int = NGRAM_SIZE, frequencies: Frequencies | None = None
    ) -> None:
        """Number the phrases and weigh them by the frequencies, if any.

        Raises:
            ValueError: The frequencies are of another index.
        """
        self._ngram_size = ngram_size
        self._phrases: dict[Ngram, int] = {}
        self._places: list[list[tuple[int, int]]] = []
        self._sizes: set[int] = set()
        docstrings = [docstring_of(problem) for problem in problems]
        self._docstrings: dict[str, list[int]] = {}
        for problem, docstring in enumerate(docstrings):
            self._docstrings.setdefault(" ".join(docstring.split()), []).append(problem)
        words = [words_of(description_of(docstring)) for docstring in docstrings]
        vocabulary = {word: at for at, word in enumerate(dict.fromkeys(word for one in words for word in one))}
        self._words = vocabulary
        found = [self._enter(problem, one) for problem, one in enumerate(words)]
        self.num_features = len(self._phrases) + len(vocabulary)
        """Length of the counts."""
        counted = frequencies if frequencies is not None else no_frequencies(self.num_features)
        if len(counted.counts) != self.num_features:
            raise ValueError(f"frequencies of {len(counted.counts)} features for an index of {self.num_features}")
        self._descriptions = self._weigh(words, found, counted)

    def count(self, texts: Iterable[ReadText]) -> Frequencies:
        """In how many of the texts each phrase and each word of the benchmark occurs."""
        counts = np.zeros(self.num_features, dtype=np.int64)
        num_texts = 0
        for read in texts:
            words = words_of(read.text)
            phrases = {phrase for _, phrase in self._hits(words)}
            known = {at for word in set(words) if (at := self._words.get(word)) is not None}
            counts[[*phrases, *(len(self._phrases) + at for at in known)]] += 1
            num_texts += 1
        return Frequencies(num_texts=num_texts, counts=counts)

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """What reaches the least score, text by text and in the order of the problems."""
        found = []
        for at, read in enumerate(texts):
            words = words_of(read.text)
            hits: dict[int, list[tuple[int, int]]] = {}
            for place, phrase in self._hits(words):
                for problem, start in self._places[phrase]:
                    hits.setdefault(problem, []).append((place, start))
            for problem in sorted(hits):
                score, first, last = self._best_window(problem, hits[problem])
                if score >= MIN_SCORE:
                    found.append(
                        self._match(at, read, problem, score, [one for one in hits[problem] if first <= one[0] <= last])
                    )
            found += self._copies(at, read)
        return found

    def _copies(self, at: int, read: ReadText) -> list[Match]:
        """Functions with the whole docstring of a problem, examples and all, be it of stock words alone."""
        return [
            Match(
                text=at,
                problem=problem,
                detector=Detector.NGRAM,
                score=1.0,
                evidence=f"`{function.name}` has the whole docstring",
                function=function.name,
                window=function.window,
            )
            for function in read.functions
            if function.docstring
            for problem in self._docstrings.get(" ".join(function.docstring.split()), ())
        ]

    def _enter(self, problem: int, words: Sequence[str]) -> _Description:
        """Number a description's phrases."""
        size = max(min(self._ngram_size, len(words)), 1)
        self._sizes.add(size)
        phrases = np.full(max(len(words) - size + 1, 0), -1, dtype=np.int64)
        for start, ngram in enumerate(ngrams(words, size)):
            if 2 * sum(not word.isdigit() for word in ngram) < size:
                continue
            phrase = self._phrases.setdefault(ngram, len(self._phrases))
            if phrase == len(self._places):
                self._places.append([])
            self._places[phrase].append((problem, start))
            phrases[start] = phrase
        return _Description(phrases=phrases, information=np.zeros(len(words)), size=size)

    def _weigh(
        self, words: Sequence[Sequence[str]], found: list[_Description], counted: Frequencies
    ) -> list[_Description]:
        """Give every phrase its weight and every word its information."""
        num_phrases = len(self._phrases)
        in_texts, words_in_texts = counted.counts[:num_phrases], counted.counts[num_phrases:]
        in_problems = np.array([len({problem for problem, _ in places}) for places in self._places], dtype=np.int64)
        words_in_problems = np.zeros(len(self._words), dtype=np.int64)
        for one in words:
            words_in_problems[[self._words[word] for word in set(one)]] += 1
        believed = np.array([believed_share(word) for word in self._words], dtype=np.float64)
        for description, one in zip(found, words, strict=True):
            places = np.flatnonzero(description.phrases >= 0)
            phrases = description.phrases[places]
            # What all phrases of a problem have in common is no stock: it was copied, perhaps a thousand times.
            copies = int(np.quantile(in_texts[phrases], 0.25)) if len(phrases) else 0
            share = np.maximum(
                (in_texts[phrases] - copies).clip(0) / (counted.num_texts + _NUM_BELIEVED_TEXTS),
                (in_problems[phrases] - 1) / (len(words) + _NUM_BELIEVED_PROBLEMS),
            )
            description.weights = np.zeros(len(description.phrases))
            description.weights[places] = 1 / (1 + share / STOCK_SHARE)
            ids = np.array([self._words[word] for word in one], dtype=np.int64)
            word_counts = (words_in_texts[ids] - copies).clip(0) + words_in_problems[ids]
            num_texts = counted.num_texts - copies + len(words)
            description.information = information_of(believed[ids], word_counts, num_texts)
            description.total = _covered(description, range(len(description.phrases)))
        return found

    def _hits(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """The places of the text at which a phrase begins, and the phrase, in order."""
        get = self._phrases.get
        found = []
        for size in sorted(self._sizes):
            found += [
                (place, phrase) for place, ngram in enumerate(ngrams(words, size)) if (phrase := get(ngram)) is not None
            ]
        return sorted(found) if len(self._sizes) > 1 else found

    def _best_window(self, problem: int, hits: list[tuple[int, int]]) -> tuple[float, int, int]:
        """The best score in one place of the text, and the first and the last hit there. Hits are in order."""
        description = self._descriptions[problem]
        best = (self._score(description, {start for _, start in hits}), hits[0][0], hits[-1][0])
        width = int(WINDOW_RATIO * len(description.information)) + 1
        if best[0] < MIN_SCORE or hits[-1][0] - hits[0][0] + description.size <= width:
            return best
        best = (0.0, hits[0][0], hits[0][0])
        stop = 0
        before = -1
        for first, (place, _) in enumerate(hits):
            while stop < len(hits) and hits[stop][0] + description.size <= place + width:
                stop += 1
            if stop > before:
                # A later first hit with the same last one has less.
                score = self._score(description, {start for _, start in hits[first:stop]})
                if score > best[0]:
                    best = (score, place, hits[stop - 1][0])
            before = stop
        return best

    def _score(self, description: _Description, starts: set[int]) -> float:
        covered = _covered(description, sorted(starts))
        if not covered:
            return 0.0
        return min(1.0, covered / description.total) * min(1.0, covered / TELLING_NATS)

    def _match(self, at: int, read: ReadText, problem: int, score: float, hits: Sequence[tuple[int, int]]) -> Match:
        description = self._descriptions[problem]
        spans = [found.span() for found in WORD.finditer(read.text.lower())]
        window = (spans[hits[0][0]][0], spans[hits[-1][0] + description.size - 1][1])
        covered = {start + step for _, start in hits for step in range(description.size)}
        first, last = _longest_run({place for place, _ in hits})
        run = " ".join(read.text.lower()[slice(*spans[word])] for word in range(first, last + description.size))
        return Match(
            text=at,
            problem=problem,
            detector=Detector.NGRAM,
            score=score,
            evidence=f'{len(covered)} of {len(description.information)} words, "{run}"',
            function=function_around(read, window),
            window=window,
        )


def docstring_of(problem: Problem) -> str:
    """The docstring of the function to complete; the whole prompt where there is none or where it does not parse."""
    solution = solution_of(problem)
    return solution.docstring if solution is not None and solution.docstring else problem.prompt


def description_of(docstring: str) -> str:
    """A docstring up to its first example; all of it where hardly a word stands before that."""
    found = _EXAMPLES.search(docstring)
    if found is None or len(docstring[: found.start()].split()) < _MIN_WORDS:
        return docstring
    return docstring[: found.start()]


def function_around(read: ReadText, window: tuple[int, int]) -> str:
    """The name of the function that has most of a window, the smallest of several; empty where none has half of it."""
    best, name = (0, 0), ""
    for function in read.functions:
        start, end = function.window
        shared = min(end, window[1]) - max(start, window[0])
        if 2 * shared >= window[1] - window[0] and (shared, start - end) > (best if name else (0, start - end)):
            best, name = (shared, start - end), function.name
    return name


def _covered(description: _Description, starts: Iterable[int]) -> float:
    """The information of the words in the phrases that begin there, each with the weight of its best phrase."""
    best = np.zeros(len(description.information))
    for start in starts:
        part = best[start : start + description.size]
        np.maximum(part, description.weights[start], out=part)
    return float(best @ description.information)


def _longest_run(places: set[int]) -> tuple[int, int]:
    """First and last of the longest run of neighbours, the first of several."""
    best = (0, -1)
    for place in sorted(places):
        if place - 1 not in places:
            last = place
            while last + 1 in places:
                last += 1
            if last - place > best[1] - best[0]:
                best = (place, last)
    return best
