"""Take the documents out of rows: id, text, and what else is known of each; a row that is none says why.

Reads:  files of rows, or source files, in their order.
Writes: one `Document` or one `LeftOut` for each row.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError
from hornbook.sources.input_files import InputFile
from hornbook.sources.rows import NOT_UTF8, Row, scan_rows, source_row

NO_TEXT, NO_ID = "no text", "no id"
NOTHING = "{}"
"""What is known of a document beside its id and text, where nothing is."""


@dataclass(frozen=True, kw_only=True)
class Fields:
    """Where a row's text and id stand."""

    text: str = "text"
    id: str | None = None
    """None: a row is called by its place, `part.jsonl:17`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to work on."""

    id: str
    text: str
    """UTF-8 can hold it: no half of a surrogate pair."""
    about: str = NOTHING
    """What else is known of it: the JSON text of an object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """A row that is no document."""

    place: str
    reason: str
    detail: str


Documents = Callable[[int], Iterator[Document | LeftOut]]
"""Gives what each row is, in order, from the row of this number on (the first is 0); each time the same."""


def documents_of(files: Sequence[InputFile], fields: Fields) -> Documents:
    """The documents of files.

    Args:
        files: In their order.
        fields: Of the rows.

    Raises:
        MissingInputError: A Parquet file lacks a field, or is none. Later, while it is read: a file cannot be read to
            its end.
    """
    _require_columns(files, fields)

    def read(start: int) -> Iterator[Document | LeftOut]:
        number = 0
        for file in files:
            for row in (source_row(file),) if file.is_source else scan_rows(file.path, file.name):
                if number >= start:
                    yield _document(row, fields)
                number += 1

    return read


def is_writable(text: str) -> bool:
    """Whether UTF-8 can hold the text."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _require_columns(files: Sequence[InputFile], fields: Fields) -> None:
    for file in files:
        found = _columns_of(file) if file.path.suffix == ".parquet" else ()
        for name, flag in ((fields.text, "--text-field"), (fields.id, "--id-field")):
            if found and name is not None and name not in found:
                known = ", ".join(f"`{one}`" for one in found)
                raise MissingInputError(
                    f"`{file.path}` has no field `{name}`; its fields: {known}; name another: {flag}"
                )


def _columns_of(file: InputFile) -> Sequence[str]:
    try:
        names: list[str] = pq.read_schema(file.path).names
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{file.path}` cannot be read: {error}") from error
    return names


def _document(row: Row, fields: Fields) -> Document | LeftOut:
    if row.fields is None:
        return LeftOut(place=row.place, reason=row.reason, detail=row.detail)
    text = row.fields.get(fields.text)
    if not isinstance(text, str):
        return LeftOut(place=row.place, reason=NO_TEXT, detail=f"`{fields.text}` is {_shortened(text)}")
    if not is_writable(text):
        return LeftOut(place=row.place, reason=NOT_UTF8, detail="half of a surrogate pair")
    name: Any = row.place
    if fields.id is not None:
        name = row.fields.get(fields.id)
        if not isinstance(name, str | int) or name == "" or not is_writable(str(name)):
            return LeftOut(place=row.place, reason=NO_ID, detail=f"`{fields.id}` is {_shortened(name)}")
    return Document(id=str(name), text=text)


def _shortened(value: Any) -> str:
    written = ascii(value)
    return written if len(written) <= 60 else f"{written[:57]}…"
