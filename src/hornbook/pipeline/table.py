"""A table: records of one type in Parquet parts of bounded size, in a fixed order.

    documents/00000.parquet, documents/00001.parquet, …

Reading streams part by part, so that a table may be larger than memory. Equal records give equal bytes.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, Generic, Self

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.records import Document, R, as_document, record_type_of, records_of, schema_of, table_of

PART_CHARACTERS = 2**24
"""A part is closed once its records hold this many characters of text."""
_MOST_ROWS = 2**17
"""Rows of a part, however short its texts are."""
_ROWS_PER_BATCH = 1024
Chosen = tuple[Path, NDArray[np.int64]]
"""A part, and some of its rows in ascending order."""
Slice = tuple[Path, int, int]
"""A part, its first row that is meant, and the one after the last."""
_TEXTS = ("text", "prompt", "solution")
"""Columns whose texts together are a document's."""


@dataclass(frozen=True)
class Table(Generic[R]):
    """The records of some Parquet files, in the order of the files."""

    record: type[R]
    parts: tuple[Path, ...]

    @classmethod
    def of_folder(cls, folder: Path, record: type[R]) -> Self:
        """The table that lies in a folder."""
        return cls(record, tuple(sorted(folder.glob("*.parquet"))))

    @property
    def num_rows(self) -> int:
        """Rows of all parts; reads metadata only."""
        return sum(num_rows_of(part) for part in self.parts)

    def __iter__(self) -> Iterator[R]:
        """Stream the records."""
        for part in self.parts:
            yield from read_part(part, self.record)

    def ids(self) -> Iterator[str]:
        """Stream the ids of the records."""
        for part in self.parts:
            yield from pq.read_table(part, columns=["id"]).column("id").to_pylist()

    def columns(self, *names: str) -> pa.Table:
        """Some columns of all parts at once; for columns that fit in memory."""
        tables = [pq.read_table(part, columns=list(names)) for part in self.parts]
        return pa.concat_tables(tables) if tables else schema_of(self.record).empty_table().select(list(names))


class TableWriter(Generic[R]):
    """Writes records into a folder, a part at a time; a context manager that closes the last part."""

    def __init__(self, folder: Path, record: type[R], part_characters: int | None = None) -> None:
        """Create the folder.

        Args:
            folder: Of the table.
            record: Type of the records.
            part_characters: Characters of text in a part; None for `PART_CHARACTERS`.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.num_rows = 0
        self._folder = folder
        self._record = record
        self._part_characters = PART_CHARACTERS if part_characters is None else part_characters
        self._names = [field.name for field in fields(record)]
        self._rows: list[R] = []
        self._num_characters = self._num_parts = 0

    def add(self, row: R) -> None:
        """Append a record; writes a part when it is full."""
        self._rows.append(row)
        self.num_rows += 1
        for name in self._names:
            value = getattr(row, name)
            if isinstance(value, str):
                self._num_characters += len(value)
        if self._num_characters >= self._part_characters or len(self._rows) >= _MOST_ROWS:
            self._flush()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> None:
        if kind is None and (self._rows or self._num_parts == 0):
            self._flush()

    def _flush(self) -> None:
        write_part(self._folder / f"{self._num_parts:05d}.parquet", table_of(self._record, self._rows))
        self._rows, self._num_characters = [], 0
        self._num_parts += 1


def write_table(folder: Path, record: type[R], rows: Iterable[R]) -> int:
    """Write records into a folder as parts; an empty table has one part without rows.

    Returns:
        The number of records.
    """
    with TableWriter(folder, record) as writer:
        for row in rows:
            writer.add(row)
    return writer.num_rows


def write_part(path: Path, table: pa.Table) -> None:
    """Write one Parquet file. Statistics and dictionaries of texts are left out: they cost time and help nobody."""
    categories = [name for name in table.column_names if name in ("kind", "reason", "source", "outcome")]
    pq.write_table(table, path, compression="zstd", use_dictionary=categories, write_statistics=False)


def num_rows_of(part: Path) -> int:
    """The number of rows of a part; reads metadata only."""
    number: int = pq.read_metadata(part).num_rows
    return number


def read_part(part: Path, record: type[R]) -> Iterator[R]:
    """Stream the records of one part.

    A part of exercises can also be read as documents.
    """
    return _read_rows(part, record, 0, num_rows_of(part))


def split_parts(parts: Iterable[Path], num_characters: int) -> list[Slice]:
    """Divide the rows of parts of documents into slices of about as many characters of text."""
    slices: list[Slice] = []
    for part in parts:
        first = stop = filled = 0
        for stop, length in enumerate(_text_lengths(part), start=1):
            filled += length
            if filled >= num_characters:
                slices.append((part, first, stop))
                first, filled = stop, 0
        if stop > first:
            slices.append((part, first, stop))
    return slices


def read_slice(one: Slice) -> Iterator[Document]:
    """Stream the documents of a slice."""
    part, first, stop = one
    return _read_rows(part, Document, first, stop)


def _read_rows(part: Path, record: type[R], first: int, stop: int) -> Iterator[R]:
    with pq.ParquetFile(part) as opened:
        stored: Any = record_type_of(opened.schema_arrow) if record is Document else record
        place = 0
        for batch in opened.iter_batches(_ROWS_PER_BATCH):
            start, end = max(0, first - place), min(len(batch), stop - place)
            place += len(batch)
            if start < end:
                rows: list[Any] = records_of(stored, pa.Table.from_batches([batch.slice(start, end - start)]))
                yield from rows if stored is record else map(as_document, rows)
            if place >= stop:
                return


def _text_lengths(part: Path) -> Iterator[int]:
    with pq.ParquetFile(part) as opened:
        names = [name for name in _TEXTS if name in opened.schema_arrow.names]
        for batch in opened.iter_batches(_ROWS_PER_BATCH, columns=names):
            yield from map(sum, zip(*(pc.utf8_length(column).to_pylist() for column in batch.columns), strict=True))


def copy_rows(chosen: Chosen, folder: Path) -> None:
    """Write the chosen documents of a part as the part `documents.parquet` of a folder; for `map_parts`."""
    part, rows = chosen
    if pq.read_schema(part).equals(schema_of(Document)):
        table = pq.read_table(part).take(pa.array(rows))
    else:
        wanted = set(rows.tolist())
        kept = [document for row, document in enumerate(read_part(part, Document)) if row in wanted]
        table = table_of(Document, kept)
    write_part(folder / "documents.parquet", table)
