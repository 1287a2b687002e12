"""Read the layout of The Stack, version 1, deduplicated or not: one row a file, with the repositories that hold it.

Reads:  Parquet or JSON lines with `hexsha`, `size`, `ext`, `lang`, `content`, `avg_line_length`, `max_line_length`,
        `alphanum_fraction`, and for each of `stars`, `issues` and `forks` the repository that has the most of them:
        `max_stars_repo_path`, `…_repo_name`, `…_repo_head_hexsha`, `…_repo_licenses`, `max_stars_count`,
        `max_stars_repo_stars_event_min_datetime` and `…_max_datetime`.
Writes: a document for each row in Python, with the path, repository and licences of the most starred repository.
Source: https://huggingface.co/datasets/bigcode/the-stack-dedup
"""

from collections.abc import Iterator, Mapping
from typing import Any

from hornbook.curation.sources.rows import (
    RowsFile,
    columns_of,
    licenses_of_field,
    num_rows_of,
    schema_of_file,
    text_of_row,
)
from hornbook.curation.sources.source import NO_ASSERTION, SourceDocument, TextKind
from hornbook.reading.documents import LeftOut, is_writable
from hornbook.reading.rows import scan_rows
from hornbook.records import content_id

NO_PATH, NO_REPOSITORY, OTHER_LANGUAGE = "no path", "no repository", "another language"
SOURCE = "the-stack"
_MARKS = ("content", "max_stars_repo_path", "max_stars_repo_name")
_COLUMNS = (*_MARKS, "lang", "max_stars_repo_head_hexsha", "max_stars_repo_licenses")


class TheStack:
    """A file of The Stack."""

    layout = "the-stack"

    def __init__(self, file: RowsFile, *, language: str = "Python", max_bytes: int) -> None:
        """See that the file has what is asked for.

        Args:
            file: The file.
            language: As `lang` calls it; rows in another one are left out.
            max_bytes: Longer texts are left out.

        Raises:
            MissingInputError: A Parquet file is none, or lacks a field.
        """
        self.name = file.name
        self._file = file
        self._language = language
        self._max_bytes = max_bytes
        wanted = {"--layout rows and --text-field": "content", "--layout rows": "max_stars_repo_name"}
        self._columns = columns_of(file, wanted, _COLUMNS) if file.is_parquet else None

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
        text = text_of_row(place, row, "content", self._max_bytes)
        if isinstance(text, LeftOut):
            return text
        language = row.get("lang")
        if language is not None and language != self._language:
            return LeftOut(place=place, reason=OTHER_LANGUAGE, detail=ascii(language)[:60])
        path, repository = row.get("max_stars_repo_path"), row.get("max_stars_repo_name")
        if not isinstance(path, str) or not path or not is_writable(path):
            return LeftOut(place=place, reason=NO_PATH, detail=f"`max_stars_repo_path` is {ascii(path)[:60]}")
        if not isinstance(repository, str) or not repository or not is_writable(repository):
            return LeftOut(
                place=place, reason=NO_REPOSITORY, detail=f"`max_stars_repo_name` is {ascii(repository)[:60]}"
            )
        commit = row.get("max_stars_repo_head_hexsha")
        version = commit if isinstance(commit, str) and commit and is_writable(commit) else "HEAD"
        return SourceDocument(
            kind=TextKind.CODE,
            id=content_id("code", SOURCE, repository, path, text),
            text=text,
            source=SOURCE,
            path=path,
            repository=repository,
            licenses=licenses_of_field(row.get("max_stars_repo_licenses")) or (NO_ASSERTION,),
            origin=f"https://github.com/{repository}/blob/{version}/{path}",
        )


def is_the_stack(file: RowsFile) -> bool:
    """Whether a file has this layout, by its columns or its first row that is whole."""
    if file.is_parquet:
        return set(_MARKS) <= set(schema_of_file(file).names)
    first = next((row.fields for row in scan_rows(file.path, file.name) if row.fields is not None), None)
    return first is not None and set(_MARKS) <= set(first)
