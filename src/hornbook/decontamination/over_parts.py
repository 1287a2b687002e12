"""Search documents of any number: on the disk in parts, a part at a time in each process, here or on a Ray cluster.

Reads:  documents in their order; the benchmarks, made ready (`prepare.py`).
Writes: a work folder, from which the same call goes on after a kill with the same result: the parts
        (`pipeline/parts.py`); for each part and benchmark how many texts have which words, `counts-00000.npz`; and
        `found-00000.parquet`, a `FoundRow` for each document, problem and detector; where a language model was asked
        (`judge.py`) also `judged-00000.parquet`, the same with its answers.

Two passes: how often a phrase occurs in all documents says what it is worth, so it is counted before any is weighed.
What is found does not depend on the parts.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.decontamination.findings import FoundRow
from hornbook.decontamination.frequencies import Frequencies
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.phrases import PhraseIndex
from hornbook.decontamination.prepare import Prepared, open_jail, open_unjailed
from hornbook.decontamination.search import Search, SearchConfig
from hornbook.parallel import Engine, map_files
from hornbook.pipeline.parts import Parts, write_parts
from hornbook.records import records_of, table_of
from hornbook.sandbox.program import Sandbox
from hornbook.sources.documents import Document, Documents, LeftOut

PART_CHARACTERS = 2**20
"""Some 2,500 exercises: seconds of work."""
MOST_CHARACTERS = 2**22
"""Of a text that is searched."""
TOO_LONG = "too long"

_COMPARED = "parts compared with the benchmarks"

Report = Callable[[str, int, int], None]
"""Told what is done, how much of it, and of how much; 0 where that is not known."""


def without_too_long(documents: Documents) -> Documents:
    """The same, with texts of more than `MOST_CHARACTERS` left out: to parse one could take all memory."""

    def read(start: int) -> Iterator[Document | LeftOut]:
        for one in documents(start):
            if isinstance(one, Document) and len(one.text) > MOST_CHARACTERS:
                detail = f"{len(one.text):,} characters, where {MOST_CHARACTERS:,} can be searched"
                yield LeftOut(place=one.id, reason=TOO_LONG, detail=detail)
            else:
                yield one

    return read


def read_documents(
    documents: Documents,
    folder: Path,
    *,
    report: Report,
    part_characters: int = PART_CHARACTERS,
    num_characters: int = 0,
) -> Iterator[int]:
    """Write the parts of the documents that are not there yet; gives the number of each part.

    Args:
        documents: The same ones as in an earlier try.
        folder: Of the parts; is there.
        report: Told how far it is.
        part_characters: A part is closed once its texts have so many.
        num_characters: Of all documents, about; for the progress.

    Raises:
        MissingInputError: A file cannot be read to its end.
    """
    done = 0

    def say(num_rows: int, total: int) -> None:
        nonlocal done
        done = total // 1_000_000
        report(f"MB read; {num_rows:,} rows", done, max(done, 1, num_characters // 1_000_000))

    return write_parts(documents, folder, part_characters=part_characters, report=say)


def search_documents(
    documents: Documents,
    folder: Path,
    benchmarks: Sequence[Prepared],
    config: SearchConfig,
    *,
    report: Report,
    engine: Engine = Engine.LOCAL,
    num_characters: int = 0,
    is_jailed: bool = True,
) -> Parts:
    """Search all documents; what was found is read with `found_in`.

    Args:
        documents: The same ones as in an earlier try.
        folder: For the work; is there, and holds nothing or an earlier try of the same work.
        benchmarks: What documents are held against.
        config: What is looked for.
        report: Told how far it is.
        engine: Where parts are worked on. It changes nothing in what is found.
        num_characters: Of all documents, about; for the progress.
        is_jailed: Whether what runs, if anything does, runs in the jail; else with all of the user's rights.

    Raises:
        MissingInputError: A file cannot be read to its end.
        SandboxError: The sandbox broke down. Nothing is decided for that.
    """
    written = read_documents(documents, folder, report=report, num_characters=num_characters)
    paths = map(Parts(folder).path, written)
    count = _Count(tuple(PhraseIndex(one.benchmark.problems, config.ngram_size) for one in benchmarks))
    for _ in map_files(count, ((path, _beside(path, "counts", "npz")) for path in paths), engine):
        pass
    parts = Parts(folder)
    if parts.num_parts == 0:
        return parts
    searches = tuple(
        Search(one.benchmark, one.behaviour, config, counts)
        for one, counts in zip(benchmarks, _sum_counts(parts, len(benchmarks)), strict=True)
    )
    jobs: list[tuple[Path, Path]] = [
        (path, _beside(path, "found", "parquet")) for path in map(parts.path, range(parts.num_parts))
    ]
    num_done = sum(found.exists() for _, found in jobs)
    report(_COMPARED, num_done, len(jobs))
    for _ in map_files(_Look(searches, is_jailed=is_jailed), jobs, engine):
        num_done += 1
        report(_COMPARED, num_done, len(jobs))
    return parts


def found_in(parts: Parts) -> Iterator[FoundRow]:
    """All that was found, part by part; of a part benchmark by benchmark, in the order of the documents."""
    for part in range(parts.num_parts):
        yield from found_in_part(parts, part)


def found_in_part(parts: Parts, part: int) -> list[FoundRow]:
    """What was found in one part; where a language model was asked, with its answers."""
    judged = _beside(parts.path(part), "judged", "parquet")
    return records_of(FoundRow, pq.read_table(judged)) if judged.exists() else searched_in_part(parts, part)


def searched_in_part(parts: Parts, part: int) -> list[FoundRow]:
    """What the search found in one part, before any language model was asked."""
    return records_of(FoundRow, pq.read_table(_beside(parts.path(part), "found", "parquet")))


def write_judged(parts: Parts, part: int, found: list[FoundRow]) -> None:
    """Keep what is found in one part once a language model was asked."""
    path = _beside(parts.path(part), "judged", "parquet")
    partial = path.with_name(f"{path.name}.partial")
    pq.write_table(table_of(FoundRow, found), partial)
    partial.rename(path)


@dataclass(frozen=True)
class _Count:
    """Counts the words and phrases of each benchmark in a part."""

    phrases: tuple[PhraseIndex, ...]

    def __call__(self, part: Path, result: Path) -> None:
        texts = [read_text(text) for text in pq.read_table(part, columns=["text"]).column("text").to_pylist()]
        arrays: dict[str, NDArray[np.int64]] = {}
        for place, index in enumerate(self.phrases):
            found = index.count(texts)
            filled = np.flatnonzero(found.counts)
            arrays[f"{place}-where"], arrays[f"{place}-counts"] = filled, found.counts[filled]
            arrays[f"{place}-sizes"] = np.array([found.num_texts, len(found.counts)])
        with result.open("wb") as stream:
            np.savez(stream, allow_pickle=False, **arrays)


@dataclass(frozen=True)
class _Look:
    """Looks at a part with all detectors of each benchmark."""

    searches: tuple[Search, ...]
    is_jailed: bool

    def __call__(self, part: Path, result: Path) -> None:
        table = pq.read_table(part, columns=["row", "id", "text"])
        documents = list(zip(table.column("row").to_pylist(), table.column("id").to_pylist(), strict=True))
        texts = [read_text(text) for text in table.column("text").to_pylist()]
        runs_code = any(search.runs_code for search in self.searches)
        with self._opened(runs_code=runs_code) as sandbox:
            found = [search.look(documents, texts, sandbox) for search in self.searches]
        pq.write_table(table_of(FoundRow, [row for rows in found for row in rows]), result)

    def _opened(self, *, runs_code: bool) -> AbstractContextManager[Sandbox | None]:
        if not runs_code:
            return nullcontext()
        return open_jail(num_workers=1) if self.is_jailed else open_unjailed(num_workers=1)


def _sum_counts(parts: Parts, num_benchmarks: int) -> list[Frequencies]:
    """Over all parts, for each benchmark."""
    totals: list[Frequencies | None] = [None] * num_benchmarks
    for part in range(parts.num_parts):
        with np.load(_beside(parts.path(part), "counts", "npz")) as arrays:
            for place, total in enumerate(totals):
                num_texts, num_features = arrays[f"{place}-sizes"].tolist()
                counts = np.zeros(num_features, dtype=np.int64)
                counts[arrays[f"{place}-where"]] = arrays[f"{place}-counts"]
                found = Frequencies(num_texts=num_texts, counts=counts)
                totals[place] = found if total is None else total + found
    return [total for total in totals if total is not None]


def _beside(part: Path, name: str, ending: str) -> Path:
    """`found-00007.parquet` beside `documents-00007.parquet`."""
    return part.with_name(f"{name}-{part.stem.rpartition('-')[2]}.{ending}")
