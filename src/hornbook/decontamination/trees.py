"""Find functions whose syntax trees are near those of a benchmark's solutions.

Trees are compared as `python_code.functions.tree_of` writes them, whatever their names, constants and comments. The
match rate of two trees is 1 - Levenshtein distance / length of the longer one: 1 for the same code with other names.

Source: section 5 and appendix C of the paper, which leave the formula open.
"""

from collections.abc import Sequence

import numpy as np

from hornbook.decontamination.functions import Function, ReadText, solution_of
from hornbook.decontamination.rule import Detector, Match
from hornbook.records import Problem

MATCH_RATES = (0.95, 0.9, 0.85, 0.8)
"""Source: section 5 of the paper, table 3."""
MIN_RATE = 0.7
"""The least match rate that is reported. None below a threshold of the rule decides by itself; a language model, where
one is asked, reads these pairs."""
MIN_NODES = 20
"""A smaller solution (`return len(string)`) has the shape of too much code to prove anything; see
`docs/decisions/decontamination-rule.md`. It counts only for a function of the same name and an equal tree."""
_TREES_AT_ONCE = 4096
"""Compared with all solutions together: bounds the memory."""


class TreeIndex:
    """The trees of a benchmark's solutions. A problem without a solution that parses is never found."""

    def __init__(self, problems: Sequence[Problem], min_rate: float = MIN_RATE) -> None:
        """Read the solutions; trees with at least the match rate `min_rate` are reported."""
        self._min_rate = min_rate
        solutions = [(place, solution_of(problem)) for place, problem in enumerate(problems)]
        known = [(place, solution) for place, solution in solutions if solution is not None]
        self._places = [place for place, _ in known]
        self._trees = [solution.tree for _, solution in known]
        self._names = [problems[place].entry_point for place in self._places]

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """The functions near a solution, by text, then by problem, then in the order of the functions."""
        distinct = list(dict.fromkeys(function.tree for read in texts for function in read.functions))
        near: dict[str, list[tuple[int, float]]] = {}
        for tree, solution, rate in near_trees(distinct, self._trees, self._min_rate):
            near.setdefault(distinct[tree], []).append((solution, rate))
        found = [
            Match(
                text=text,
                problem=self._places[at],
                detector=Detector.SYNTAX_TREE,
                score=rate,
                evidence=f"`{function.name}` has the solution's tree at a match rate of {rate:.3f}",
                function=function.name,
                window=function.window,
            )
            for text, read in enumerate(texts)
            for function in read.functions
            for at, rate in near.get(function.tree, ())
            if self._counts(at, function, rate)
        ]
        return sorted(found, key=lambda match: (match.text, match.problem))

    def _counts(self, at: int, function: Function, rate: float) -> bool:
        if len(self._trees[at]) >= MIN_NODES:
            return True
        return rate == 1 and function.name == self._names[at]


def near_trees(trees: Sequence[str], problem_trees: Sequence[str], min_rate: float) -> list[tuple[int, int, float]]:
    """All pairs with a match rate of at least `min_rate`, by tree, then by problem.

    The rate lies in (0, 1]. A tree that is given twice is compared twice.

    Returns:
        Index among the trees, index among the problems' trees, match rate.
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    matches: list[tuple[int, int, float]] = []
    for start in range(0, len(trees), _TREES_AT_ONCE):
        rates = cdist(
            trees[start : start + _TREES_AT_ONCE],
            problem_trees,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=min_rate - 1e-6,  # At the cutoff itself the library gives up some pairs.
            dtype=np.float64,
            workers=-1,
        )
        for row, column in np.argwhere(rates >= min_rate).tolist():
            matches.append((start + row, column, float(rates[row, column])))
    return matches


def match_rate(first: str, second: str) -> float:
    """The match rate of two trees; 1 for two empty ones."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_similarity(first, second)
