"""Find texts that share the words of a problem: the weighted part of its description that stands in one place.

Source: section 5 of the paper (13-grams), with shorter phrases and weights. A phrase that many texts or many problems
have weighs little, and so do the words that most docstrings have.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hornbook.decontamination.functions import ReadText, solution_of
from hornbook.decontamination.rule import Detector, Match
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
_PRIOR_PHRASE_TEXTS = 2_000
"""Texts without the phrase added to the counted ones, so that a few texts do not make a phrase stock."""
_PRIOR_PROBLEMS = 50
_PRIOR_WORD_TEXTS = 200
"""Weight of the prior share of a word, in texts."""
_PRIOR_SHARE, _PRIOR_SHARE_OF_STOCK = 0.003, 0.3
"""Share of texts assumed to have a word before any is counted."""
_STOCK = (
    "a all also an and another any are arg args argument arguments array as assume at average be been bool boolean "
    "but by call called can case character characters check code compute consider contain contains correct count "
    "create dict dictionary do does each either element elements empty equal every example examples exists false find "
    "first float following for from function get give given greater has have how if implement in index input int "
    "integer integers into is it item items its key largest last len length less list lists make many max maximum may "
    "method min minimum more most must name need negative new no none not note number numbers object of on one only "
    "or order other output pair param parameter positive possible program python raise raises result results return "
    "returned returning returns same second sequence set should smallest so solution solve sort sorted str string "
    "strings such sum take takes task tell text than that the their them then there these they this those to total "
    "true tuple two type until use using value values want we what when where whether which while whitespace will "
    "with without word words write you your zero"
)
_STOCK_WORDS = frozenset(_STOCK.split())
"""The words of which most docstrings are made; numbers and single letters count as such, too."""
_EXAMPLES = re.compile(r"^[ \t]*(>>>|(for )?(some )?examples?\b|e\.g\b|\[input/output\])", re.MULTILINE | re.IGNORECASE)
_MIN_WORDS = 5
"""A shorter description is taken together with its examples."""
_WORD = re.compile(r"\w+")

Ngram = tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Frequencies:
    """In how many texts each phrase and word of an index occurs. Those of parts add up to those of the whole."""

    num_texts: int
    counts: NDArray[np.int64]
    """By feature, in the order of the index that counted them."""

    def __add__(self, other: "Frequencies") -> "Frequencies":
        """Frequencies of the texts of both, counted by one index."""
        return Frequencies(num_texts=self.num_texts + other.num_texts, counts=self.counts + other.counts)


@dataclass(slots=True, kw_only=True)
class _Description:
    """A problem's description as it is searched for."""

    phrases: NDArray[np.int64]
    """The phrase that begins at each word; -1 for a row of numbers."""
    weights: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    """Of each of them, 0 to 1."""
    information: NDArray[np.float64]
    """Of each word, in nats."""
    size: int
    """Words of a phrase; fewer than `NGRAM_SIZE` where the whole description has fewer."""
    total: float = 0.0
    """Weighted information of all words."""


