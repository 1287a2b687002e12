"""Lay documents out in parts of bounded size, so that what follows holds a part at a time and goes on after a kill.

Reads:  files of rows, or source files, in their order.
Writes: `documents-00000.parquet`, …: number, id, digest and text of each document; `left-out-00000.jsonl`, …: each row
        that is none, with its reason; `progress.json`, which says how far the parts are whole.

A document's number is that of its row among all rows, the broken ones counted.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.deduplication.exact import DIGEST_BYTES, normalised_hash
from hornbook.errors import MissingInputError
from hornbook.reading.files import InputFile
from hornbook.reading.rows import NOT_UTF8, Row, scan_rows, source_row

NO_TEXT, NO_ID = "no text", "no id"
_PROGRESS = "progress.json"
_SCHEMA = pa.schema(
    [("row", pa.int64()), ("id", pa.string()), ("digest", pa.binary(DIGEST_BYTES)), ("text", pa.large_string())]
)


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Where a row's text and id stand."""

    text: str = "text"
    id: str | None = None
    """None: a row is called by its place, `part.jsonl:17`."""


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A row that is no document."""

    place: str
    reason: str
    detail: str


class Parts:
    """The parts in a folder."""

    num_rows: int
    """Of all files, so far."""
    num_parts: int
    is_whole: bool
    """Whether there are no more."""

    def __init__(self, folder: Path) -> None:
        """Take the parts that are whole."""
        self.folder = folder
        path = folder / _PROGRESS
        state: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        self.num_rows = state.get("num_rows", 0)
        self.num_parts = state.get("num_parts", 0)
        self.is_whole = state.get("is_whole", False)

    def path(self, part: int) -> Path:
        """Of a part's documents."""
        return self.folder / f"documents-{part:05d}.parquet"

    def num_documents(self, part: int) -> int:
        """Of a part."""
        number: int = pq.read_metadata(self.path(part)).num_rows
        return number

    def read(self, part: int, *columns: str) -> pa.Table:
        """Some columns of a part."""
        return pq.read_table(self.path(part), columns=list(columns))

    def left_out(self) -> Iterator[LeftOut]:
        """All rows that are no documents, in order."""
        for part in range(self.num_parts):
            with self._left_out_path(part).open(encoding="utf-8") as lines:
                for line in lines:
                    yield LeftOut(**json.loads(line))

    def add(self, documents: dict[str, list[Any]], left_out: Sequence[LeftOut], num_rows: int) -> None:
        """Write the next part."""
        path = self.path(self.num_parts)
        partial = path.with_name(f"{path.name}.partial")
        pq.write_table(pa.table(documents, schema=_SCHEMA), partial, compression="lz4", write_statistics=False)
        partial.rename(path)
        lines = (json.dumps(vars(one), ensure_ascii=False) + "\n" for one in left_out)
        self._left_out_path(self.num_parts).write_text("".join(lines), encoding="utf-8")
        self.num_parts += 1
        self.num_rows += num_rows
        self._write_progress()

    def finish(self) -> None:
        """Say that there are no more."""
        self.is_whole = True
        self._write_progress()

    def _left_out_path(self, part: int) -> Path:
        return self.folder / f"left-out-{part:05d}.jsonl"

    def _write_progress(self) -> None:
        partial = self.folder / f"{_PROGRESS}.partial"
        state = {"num_rows": self.num_rows, "num_parts": self.num_parts, "is_whole": self.is_whole}
        partial.write_text(json.dumps(state))
        partial.rename(self.folder / _PROGRESS)


