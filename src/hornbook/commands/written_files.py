"""Write records as JSON lines or Parquet, by the name's ending, whole or not at all."""

import dataclasses
import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError, StoreError

if TYPE_CHECKING:
    from hornbook.records import Record

ENDINGS = (".jsonl", ".parquet")
_ROWS_AT_ONCE = 2**16
_CHARACTERS_AT_ONCE = 2**25
"""Of Parquet's rows in memory; with the row that passes it."""


def require_writable(path: Path) -> None:
    """See that `path` names a kind of file that can be written, in a folder that is there.

    Raises:
        ConfigError: It does not.
    """
    if path.suffix not in ENDINGS:
        raise ConfigError(f"`--output` must end in {' or '.join(ENDINGS)}, got `{path}`")
    if path.is_dir():
        raise ConfigError(f"`--output` `{path}` is a folder; name a file in it")
    if not path.absolute().parent.is_dir():
        raise ConfigError(f"`--output` `{path}`: there is no folder `{path.absolute().parent}`")


def require_outside(path: Path, inputs: Sequence[Path]) -> None:
    """See that no input is written over, and that the same command typed again has the same inputs.

    Raises:
        ConfigError: The path lies in an input, or is one.
    """
    for given in inputs:
        if given.resolve() in (path.resolve(), *path.resolve().parents):
            raise ConfigError(f"`{path}` would be written into the input `{given}`; name a file outside of it")


def beside(path: Path, what: str) -> Path:
    """`exercises.rejected.jsonl` for `exercises.jsonl` and `rejected`."""
    return path.with_name(f"{path.stem}.{what}{path.suffix}")


def write_records(path: Path, record: "type[Record]", records: Iterable[Any]) -> None:
    """Write records of one type, in order, some at a time; the file is replaced when it is whole.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    with replaced(path) as partial:
        if path.suffix == ".parquet":
            import pyarrow.parquet as pq

            from hornbook.records import schema_of, table_of

            with pq.ParquetWriter(partial, schema_of(record)) as writer:
                for some in _some_at_once(records):
                    writer.write_table(table_of(record, some))
        else:
            with partial.open("w", encoding="utf-8") as lines:
                for one in records:
                    fields = {name: clean(value) for name, value in dataclasses.asdict(one).items()}
                    lines.write(json.dumps(fields, ensure_ascii=False) + "\n")


@contextmanager
def replaced(path: Path) -> Iterator[Path]:
    """Give a file to write to, which takes the place of `path` when the body ends without an error.

    Raises:
        StoreError: The disk is full, or the folder cannot be written.
    """
    partial = path.with_name(f".{path.name}.partial")
    try:
        yield partial
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error


def clean(value: Any) -> Any:
    """Text that UTF-8 can hold: half a surrogate pair, which JSON can bring, becomes `?`. Other values as they are."""
    return value.encode(errors="replace").decode() if isinstance(value, str) else value


def _some_at_once(records: Iterable[Any]) -> Iterator[list[Any]]:
    some: list[Any] = []
    num_characters = 0
    for one in records:
        some.append(one)
        num_characters += sum(
            len(value) for field in dataclasses.fields(one) if isinstance(value := getattr(one, field.name), str)
        )
        if len(some) >= _ROWS_AT_ONCE or num_characters >= _CHARACTERS_AT_ONCE:
            yield some
            some, num_characters = [], 0
    if some:
        yield some
