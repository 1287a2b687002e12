"""Read benchmark files as they are published: JSON lines, a JSON array, Parquet; gzipped or not.

Reads:  a file, or a folder of Parquet files (a dataset that is split).
Writes: rows that know where they stand, so that whatever is wrong with one can be said with its place.
"""

import gzip
import hashlib
import json
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.records import Problem


@dataclass(frozen=True)
class Row:
    """One object of a benchmark file."""

    place: str
    """For messages: `` line 3 of the benchmark `mbpp.jsonl` ``."""
    fields: dict[str, Any]

    def text(self, name: str) -> str:
        """The string `name`, its lines ended by line feeds alone.

        Raises:
            MissingInputError: There is no such string.
        """
        value = self.fields.get(name)
        if not isinstance(value, str):
            raise MissingInputError(f"{self.place} has no string `{name}`")
        return value.replace("\r\n", "\n")

    def texts(self, name: str) -> tuple[str, ...]:
        """The list of strings `name`, line ends as in `text`.

        Raises:
            MissingInputError: There is no such list.
        """
        value = self.fields.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
            raise MissingInputError(f"{self.place} has no list of strings `{name}`")
        return tuple(item.replace("\r\n", "\n") for item in value)

    def number(self, name: str) -> int:
        """The integer `name`.

        Raises:
            MissingInputError: There is no such integer.
        """
        value = self.fields.get(name)
        if not isinstance(value, int) or isinstance(value, bool):
            raise MissingInputError(f"{self.place} has no integer `{name}`")
        return value


def read_rows(path: Path) -> list[Row]:
    """The rows of a file, or of all Parquet files of a folder in the order of their names.

    Args:
        path: A file of JSON lines or with one JSON array, gzipped if its name ends in `.gz`; a `.parquet` file; a
            folder with `.parquet` files in it.

    Returns:
        The rows in the order of the file; at least one.

    Raises:
        MissingInputError: It is missing, damaged, empty or of another format; names the line.
    """
    if path.is_dir():
        rows = [row for file in sorted(path.glob("*.parquet")) for row in _parquet_rows(file)]
    elif path.suffix == ".parquet":
        rows = list(_parquet_rows(path))
    else:
        rows = list(_json_rows(read_text(path), path))
    if not rows:
        raise MissingInputError(f"the benchmark `{path}` has no problems")
    return rows


def read_text(path: Path) -> str:
    """The text of a file, gzipped if its name ends in `.gz`.

    Raises:
        MissingInputError: The file is missing or damaged.
    """
    data = _read_bytes(path)
    try:
        return (gzip.decompress(data) if path.suffix == ".gz" else data).decode()
    except (EOFError, zlib.error, UnicodeDecodeError, gzip.BadGzipFile) as error:
        raise MissingInputError(f"the benchmark `{path}` is damaged: {error}") from error


def refuse_repeats(problems: Sequence[Problem], source: str) -> None:
    """Make sure that no problem comes twice.

    Raises:
        MissingInputError: One does; names it and the source.
    """
    seen: set[str] = set()
    for problem in problems:
        if problem.task_id in seen:
            raise MissingInputError(f"the benchmark `{source}` repeats `{problem.task_id}`")
        seen.add(problem.task_id)


def describe_file(path: Path) -> str:
    """The file's name and the beginning of its digest; of a folder the name alone."""
    if path.is_dir():
        return path.name
    return f"{path.name}, SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}…"


def _read_bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise MissingInputError(f"the benchmark `{path}` cannot be read: {error.strerror or error}") from error


def _json_rows(text: str, path: Path) -> Iterator[Row]:
    if text.lstrip().startswith("["):
        try:
            objects: Any = json.loads(text)
        except ValueError as error:
            raise MissingInputError(f"the benchmark `{path}` is not JSON ({error}); is the file cut off?") from error
        for number, fields in enumerate(objects, start=1):
            yield _row(fields, f"object {number} of the benchmark `{path}`")
        return
    for number, line in enumerate(text.split("\n"), start=1):
        if line.strip():
            place = f"line {number} of the benchmark `{path}`"
            try:
                fields = json.loads(line)
            except ValueError as error:
                raise MissingInputError(f"{place} is not JSON ({error}); is the file cut off?") from error
            yield _row(fields, place)


def _row(fields: Any, place: str) -> Row:
    if not isinstance(fields, dict):
        raise MissingInputError(f"{place} is no JSON object")
    return Row(place, fields)


def _parquet_rows(path: Path) -> Iterator[Row]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    data = _read_bytes(path)
    try:
        table = pq.read_table(pa.BufferReader(data))
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"the benchmark `{path}` is damaged: {error}") from error
    for number, fields in enumerate(table.to_pylist(), start=1):
        yield Row(f"row {number} of the benchmark `{path}`", fields)
