"""Publish a table to a path that a person named: JSON lines or Parquet, by the name's ending, whole or not at all.

Files and folders of an artifact are copied. Rows that a stage only kept or dropped are published as they stood in the
files: JSON lines byte for byte, Parquet with all its columns.
"""

import dataclasses
import itertools
import json
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.errors import ConfigError, StoreError
from hornbook.pipeline.table import Table
from hornbook.records import Document, Dropped, Record, schema_of, table_of
from hornbook.sources.code_rows import Rows
from hornbook.sources.rows import parquet_batches, raw_lines
from hornbook.sources.source import Source

ENDINGS = (".jsonl", ".parquet")
_ROWS_AT_ONCE = 1024
_NO_ORIGIN = {"id": "", "reason": "", "detail": "", "source": "", "path": "", "repository": "", "origin": ""}
"""Fields of a dropped row."""


class Change(Protocol):
    """A field of a row that is filled in or replaced."""

    @property
    def id(self) -> str:
        """Of its document."""

    @property
    def field(self) -> str:
        """Name of the field."""

    @property
    def value(self) -> str:
        """What stands there from now on."""


def require_writable(path: Path, inputs: Sequence[str] = (), endings: Sequence[str] = ENDINGS) -> None:
    """Check that a path can be written, before any work is done.

    Args:
        path: What a person named.
        inputs: External data that must not be overwritten.
        endings: What its name may end in.

    Raises:
        ConfigError: The path is of another kind, its folder is missing, or it lies in an input.
    """
    if path.suffix not in endings:
        raise ConfigError(f"`{path}` must end in {' or '.join(endings)}")
    if path.is_dir():
        raise ConfigError(f"`{path}` is a folder; name a file in it")
    _require_place(path, inputs)


def require_writable_folder(path: Path, inputs: Sequence[str], patterns: Sequence[str]) -> None:
    """Check that a folder can be written, before any work is done; as `require_writable`.

    Args:
        path: What a person named.
        inputs: External data that must not be overwritten.
        patterns: Names of the files that an earlier command wrote there. They are replaced together.

    Raises:
        ConfigError: The path is a file or lies in an input, its parent is missing, or it holds other files.
    """
    if path.exists() and not path.is_dir():
        raise ConfigError(f"`{path}` is a file; name a folder")
    _require_place(path, inputs)
    names = sorted(one.name for one in path.iterdir()) if path.is_dir() else []
    other = next((name for name in names if not any(fnmatch(name, pattern) for pattern in patterns)), None)
    if other is not None:
        raise ConfigError(f"the folder `{path}` holds `{other}`, which this command does not write; name a new folder")


def _require_place(path: Path, inputs: Sequence[str]) -> None:
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"`{path}`: there is no folder `{path.absolute().parent}`")
    for given in inputs:
        if Path(given).resolve() in (path.resolve(), *path.resolve().parents):
            raise ConfigError(f"`{path}` would be written into the input `{given}`; name a file outside of it")


def beside(path: Path, what: str) -> Path:
    """`exercises.dropped.jsonl` for `exercises.jsonl` and `dropped`."""
    return path.with_name(f"{path.stem}.{what}{path.suffix}")


def publish(path: Path, table: Table[Any]) -> int:
    """Write the records of a table; the metadata of documents become fields of their own.

    Returns:
        The number of records.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    return publish_rows(path, table, table.record)


def publish_rows(path: Path, rows: Iterable[Record], record: type[Record]) -> int:
    """As `publish`, for records that are made as they are written."""
    schema = None if record is Document else schema_of(record)
    return _write_rows(path, map(_fields, rows), record, schema)


def publish_file(path: Path, source: Path) -> None:
    """Copy a file of an artifact.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    with _replaced(path) as partial:
        shutil.copyfile(source, partial)


