"""Which document a token belongs to.

Reads:  `SPLIT-documents.parquet`, as `pack.py` writes it: in the order of the stream, no row group spans two shards.
"""

from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from hornbook.errors import MissingInputError

Positions = npt.NDArray[np.int64]


class DocumentIndex:
    """Finds documents by their place in a split's stream; reads only the row groups that it needs."""

    def __init__(self, path: Path, shard_starts: Positions) -> None:
        """Name the table; nothing is read before something is asked.

        Args:
            path: `SPLIT-documents.parquet`.
            shard_starts: Where each shard begins in the stream, and behind them the stream's length.
        """
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
