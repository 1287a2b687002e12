"""Write documents as one stream of tokens, and read it back without loading it.

Reads:  documents and a tokenizer.
Writes: a folder with, for each split (`train`, `held-out`), memory-mapped shards `SPLIT-00000.bin` (little-endian
        unsigned 16 or 32 bit), the table `SPLIT-documents.parquet` (`document_id`, `shard`, `offset`, `length`; tokens,
        the closing `<|endoftext|>` included), and `tokens.json`.
Source: Gunasekar et al. 2023, section 3: one dimensional array of tokens, documents separated by `<|endoftext|>`.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from hornbook.artifacts.stage import Progress
from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.records import Document
from hornbook.tokens.index import DocumentIndex
from hornbook.tokens.tokenizer import END_OF_TEXT, document_share, tokenizer_hash

SPLITS = ("train", "held-out")
ENCODE_BATCH = 2000
"""Documents encoded at a time: enough to keep all cores busy, few enough for memory."""

Tokens = npt.NDArray[np.integer]


@dataclass(frozen=True, kw_only=True)
class PackedCounts:
    """What a folder of shards holds."""

    num_documents: dict[str, int]
    num_tokens: dict[str, int]
    num_bytes: int
    """Of text in all splits."""


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
            DamagedArtifactError: A shard is shorter or longer than `tokens.json` says.
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
                raise DamagedArtifactError(f"the token shard `{shard}` should hold {length} tokens")
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
) -> PackedCounts:
    """Tokenize `documents` in their order and write the shards of both splits into `folder`.

    A document is held out by its id alone, so the same documents are held out in every run. The first document is held
    out where chance held out none, unless it is the only one.

    Args:
        documents: In the order in which they are packed.
        tokenizer: Must know `<|endoftext|>`.
        folder: Is created; must not hold shards yet.
        held_out_share: Share of the documents for validation, 0 to 1.
        shard_tokens: A shard is closed once it holds this many tokens; a document never spans two shards.
        progress: Told the number of documents done.
    """
    folder.mkdir(parents=True, exist_ok=True)
    held_out = [document_share(document.id, "held-out") < held_out_share for document in documents]
    if held_out_share > 0 and len(documents) > 1 and not any(held_out):
        held_out[0] = True
    dtype = np.dtype("<u2") if tokenizer.get_vocab_size() <= 2**16 else np.dtype("<u4")
    writers = {split: _ShardWriter(folder, split, dtype, shard_tokens) for split in SPLITS}
    end_of_text = tokenizer.token_to_id(END_OF_TEXT)
    done = 0
    for batch, token_lists in _encoded(documents, tokenizer):
        for document, tokens in zip(batch, token_lists, strict=True):
            split = "held-out" if held_out[done] else "train"
            writers[split].add(document.id, np.array([*tokens, end_of_text], dtype=dtype))
            done += 1
        progress(done, len(documents), "documents tokenized")
    for writer in writers.values():
        writer.close()
    description = {
        "dtype": dtype.str,
        "vocab_size": tokenizer.get_vocab_size(),
        "end_of_text": end_of_text,
        "tokenizer_sha256": tokenizer_hash(tokenizer),
        "shards": {split: writer.lengths for split, writer in writers.items()},
    }
    (folder / "tokens.json").write_text(json.dumps(description, indent=1) + "\n", encoding="utf-8")
    return PackedCounts(
        num_documents={split: len(writer.rows) for split, writer in writers.items()},
        num_tokens={split: sum(writer.lengths) for split, writer in writers.items()},
        num_bytes=sum(len(document.text.encode()) for document in documents),
    )


def _read_description(folder: Path) -> dict[str, Any]:
    path = folder / "tokens.json"
    if not path.is_file():
        raise MissingInputError(f"`{folder}` holds no token shards: it has no `tokens.json`")
    description: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    if "tokenizer_sha256" not in description:
        raise MissingInputError(f"`{path}` does not name its tokenizer: make the token shards again")
    return description


class _ShardWriter:
    """Appends documents to the shards of one split."""

    def __init__(self, folder: Path, split: str, dtype: np.dtype[np.unsignedinteger], shard_tokens: int) -> None:
        self.folder = folder
        self.split = split
        self.dtype = dtype
        self.shard_tokens = shard_tokens
        self.lengths: list[int] = []
        self.rows: list[tuple[str, int, int, int]] = []
        self._buffer: list[Tokens] = []
        self._buffered = 0

    def add(self, document_id: str, tokens: Tokens) -> None:
        self.rows.append((document_id, len(self.lengths), self._buffered, len(tokens)))
        self._buffer.append(tokens)
        self._buffered += len(tokens)
        if self._buffered >= self.shard_tokens:
            self._flush()

    def close(self) -> None:
        if self._buffered:
            self._flush()
        names = ("document_id", "shard", "offset", "length")
        schema = pa.schema(zip(names, (pa.string(), pa.int64(), pa.int64(), pa.int64()), strict=True))
        path = self.folder / f"{self.split}-documents.parquet"
        with pq.ParquetWriter(path, schema, compression="zstd") as writer:
            for _, rows in itertools.groupby(self.rows, key=lambda row: row[1]):
                columns = list(zip(*rows, strict=True))
                writer.write_table(pa.Table.from_arrays([pa.array(column) for column in columns], schema=schema))

    def _flush(self) -> None:
        path = self.folder / f"{self.split}-{len(self.lengths):05d}.bin"
        path.write_bytes(np.concatenate(self._buffer).astype(self.dtype).tobytes())
        self.lengths.append(self._buffered)
        self._buffer = []
        self._buffered = 0


def _encoded(
    documents: Sequence[Document], tokenizer: Tokenizer
) -> Iterator[tuple[Sequence[Document], list[list[int]]]]:
    for start in range(0, len(documents), ENCODE_BATCH):
        batch = documents[start : start + ENCODE_BATCH]
        encodings = tokenizer.encode_batch_fast([document.text for document in batch], add_special_tokens=False)
        yield batch, [encoding.ids for encoding in encodings]