def write_parts(
    files: Sequence[InputFile],
    folder: Path,
    fields: Fields,
    *,
    part_characters: int,
    report: Callable[[int, int], None],
) -> Iterator[int]:
    """Write the parts that are not there yet; gives each part's number, those of an earlier try first.

    Args:
        files: In their order; the same ones as in the earlier try.
        folder: Of the parts; is there.
        fields: Of the rows.
        part_characters: A part is closed once its texts have so many.
        report: Told the rows and the characters of this try, after each part.

    Raises:
        MissingInputError: A file cannot be read to its end, or a Parquet file lacks a field.
    """
    _require_columns(files, fields)
    parts = Parts(folder)
    yield from range(parts.num_parts)
    if parts.is_whole:
        return
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    left_out: list[LeftOut] = []
    num_rows = num_characters = total = 0
    for number, row in _rows(files, start=parts.num_rows):
        num_rows += 1
        document = _document(row, fields)
        if isinstance(document, LeftOut):
            left_out.append(document)
            continue
        name, text = document
        for column, value in zip(columns.values(), (number, name, normalised_hash(text), text), strict=True):
            column.append(value)
        num_characters += len(text)
        if num_characters >= part_characters:
            parts.add(columns, left_out, num_rows)
            total += num_characters
            report(parts.num_rows, total)
            yield parts.num_parts - 1
            columns, left_out = {name: [] for name in _SCHEMA.names}, []
            num_rows = num_characters = 0
    if num_rows:
        parts.add(columns, left_out, num_rows)
        report(parts.num_rows, total + num_characters)
        yield parts.num_parts - 1
    parts.finish()


def require_some(parts: Parts, fields: Fields) -> None:
    """See that there is a document at all.

    Raises:
        MissingInputError: There is none; says why the first rows are none.
    """
    if any(parts.num_documents(part) for part in range(parts.num_parts)):
        return
    first = next(parts.left_out(), None)
    why = f": `{first.place}` has {first.reason}, {first.detail}; name another field: --text-field" if first else ""
    raise MissingInputError(f"there is no document with a text in `{fields.text}`{why}")


def digests_of(parts: Parts) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """The numbers of all documents, ascending, and their digests."""
    numbers, digests = [], []
    for part in range(parts.num_parts):
        table = parts.read(part, "row", "digest")
        numbers.append(table.column("row").to_numpy())
        joined = b"".join(table.column("digest").to_pylist())
        digests.append(np.frombuffer(joined, dtype=f"V{DIGEST_BYTES}"))
    if not numbers:
        return np.empty(0, np.int64), np.empty(0, f"V{DIGEST_BYTES}")
    return np.concatenate(numbers), np.concatenate(digests)


def _require_columns(files: Sequence[InputFile], fields: Fields) -> None:
    for file in files:
        found = pq.read_schema(file.path).names if file.path.suffix == ".parquet" else ()
        for name, flag in ((fields.text, "--text-field"), (fields.id, "--id-field")):
            if found and name is not None and name not in found:
                known = ", ".join(f"`{one}`" for one in found)
                raise MissingInputError(
                    f"`{file.path}` has no field `{name}`; its fields: {known}; name another: {flag}"
                )


def _rows(files: Sequence[InputFile], start: int) -> Iterator[tuple[int, Row]]:
    """All rows from number `start` on."""
    number = 0
    for file in files:
        for row in (source_row(file),) if file.is_source else scan_rows(file.path, file.name):
            if number >= start:
                yield number, row
            number += 1


def _document(row: Row, fields: Fields) -> tuple[str, str] | LeftOut:
    if row.fields is None:
        return LeftOut(place=row.place, reason=row.reason, detail=row.detail)
    text = row.fields.get(fields.text)
    if not isinstance(text, str):
        return LeftOut(place=row.place, reason=NO_TEXT, detail=f"`{fields.text}` is {_shortened(text)}")
    if not _is_writable(text):
        return LeftOut(place=row.place, reason=NOT_UTF8, detail="half of a surrogate pair")
    if fields.id is None:
        return row.place, text
    name = row.fields.get(fields.id)
    if not isinstance(name, str | int) or name == "" or not _is_writable(str(name)):
        return LeftOut(place=row.place, reason=NO_ID, detail=f"`{fields.id}` is {_shortened(name)}")
    return str(name), text


def _is_writable(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shortened(value: Any) -> str:
    written = ascii(value)
    return written if len(written) <= 60 else f"{written[:57]}…"
