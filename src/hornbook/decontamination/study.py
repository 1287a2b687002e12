"""What a study of contamination needs to know: which exercises are similar to which problems, in whose eyes.

Reads:  exercises; the problems of one benchmark.
Writes: for each label, such as a match rate, the similar pairs of an exercise and a problem.
Source: section 5 of the paper, table 3: an exercise goes if it is similar to a problem, and a problem is similar if an
        exercise is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hornbook.decontamination.functions import functions_in, solution_of
from hornbook.decontamination.syntax_trees import near_trees
from hornbook.errors import ConfigError
from hornbook.records import Document, Problem

Pair = tuple[str, str]
"""Id of a document, task id of a problem."""
Similar = Mapping[str, Sequence[Pair]]
"""Label → the pairs that are similar by it, each once, in the order of the documents and then of the problems."""
Finder = Callable[[Sequence[Document], Sequence[Problem]], Sequence[Pair]]
"""Finds similar pairs; equal arguments, equal pairs."""

MATCH_RATES = (0.95, 0.9, 0.85, 0.8)
"""Source: section 5 of the paper, table 3."""
NOTHING_GOES = ""
"""In place of a label, where pruning takes nothing away."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarPair:
    """A document that is similar to a problem, as a row of a table."""

    label: str
    document_id: str
    task_id: str


def rate_label(rate: float) -> str:
    """The label of a match rate: `0.95`.

    Raises:
        ConfigError: It does not lie in (0, 1].
    """
    if not 0 < rate <= 1:
        raise ConfigError(f"`rates` must lie in (0, 1], got {rate!r}")
    return f"{rate:g}"


def similar_by_trees(
    documents: Sequence[Document], problems: Sequence[Problem], rates: Sequence[float], *, min_tree_nodes: int
) -> dict[str, list[Pair]]:
    """The pairs whose syntax trees match at each rate.

    Args:
        documents: A document is as near as the nearest of its functions.
        problems: By their canonical solutions; one whose solution does not parse is similar to nothing.
        rates: At least one, each in (0, 1].
        min_tree_nodes: A smaller solution has the shape of too much code: it counts only for a function of its name
            with an equal tree (`docs/decisions/decontamination-rule.md`).
    """
    solutions = [(problem, solution) for problem in problems if (solution := solution_of(problem)) is not None]
    functions = [functions_in(document.text) for document in documents]
    distinct = list(dict.fromkeys(function.tree for of_one in functions for function in of_one))
    near: dict[str, list[tuple[int, float]]] = {}
    for match in near_trees(distinct, [solution.tree for _, solution in solutions], min(rates)):
        near.setdefault(distinct[match.tree], []).append((match.problem, match.rate))
    pairs: dict[str, list[Pair]] = {rate_label(rate): [] for rate in rates}
    for document, of_one in zip(documents, functions, strict=True):
        best: dict[int, float] = {}
        for function in of_one:
            for at, rate in near.get(function.tree, ()):
                problem, solution = solutions[at]
                if len(solution.tree) >= min_tree_nodes or (rate == 1 and function.name == problem.entry_point):
                    best[at] = max(rate, best.get(at, 0.0))
        for at, found in sorted(best.items()):
            for rate in rates:
                if found >= rate:
                    pairs[rate_label(rate)].append((document.id, solutions[at][0].task_id))
    return pairs


def with_others(
    similar: Similar, others: Sequence[Pair], documents: Sequence[Document], problems: Sequence[Problem]
) -> dict[str, list[Pair]]:
    """The pairs of each label or of another detector, such as an embedding: the paper combines the two.

    Args:
        similar: By the trees.
        others: By the other detector, at its one threshold.
        documents: For the order.
        problems: For the order.
    """
    document_at = {document.id: at for at, document in enumerate(documents)}
    problem_at = {problem.task_id: at for at, problem in enumerate(problems)}
    return {
        label: sorted({*pairs, *others}, key=lambda pair: (document_at[pair[0]], problem_at[pair[1]]))
        for label, pairs in similar.items()
    }


def equal_prunings(similar: Similar) -> dict[str, str]:
    """Label → the first label by which the same documents go; `NOTHING_GOES` where none goes.

    A model finetuned on the same exercises is the same, so one is enough.
    """
    first: dict[frozenset[str], str] = {frozenset(): NOTHING_GOES}
    return {
        label: first.setdefault(frozenset(document_id for document_id, _ in pairs), label)
        for label, pairs in similar.items()
    }
