"""The pairs that the rule of a run's own decontamination calls leaks.

Reads:  exercises; the problems of one benchmark.
Writes: the pairs of which the rule says that the exercise gives the problem away.
"""

from collections.abc import Sequence

from hornbook.decontamination.resemblance import (
    Resemblance,
    equal_docstrings,
    read_documents,
    shared_ngrams,
    similar_trees,
)
from hornbook.decontamination.stages import HELD_OUT, DecontaminateConfig
from hornbook.decontamination.study import Pair
from hornbook.records import Document, Problem

RULE = "rule"
"""The label of these pairs."""


def similar_by_rule(
    documents: Sequence[Document], problems: Sequence[Problem], benchmark: str, config: DecontaminateConfig
) -> list[Pair]:
    """The leaks by the rule of `stages.py`, in the order of the documents and then of the problems.

    Args:
        documents: The exercises.
        problems: Of the benchmark.
        benchmark: `HUMANEVAL` or `HELD_OUT` of `stages.py`: the rule is not the same for both.
        config: Of the run's stage `decontaminate`.
    """
    read = read_documents(documents)
    found: list[Resemblance] = equal_docstrings(read, problems, benchmark)
    if benchmark != HELD_OUT:
        trees = similar_trees(read, problems, benchmark, config.detectors)
        found += shared_ngrams(read, problems, benchmark, config.detectors)
        found += [one for one in trees if one.score >= config.match_rate]
    leaks = {(one.document_id, one.task_id) for one in found}
    documents_of: dict[str, set[str]] = {}
    for document_id, task_id in leaks:
        documents_of.setdefault(document_id, set()).add(task_id)
    return [
        (document.id, problem.task_id)
        for document in documents
        if document.id in documents_of
        for problem in problems
        if problem.task_id in documents_of[document.id]
    ]
