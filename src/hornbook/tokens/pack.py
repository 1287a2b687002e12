"""Documents packed as one stream of tokens, read without loading it.

Reads:  a folder (`shards.py` writes it) with, for each split (`train`, `held-out`), memory-mapped shards
        `SPLIT-00000.bin` (little-endian unsigned 16 or 32 bit), the table `SPLIT-documents.parquet` (`document_id`,
        `shard`, `offset`, `length`; tokens, the closing `<|endoftext|>` included), in the order of the stream, no row
        group spanning two shards, and `tokens.json`.
Source: Gunasekar et al. 2023, section 3: one dimensional array of tokens, documents separated by `<|endoftext|>`.
"""

import json
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.tokens.shards import DESCRIPTION

Tokens = npt.NDArray[np.integer]
Positions = npt.NDArray[np.int64]


class TokenStream:
    """The tokens of one split as one circular sequence; only what is asked for is read."""

    vocab_size: int
    """One more than the highest token id."""
    end_of_text: int
    """The id of `<|endoftext|>`, which stands behind every document and nowhere else."""
    tokenizer_sha256: str
    """`tokenizer_hash` of the tokenizer that made the tokens, 64 hexadecimal digits."""

    def __init__(self, folder: Path, split: str) -> None:
        """Open the shards of `split`.

        Raises:
            MissingInputError: The folder holds no token shards, or was made before they named their tokenizer.
            DamagedArtifactError: A shard is shorter or longer than `tokens.json` says, or that file is no JSON.
        """
        description = _read_description(folder)
        dtype = np.dtype(description["dtype"])
        self.vocab_size = description["vocab_size"]
        self.end_of_text = description["end_of_text"]
        self.tokenizer_sha256 = description["tokenizer_sha256"]
        self._shards: list[Tokens] = []
        for number, length in enumerate(description["shards"][split]):
            shard = folder / f"{split}-{number:05d}.bin"
            if not shard.is_file() or shard.stat().st_size != length * dtype.itemsize:
                found = f"{shard.stat().st_size:,} bytes" if shard.is_file() else "not there"
                raise DamagedArtifactError(
                    f"the token shard `{shard}` should hold {length:,} tokens ({length * dtype.itemsize:,} bytes), "
                    f"but is {found}: make the token shards again"
                )
            self._shards.append(np.memmap(shard, dtype=dtype, mode="r"))
        self._starts = np.cumsum([0, *(len(shard) for shard in self._shards)])
        self._index = _DocumentIndex(folder / f"{split}-documents.parquet", self._starts)

    def __len__(self) -> int:
        """Number of tokens."""
        return int(self._starts[-1])

    def documents_of(self, start: int, length: int) -> list[str]:
        """Whose tokens `read(start, length)` gives: the ids of the documents, in order.

        A document that the piece leaves and comes back to, over the stream's end, is named each time.

        Raises:
            MissingInputError: The table of the documents is not there.
        """
        ids: list[str] = []
        position = start % len(self)
        while length > 0:
            end = min(position + length, len(self))
            ids += self._index.between(position, end)
            length -= end - position
            position = 0
        return ids

    def read(self, start: int, length: int) -> npt.NDArray[np.int64]:
        """`length` tokens from `start` (taken modulo the stream's length) on, running over its end to its begin."""
        tokens = np.empty(length, dtype=np.int64)
        position = start % len(self)
        filled = 0
        while filled < length:
            number = int(np.searchsorted(self._starts, position, side="right")) - 1
            offset = position - int(self._starts[number])
            piece = self._shards[number][offset : offset + length - filled]
            tokens[filled : filled + len(piece)] = piece
            filled += len(piece)
            position = (position + len(piece)) % len(self)
        return tokens


class _DocumentIndex:
    """Finds documents by their place in a split's stream; reads only the row groups that it needs, when asked."""

    def __init__(self, path: Path, shard_starts: Positions) -> None:
        """Index `SPLIT-documents.parquet`, given where each shard begins, and behind them the stream's length."""
        self._path = path
        self._shard_starts = shard_starts
        self._read: tuple[int, list[str], Positions] | None = None

    def between(self, start: int, end: int) -> list[str]:
        """The ids of the documents with tokens in `range(start, end)`, in order; positions within the stream.

        Raises:
            MissingInputError: The table is not there.
        """
        ids: list[str] = []
        first = int(np.searchsorted(self._group_starts, start, side="right")) - 1
        for number in range(max(first, 0), len(self._group_starts)):
            if self._group_starts[number] >= end:
                break
            names, starts = self._group(number)
            low = max(int(np.searchsorted(starts, start, side="right")) - 1, 0)
            ids += names[low : int(np.searchsorted(starts, end, side="left"))]
        return ids

    @cached_property
    def _file(self) -> pq.ParquetFile:
        if not self._path.is_file():
            raise MissingInputError(f"the table of documents `{self._path}` is not there; make the token shards again")
        return pq.ParquetFile(self._path, memory_map=True)

    @cached_property
    def _group_starts(self) -> Positions:
        """Where each row group begins in the stream; its statistics say it, since it lies within one shard."""
        metadata = self._file.metadata
        shard, offset = (self._file.schema_arrow.get_field_index(name) for name in ("shard", "offset"))
        starts = []
        for number in range(metadata.num_row_groups):
            group = metadata.row_group(number)
            starts.append(
                int(self._shard_starts[group.column(shard).statistics.min]) + group.column(offset).statistics.min
            )
        return np.array(starts, dtype=np.int64)

    def _group(self, number: int) -> tuple[list[str], Positions]:
        """The ids and places of one row group; the last one is kept, since neighbours are asked for together."""
        if self._read is None or self._read[0] != number:
            table = self._file.read_row_group(number, columns=["document_id", "shard", "offset"])
            starts = self._shard_starts[table.column("shard").to_numpy()] + table.column("offset").to_numpy()
            self._read = (number, table.column("document_id").to_pylist(), starts)
        return self._read[1], self._read[2]


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTION
    if not path.is_file():
        raise MissingInputError(f"`{folder}` holds no token shards: it has no `{DESCRIPTION}`")
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedArtifactError(f"`{path}` is damaged ({error}): make the token shards again") from error
    if "tokenizer_sha256" not in description:
        raise MissingInputError(f"`{path}` does not name its tokenizer: make the token shards again")
    return description
