"""Rows of JSON lines and Parquet files, with every field; a row that cannot be read is told apart, not lost.

A row is called by its place, `part-000.jsonl:17`, counted from 1. Empty lines are no rows.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.sources.source import PIECE_BYTES

NOT_UTF8, NOT_JSON, NO_OBJECT = "not UTF-8", "not JSON", "no JSON object"
ROW_ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_BUFFER_BYTES = 2**20
_ROWS_PER_BATCH = 256


class RowFile(Protocol):
    """A file of rows, on this machine (`Path`) or another; its `str` is for messages."""

    @property
    def suffix(self) -> str:
        """Of its name: `.parquet`."""

    def open(self, mode: Any, /) -> Any:
        """Its bytes (`rb`), which can be read at any place if it is Parquet."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file."""

    place: str
    fields: dict[str, Any] | None
    """None where the row is broken."""
    reason: str = ""
    """Of a broken one: what is wrong with it."""
    detail: str = ""


def has_rows(path: Path) -> bool:
    """Whether a file of this name holds rows."""
    return path.name.endswith(ROW_ENDINGS)


def is_writable(text: str) -> bool:
    """Whether UTF-8 can hold the text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file in order, each with its place; none may be broken.

    Raises:
        MissingInputError: The file is not there, of another kind, or damaged, or a row is broken; names the place.
    """
    if not path.is_file():
        raise MissingInputError(f"there is no file `{path}`")
    if not has_rows(path):
        raise MissingInputError(f"`{path}` is no file of rows: its name must end in {', '.join(ROW_ENDINGS)}")
    return _whole_rows(path)


def _whole_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for row in scan_rows(path, path.name):
        if row.fields is None:
            number = row.place.rpartition(":")[2]
            if row.reason == NO_OBJECT:
                raise MissingInputError(f"`{path}`, line {number}, is no JSON object, but {row.detail}")
            raise MissingInputError(f"`{path}`, line {number}, is not JSON ({row.detail}); is it cut off?")
        yield row.place, row.fields


class RowRange(NamedTuple):
    """Rows of a file that can be read on their own."""

    start: int
    """First byte of JSON lines, first row group of Parquet."""
    stop: int
    """The one behind the last; -1 for the end of the file."""
    first: int
    """Number of the first line or row, counted from 1."""


def ranges_of(path: RowFile) -> list[RowRange]:
    """Split a file of rows into ranges of about `PIECE_BYTES` of text; compressed JSON lines cannot be split.

    Raises:
        MissingInputError: The file cannot be read.
    """
    try:
        if path.suffix == ".parquet":
            return _ranges_of_groups(path)
        if path.suffix in _COMPRESSIONS or not isinstance(path, Path):
            return [RowRange(0, -1, 1)]
        return _ranges_of_lines(path)
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{path}` cannot be read: {error}") from error


def scan_rows(
    path: RowFile, name: str, piece: RowRange | None = None, columns: Sequence[str] | None = None
) -> Iterator[Row]:
    """The rows of a file, or of a range of it, in order, the broken ones among them.

    Args:
        path: Ends in one of `ROW_ENDINGS`.
        name: What its rows are called by.
        piece: One of `ranges_of` this file; None: all of it.
        columns: Of a Parquet file: those that are wanted; None: all.

    Raises:
        MissingInputError: The file cannot be read further: it is cut off, or no file of its kind.
    """
    if path.suffix == ".parquet":
        number = 1 if piece is None else piece.first
        groups = None if piece is None else range(piece.start, piece.stop)
        for batch in parquet_batches(path, columns, groups=groups):
            yield from _rows_of_batch(batch, name, number)
            number += len(batch)
        return
    for number, line in raw_lines(path, piece):
        yield parse_line(line, f"{name}:{number}")


def open_parquet(path: RowFile) -> pq.ParquetFile:
    """A Parquet file, on this machine or another."""
    return pq.ParquetFile(path if isinstance(path, Path) else path.open("rb"))


def _ranges_of_groups(path: RowFile) -> list[RowRange]:
    with open_parquet(path) as opened:
        about = opened.metadata
        groups = [about.row_group(number) for number in range(about.num_row_groups)]
    ranges: list[RowRange] = []
    start = num_bytes = 0
    row = first = 1
    for number, group in enumerate(groups):
        if num_bytes and num_bytes + group.total_byte_size > PIECE_BYTES:
            ranges.append(RowRange(start, number, first))
            start, first, num_bytes = number, row, 0
        num_bytes += group.total_byte_size
        row += group.num_rows
    return [*ranges, RowRange(start, len(groups), first)]


def _ranges_of_lines(path: Path) -> list[RowRange]:
    ranges: list[RowRange] = []
    start, line = 0, 1
    with path.open("rb") as stream:
        while block := stream.read(PIECE_BYTES):
            rest = stream.readline()
            stop = stream.tell()
            ranges.append(RowRange(start, stop, line))
            start, line = stop, line + block.count(b"\n") + rest.count(b"\n")
    return ranges


def raw_lines(path: RowFile, piece: RowRange | None = None) -> Iterator[tuple[int, bytes]]:
    """The lines of a file, or of a range of it, that are not empty, each with its number and as it stands, unpacked.

    Raises:
        MissingInputError: The file cannot be read further.
    """
    start, stop, first = piece or RowRange(0, -1, 1)
    number = first - 1
    try:
        with path.open("rb") as raw:
            if start:
                raw.seek(start)
            place = start
            for number, line in enumerate(_decompressed(raw, path), start=first):
                if line.strip():
                    yield number, line
                place += len(line)
                if place == stop:
                    break
    except (OSError, EOFError) as error:
        raise MissingInputError(f"`{path}` cannot be read behind line {number}: {error}") from error


def parquet_batches(
    path: RowFile, columns: Sequence[str] | None = None, *, groups: Sequence[int] | None = None
) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file, or of some of its row groups, in order, some hundred at a time.

    Raises:
        MissingInputError: The file cannot be read further.
    """
    number = 0
    try:
        with open_parquet(path) as opened:
            wanted = None if columns is None else list(columns)
            chosen = None if groups is None else list(groups)
            for batch in opened.iter_batches(_ROWS_PER_BATCH, row_groups=chosen, columns=wanted):
                yield batch
                number += len(batch)
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{path}` cannot be read behind row {number}: {error}") from error


def parse_line(line: bytes, place: str) -> Row:
    """A line of JSON."""
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except UnicodeError as error:
        return Row(place, None, NOT_UTF8, str(error))
    except (ValueError, RecursionError) as error:
        return Row(place, None, NOT_JSON, str(error))
    if not isinstance(fields, dict):
        return Row(place, None, NO_OBJECT, repr(str(fields)[:60]))
    return Row(place, fields)


def _rows_of_batch(batch: pa.RecordBatch, name: str, first: int) -> Iterator[Row]:
    try:
        for number, fields in enumerate(batch.to_pylist(), start=first):
            yield Row(f"{name}:{number}", fields)
    except UnicodeDecodeError as error:
        if len(batch) == 1:
            yield Row(f"{name}:{first}", None, NOT_UTF8, str(error))
            return
        for place in range(len(batch)):
            yield from _rows_of_batch(batch.slice(place, 1), name, first + place)


def _decompressed(raw: IO[bytes], path: RowFile) -> IO[bytes]:
    compression = _COMPRESSIONS.get(path.suffix)
    return raw if compression is None else io.BufferedReader(pa.CompressedInputStream(raw, compression), _BUFFER_BYTES)
