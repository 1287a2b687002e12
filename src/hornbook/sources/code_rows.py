"""Read files of rows: JSON lines or Parquet, on this machine, in S3 or on the Hugging Face hub.

Reads:  a row's text; its id, and what it says of licence, path, repository, source and origin, under the names that
        such files use. Of The Stack, version 1, deduplicated or not, the path, repository and licences of the most
        starred repository that holds the file.
Writes: a document for each row; a row that is none is told apart.
Source: https://huggingface.co/datasets/bigcode/the-stack-dedup
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.records import content_id
from hornbook.sources.documents import NO_ID, NO_TEXT, Fields, LeftOut, is_writable
from hornbook.sources.licenses import license_of_name, licenses_of_text
from hornbook.sources.remote import RemoteFile
from hornbook.sources.rows import NOT_UTF8, scan_rows
from hornbook.sources.source import NO_ASSERTION, TOO_LONG, SourceDocument, TextKind

NO_PATH, NO_REPOSITORY, OTHER_LANGUAGE = "no path", "no repository", "another language"
LICENSES = ("licenses", "license", "detected_licenses", "license_expression")
_PATHS = ("path", "file_path", "filename")
_REPOSITORIES = ("repository", "repo", "repo_name", "repository_name")
_ORIGINS = ("origin", "url")
KNOWN = (*LICENSES, *_PATHS, *_REPOSITORIES, *_ORIGINS, "source", "kind")
STACK_MARKS = ("content", "max_stars_repo_path", "max_stars_repo_name")
STACK_COLUMNS = (*STACK_MARKS, "lang", "max_stars_repo_head_hexsha", "max_stars_repo_licenses")
_STACK, _STACK_LANGUAGE = "the-stack", "Python"


class Rows:
    """A file of rows."""

    layout = "rows"
    _known: tuple[str, ...] = KNOWN
    """Columns that are of use."""

    def __init__(
        self, name: str, path: Path | RemoteFile, identity: list[Any], fields: Fields, *, max_bytes: int
    ) -> None:
        """See that the file has what is asked for.

        Args:
            name: What its rows are called by.
            path: Of the file.
            identity: Place, size and version.
            fields: Of the text and the id.
            max_bytes: Longer texts are left out.

        Raises:
            MissingInputError: A Parquet file is none, or lacks a field.
        """
        self.name = name
        self._path = path
        self._identity = identity
        self._fields = fields
        self._max_bytes = max_bytes
        self._columns: list[str] | None = None
        if path.suffix == ".parquet":
            found = _columns_of(path)
            wanted = self._wanted()
            for flag, column in wanted.items():
                if column not in found:
                    listed = ", ".join(f"`{one}`" for one in found)
                    raise MissingInputError(
                        f"`{path}` has no field `{column}`; its fields: {listed}; name another: {flag}"
                    )
            self._columns = [column for column in found if column in (*wanted.values(), *self._known)]

    def _wanted(self) -> dict[str, str]:
        """Flag → the column that must be there."""
        return {"--text-field": self._fields.text} | ({"--id-field": self._fields.id} if self._fields.id else {})

    def identity(self) -> list[Any]:
        """Place, size and version."""
        return self._identity

    def num_rows(self) -> int | None:
        """Of a Parquet file; of JSON lines nobody knows it before they are read."""
        if self._columns is None:
            return None
        with _opened(self._path) as file:
            number: int = file.metadata.num_rows
        return number

    def read(self, start: int = 0) -> Iterator[SourceDocument | LeftOut]:
        """The rows from number `start` on."""
        for row in scan_rows(self._path, self.name, start=start, columns=self._columns):
            if row.fields is None:
                yield LeftOut(place=row.place, reason=row.reason, detail=row.detail)
                continue
            text = row.fields.get(self._fields.text)
            if not isinstance(text, str):
                detail = f"`{self._fields.text}` is {ascii(text)[:60]}"
                yield LeftOut(place=row.place, reason=NO_TEXT, detail=detail)
            elif len(text) > self._max_bytes:
                yield LeftOut(place=row.place, reason=TOO_LONG, detail=f"{len(text):,} characters")
            elif not is_writable(text):
                yield LeftOut(place=row.place, reason=NOT_UTF8, detail="half of a surrogate pair")
            else:
                yield self._document(row.place, text, row.fields)

    def _document(self, place: str, text: str, row: Mapping[str, Any]) -> SourceDocument | LeftOut:
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
            source=_first(row, "source") or self.name,
            path=_first(row, *_PATHS),
            repository=_first(row, *_REPOSITORIES),
            licenses=next((found for one in LICENSES if (found := _licenses(row.get(one)))), (NO_ASSERTION,)),
            origin=_first(row, *_ORIGINS) or place,
        )


class TheStack(Rows):
    """A file of The Stack."""

    layout = _STACK
    _known = STACK_COLUMNS

    def _wanted(self) -> dict[str, str]:
        return {"--layout rows and --text-field": "content", "--layout rows": "max_stars_repo_name"}

    def _document(self, place: str, text: str, row: Mapping[str, Any]) -> SourceDocument | LeftOut:
        language = row.get("lang")
        if language is not None and language != _STACK_LANGUAGE:
            return LeftOut(place=place, reason=OTHER_LANGUAGE, detail=ascii(language)[:60])
        for column, reason in (("max_stars_repo_path", NO_PATH), ("max_stars_repo_name", NO_REPOSITORY)):
            if not _first(row, column):
                return LeftOut(place=place, reason=reason, detail=f"`{column}` is {ascii(row.get(column))[:60]}")
        path, repository = row["max_stars_repo_path"], row["max_stars_repo_name"]
        version = _first(row, "max_stars_repo_head_hexsha") or "HEAD"
        return SourceDocument(
            kind=TextKind.CODE,
            id=content_id("code", _STACK, repository, path, text),
            text=text,
            source=_STACK,
            path=path,
            repository=repository,
            licenses=_licenses(row.get("max_stars_repo_licenses")) or (NO_ASSERTION,),
            origin=f"https://github.com/{repository}/blob/{version}/{path}",
        )


def is_the_stack(path: Path | RemoteFile) -> bool:
    """Whether a file has the layout of The Stack, by its columns or its first row that is whole."""
    if path.suffix == ".parquet":
        return set(STACK_MARKS) <= set(_columns_of(path))
    first = next((row.fields for row in scan_rows(path, "") if row.fields is not None), {})
    return set(STACK_MARKS) <= set(first)


def _licenses(value: Any) -> tuple[str, ...]:
    """What a field says of licences, one or a list, sorted.

    A name that nobody knows stays as it is: it is no licence that anybody allowed.
    """
    names = [value] if isinstance(value, str) else value if isinstance(value, Sequence) else []
    found: set[str] = set()
    for name in names:
        if isinstance(name, str) and name.strip() and is_writable(name):
            found.update(license_of_name(name) or licenses_of_text(name) or (name.strip(),))
    return tuple(sorted(found))


def _columns_of(path: Path | RemoteFile) -> list[str]:
    try:
        with _opened(path) as file:
            names: list[str] = file.schema_arrow.names
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{path}` cannot be read: {error}") from error
    return names


def _opened(path: Path | RemoteFile) -> pq.ParquetFile:
    return pq.ParquetFile(path if isinstance(path, Path) else path.open())


def _first(row: Mapping[str, Any], *names: str) -> str:
    """What the first of these fields that holds a text says."""
    found = (row.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one and is_writable(one)), "")
