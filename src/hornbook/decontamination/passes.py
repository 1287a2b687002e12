"""Search the documents of a table for problems, in two passes over its parts.

How often a phrase occurs in all documents determines its weight, so the first pass counts and the second one searches.
The result does not depend on how documents are divided into parts and jobs.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hornbook.decontamination.findings import FoundRow
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.prepare import Prepared, open_jail, open_unjailed
from hornbook.decontamination.search import Search
from hornbook.decontamination.words import Frequencies, PhraseIndex
from hornbook.pipeline.stage import Workspace
from hornbook.pipeline.table import Slice, read_part, read_slice, split_parts, write_part
from hornbook.records import Document, table_of
from hornbook.sandbox.program import Sandbox

JOB_CHARACTERS = 2**20
"""Characters of text of one job: some 2,500 exercises, seconds of work."""
MOST_CHARACTERS = 2**22
"""Length of the longest text that is searched, in characters; to parse a longer one could take all memory."""


@dataclass(frozen=True)
class Searched:
    """The documents of one job, and what was found in them."""

    job: Slice
    folder: Path
    """Of the second pass's result."""

    def documents(self) -> Iterator[Document]:
        """The job's documents, including those that are too long to be searched."""
        return read_slice(self.job)

    def found(self) -> list[FoundRow]:
        """What the search found, in the order of the documents, of each benchmark by benchmark."""
        return list(read_part(self.folder / "found.parquet", FoundRow))


def is_too_long(document: Document) -> bool:
    """Whether a document is not searched."""
    return len(document.text) > MOST_CHARACTERS


def search_documents(
    parts: Iterable[Path],
    benchmarks: Sequence[Prepared],
    match_rate: float,
    workspace: Workspace,
    *,
    is_jailed: bool = True,
) -> list[Searched]:
    """Search all documents.

    Args:
        parts: The parts of their table.
        benchmarks: What documents are compared with.
        match_rate: The threshold of syntax trees.
        workspace: Where the work is done; after a kill only unfinished jobs are done again.
        is_jailed: Whether code runs in the jail; otherwise it runs with all rights of the user.

    Raises:
        SandboxError: The sandbox broke down. No document is decided for that reason.
    """
    jobs = split_parts(parts, JOB_CHARACTERS)
    count = CountWords(tuple(PhraseIndex(one.benchmark.problems) for one in benchmarks))
    counted = workspace.map_parts("counted", count, jobs, note="parts whose words are counted")
    if not counted:
        return []
    searches = tuple(
        Search(one.benchmark, one.behaviour, counts, match_rate)
        for one, counts in zip(benchmarks, _sum_counts(counted, len(benchmarks)), strict=True)
    )
    look = LookForProblems(searches, is_jailed=is_jailed)
    folders = workspace.map_parts("searched", look, jobs, note="parts compared with the benchmarks")
    return list(map(Searched, jobs, folders))


@dataclass(frozen=True)
class CountWords:
    """Counts the words and phrases of each benchmark in the documents of a job."""

    phrases: tuple[PhraseIndex, ...]

    def __call__(self, job: Slice, folder: Path) -> None:
        """Write the counts to `counts.npz`."""
        texts = [read_text(document.text) for document in read_slice(job) if not is_too_long(document)]
        arrays: dict[str, NDArray[np.int64]] = {}
        for place, index in enumerate(self.phrases):
            found = index.count(texts)
            filled = np.flatnonzero(found.counts)
            arrays[f"{place}-where"], arrays[f"{place}-counts"] = filled, found.counts[filled]
            arrays[f"{place}-sizes"] = np.array([found.num_texts, len(found.counts)])
        np.savez(folder / "counts.npz", allow_pickle=False, **arrays)


@dataclass(frozen=True)
class LookForProblems:
    """Searches the documents of a job with all detectors of each benchmark."""

    searches: tuple[Search, ...]
    is_jailed: bool

    def __call__(self, job: Slice, folder: Path) -> None:
        """Write the rows to `found.parquet`: FoundRow, in the order of the documents."""
        documents = [document for document in read_slice(job) if not is_too_long(document)]
        ids = [document.id for document in documents]
        texts = [read_text(document.text) for document in documents]
        opened: AbstractContextManager[Sandbox | None] = nullcontext()
        if any(search.behaviour is not None for search in self.searches):
            opened = open_jail(num_workers=1) if self.is_jailed else open_unjailed(num_workers=1)
        with opened as sandbox:
            found = [row for search in self.searches for row in search.look(ids, texts, sandbox)]
        place_of = {name: place for place, name in enumerate(ids)}
        found.sort(key=lambda row: place_of[row.document_id])  # Of one document the benchmarks keep their order.
        write_part(folder / "found.parquet", table_of(FoundRow, found))


def _sum_counts(results: Iterable[Path], num_benchmarks: int) -> list[Frequencies]:
    """Over all jobs, for each benchmark."""
    totals: list[Frequencies | None] = [None] * num_benchmarks
    for result in results:
        with np.load(result / "counts.npz") as arrays:
            for place, total in enumerate(totals):
                num_texts, num_features = arrays[f"{place}-sizes"].tolist()
                counts = np.zeros(num_features, dtype=np.int64)
                counts[arrays[f"{place}-where"]] = arrays[f"{place}-counts"]
                found = Frequencies(num_texts=num_texts, counts=counts)
                totals[place] = found if total is None else total + found
    return [total for total in totals if total is not None]
