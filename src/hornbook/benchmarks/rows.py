"""Read benchmark files as they are published: JSON lines, a JSON array, Parquet; gzipped or not."""

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.records import Problem
from hornbook.sources.rows import parse_line, raw_lines, scan_rows


@dataclass(frozen=True)
class Row:
    """One object of a benchmark file."""

    place: str
    """For messages: `mbpp.jsonl:3`."""
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
    """The rows of a file, or of all Parquet files of a folder in the order of their names; at least one.

    A file holds JSON lines or one JSON array, gzipped if its name ends in `.gz`, or is a `.parquet` file.

    Raises:
        MissingInputError: It is missing, damaged, empty or of another format; names the place.
    """
    files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
    rows = [row for file in files for row in _rows_of(file)]
    if not rows:
        raise MissingInputError(f"the benchmark `{path}` has no problems")
    return rows


def whole(problems: list[Problem], path: Path, title: str = "", numbers: Sequence[int] = ()) -> list[Problem]:
    """The problems of a file, if none is repeated and their number is one of `numbers`, or any where that is empty.

    Raises:
        MissingInputError: A problem is repeated, or there are more or fewer.
    """
    seen: set[str] = set()
    for problem in problems:
        if problem.task_id in seen:
            raise MissingInputError(f"the benchmark `{path}` repeats `{problem.task_id}`")
        seen.add(problem.task_id)
    if numbers and len(problems) not in numbers:
        wanted = " or ".join(map(str, numbers))
        raise MissingInputError(f"{title} has {wanted} problems, the benchmark `{path}` {len(problems)}")
    return problems


def describe_file(path: Path) -> str:
    """The file's name and the beginning of its digest; of a folder the name alone."""
    if path.is_dir():
        return path.name
    return f"{path.name}, SHA-256 {hashlib.sha256(path.read_bytes()).hexdigest()[:16]}…"


def _rows_of(path: Path) -> Iterator[Row]:
    if path.suffix == ".parquet":
        found = scan_rows(path, path.name)
    else:
        lines = list(raw_lines(path))
        if lines and lines[0][1].lstrip().startswith(b"["):
            yield from _items(b"".join(line for _, line in lines), path)
            return
        found = (parse_line(line, f"{path.name}:{number}") for number, line in lines)
    for row in found:
        if row.fields is None:
            raise MissingInputError(f"{row.place} is {row.reason} ({row.detail}); is the file cut off?")
        yield Row(row.place, row.fields)


def _items(text: bytes, path: Path) -> Iterator[Row]:
    try:
        items: list[Any] = json.loads(text)
    except ValueError as error:
        raise MissingInputError(f"the benchmark `{path}` is not JSON ({error}); is the file cut off?") from error
    for number, fields in enumerate(items, start=1):
        if not isinstance(fields, dict):
            raise MissingInputError(f"{path.name}:{number} is no JSON object")
        yield Row(f"{path.name}:{number}", fields)
