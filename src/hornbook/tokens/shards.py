"""Write the shards of one split bit by bit, so that writing can stop at any moment and go on.

Writes: `SPLIT-00000.bin`, …, each written aside as `….partial` and renamed when whole; `SPLIT-documents.rows`, one JSON
        line a document, which becomes the table `SPLIT-documents.parquet` in the end.
"""

import itertools
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.errors import DamagedArtifactError
from hornbook.pipeline.manifest import hash_file

_ROWS_PER_GROUP = 2**16
_SCHEMA = pa.schema(
    [("document_id", pa.string()), ("shard", pa.int64()), ("offset", pa.int64()), ("length", pa.int64())]
)


class SplitWriter:
    """Appends documents to the shards of one split."""

    num_documents: int
    num_tokens: int
    lengths: list[int]
    """Tokens of each whole shard."""
    hashes: list[str]
    """SHA-256 of each whole shard."""

    def __init__(
        self,
        folder: Path,
        split: str,
        *,
        dtype: np.dtype[np.unsignedinteger],
        shard_tokens: int,
        state: dict[str, Any] | None,
    ) -> None:
        """Begin, or go on where `state` was taken; what was written after that is cut off.

        Args:
            folder: Of the shards.
            split: Their name.
            dtype: Of the ids.
            shard_tokens: A shard is closed once it holds this many; a document never spans two.
            state: As `sync` gave it; None to begin.

        Raises:
            DamagedArtifactError: The files hold less than `state` says.
        """
        state = state or {"num_documents": 0, "num_tokens": 0, "lengths": [], "hashes": [], "open": 0, "rows": 0}
        self._folder = folder
        self._split = split
        self._itemsize = dtype.itemsize
        self._shard_tokens = shard_tokens
        self.num_documents = state["num_documents"]
        self.num_tokens = state["num_tokens"]
        self.lengths = list(state["lengths"])
        self.hashes = list(state["hashes"])
        self._open = state["open"]
        self._rows_path = folder / f"{split}-documents.rows"
        self._undo_shards()
        self._shard: IO[bytes] | None = _opened(self._aside, self._open * self._itemsize) if self._open else None
        try:
            self._rows = _opened(self._rows_path, state["rows"])
        except DamagedArtifactError:
            if self._shard is not None:
                self._shard.close()
            raise

    def add(self, document_id: str, tokens: bytes) -> None:
        """Append a document: its tokens as bytes, the closing `<|endoftext|>` included."""
        length = len(tokens) // self._itemsize
        if self._shard is None:
            self._shard = _opened(self._aside, 0)
        row = json.dumps([document_id, len(self.lengths), self._open, length])
        self._rows.write(row.encode() + b"\n")
        self._shard.write(tokens)
        self._open += length
        self.num_documents += 1
        self.num_tokens += length
        if self._open >= self._shard_tokens:
            self._close_shard()

    def sync(self) -> dict[str, Any]:
        """Bring all to the disk, and say in JSON values where that is."""
        for stream in (self._rows, self._shard):
            if stream is not None:
                stream.flush()
                os.fsync(stream.fileno())
        return {
            "num_documents": self.num_documents,
            "num_tokens": self.num_tokens,
            "lengths": self.lengths,
            "hashes": self.hashes,
            "open": self._open,
            "rows": self._rows.tell(),
        }

    def close(self) -> None:
        """Let go of the files, as they are."""
        for stream in (self._rows, self._shard):
            if stream is not None:
                stream.close()

    def finish(self) -> dict[str, str]:
        """Close the last shard and write the table of documents; may be called again after it was broken off.

        Returns:
            The SHA-256 of each file of the split, by name.
        """
        if self._shard is not None:
            self._close_shard()
        self.close()
        table = self._folder / f"{self._split}-documents.parquet"
        aside = table.with_name(f"{table.name}.partial")
        with pq.ParquetWriter(aside, _SCHEMA, compression="zstd") as writer:
            for rows in _groups(self._rows_path):
                columns = zip(zip(*rows, strict=True), _SCHEMA.types, strict=True)
                arrays = [pa.array(column, kind) for column, kind in columns]
                writer.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
        _rename_when_on_disk(aside, table)
        files = {self._shard_path(number).name: digest for number, digest in enumerate(self.hashes)}
        return {**files, table.name: hash_file(table)}

    @property
    def _aside(self) -> Path:
        path = self._shard_path(len(self.lengths))
        return path.with_name(f"{path.name}.partial")

    def _shard_path(self, number: int) -> Path:
        return self._folder / f"{self._split}-{number:05d}.bin"

    def _close_shard(self) -> None:
        assert self._shard is not None
        self._shard.close()
        self.hashes.append(hash_file(self._aside))
        _rename_when_on_disk(self._aside, self._shard_path(len(self.lengths)))
        self.lengths.append(self._open)
        self._shard, self._open = None, 0

    def _undo_shards(self) -> None:
        """Make the shard that was open then open again, and remove those behind it."""
        whole = self._shard_path(len(self.lengths))
        if whole.exists():
            whole.rename(self._aside)
        for path in self._folder.glob(f"{self._split}-[0-9]*.bin*"):
            number = int(path.name.removeprefix(f"{self._split}-").partition(".")[0])
            if number > len(self.lengths) or (number == len(self.lengths) and not self._open):
                path.unlink()


def _opened(path: Path, size: int) -> IO[bytes]:
    """Open for appending behind the first `size` bytes; what stands there is cut off."""
    stream = path.open("r+b" if path.exists() else "w+b")
    found = stream.seek(0, os.SEEK_END)
    if found < size:
        stream.close()
        raise DamagedArtifactError(
            f"`{path}` holds {found} bytes and should hold {size}: delete its folder, begin again"
        )
    stream.truncate(size)
    stream.seek(size)
    return stream


def _groups(path: Path) -> Iterator[list[list[Any]]]:
    """The rows of a split, so many at a time, none of two shards together."""
    with path.open("rb") as lines:
        for _, rows in itertools.groupby(map(json.loads, lines), key=lambda row: row[1]):
            while group := list(itertools.islice(rows, _ROWS_PER_GROUP)):
                yield group


def _rename_when_on_disk(aside: Path, path: Path) -> None:
    with aside.open("rb") as stream:
        os.fsync(stream.fileno())
    aside.rename(path)
