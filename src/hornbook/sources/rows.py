"""Rows of JSON lines and Parquet files, with every field; a row that cannot be read is told apart, not lost.

A row is called by its place, `part-000.jsonl:17`, counted from 1. Empty lines are no rows.
"""

import io
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.sources.input_files import ROW_ENDINGS, InputFile, has_rows

NOT_UTF8, NOT_JSON, NO_OBJECT = "not UTF-8", "not JSON", "no JSON object"
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


def scan_rows(path: RowFile, name: str, *, start: int = 0, columns: Sequence[str] | None = None) -> Iterator[Row]:
    """The rows of a file in order, the broken ones among them.

    Args:
        path: Ends in one of `ROW_ENDINGS`.
        name: What its rows are called by.
        start: Number of the first row that is wanted, counted from 0; those before it are not parsed.
        columns: Of a Parquet file: those that are wanted.

    Raises:
        MissingInputError: The file cannot be read further: it is cut off, or no file of its kind.
    """
    number = 0
    if path.suffix == ".parquet":
        for batch in parquet_batches(path, columns):
            skipped = min(max(0, start - number), len(batch))
            yield from _rows_of_batch(batch.slice(skipped), name, number + skipped + 1)
            number += len(batch)
        return
    for number, (line_number, line) in enumerate(raw_lines(path)):
        if number >= start:
            yield parse_line(line, f"{name}:{line_number}")


def raw_lines(path: RowFile) -> Iterator[tuple[int, bytes]]:
    """The lines of a file that are not empty, each with its number and as it stands, unpacked.

    Raises:
        MissingInputError: The file cannot be read further.
    """
    number = 0
    try:
        with path.open("rb") as raw:
            for number, line in enumerate(_decompressed(raw, path), start=1):
                if line.strip():
                    yield number, line
    except (OSError, EOFError) as error:
        raise MissingInputError(f"`{path}` cannot be read behind line {number}: {error}") from error


def parquet_batches(path: RowFile, columns: Sequence[str] | None = None) -> Iterator[pa.RecordBatch]:
    """The rows of a Parquet file in order, some hundred at a time.

    Raises:
        MissingInputError: The file cannot be read further.
    """
    number = 0
    try:
        with pq.ParquetFile(path if isinstance(path, Path) else path.open("rb")) as opened:
            for batch in opened.iter_batches(_ROWS_PER_BATCH, columns=None if columns is None else list(columns)):
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


def source_row(file: InputFile) -> Row:
    """A source file as a row: its field `text` is the file whole.

    Raises:
        MissingInputError: It cannot be read.
    """
    try:
        return Row(file.name, {"id": file.name, "text": file.path.read_bytes().decode("utf-8-sig")})
    except UnicodeDecodeError as error:
        return Row(file.name, None, NOT_UTF8, str(error))
    except OSError as error:
        raise MissingInputError(f"`{file.path}` cannot be read: {error}") from error


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
