"""Tokenize documents, and append them to the shards of a dataset.

Writes: for each split `SPLIT-00000.bin`, … and the table `SPLIT-documents.parquet`; at the end `tokens.json`. `pack.py`
        describes the folder and reads it.
"""

import hashlib
import itertools
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

import pyarrow as pa
import pyarrow.parquet as pq
from tokenizers import Tokenizer

from hornbook.pipeline.manifest import hash_file
from hornbook.records import Document, DocumentKind
from hornbook.tokens.encode import Encoder, dtype_of
from hornbook.tokens.tokenizer import END_OF_TEXT, document_share, tokenizer_hash

TRAIN, HELD_OUT = SPLITS = ("train", "held-out")
"""Names of the splits: what a model is trained on, and what its validation loss is measured on."""
DESCRIPTION = "tokens.json"
SHARD_TOKENS = 2**26
FIRST_DOCUMENTS = 1000
"""Number of documents that are searched for one of the held-out split."""
_FIRST_CHARACTERS = 2**24
_ROWS_PER_GROUP = 2**16
_SCHEMA = pa.schema(
    [("document_id", pa.string()), ("shard", pa.int64()), ("offset", pa.int64()), ("length", pa.int64())]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenizedDocument:
    """The sizes of a document whose tokens lie elsewhere."""

    id: str
    kind: DocumentKind
    num_tokens: int
    """The closing `<|endoftext|>` included; 0 for a document without a character."""
    num_characters: int
    num_bytes: int
    """Size of the text in UTF-8."""


Tokenized = tuple[TokenizedDocument, bytes | memoryview]
"""A document with its token ids in the type `dtype_of(tokenizer)`, the closing `<|endoftext|>` included."""


@dataclass(frozen=True, kw_only=True)
class ShardCounts:
    """What a folder of shards holds."""

    num_documents: dict[str, int]
    """Split → number of documents."""
    num_tokens: dict[str, int]
    """Split → number of tokens, each closing `<|endoftext|>` included."""
    num_bytes: int
    """Size of all texts in UTF-8."""


def tokenized(documents: Iterable[Document], encoder: Encoder) -> Iterator[Tokenized]:
    """Stream documents with their tokens."""
    for document in documents:
        text = document.text
        tokens = encoder.encode(text) + encoder.end_of_text if text else b""
        yield (
            TokenizedDocument(
                id=document.id,
                kind=document.kind,
                num_tokens=len(tokens) // encoder.dtype.itemsize,
                num_characters=len(text),
                num_bytes=len(text) if text.isascii() else len(text.encode()),
            ),
            tokens,
        )


def write_shards(
    documents: Iterable[Tokenized],
    tokenizer: Tokenizer,
    folder: Path,
    *,
    held_out_share: float,
    shard_tokens: int = SHARD_TOKENS,
) -> ShardCounts:
    """Write the shards of both splits.

    The id of a document decides its split (`document_share`), so that every run makes the same splits. If none of the
    first 1,000 documents (or 16 million characters) falls into the held-out split, the first one with text is moved
    there, unless it is the only one. Documents without a character are left out. The bytes depend on the documents, the
    tokenizer and the two numbers alone.

    Args:
        documents: All documents, in order; they are streamed.
        tokenizer: The one that encoded them; it has `<|endoftext|>`.
        folder: Folder to create.
        held_out_share: Share of the documents in the held-out split, 0 to 1.
        shard_tokens: A shard is closed once it holds this many tokens; a document never spans two shards.
    """
    folder.mkdir(parents=True, exist_ok=True)
    dtype = dtype_of(tokenizer)
    writers = {split: _SplitWriter(folder, split, dtype.itemsize, shard_tokens) for split in SPLITS}
    num_bytes = 0
    for split, (document, tokens) in _with_splits(documents, held_out_share):
        if document.num_characters:
            writers[split].add(document.id, tokens)
            num_bytes += document.num_bytes
    files = {name: digest for writer in writers.values() for name, digest in writer.finish().items()}
    counts = ShardCounts(
        num_documents={split: writer.num_documents for split, writer in writers.items()},
        num_tokens={split: sum(writer.lengths) for split, writer in writers.items()},
        num_bytes=num_bytes,
    )
    description = {
        "dtype": dtype.str,
        "vocab_size": tokenizer.get_vocab_size(),
        "end_of_text": tokenizer.token_to_id(END_OF_TEXT),
        "tokenizer_sha256": tokenizer_hash(tokenizer),
        "held_out_share": held_out_share,
        "shard_tokens": shard_tokens,
        "shards": {split: writer.lengths for split, writer in writers.items()},
        **asdict(counts),
        "files": files,
    }
    (folder / DESCRIPTION).write_text(json.dumps(description, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return counts


def _with_splits(documents: Iterable[Tokenized], held_out_share: float) -> Iterator[tuple[str, Tokenized]]:
    waiting = iter(documents)
    first: list[Tokenized] = []
    num_characters = 0
    if held_out_share > 0:
        for one in itertools.islice(waiting, FIRST_DOCUMENTS):
            first.append(one)
            num_characters += one[0].num_characters
            if num_characters >= _FIRST_CHARACTERS and len(first) > 1:
                break
    names = [document.id for document, _ in first if document.num_characters]
    moved = names[0] if len(names) > 1 and not any(_is_held_out(name, held_out_share) for name in names) else None
    for document, tokens in itertools.chain(first, waiting):
        is_held_out = document.id == moved or _is_held_out(document.id, held_out_share)
        yield SPLITS[is_held_out], (document, tokens)


def _is_held_out(document_id: str, held_out_share: float) -> bool:
    return document_share(document_id, "held-out") < held_out_share


class _SplitWriter:
    """Appends documents to the shards of one split."""

    def __init__(self, folder: Path, split: str, itemsize: int, shard_tokens: int) -> None:
        self.num_documents = 0
        self.lengths: list[int] = []
        """Number of tokens of each shard that is closed."""
        self._folder = folder
        self._split = split
        self._itemsize = itemsize
        self._shard_tokens = shard_tokens
        self._files: dict[str, str] = {}
        self._shard: IO[bytes] | None = None
        self._hash = hashlib.sha256()
        self._length = 0
        self._rows: list[tuple[str, int, int, int]] = []
        self._table = folder / f"{split}-documents.parquet"
        self._parquet = pq.ParquetWriter(self._table, _SCHEMA, compression="zstd")

    def add(self, document_id: str, tokens: bytes | memoryview) -> None:
        if self._shard is None:
            self._shard = (self._folder / self._name).open("wb")
        length = len(tokens) // self._itemsize
        self._rows.append((document_id, len(self.lengths), self._length, length))
        self._shard.write(tokens)
        self._hash.update(tokens)
        self._length += length
        self.num_documents += 1
        if self._length >= self._shard_tokens:
            self._close_shard()
        elif len(self._rows) >= _ROWS_PER_GROUP:
            self._write_rows()

    def finish(self) -> dict[str, str]:
        """Close the last shard and the table of documents; return the SHA-256 of each file, by name."""
        if self._shard is not None:
            self._close_shard()
        self._parquet.close()
        return {**self._files, self._table.name: hash_file(self._table)}

    @property
    def _name(self) -> str:
        return f"{self._split}-{len(self.lengths):05d}.bin"

    def _close_shard(self) -> None:
        assert self._shard is not None
        self._shard.close()
        self._files[self._name] = self._hash.hexdigest()
        self._write_rows()
        self.lengths.append(self._length)
        self._shard, self._hash, self._length = None, hashlib.sha256(), 0

    def _write_rows(self) -> None:
        """Write a row group, which lies within one shard."""
        if self._rows:
            columns = zip(zip(*self._rows, strict=True), _SCHEMA.types, strict=True)
            arrays = [pa.array(column, kind) for column, kind in columns]
            self._parquet.write_table(pa.Table.from_arrays(arrays, schema=_SCHEMA))
        self._rows = []
