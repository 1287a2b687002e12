"""Write documents as one stream of tokens, and read it back without loading it.

Reads:  documents and a tokenizer.
Writes: a folder with, for each split (`train`, `held-out`), memory-mapped shards `SPLIT-00000.bin` (little-endian
        unsigned 16 or 32 bit), the table `SPLIT-documents.parquet` (`document_id`, `shard`, `offset`, `length`; tokens,
        the closing `<|endoftext|>` included), and `tokens.json`.
Source: Gunasekar et al. 2023, section 3: one dimensional array of tokens, documents separated by `<|endoftext|>`.
"""

import itertools
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from hornbook.artifacts.stage import Progress
from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.records import Document
from hornbook.tokens.index import DocumentIndex
from hornbook.tokens.write import DESCRIPTION, PROGRESS, PackedCounts, write_shards

Tokens = npt.NDArray[np.integer]


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
        self._index = DocumentIndex(folder / f"{split}-documents.parquet", self._starts)

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
        self.read_into(tokens, start)
        return tokens

    def read_into(self, tokens: npt.NDArray[np.int64], start: int) -> None:
        """Fill `tokens`, of one dimension, as `read(start, len(tokens))` does."""
        position = start % len(self)
        filled = 0
        while filled < len(tokens):
            number = int(np.searchsorted(self._starts, position, side="right")) - 1
            offset = position - int(self._starts[number])
            piece = self._shards[number][offset : offset + len(tokens) - filled]
            tokens[filled : filled + len(piece)] = piece
            filled += len(piece)
            position = (position + len(piece)) % len(self)


def pack(
    documents: Sequence[Document],
    tokenizer: Tokenizer,
    folder: Path,
    *,
    held_out_share: float,
    shard_tokens: int,
    progress: Progress,
    num_workers: int | None = None,
) -> PackedCounts:
    """Write documents that are in memory, as `write_shards` does; arguments and errors as there.

    Args:
        documents: In the order in which they are packed.
        tokenizer: Must know `<|endoftext|>`.
        folder: Is created.
        held_out_share: Share of the documents for validation, 0 to 1.
        shard_tokens: A shard is closed once it holds this many tokens.
        progress: Told the number of documents done.
        num_workers: Processes that encode; None for one a core.
    """
    return write_shards(
        lambda start: itertools.islice(documents, start, None),
        tokenizer,
        folder,
        held_out_share=held_out_share,
        shard_tokens=shard_tokens,
        report=lambda done, _: progress(done, len(documents), "documents tokenized"),
        num_workers=num_workers,
    )


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / DESCRIPTION
    if not path.is_file():
        if (folder / PROGRESS).is_file():
            raise MissingInputError(f"the token shards in `{folder}` are not finished; the command that began goes on")
        raise MissingInputError(f"`{folder}` holds no token shards: it has no `{DESCRIPTION}`")
    try:
        description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise DamagedArtifactError(f"`{path}` is damaged ({error}): make the token shards again") from error
    if "tokenizer_sha256" not in description:
        raise MissingInputError(f"`{path}` does not name its tokenizer: make the token shards again")
    return description
