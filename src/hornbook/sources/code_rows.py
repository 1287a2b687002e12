"""Read files of rows: JSON lines or Parquet, on this machine, in S3 or on the Hugging Face hub.

Reads:  a row's text; its id, and what it says of licence, path, repository, source and origin, under the names that
        such files use. Of The Stack, version 1, deduplicated or not, the path, repository and licences of the most
        starred repository that holds the file.
Writes: a document for each row, with the metadata of an exercise or passage; a row that is none is told apart.
Source: https://huggingface.co/datasets/bigcode/the-stack-dedup
"""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from hornbook.errors import MissingInputError
from hornbook.python_code.functions import last_function
from hornbook.records import EXERCISE_METADATA, Document, DocumentKind, Dropped, Exercise, as_document, content_id
from hornbook.sources.licenses import license_of_name, licenses_of_text
from hornbook.sources.remote import RemoteFile
from hornbook.sources.rows import NOT_UTF8, RowRange, is_writable, open_parquet, ranges_of, scan_rows
from hornbook.sources.source import NO_ASSERTION, TOO_LONG, Piece, TextKind, make_document

NO_TEXT, NO_ID = "no text", "no id"
NO_PATH, NO_REPOSITORY, OTHER_LANGUAGE = "no path", "no repository", "another language"
LICENSES = ("licenses", "license", "detected_licenses", "license_expression")
_PATHS = ("path", "file_path", "filename")
_REPOSITORIES = ("repository", "repo", "repo_name", "repository_name")
_ORIGINS = ("origin", "url")
DEFAULT_TEXT_FIELD, DEFAULT_ID_FIELD = "text", "id"
ROW = "ROW"
"""In place of the id's field: rows are called by their place, `part.jsonl:17`."""
EXERCISE = ("prompt", "solution")
"""Fields of an exercise, whose text is both."""
PASSAGE = {"topic", "audience"}
"""Fields by which a textbook passage is known."""
PASSAGE_METADATA = ("family", "topic", "audience", "style", "teacher")
KNOWN = (
    *(*LICENSES, *_PATHS, *_REPOSITORIES, *_ORIGINS, "source", "kind", "id"),
    *(*EXERCISE, *EXERCISE_METADATA, *PASSAGE_METADATA),
)
STACK_MARKS = ("content", "max_stars_repo_path", "max_stars_repo_name")
STACK_COLUMNS = (*STACK_MARKS, "lang", "max_stars_repo_head_hexsha", "max_stars_repo_licenses")
_STACK, _STACK_LANGUAGE = "the-stack", "Python"


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Names of the fields of a row."""

    text: str = "text"
    id: str | None = None
    """None: `id`, where a row has it."""


class Rows:
    """A file of rows."""

    layout = "rows"
    _known: tuple[str, ...] = KNOWN
    """Columns that are of use."""

    def __init__(self, name: str, path: Path | RemoteFile, fields: Fields, *, max_bytes: int) -> None:
        """See that the file has what is asked for.

        Args:
            name: What its rows are called by.
            path: Of the file.
            fields: Of the text and the id.
            max_bytes: Longer texts are dropped.

        Raises:
            MissingInputError: A Parquet file is none, or lacks a field.
        """
        self.name = name
        self.path = path
        self._fields = fields
        self._max_bytes = max_bytes
        self._columns: list[str] | None = None
        if path.suffix == ".parquet":
            found = _columns_of(path)
            wanted = self._wanted()
            if self._fields.text == DEFAULT_TEXT_FIELD and set(EXERCISE) <= set(found):
                del wanted["--text-field"]
            for flag, column in wanted.items():
                if column not in found:
                    listed = ", ".join(f"`{one}`" for one in found)
                    raise MissingInputError(
                        f"`{path}` has no field `{column}`; its fields: {listed}; name another: {flag}"
                    )
            self._columns = [column for column in found if column in (*wanted.values(), *self._known)]

    def _wanted(self) -> dict[str, str]:
        """Flag → the column that must be there."""
        wanted = {"--text-field": self._fields.text}
        return wanted if self._fields.id in (None, ROW) else {**wanted, "--id-field": str(self._fields.id)}

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """Its hash; of a remote file its URL, size and version."""
        if isinstance(self.path, RemoteFile):
            return [self.path.url, self.path.size, self.path.version]
        return [sha256_of(self.path)]

    def pieces(self, work: Path) -> list[Piece]:
        """The rows in their order."""
        del work
        return [partial(self._read, one) for one in ranges_of(self.path)]

    def _read(self, piece: RowRange) -> Iterator[Document | Dropped]:
        for row in scan_rows(self.path, self.name, piece, self._columns):
            if row.fields is None:
                yield Dropped(id=row.place, reason=row.reason, detail=row.detail)
                continue
            text = row.fields.get(self._fields.text)
            is_exercise = text is None and self._is_exercise(row.fields)
            if is_exercise:
                text = row.fields["prompt"] + row.fields["solution"]
            if not isinstance(text, str):
                detail = f"`{self._fields.text}` is {ascii(text)[:60]}"
                yield Dropped(id=row.place, reason=NO_TEXT, detail=detail)
            elif len(text) > self._max_bytes:
                yield Dropped(id=row.place, reason=TOO_LONG, detail=f"{len(text):,} characters")
            elif not is_writable(text):
                yield Dropped(id=row.place, reason=NOT_UTF8, detail="half of a surrogate pair")
            else:
                document = self._document(row.place, text, row.fields)
                if is_exercise and isinstance(document, Document):
                    document = _with_exercise(document, row.fields)
                yield document

    def _is_exercise(self, row: Mapping[str, Any]) -> bool:
        return self._fields.text == DEFAULT_TEXT_FIELD and all(isinstance(row.get(name), str) for name in EXERCISE)

    def _id(self, place: str, row: Mapping[str, Any]) -> str | Dropped:
        """The row's id; its place where no field of the id was named and it has none."""
        if self._fields.id == ROW:
            return place
        value = row.get(self._fields.id or DEFAULT_ID_FIELD)
        if isinstance(value, str | int) and value != "" and is_writable(str(value)):
            return str(value)
        if self._fields.id:
            return Dropped(id=place, reason=NO_ID, detail=f"`{self._fields.id}` is {ascii(value)[:60]}")
        return place

    def _document(self, place: str, text: str, row: Mapping[str, Any]) -> Document | Dropped:
        name = self._id(place, row)
        if isinstance(name, Dropped):
            return name
        kind = str(row.get("kind"))
        document = make_document(
            kind=TextKind.POST if kind == TextKind.POST else TextKind.CODE,
            id=name,
            text=text,
            source=_first(row, "source") or self.name,
            path=_first(row, *_PATHS),
            repository=_first(row, *_REPOSITORIES),
            licenses=next((found for one in LICENSES if (found := _licenses(row.get(one)))), (NO_ASSERTION,)),
            origin=_first(row, *_ORIGINS) or place,
        )
        if kind != DocumentKind.TEXTBOOK and not row.keys() >= PASSAGE:
            return document
        more = {name: _first(row, name) for name in PASSAGE_METADATA}
        return replace(document, kind=DocumentKind.TEXTBOOK, metadata=_joined(document, more))