class PhraseIndex:
    """The phrases of a benchmark's descriptions.

    A first index, without frequencies, counts; a second one, with the sum of the counts of all parts, matches. The
    matches of a text do not depend on the other texts. Can be pickled.
    """

    def __init__(self, problems: Sequence[Problem], frequencies: Frequencies | None = None) -> None:
        """Number the phrases and weigh them by the frequencies, if any."""
        self._phrases: dict[Ngram, int] = {}
        self._places: list[list[tuple[int, int]]] = []
        self._sizes: set[int] = set()
        docstrings = [docstring_of(problem) for problem in problems]
        self._docstrings: dict[str, list[int]] = {}
        for problem, docstring in enumerate(docstrings):
            self._docstrings.setdefault(" ".join(docstring.split()), []).append(problem)
        words = [words_of(description_of(docstring)) for docstring in docstrings]
        self._words = {word: at for at, word in enumerate(dict.fromkeys(word for one in words for word in one))}
        self._descriptions = [self._enter(problem, one) for problem, one in enumerate(words)]
        num_features = len(self._phrases) + len(self._words)
        self._nothing = Frequencies(num_texts=0, counts=np.zeros(num_features, dtype=np.int64))
        self._weigh(words, self._nothing if frequencies is None else frequencies)

    def count(self, texts: Iterable[ReadText]) -> Frequencies:
        """In how many of the texts each phrase and each word of the benchmark occurs."""
        counts = self._nothing.counts.copy()
        num_texts = 0
        for read in texts:
            words = words_of(read.text)
            phrases = {phrase for _, phrase in self._hits(words)}
            known = {at for word in set(words) if (at := self._words.get(word)) is not None}
            counts[[*phrases, *(len(self._phrases) + at for at in known)]] += 1
            num_texts += 1
        return Frequencies(num_texts=num_texts, counts=counts)

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """All matches of at least `MIN_SCORE`, text by text and in the order of the problems."""
        found = []
        for at, read in enumerate(texts):
            hits: dict[int, list[tuple[int, int]]] = {}
            for place, phrase in self._hits(words_of(read.text)):
                for problem, start in self._places[phrase]:
                    hits.setdefault(problem, []).append((place, start))
            for problem in sorted(hits):
                score, first, last = self._best_window(problem, hits[problem])
                if score >= MIN_SCORE:
                    inside = [one for one in hits[problem] if first <= one[0] <= last]
                    found.append(self._match(at, read, problem, score, inside))
            found += self._copies(at, read)
        return found

    def _copies(self, at: int, read: ReadText) -> list[Match]:
        """Functions with the whole docstring of a problem, examples included, even one of stock words alone."""
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
        size = max(min(NGRAM_SIZE, len(words)), 1)
        self._sizes.add(size)
        phrases = np.full(max(len(words) - size + 1, 0), -1, dtype=np.int64)
        for start, ngram in enumerate(ngrams(words, size)):
            if not is_text(ngram):
                continue
            phrase = self._phrases.setdefault(ngram, len(self._phrases))
            if phrase == len(self._places):
                self._places.append([])
            self._places[phrase].append((problem, start))
            phrases[start] = phrase
        return _Description(phrases=phrases, information=np.zeros(len(words)), size=size)

    def _weigh(self, words: Sequence[Sequence[str]], counted: Frequencies) -> None:
        """Give every phrase its weight and every word its information."""
        num_phrases = len(self._phrases)
        in_texts, words_in_texts = counted.counts[:num_phrases], counted.counts[num_phrases:]
        in_problems = np.array([len({problem for problem, _ in places}) for places in self._places], dtype=np.int64)
        words_in_problems = np.zeros(len(self._words), dtype=np.int64)
        for one in words:
            words_in_problems[[self._words[word] for word in set(one)]] += 1
        prior = np.array([_PRIOR_SHARE_OF_STOCK if _is_stock(word) else _PRIOR_SHARE for word in self._words])
        for description, one in zip(self._descriptions, words, strict=True):
            places = np.flatnonzero(description.phrases >= 0)
            phrases = description.phrases[places]
            # What all phrases of a problem have in common is no stock: it was copied, perhaps a thousand times.
            copies = int(np.quantile(in_texts[phrases], 0.25)) if len(phrases) else 0
            share = np.maximum(
                (in_texts[phrases] - copies).clip(0) / (counted.num_texts + _PRIOR_PHRASE_TEXTS),
                (in_problems[phrases] - 1) / (len(words) + _PRIOR_PROBLEMS),
            )
            description.weights = np.zeros(len(description.phrases))
            description.weights[places] = 1 / (1 + share / STOCK_SHARE)
            ids = np.array([self._words[word] for word in one], dtype=np.int64)
            word_counts = (words_in_texts[ids] - copies).clip(0) + words_in_problems[ids]
            num_texts = counted.num_texts - copies + len(words)
            shares = (word_counts + _PRIOR_WORD_TEXTS * prior[ids]) / (num_texts + _PRIOR_WORD_TEXTS)
            description.information = -np.log(shares)
            description.total = _covered(description, range(len(description.phrases)))

    def _hits(self, words: Sequence[str]) -> list[tuple[int, int]]:
        """The places of the text at which a phrase begins, and the phrase, in order."""
        found = [
            (place, phrase)
            for size in self._sizes
            for place, ngram in enumerate(ngrams(words, size))
            if (phrase := self._phrases.get(ngram)) is not None
        ]
        return sorted(found)

    def _best_window(self, problem: int, hits: list[tuple[int, int]]) -> tuple[float, int, int]:
        """The best score in one place of the text, and the first and the last hit there. Hits are in order."""
        description = self._descriptions[problem]
        best = (_score(description, {start for _, start in hits}), hits[0][0], hits[-1][0])
        width = int(WINDOW_RATIO * len(description.information)) + 1
        if best[0] < MIN_SCORE or hits[-1][0] - hits[0][0] + description.size <= width:
            return best
        best = (0.0, hits[0][0], hits[0][0])
        stop, before = 0, -1
        for first, (place, _) in enumerate(hits):
            while stop < len(hits) and hits[stop][0] + description.size <= place + width:
                stop += 1
            if stop > before:  # A later first hit with the same last one covers less.
                score = _score(description, {start for _, start in hits[first:stop]})
                if score > best[0]:
                    best = (score, place, hits[stop - 1][0])
            before = stop
        return best

    def _match(self, at: int, read: ReadText, problem: int, score: float, hits: Sequence[tuple[int, int]]) -> Match:
        description = self._descriptions[problem]
        spans = [found.span() for found in _WORD.finditer(read.text.lower())]
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


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in lower case; punctuation, quotes and line breaks do not count."""
    return _WORD.findall(text.lower())


def ngrams(words: Sequence[str], size: int) -> list[Ngram]:
    """All runs of `size` words, in order."""
    return list(zip(*(words[start:] for start in range(size)), strict=False))


def is_text(ngram: Ngram) -> bool:
    """Whether at least half of the words hold a letter: rows of numbers are no text."""
    return 2 * sum(not word.isdigit() for word in ngram) >= len(ngram)


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


def _is_stock(word: str) -> bool:
    return word in _STOCK_WORDS or word.isdigit() or len(word) == 1


def _score(description: _Description, starts: set[int]) -> float:
    covered = _covered(description, sorted(starts))
    if not covered:
        return 0.0
    return min(1.0, covered / description.total) * min(1.0, covered / TELLING_NATS)


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
