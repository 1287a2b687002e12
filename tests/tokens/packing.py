"""Token shards of documents that are in memory."""

from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer

from hornbook.records import Document, DocumentKind
from hornbook.tokens.encode import Encoder
from hornbook.tokens.shards import ShardCounts, tokenized, write_shards


def documents_of(*texts: str) -> list[Document]:
    return [Document(id=f"d{number}", kind=DocumentKind.CODE, text=text) for number, text in enumerate(texts)]


def pack(
    documents: Sequence[Document],
    tokenizer: Tokenizer,
    folder: Path,
    *,
    held_out_share: float = 0.1,
    shard_tokens: int = 10**6,
) -> ShardCounts:
    encoded = tokenized(documents, Encoder(tokenizer))
    return write_shards(encoded, tokenizer, folder, held_out_share=held_out_share, shard_tokens=shard_tokens)