def publish_folder(path: Path, source: Path) -> None:
    """Copy a folder of an artifact; `require_writable_folder` has accepted the path. An earlier folder is replaced.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    partial, earlier = (path.with_name(f".{path.name}.{what}") for what in ("partial", "earlier"))
    for left in (partial, earlier):  # By a command that was killed.
        shutil.rmtree(left, ignore_errors=True)
    try:
        shutil.copytree(source, partial)
        if path.exists():
            path.rename(earlier)
        partial.rename(path)
    except OSError as error:
        shutil.rmtree(partial, ignore_errors=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error
    shutil.rmtree(earlier, ignore_errors=True)


def publish_dropped(
    output: Path, rejected: Table[Dropped], dropped: Table[Dropped] | None, documents: Table[Document]
) -> Path | None:
    """Write what was dropped to `NAME.dropped` beside an output; where nothing was, remove an earlier command's file.

    Args:
        output: The output.
        rejected: Rows and files that are no documents.
        dropped: Documents that a stage dropped, in the order of `documents`; None where there is no such stage.
        documents: What the stage read; their metadata say where a dropped document comes from.

    Returns:
        The file; None where nothing was dropped.
    """
    path = beside(output, "dropped")
    if not rejected.num_rows + (0 if dropped is None else dropped.num_rows):
        path.unlink(missing_ok=True)
        return None
    rows = itertools.chain(map(_fields, rejected), [] if dropped is None else _with_origin(dropped, documents))
    _write_rows(path, ({**_NO_ORIGIN, **row} for row in rows), Dropped)
    return path


def _with_origin(dropped: Table[Dropped], documents: Table[Document]) -> Iterator[dict[str, Any]]:
    """The dropped rows, each with the metadata of its document."""
    waiting = iter(dropped)
    one = next(waiting, None)
    for part in documents.parts:
        if one is None:
            return
        names = pq.read_schema(part).names
        columns = pq.read_table(part, columns=[name for name in ("id", "metadata") if name in names]).to_pylist()
        for row in columns:
            if one is not None and row["id"] == one.id:
                metadata = json.loads(row.get("metadata", "{}"))
                yield {**_fields(one), **{name: value for name, value in metadata.items() if name in _NO_ORIGIN}}
                one = next(waiting, None)


def require_same_form(sources: Sequence[Source], output: Path) -> None:
    """Check that rows can be published as they stand.

    Raises:
        ConfigError: The files are of several kinds, Parquet files have different columns, or the output is of another
            kind.
    """
    rows = [source for source in sources if isinstance(source, Rows)]
    if not rows:
        return
    kinds = {"Parquet" if one.path.suffix == ".parquet" else "JSON lines" for one in rows}
    if len(kinds) > 1 or len(rows) < len(sources):
        raise ConfigError("the inputs are files of different kinds; give files of one kind")
    kind = kinds.pop()
    if kind != ("Parquet" if output.suffix == ".parquet" else "JSON lines"):
        ending = ".parquet" if kind == "Parquet" else ".jsonl"
        raise ConfigError(f"`{output}`: the inputs are {kind}, whose rows stay as they are; name a {ending}")
    if kind == "Parquet":
        first, *others = rows
        other = next((one for one in others if not _schema_of(one).equals(_schema_of(first))), None)
        if other is not None:
            raise ConfigError(f"`{other.path}` has other columns or types than `{first.path}`; give them one by one")


def publish_kept(
    path: Path,
    sources: Sequence[Source],
    documents: Table[Document],
    rejected: Table[Dropped],
    kept: Table[Document],
    changes: Iterable[Change] = (),
) -> int:
    """Write the documents that a stage kept; rows of files as they stood there.

    Args:
        path: Where to; `require_same_form` has taken it.
        sources: What was read.
        documents: All documents that were found there.
        rejected: The rows that were no documents.
        kept: The documents that stay, in the same order.
        changes: Fields of rows that are filled in or replaced, one for a document at most, in the same order.

    Returns:
        The number of rows.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    if not all(isinstance(source, Rows) for source in sources):
        return publish(path, kept)
    rows = [source for source in sources if isinstance(source, Rows)]
    decisions = _decisions(documents, kept, changes)
    places = (one.id for one in rejected)
    with _replaced(path) as partial:
        if path.suffix == ".parquet":
            filled = sorted({one.field for one in changes})
            schema = _schema_of(rows[0], filled)
            with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
                for batch in _kept_batches(rows, decisions, places, schema if filled else None):
                    writer.write_batch(batch)
        else:
            with partial.open("wb") as stream:
                stream.writelines(_kept_lines(rows, decisions, places))
    return kept.num_rows


_Decision = dict[str, str] | None
"""The fields of a kept row that change; None where the row is dropped."""


