"""Write the rows that stay, each as it stood: every field of it is kept, in the order of the files.

JSON lines stay JSON lines, byte for byte; Parquet stays Parquet with its columns. Source files become rows of `id` and
`text`.
"""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.parts import Parts
from hornbook.sources.input_files import InputFile
from hornbook.sources.rows import parquet_batches, raw_lines

_SOURCE_SCHEMA = pa.schema([("id", pa.string()), ("text", pa.large_string())])


def require_same_form(files: Sequence[InputFile], output: Path) -> None:
    """See that rows can be written as they stand.

    Raises:
        ConfigError: The files are of several kinds, Parquet files have different columns, or the output is of another
            kind than they.
        MissingInputError: A Parquet file is none.
    """
    kinds = {_kind(file) for file in files}
    if len(kinds) > 1:
        raise ConfigError(f"the inputs are {' and '.join(sorted(kinds))}; give files of one kind")
    kind = kinds.pop()
    if kind != "source files" and kind != ("Parquet" if output.suffix == ".parquet" else "JSON lines"):
        ending = ".parquet" if kind == "Parquet" else ".jsonl"
        raise ConfigError(f"`--output` `{output}`: the inputs are {kind}, whose rows stay as they are; name a {ending}")
    if kind == "Parquet":
        schemas = [_schema(file) for file in files]
        other = next((file for file, one in zip(files, schemas, strict=True) if not one.equals(schemas[0])), None)
        if other is not None:
            raise ConfigError(f"`{other.path}` has other columns or types than `{files[0].path}`; give them one by one")


def write_kept(files: Sequence[InputFile], parts: Parts, is_kept: NDArray[np.bool_], output: Path) -> None:
    """Write the rows.

    Args:
        files: As `require_same_form` took them.
        parts: Of the same files.
        is_kept: For each row of all files.
        output: Is replaced when it is whole.
    """
    partial = output.with_name(f".{output.name}.partial")
    kind = _kind(files[0])
    if output.suffix == ".parquet":
        schema = _SOURCE_SCHEMA if kind == "source files" else pq.read_schema(files[0].path)
        batches = _source_batches(parts, is_kept) if kind == "source files" else _kept_batches(files, is_kept)
        with pq.ParquetWriter(partial, schema, compression="zstd") as writer:
            for batch in batches:
                writer.write_batch(batch)
    else:
        lines = _source_lines(parts, is_kept) if kind == "source files" else _kept_lines(files, is_kept)
        with partial.open("wb") as stream:
            stream.writelines(lines)
    partial.replace(output)


def _schema(file: InputFile) -> pa.Schema:
    try:
        return pq.read_schema(file.path)
    except (OSError, pa.ArrowException) as error:
        raise MissingInputError(f"`{file.path}` cannot be read: {error}") from error


def _kind(file: InputFile) -> str:
    if file.is_source:
        return "source files"
    return "Parquet" if file.path.suffix == ".parquet" else "JSON lines"


def _kept_lines(files: Sequence[InputFile], is_kept: NDArray[np.bool_]) -> Iterator[bytes]:
    kept = iter(is_kept.tolist())
    for file in files:
        for _, line in raw_lines(file.path):
            if next(kept):
                yield line if line.endswith(b"\n") else line + b"\n"


def _kept_batches(files: Sequence[InputFile], is_kept: NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
    place = 0
    for file in files:
        for batch in parquet_batches(file.path):
            chosen = is_kept[place : place + len(batch)]
            place += len(batch)
            if chosen.any():
                yield batch.filter(pa.array(chosen))


def _source_batches(parts: Parts, is_kept: NDArray[np.bool_]) -> Iterator[pa.RecordBatch]:
    for part in range(parts.num_parts):
        table = parts.read(part, "row", "id", "text")
        kept = table.filter(pa.array(is_kept[table.column("row").to_numpy()]))
        yield from kept.select(["id", "text"]).cast(_SOURCE_SCHEMA).to_batches()


def _source_lines(parts: Parts, is_kept: NDArray[np.bool_]) -> Iterator[bytes]:
    for batch in _source_batches(parts, is_kept):
        for fields in batch.to_pylist():
            yield json.dumps(fields, ensure_ascii=False).encode() + b"\n"
