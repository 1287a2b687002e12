"""Records into a file that a person named: JSON lines or Parquet, whole or not at all."""

import dataclasses
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hornbook.errors import ConfigError, StoreError
from hornbook.records import R, table_of

OUTPUT_ENDINGS = (".jsonl", ".parquet")


def check_output(path: Path, option: str = "--output") -> None:
    """Refuse a path to which no records can be written, before any work is done.

    Raises:
        ConfigError: Its name ends otherwise, it is a folder, or its folder is not there.
    """
    if path.suffix not in OUTPUT_ENDINGS:
        raise ConfigError(f"`{option}` must end in {' or '.join(OUTPUT_ENDINGS)}, got `{path}`")
    if path.is_dir():
        raise ConfigError(f"`{option}` `{path}` is a folder; give a file in it")
    if not path.parent.is_dir():
        raise ConfigError(f"`{option}` `{path}`: there is no folder `{path.parent}`")


def beside(path: Path, name: str) -> Path:
    """The file for another table of the same work: `kept.jsonl` → `kept.dropped.jsonl`."""
    return path.with_name(f"{path.stem}.{name}{path.suffix}")


def write_records(
    path: Path, record: type[R], records: Sequence[R], extras: Sequence[dict[str, Any]] | None = None
) -> None:
    """Write records, a row each, in order; a file that was there is replaced when the new one is whole.

    Args:
        path: As `check_output` takes it.
        record: Their type, whose fields are the columns.
        records: The rows.
        extras: For each row the further fields with which it came, which stand behind its own.

    Raises:
        StoreError: The file cannot be written; the message says why.
    """
    aside = path.with_name(f".{path.name}.partial")
    try:
        if path.suffix == ".parquet":
            _write_parquet(aside, record, records, extras)
        else:
            with aside.open("w", encoding="utf-8") as lines:
                for number, row in enumerate(records):
                    fields = {**dataclasses.asdict(row), **(extras[number] if extras else {})}
                    lines.write(json.dumps(fields, ensure_ascii=False, default=str) + "\n")
                lines.flush()
                os.fsync(lines.fileno())
        aside.replace(path)
    except OSError as error:
        aside.unlink(missing_ok=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error


def _write_parquet(path: Path, record: type[R], records: Sequence[R], extras: Sequence[dict[str, Any]] | None) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = table_of(record, records)
    names = dict.fromkeys(name for extra in extras or () for name in extra)
    for name in names:
        cells = [extra.get(name) for extra in extras or ()]
        try:
            column = pa.array(cells)
        except pa.ArrowException:  # Of several types.
            column = pa.array([None if cell is None else json.dumps(cell, default=str) for cell in cells])
        table = table.append_column(name, column)
    pq.write_table(table, path, compression="zstd")
