"""Find runs of words that a document shares with a problem's docstring.

Source: section 5 of the paper (13-grams between HumanEval's docstrings and the exercises).
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

WORD = re.compile(r"\w+")

Ngram = tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SharedRun:
    """The longest run of words that a document shares with one problem."""

    task_id: str
    words: str
    num_words: int


class NgramIndex:
    """The word n-grams of many docstrings.

    An n-gram in which fewer than half of the words hold a letter is left out: rows of numbers are no text. A docstring
    of fewer than `ngram_size` words has no n-gram and cannot be found this way.
    """

    def __init__(self, docstrings: Mapping[str, str], ngram_size: int) -> None:
        self._ngram_size = ngram_size
        self._tasks: dict[Ngram, list[str]] = {}
        for task_id, docstring in docstrings.items():
            for ngram in dict.fromkeys(ngrams(words_of(docstring), ngram_size)):
                if 2 * sum(not word.isdigit() for word in ngram) >= ngram_size:
                    self._tasks.setdefault(ngram, []).append(task_id)

    def shared_runs(self, text: str) -> list[SharedRun]:
        """For each problem that shares an n-gram with the text, the longest shared run, in the order of the text."""
        words = words_of(text)
        open_runs: dict[str, int] = {}
        longest: dict[str, tuple[int, int]] = {}
        for position, ngram in enumerate(ngrams(words, self._ngram_size)):
            tasks = self._tasks.get(ngram)
            if tasks is None:
                open_runs.clear()
                continue
            open_runs = {task_id: open_runs.get(task_id, position) for task_id in tasks}
            for task_id, start in open_runs.items():
                stop = position + self._ngram_size
                if task_id not in longest or stop - start > longest[task_id][1] - longest[task_id][0]:
                    longest[task_id] = (start, stop)
        return [
            SharedRun(task_id=task_id, words=" ".join(words[start:stop]), num_words=stop - start)
            for task_id, (start, stop) in longest.items()
        ]


def words_of(text: str) -> list[str]:
    """The words and numbers of a text in lower case; punctuation, quotes and line breaks do not count."""
    return WORD.findall(text.lower())


def ngrams(words: Sequence[str], size: int) -> list[Ngram]:
    """All runs of `size` words, in order."""
    return list(zip(*(words[start:] for start in range(size)), strict=False))
