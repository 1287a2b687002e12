"""An append-only file of records that survives being killed: what was appended is there, in whole lines.

One JSON object a line. A line that was being written when the process died is cut off when the file is opened again.
It is half-finished work of one process at a time, kept in a stage's scratch folder, and no artifact.
"""

import dataclasses
import json
import os
from collections.abc import Iterable
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any, Generic, Self, TypeVar, get_type_hints

from hornbook.errors import DamagedArtifactError, StoreError
from hornbook.records import Record

R = TypeVar("R", bound=Record)
_hints_of = cache(get_type_hints)


class Journal(Generic[R]):
    """Records on disk, in the order in which they were appended; closed by `with`."""

    def __init__(self, path: Path, record: type[R]) -> None:
        """Open the file, or create it in a folder that exists, and read what it holds.

        Only one process may have it open. A record is a frozen dataclass of strings, numbers, enums of strings and such
        dataclasses.

        Raises:
            DamagedArtifactError: A line before the last is no such record; the file is not changed.
            StoreError: The file cannot be opened or read.
        """
        self._path = path
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise StoreError(f"the journal `{path}` cannot be opened: {error.strerror}") from error
        try:
            self._entries, self._size = _read(self._file, record, path)
            os.ftruncate(self._file, self._size)
        except BaseException:
            os.close(self._file)
            raise

    def entries(self) -> list[R]:
        """All records, those of earlier processes first."""
        return list(self._entries)

    def append(self, records: Iterable[R]) -> None:
        """Add a group of records, in one write. After a kill the file holds the first of them, each whole.

        Raises:
            StoreError: They cannot be written; the file is as it was before.
        """
        group = list(records)
        data = "".join(
            json.dumps(dataclasses.asdict(record), allow_nan=False, separators=(",", ":")) + "\n" for record in group
        ).encode()
        try:
            written = os.write(self._file, data)
        except OSError as error:
            raise StoreError(f"the journal `{self._path}` cannot be written: {error.strerror}") from error
        if written < len(data):
            os.ftruncate(self._file, self._size)
            raise StoreError(f"the journal `{self._path}` cannot be written: no space is left for it")
        self._size += written
        self._entries += group

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        try:
            os.fsync(self._file)
        except OSError as error:
            raise StoreError(f"the journal `{self._path}` cannot be written: {error.strerror}") from error
        finally:
            os.close(self._file)


def _read(file: int, record: type[R], path: Path) -> tuple[list[R], int]:
    """The records in the file, and the offset behind the last whole line."""
    with open(file, "rb", closefd=False) as reader:
        *lines, tail = reader.read().split(b"\n")
    entries: list[R] = []
    end = 0
    for number, line in enumerate(lines, start=1):
        try:
            content = json.loads(line)
        except ValueError as error:
            if number == len(lines) and not tail:
                break  # what a machine leaves that lost its power
            raise _damaged(path, number, "is no JSON") from error
        try:
            entries.append(_record_of(record, content))
        except (TypeError, ValueError) as error:
            raise _damaged(path, number, f"is no {record.__name__}: {error}") from error
        end += len(line) + 1
    return entries, end


def _damaged(path: Path, number: int, what: str) -> DamagedArtifactError:
    return DamagedArtifactError(f"line {number} of the journal `{path}` {what}; delete the file to begin it anew")


def _record_of(record: type[R], content: Any) -> R:
    """The record with these fields.

    Raises:
        TypeError: The fields are not those of the record, or of other types.
        ValueError: An enum has no such value.
    """
    hints = _hints_of(record)
    if not isinstance(content, dict) or content.keys() != hints.keys():
        raise TypeError("it has other fields")
    return record(**{name: _value_of(hint, content[name], name) for name, hint in hints.items()})


def _value_of(hint: Any, value: Any, name: str) -> Any:
    if dataclasses.is_dataclass(hint) and isinstance(hint, type):
        return _record_of(hint, value)
    if issubclass(hint, StrEnum):
        return hint(value)
    if hint is float and type(value) is int:
        return float(value)
    if type(value) is not hint:
        raise TypeError(f"`{name}` is {value!r}")
    return value
