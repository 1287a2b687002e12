"""Records with the further fields with which their rows came: a person's own columns are not lost."""

import dataclasses
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hornbook.commands.written_files import write_records
from hornbook.errors import StoreError
from hornbook.records import R, table_of


def write_enriched(path: Path, record: type[R], records: Sequence[R], extras: Sequence[dict[str, Any]]) -> None:
    """Write records, in order, each with its further fields behind its own; the file is replaced when it is whole.

    Args:
        path: `.jsonl` or `.parquet`.
        record: The records' type, whose fields are the first columns.
        records: The rows.
        extras: One for each record; where all are empty, the file is as any other of these records.

    Raises:
        StoreError: The file cannot be written.
    """
    if not any(extras):
        write_records(path, record, records)
        return
    partial = path.with_name(f".{path.name}.partial")
    try:
        if path.suffix == ".parquet":
            _write_parquet(partial, record, records, extras)
        else:
            rows = [{**dataclasses.asdict(one), **extra} for one, extra in zip(records, extras, strict=True)]
            text = "".join(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in rows)
            partial.write_text(text, encoding="utf-8", errors="replace")
        partial.replace(path)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error


def _write_parquet(path: Path, record: type[R], records: Sequence[R], extras: Sequence[dict[str, Any]]) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = table_of(record, records)
    for name in dict.fromkeys(name for extra in extras for name in extra):
        cells = [extra.get(name) for extra in extras]
        try:
            column = pa.array(cells)
        except pa.ArrowException:  # Values of several types.
            column = pa.array([None if cell is None else json.dumps(cell, default=str) for cell in cells])
        table = table.append_column(name, column)
    pq.write_table(table, path)
