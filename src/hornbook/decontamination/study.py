"""What a study of contamination needs to know: which exercises are similar to which problems, in whose eyes.

Reads:  exercises; the problems of one benchmark.
Writes: for each label, such as a match rate, the similar pairs of an exercise and a problem.
Source: section 5 of the paper, table 3: an exercise goes if it is similar to a problem, and a problem is similar if an
        exercise is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from hornbook.decontamination.functions import read_text
from hornbook.decontamination.tree_index import TreeConfig, TreeIndex
from hornbook.errors import ConfigError
from hornbook.records import Document, Problem

Pair = tuple[str, str]
"""Id of a document, task id of a problem."""
Similar = Mapping[str, Sequence[Pair]]
"""Label → the pairs that are similar by it, each once, in the order of the documents and then of the problems."""
Finder = Callable[[Sequence[Document], Sequence[Problem]], Sequence[Pair]]
"""Finds similar pairs; equal arguments, equal pairs."""

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
        min_tree_nodes: See `TreeConfig.min_nodes`.
    """
    pairs: dict[str, list[Pair]] = {rate_label(rate): [] for rate in rates}
    index = TreeIndex(problems, TreeConfig(min_rate=min(rates), min_nodes=min_tree_nodes))
    for match in index.matches([read_text(document.text) for document in documents]):
        for rate in rates:
            if match.score >= rate:
                pairs[rate_label(rate)].append((documents[match.text].id, problems[match.problem].task_id))
    return pairs


def equal_prunings(similar: Similar) -> dict[str, str]:
    """Label → the first label by which the same documents go; `NOTHING_GOES` where none goes.

    A model finetuned on the same exercises is the same, so one is enough.
    """
    first: dict[frozenset[str], str] = {frozenset(): NOTHING_GOES}
    return {
        label: first.setdefault(frozenset(document_id for document_id, _ in pairs), label)
        for label, pairs in similar.items()
    }
