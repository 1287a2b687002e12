"""The pairs that the rule of a run's own decontamination calls leaks.

Reads:  exercises; the problems of one benchmark.
Writes: the pairs of which the rule says that the exercise gives the problem away.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path

from hornbook.benchmarks.against import NamedProblems
from hornbook.decontamination.findings import Decision
from hornbook.decontamination.over_parts import found_in, search_documents
from hornbook.decontamination.prepare import make_ready, open_jail
from hornbook.decontamination.stages import DecontaminateConfig
from hornbook.decontamination.study import Pair
from hornbook.reading.documents import Document as Text
from hornbook.records import Document, Problem

RULE = "rule"
"""The label of these pairs."""


def similar_by_rule(
    documents: Sequence[Document],
    problems: Sequence[Problem],
    config: DecontaminateConfig,
    scratch: Path,
    seed: int,
    report: Callable[[str, int, int], None],
) -> list[Pair]:
    """The leaks by the rule of `rule.py`, in the order of the documents and then of the problems.

    How rare a word is, is counted in these documents alone, where a run's decontamination counts in all of its own.

    Args:
        documents: The exercises.
        problems: Of the benchmark.
        config: Of the run's stage `decontaminate`.
        scratch: For the work; holds nothing or an earlier try of the same work.
        seed: Of the inputs that are made beside the benchmark's own.
        report: Told what is done and how far it is.

    Raises:
        SandboxError: There is no jail, or it broke down.
    """
    benchmark = NamedProblems(name="studied", title="studied", problems=tuple(problems))
    with open_jail() if config.runs_code else nullcontext() as sandbox:
        prepared, _ = make_ready([benchmark], config.search, sandbox, scratch, seed, measures=False, report=report)

    def texts(start: int) -> Iterator[Text]:
        for document in documents[start:]:
            yield Text(id=document.id, text=document.text)

    parts = search_documents(texts, scratch, prepared, config.search, report=report)
    leaks = ((row.document_id, row.task_id) for row in found_in(parts) if row.decision is Decision.LEAK)
    return list(dict.fromkeys(leaks))
