"""Find functions whose syntax trees are near those of a benchmark's solutions.

Reads:  texts; a benchmark's problems.
Writes: for each text and problem the nearest function, if it is near.
Source: section 5 and appendix C of the paper.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.decontamination.functions import Function, ReadText, solution_of
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.syntax_trees import near_trees
from hornbook.errors import ConfigError
from hornbook.records import Problem

MATCH_RATES = (0.95, 0.9, 0.85, 0.8)
"""Source: section 5 of the paper, table 3."""


@dataclass(frozen=True, kw_only=True)
class TreeConfig:
    """Which trees are near."""

    min_rate: float = 0.8
    """Trees with at least this match rate are reported. Source: section 5 (the smallest of its thresholds)."""
    min_nodes: int = 20
    """A smaller solution (`return len(string)`) has the shape of too much code to prove anything; see
    `docs/decisions/decontamination-rule.md`. It counts only for a function of the same name and an equal tree."""

    def __post_init__(self) -> None:
        if not 0 < self.min_rate <= 1:
            raise ConfigError(f"`min_rate` must lie in (0, 1], got {self.min_rate!r}")
        if self.min_nodes < 1:
            raise ConfigError(f"`min_nodes` must be at least 1, got {self.min_nodes!r}")


class TreeIndex:
    """The trees of a benchmark's solutions. A problem without a solution that parses is never found."""

    def __init__(self, problems: Sequence[Problem], config: TreeConfig) -> None:
        self._config = config
        solutions = [(place, solution_of(problem)) for place, problem in enumerate(problems)]
        known = [(place, solution) for place, solution in solutions if solution is not None]
        self._places = [place for place, _ in known]
        self._trees = [solution.tree for _, solution in known]
        self._names = [problems[place].entry_point for place in self._places]

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """The nearest function of each text for each problem, by text, then by problem."""
        distinct = list(dict.fromkeys(function.tree for read in texts for function in read.functions))
        near: dict[str, list[tuple[int, float]]] = {}
        for found in near_trees(distinct, self._trees, self._config.min_rate):
            near.setdefault(distinct[found.tree], []).append((found.problem, found.rate))
        matches = []
        for place, read in enumerate(texts):
            best: dict[int, tuple[float, Function]] = {}
            for function in read.functions:
                for at, rate in near.get(function.tree, ()):
                    if self._counts(at, function, rate) and (at not in best or rate > best[at][0]):
                        best[at] = (rate, function)
            for at in sorted(best):
                rate, function = best[at]
                matches.append(_match(place, function, self._places[at], rate))
        return matches

    def _counts(self, at: int, function: Function, rate: float) -> bool:
        if len(self._trees[at]) >= self._config.min_nodes:
            return True
        return rate == 1 and function.name == self._names[at]


def _match(text: int, function: Function, problem: int, rate: float) -> Match:
    return Match(
        text=text,
        problem=problem,
        detector=Detector.SYNTAX_TREE,
        score=rate,
        evidence=f"`{function.name}` has the solution's tree at a match rate of {rate:.3f}",
        function=function.name,
        window=function.window,
    )
