"""The documents of files that a person has, one after the other, from any of them on.

Reads:  JSON lines (`.jsonl`, also `.gz` and `.zst`) and Parquet files, a document a row; folders of these; or source
        files, each a document, alone or in folders. What lies in a folder is read in the order of its names.

Nothing is held but a row, or a batch of Parquet rows. A document without an id of its own is called by its place:
`part-000.jsonl:17`, the row counted from 1; `package/module.py`.
"""

import io
import json
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import IO, Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.pipeline.fingerprint import digest_of
from hornbook.records import Document, DocumentKind
from hornbook.sources.input_files import InputFile

_BUFFER_BYTES = 2**20
_ROWS_PER_BATCH = 256

_Skipping = Generator[Document, None, int]


class Inputs:
    """The documents of some files, always in the same order."""

    bytes_read: int
    """Of the files, on the disk, by the last `documents` so far; those that were skipped included."""

    def __init__(self, files: Sequence[InputFile], *, text_field: str, id_field: str | None) -> None:
        """Take the files, as `find_files` gives them.

        Args:
            files: In their order.
            text_field: Of a row: holds the text.
            id_field: Of a row: holds the id, a string or a whole number; None: rows are called by their places.
        """
        self._files = files
        self._text_field = text_field
        self._id_field = id_field
        self.bytes_read = 0
        self.num_bytes = sum(file.size for file in files)

    @property
    def content(self) -> str:
        """A digest of which documents these are, by the names and sizes of the files."""
        names = {file.name: file.size for file in self._files}
        return digest_of({"files": names, "text_field": self._text_field, "id_field": self._id_field})

    @property
    def state(self) -> str:
        """A digest that changes when a file does."""
        return digest_of({file.name: [file.size, file.modified] for file in self._files})

    def documents(self, start: int = 0) -> Iterator[Document]:
        """The documents from number `start` on, counted from 0; before it rows are counted, not parsed.

        A source file that is not UTF-8 is a document without text: a folder of them often has a few.

        Raises:
            MissingInputError: A file is damaged, or a row has no text or no id; names the place.
        """
        self.bytes_read = 0
        for file in self._files:
            before = self.bytes_read
            if file.is_source:
                if start <= 0:
                    yield _source_document(file)
                start -= 1
            else:
                rows = self._parquet_rows(file, start) if file.path.suffix == ".parquet" else self._lines(file, start)
                start = yield from rows
            self.bytes_read = before + file.size

    def _lines(self, file: InputFile, start: int) -> _Skipping:
        """The documents of JSON lines; returns how many of `start` are still to be skipped."""
        number, before = 0, self.bytes_read
        try:
            with file.path.open("rb") as raw:
                for number, line in enumerate(_decompressed(raw, file.path), start=1):
                    if number > start:
                        self.bytes_read = before + raw.tell()
                        yield self._document(_parse(line, file.name, number), f"{file.name}:{number}")
        except (OSError, EOFError) as error:
            raise MissingInputError(f"`{file.path}` cannot be read behind line {number}: {error}") from error
        return max(start - number, 0)

    def _parquet_rows(self, file: InputFile, start: int) -> _Skipping:
        """The documents of a Parquet file; returns how many of `start` are still to be skipped."""
        before, number = self.bytes_read, 0
        columns = [self._text_field, *([self._id_field] if self._id_field else [])]
        try:
            with pq.ParquetFile(file.path) as opened:
                self._require_columns(opened.schema_arrow.names, columns, f"`{file.path}`")
                total = opened.metadata.num_rows
                for group in range(opened.num_row_groups):
                    if number + opened.metadata.row_group(group).num_rows <= start:
                        number += opened.metadata.row_group(group).num_rows
                        continue
                    for batch in opened.iter_batches(_ROWS_PER_BATCH, row_groups=[group], columns=columns):
                        for fields in batch.to_pylist():
                            number += 1
                            if number > start:
                                yield self._document(fields, f"{file.name}:{number}")
                        self.bytes_read = before + file.size * number // total
        except (OSError, pa.ArrowException) as error:
            raise MissingInputError(f"`{file.path}` cannot be read behind row {number}: {error}") from error
        return max(start - number, 0)

    def _document(self, fields: dict[str, Any], place: str) -> Document:
        text = fields.get(self._text_field)
        if not isinstance(text, str):
            self._require_columns(fields, [self._text_field], f"`{place}`")
            raise MissingInputError(f"`{place}` has no text in `{self._text_field}`, but {_shortened(text)}")
        if self._id_field is None:
            return Document(id=place, kind=DocumentKind.CODE, text=text)
        name = fields.get(self._id_field)
        if not isinstance(name, str | int) or name == "":
            self._require_columns(fields, [self._id_field], f"`{place}`")
            raise MissingInputError(f"`{place}` has no id in `{self._id_field}`, but {_shortened(name)}")
        return Document(id=str(name), kind=DocumentKind.CODE, text=text)

    def _require_columns(self, found: Sequence[str] | dict[str, Any], columns: list[str], place: str) -> None:
        for column in columns:
            if column not in found:
                flag = "--text-field" if column == self._text_field else "--id-field"
                known = ", ".join(f"`{name}`" for name in found) or "none"
                raise MissingInputError(f"{place} has no field `{column}`; its fields: {known}; name another: {flag}")


def _decompressed(raw: IO[bytes], path: Path) -> IO[bytes]:
    compression = {".gz": "gzip", ".zst": "zstd"}.get(path.suffix)
    if compression is None:
        return raw
    return io.BufferedReader(pa.CompressedInputStream(raw, compression), _BUFFER_BYTES)


def _parse(line: bytes, name: str, number: int) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode())
        if rb"\ud" in line or rb"\uD" in line:
            json.dumps(fields, ensure_ascii=False).encode()  # A half of a pair can be written in JSON only.
    except UnicodeError as error:
        raise MissingInputError(f"`{name}`, line {number}, is not UTF-8: {error}") from error
    except ValueError as error:
        raise MissingInputError(f"`{name}`, line {number}, is not JSON ({error}); is it cut off?") from error
    if not isinstance(fields, dict):
        raise MissingInputError(f"`{name}`, line {number}, is no JSON object, but {_shortened(fields)}")
    return fields


def _source_document(file: InputFile) -> Document:
    try:
        text = file.path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise MissingInputError(f"`{file.path}` cannot be read: {error}") from error
    return Document(id=file.name, kind=DocumentKind.CODE, text=text)


def _shortened(value: Any) -> str:
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"