class TheStack(Rows):
    """A file of The Stack."""

    layout = _STACK
    _known = STACK_COLUMNS

    def _wanted(self) -> dict[str, str]:
        return {"--layout rows and --text-field": "content", "--layout rows": "max_stars_repo_name"}

    def _document(self, place: str, text: str, row: Mapping[str, Any]) -> Document | Dropped:
        language = row.get("lang")
        if language is not None and language != _STACK_LANGUAGE:
            return Dropped(id=place, reason=OTHER_LANGUAGE, detail=ascii(language)[:60])
        for column, reason in (("max_stars_repo_path", NO_PATH), ("max_stars_repo_name", NO_REPOSITORY)):
            if not _first(row, column):
                return Dropped(id=place, reason=reason, detail=f"`{column}` is {ascii(row.get(column))[:60]}")
        path, repository = row["max_stars_repo_path"], row["max_stars_repo_name"]
        version = _first(row, "max_stars_repo_head_hexsha") or "HEAD"
        return make_document(
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


def _with_exercise(document: Document, row: Mapping[str, Any]) -> Document:
    """The document of an exercise, with the fields of `records.Exercise` as far as the row has them."""
    operations = row.get("operations")
    exercise = Exercise(
        id=document.id,
        prompt=row["prompt"],
        solution=row["solution"],
        entry_point=_first(row, "entry_point") or last_function(row["prompt"], row["solution"]),
        operations=tuple(map(str, operations)) if isinstance(operations, list) else (),
        **{name: _first(row, name) for name in ("test", "family", "docstring_style", "teacher")},
    )
    made = as_document(exercise)
    return replace(made, metadata=_joined(document, json.loads(made.metadata)))


def _joined(document: Document, more: Mapping[str, Any]) -> str:
    return json.dumps({**json.loads(document.metadata), **more})


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
        with open_parquet(path) as file:
            names: list[str] = file.schema_arrow.names
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{path}` cannot be read: {error}") from error
    return names


def _first(row: Mapping[str, Any], *names: str) -> str:
    """What the first of these fields that holds a text says."""
    found = (row.get(name) for name in names)
    return next((one for one in found if isinstance(one, str) and one and is_writable(one)), "")
