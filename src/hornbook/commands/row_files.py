"""Rows of JSON lines and Parquet files, with every field, for commands that take a person's own records."""

import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from hornbook.errors import MissingInputError

ENDINGS = (".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet")
_COMPRESSIONS = {".gz": "gzip", ".zst": "zstd"}
_ROWS_PER_BATCH = 1024


def read_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """The rows of a file in order, each with its place, `name.jsonl:17`, counted from 1; empty lines are passed over.

    Raises:
        MissingInputError: The file is not there, of another kind, or damaged; names the place.
    """
    if not path.is_file():
        raise MissingInputError(f"there is no file `{path}`")
    if not path.name.endswith(ENDINGS):
        raise MissingInputError(f"`{path}` is no file of rows: its name must end in {', '.join(ENDINGS)}")
    return _parquet_rows(path) if path.suffix == ".parquet" else _lines(path)


def _lines(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    import pyarrow as pa

    number = 0
    try:
        with path.open("rb") as raw:
            compression = _COMPRESSIONS.get(path.suffix)
            lines = io.BufferedReader(pa.CompressedInputStream(raw, compression)) if compression else raw
            for number, line in enumerate(lines, start=1):
                if line.strip():
                    yield f"{path.name}:{number}", _parse(line, path, number)
    except (OSError, EOFError) as error:
        raise MissingInputError(f"`{path}` cannot be read behind line {number}: {error}") from error


def _parse(line: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except ValueError as error:  # A UnicodeDecodeError is one, too.
        raise MissingInputError(f"`{path}`, line {number}, is not JSON ({error}); is it cut off?") from error
    if not isinstance(fields, dict):
        raise MissingInputError(f"`{path}`, line {number}, is no JSON object, but {str(fields)[:60]!r}")
    return fields


def _parquet_rows(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    import pyarrow as pa
    import pyarrow.parquet as pq

    number = 0
    try:
        with pq.ParquetFile(path) as opened:
            for batch in opened.iter_batches(_ROWS_PER_BATCH):
                for fields in batch.to_pylist():
                    number += 1
                    yield f"{path.name}:{number}", fields
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{path}` cannot be read behind row {number}: {error}") from error