def _decisions(documents: Table[Document], kept: Table[Document], changes: Iterable[Change]) -> Iterator[_Decision]:
    """What becomes of each document; all three have the same order."""
    ids, waiting = kept.ids(), iter(changes)
    following, change = next(ids, None), next(waiting, None)
    for name in documents.ids():
        if name != following:
            yield None
            continue
        if change is not None and change.id == name:
            yield {change.field: change.value}
            change = next(waiting, None)
        else:
            yield {}
        following = next(ids, None)


def _kept_lines(rows: Sequence[Rows], decisions: Iterator[_Decision], rejected: Iterator[str]) -> Iterator[bytes]:
    place = next(rejected, None)
    for one in rows:
        for number, line in raw_lines(one.path):
            if place is not None and place == f"{one.name}:{number}":
                place = next(rejected, None)
            elif (changed := next(decisions)) is not None:
                yield _changed_line(line, changed) if changed else line if line.endswith(b"\n") else line + b"\n"


def _changed_line(line: bytes, changed: dict[str, str]) -> bytes:
    row = {**json.loads(line.decode("utf-8-sig")), **changed}
    return (json.dumps(row, ensure_ascii=False) + "\n").encode(errors="replace")


def _kept_batches(
    rows: Sequence[Rows], decisions: Iterator[_Decision], rejected: Iterator[str], filled: pa.Schema | None
) -> Iterator[pa.RecordBatch]:
    place = next(rejected, None)
    for one in rows:
        number = 0
        for batch in parquet_batches(one.path):
            chosen: NDArray[np.bool_] = np.zeros(len(batch), dtype=np.bool_)
            changes: list[dict[str, str]] = []
            for row in range(len(batch)):
                number += 1
                if place is not None and place == f"{one.name}:{number}":
                    place = next(rejected, None)
                elif (changed := next(decisions)) is not None:
                    chosen[row] = True
                    changes.append(changed)
            if chosen.any():
                kept = batch.filter(pa.array(chosen))
                if filled is not None:
                    changed_rows = [{**old, **new} for old, new in zip(kept.to_pylist(), changes, strict=True)]
                    kept = pa.RecordBatch.from_pylist(changed_rows, schema=filled)
                yield kept


def _schema_of(one: Rows, changed: Sequence[str] = ()) -> pa.Schema:
    """The columns of a file, with those that are filled in."""
    schema = pq.read_schema(one.path if isinstance(one.path, Path) else one.path.open())
    for name in changed:
        place = schema.get_field_index(name)
        if place < 0:
            schema = schema.append(pa.field(name, pa.string()))
        elif pa.types.is_null(schema.field(place).type):
            schema = schema.set(place, pa.field(name, pa.string()))
    return schema


def _fields(record: Record) -> dict[str, Any]:
    fields = dataclasses.asdict(record)
    metadata = json.loads(fields.pop("metadata")) if isinstance(record, Document) else {}
    return {**fields, **metadata}


def _write_rows(
    path: Path, rows: Iterator[dict[str, Any]], record: type[Record], schema: pa.Schema | None = None
) -> int:
    number = 0
    with _replaced(path) as partial:
        if path.suffix == ".parquet":
            writer: pq.ParquetWriter | None = None
            try:
                for some in _some_at_once(rows):
                    table = pa.Table.from_pylist(some, schema=writer.schema if writer else schema)
                    writer = writer or pq.ParquetWriter(partial, table.schema, compression="zstd")
                    writer.write_table(table)
                    number += len(some)
            finally:
                if writer is not None:
                    writer.close()
            if writer is None:
                pq.write_table(table_of(record, []), partial)
        else:
            with partial.open("w", encoding="utf-8") as lines:
                for row in rows:
                    lines.write(json.dumps(row, ensure_ascii=False) + "\n")
                    number += 1
    return number


def _some_at_once(rows: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    some: list[dict[str, Any]] = []
    for row in rows:
        some.append(row)
        if len(some) >= _ROWS_AT_ONCE:
            yield some
            some = []
    if some:
        yield some


@contextmanager
def _replaced(path: Path) -> Iterator[Path]:
    """Give a file to write to, which takes the place of `path` when the body ends without an error."""
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error
