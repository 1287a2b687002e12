"""Read files of rows: JSON lines or Parquet, on this machine, in S3 or on the Hugging Face hub.

Reads:  a row's text; its id, and what it says of licence, path, repository, source and origin, under the names that
        such files use.
Writes: a document for each row; a row that is none is told apart.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.curation.sources.licenses import license_of_name, licenses_of_text
from hornbook.curation.sources.remote import RemoteFile
from hornbook.curation.sources.source import NO_ASSERTION, TOO_LONG, SourceDocument, TextKind
from hornbook.errors import MissingInputError
from hornbook.reading.documents import NO_ID, NO_TEXT, Fields, LeftOut, is_writable
from hornbook.reading.files import InputFile
from hornbook.reading.rows import NOT_UTF8, scan_rows
from hornbook.records import content_id

LICENSES = ("licenses", "license", "detected_licenses", "license_expression")
_PATHS = ("path", "file_path", "filename")
_REPOSITORIES = ("repository", "repo", "repo_name", "repository_name")
_ORIGINS = ("origin", "url")
KNOWN = (*LICENSES, *_PATHS, *_REPOSITORIES, *_ORIGINS, "source", "kind")


@dataclass(frozen=True, slots=True)
class RowsFile:
    """A file of rows, wherever it is."""

    name: str
    """What its rows are called by."""
    path: Path | RemoteFile
    about: list[Any]
    """Place, size and version."""

    @property
    def is_parquet(self) -> bool:
        """Whether it has columns."""
        return self.path.suffix == ".parquet"


class Rows:
    """A file of rows."""

    layout = "rows"

    def __init__(self, file: RowsFile, fields: Fields, *, max_bytes: int) -> None:
        """See that the file has what is asked for.

        Raises:
            MissingInputError: A Parquet file is none, or lacks a field.
        """
        self.name = file.name
        self._file = file
        self._fields = fields
        self._max_bytes = max_bytes
        wanted = {"--text-field": fields.text} | ({} if fields.id is None else {"--id-field": fields.id})
        self._columns = columns_of(file, wanted, (*wanted.values(), *KNOWN)) if file.is_parquet else None

    def identity(self) -> list[Any]:
        """Place, size and version."""
        return self._file.about

    def num_rows(self) -> int | None:
        """Of a Parquet file."""
        return num_rows_of(self._file)

    def read(self, start: int = 0) -> Iterator[SourceDocument | LeftOut]:
        """The rows from number `start` on."""
        for row in scan_rows(self._file.path, self.name, start=start, columns=self._columns):
            if row.fields is None:
                yield LeftOut(place=row.place, reason=row.reason, detail=row.detail)
            else:
                yield self._document(row.place, row.fields)

    def _document(self, place: str, row: Mapping[str, Any]) -> SourceDocument | LeftOut:
        text = text_of_row(place, row, self._fields.text, self._max_bytes)
        if isinstance(text, LeftOut):
            return text
        name = content_id("row", place, text)
        if self._fields.id is not None:
            given = row.get(self._fields.id)
            if not isinstance(given, str | int) or given == "" or not is_writable(str(given)):
                return LeftOut(place=place, reason=NO_ID, detail=f"`{self._fields.id}` is {ascii(given)[:60]}")
            name = str(given)
        return SourceDocument(
            kind=TextKind.POST if row.get("kind") == TextKind.POST else TextKind.CODE,
            id=name,
            text=text,
            source=_first(row, ("source",)) or self.name,
            path=_first(row, _PATHS),
            repository=_first(row, _REPOSITORIES),
            licenses=next((found for one in LICENSES if (found := licenses_of_field(row.get(one)))), (NO_ASSERTION,)),
            origin=_first(row, _ORIGINS) or place,
        )


def text_of_row(place: str, row: Mapping[str, Any], field: str, max_bytes: int) -> str | LeftOut:
    """The text that stands in a field of a row."""
    text = row.get(field)
    if not isinstance(text, str):
        return LeftOut(place=place, reason=NO_TEXT, detail=f"`{field}` is {ascii(text)[:60]}")
    if len(text) > max_bytes:
        return LeftOut(place=place, reason=TOO_LONG, detail=f"{len(text):,} characters")
    if not is_writable(text):
        return LeftOut(place=place, reason=NOT_UTF8, detail="half of a surrogate pair")
    return text


def licenses_of_field(value: Any) -> tuple[str, ...]:
    """What a field says of licences, one or a list, sorted.

    A name that nobody knows stays as it is: it is no licence that anybody allowed.
    """
    names = [value] if isinstance(value, str) else value if isinstance(value, Sequence) else []
    found: set[str] = set()
    for name in names:
        if isinstance(name, str) and name.strip() and is_writable(name):
            found.update(license_of_name(name) or licenses_of_text(name) or (name.strip(),))
    return tuple(sorted(found))


def columns_of(file: RowsFile, wanted: Mapping[str, str], known: Sequence[str]) -> list[str]:
    """The columns of a Parquet file that are of use.

    Args:
        file: The file.
        wanted: Flag → the column that must be there, for the message.
        known: The columns that are of use.

    Raises:
        MissingInputError: One is not there, or the file is no Parquet.
    """
    found = schema_of_file(file).names
    for flag, name in wanted.items():
        if name not in found:
            listed = ", ".join(f"`{one}`" for one in found)
            raise MissingInputError(f"`{file.path}` has no field `{name}`; its fields: {listed}; name another: {flag}")
    return [name for name in found if name in known]


def schema_of_file(file: RowsFile) -> pa.Schema:
    """Of a Parquet file.

    Raises:
        MissingInputError: It is none.
    """
    try:
        with pq.ParquetFile(file.path if isinstance(file.path, Path) else file.path.open()) as opened:
            return opened.schema_arrow
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{file.path}` cannot be read: {error}") from error


def num_rows_of(file: RowsFile) -> int | None:
    """Of a Parquet file; of JSON lines nobody knows it before they are read."""
    if not file.is_parquet:
        return None
    with pq.ParquetFile(file.path if isinstance(file.path, Path) else file.path.open()) as opened:
        number: int = opened.metadata.num_rows
    return number


def local_rows_file(file: InputFile) -> RowsFile:
    """A file of this machine."""
    return RowsFile(file.name, file.path, [str(file.path.resolve()), file.size, file.modified])


def remote_rows_file(file: RemoteFile, name: str) -> RowsFile:
    """A file of another machine."""
    return RowsFile(name, file, [file.url, file.size, file.version])


def _first(row: Mapping[str, Any], names: Sequence[str]) -> str:
    """What the first of these fields that holds a text says."""
    found = (row.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one and is_writable(one)), "")
