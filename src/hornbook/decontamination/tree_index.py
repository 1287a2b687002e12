"""Find functions whose syntax trees are near those of a benchmark's solutions.

Reads:  texts; a benchmark's problems.
Writes: for each text and problem the nearest function, if it is near.
Source: section 5 and appendix C of the paper for the plain trees; `docs/decisions/canonical-trees.md` for those in
        which idioms are one. They take ten times as long and are therefore asked about chosen functions alone.
"""

import ast
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from hornbook.decontamination.canonical_trees import canonical_tree_of
from hornbook.decontamination.functions import Function, ReadText, parse, solution_of
from hornbook.decontamination.matches import Detector, Match
from hornbook.decontamination.syntax_trees import match_rate, near_trees
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
        self._solutions = [solution for _, solution in known]

    def matches(self, texts: Sequence[ReadText]) -> list[Match]:
        """The nearest function of each text for each problem, by text, then by problem; plain trees."""
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
                matches.append(_match(Detector.SYNTAX_TREE, place, function, self._places[at], rate))
        return matches

    def canonical_matches(self, functions: Iterable[tuple[int, Function]]) -> list[Match]:
        """Compare some functions, each given with the place of its text, by their canonical trees.

        Returns:
            All pairs that are near and of which both trees have `min_nodes` nodes, in the order of the functions.
        """
        matches = []
        for place, function in functions:
            tree = canonical_tree(function)
            if len(tree) < self._config.min_nodes:
                continue
            for problem, other in zip(self._places, self._canonical, strict=True):
                if len(other) < self._config.min_nodes:
                    continue
                if min(len(tree), len(other)) < self._config.min_rate * max(len(tree), len(other)):
                    continue
                rate = match_rate(tree, other)
                if rate >= self._config.min_rate:
                    matches.append(_match(Detector.CANONICAL_TREE, place, function, problem, rate))
        return matches

    @cached_property
    def _canonical(self) -> list[str]:
        """Made when first asked for: a study of plain trees does without."""
        return [canonical_tree(solution) for solution in self._solutions]

    def _counts(self, at: int, function: Function, rate: float) -> bool:
        if len(self._trees[at]) >= self._config.min_nodes:
            return True
        return rate == 1 and function.name == self._names[at]


def canonical_tree(function: Function) -> str:
    """The function's tree with idioms made one; empty where its lines do not parse by themselves."""
    module = parse(f"if True:\n{function.code}" if function.code[:1].isspace() else function.code)
    for node in ast.walk(module) if module is not None else ():
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            return canonical_tree_of(node)
    return ""


def _match(detector: Detector, text: int, function: Function, problem: int, rate: float) -> Match:
    return Match(
        text=text,
        problem=problem,
        detector=detector,
        score=rate,
        evidence=f"`{function.name}` has the solution's tree at a match rate of {rate:.3f}",
        function=function.name,
        window=function.window,
    )
