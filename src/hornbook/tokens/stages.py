"""The stages `tokenizer` and `tokenize`.

Reads:  documents; `read_tokenizer` reads external data.
Writes: `tokenizer.json`; and a folder of token shards (`pack.py`) with the tokenizer for each dataset: `pretrain/` for
        code and textbooks, `finetune/` for exercises, or `pretrain/` for all; `dropped`: Dropped, empty documents.

Documents are tokenized part by part, on all cores or a cluster. The shards are then appended to in the order of the
parts; memory holds the tokens of one part.
"""

import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.table import read_part, write_part
from hornbook.records import Document, DocumentKind, Dropped, table_of
from hornbook.tokens.encode import Encoder, dtype_of
from hornbook.tokens.pretrained import ReadTokenizerConfig, find_tokenizer, identity_of
from hornbook.tokens.shards import Tokenized, TokenizedDocument, tokenized, write_shards
from hornbook.tokens.tokenizer import TOKENIZER, TokenizerConfig, load_tokenizer, tokenizer_hash
from hornbook.tokens.tokenizer import train_tokenizer as train_on

VERSION = 5
"""Raised when a rule of these stages changes: it is part of the fingerprint."""
PRETRAIN, FINETUNE = "pretrain", "finetune"
EMPTY = "empty document"
_TOKENS, _SIZES = "tokens.bin", "documents.parquet"


@dataclass(frozen=True, kw_only=True)
class ShardsConfig:
    """How documents become token shards."""

    held_out_share: float = 0.01
    """Share of the documents that are kept for the validation loss, 0 to 1. The id of a document decides."""

    def __post_init__(self) -> None:
        if not 0 <= self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in [0, 1), got {self.held_out_share!r}")


@dataclass(frozen=True, kw_only=True)
class TokenizeConfig(ShardsConfig):
    """How documents become the datasets of a recipe."""

    separate_exercises: bool = True
    """Make a dataset of the exercises, `finetune`; without it all documents are in `pretrain`."""

    @property
    def datasets(self) -> Mapping[str, Sequence[DocumentKind]]:
        """Name of a dataset → the kinds of its documents."""
        if not self.separate_exercises:
            return {PRETRAIN: tuple(DocumentKind)}
        return {PRETRAIN: (DocumentKind.CODE, DocumentKind.TEXTBOOK), FINETUNE: (DocumentKind.EXERCISE,)}


def train_tokenizer(documents: Stage, config: TokenizerConfig | None = None, name: str = "tokenizer") -> Stage:
    """The stage that learns a tokenizer from documents."""
    return Stage(name, run_train_tokenizer, config or TokenizerConfig(), VERSION, {"documents": documents})


def read_tokenizer(config: ReadTokenizerConfig, name: str = "tokenizer") -> Stage:
    """The stage that reads a tokenizer that somebody has, such as CodeGen's for phi-1."""
    return Stage(name, run_read_tokenizer, config, VERSION, identity=identity_of)


def tokenize(documents: Stage, tokenizer: Stage, config: TokenizeConfig | None = None, name: str = "tokenize") -> Stage:
    """The stage that makes token shards of documents."""
    inputs = {"documents": documents, "tokenizer": tokenizer}
    return Stage(name, run_tokenize, config or TokenizeConfig(), VERSION, inputs)


def run_train_tokenizer(config: TokenizerConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Learn a tokenizer from all documents, which are streamed part by part."""
    documents = inputs["documents"].documents()
    num_documents = documents.num_rows
    workspace.progress(0, num_documents, "learning merges")
    result = _write_tokenizer(train_on(documents, config), workspace)
    workspace.progress(num_documents, num_documents, f"{result.kept} tokens")
    return result


def run_read_tokenizer(config: ReadTokenizerConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Read a tokenizer.

    Raises:
        MissingInputError: It cannot be had.
        ConfigError: It is not suitable: see `pretrained.require_bytes`.
    """
    return _write_tokenizer(find_tokenizer(config), workspace)


def _write_tokenizer(tokenizer: Tokenizer, workspace: Workspace) -> Result:
    (workspace.folder / TOKENIZER).write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
    size = tokenizer.get_vocab_size()
    return Result(kept=size, unit="tokens", metrics={"vocab_size": size, "sha256": tokenizer_hash(tokenizer)})


def run_tokenize(config: TokenizeConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Tokenize all documents and write the shards of each dataset."""
    source = inputs["tokenizer"]
    file = source.path(TOKENIZER)
    tokenizer = load_tokenizer(file)
    parts = inputs["documents"].documents().parts
    results = workspace.map_parts("tokenized", EncodePart(tokenizer), parts, note="parts tokenized")
    metrics: dict[str, object] = {"tokenizer_sha256": source.manifest.metrics["sha256"]}
    num_tokens = 0
    for number, (dataset, kinds) in enumerate(config.datasets.items()):
        workspace.progress(number, len(config.datasets), "datasets written")
        documents = _tokenized_in(results, kinds, dtype_of(tokenizer).itemsize)
        folder = workspace.folder / dataset
        counts = write_shards(documents, tokenizer, folder, held_out_share=config.held_out_share)
        shutil.copyfile(file, folder / TOKENIZER)
        total = sum(counts.num_tokens.values())
        num_tokens += total
        metrics[dataset] = {
            "num_documents": counts.num_documents,
            "num_tokens": counts.num_tokens,
            "num_bytes": counts.num_bytes,
            "bytes_per_token": round(counts.num_bytes / max(total - sum(counts.num_documents.values()), 1), 4),
        }
    num_empty = workspace.write_records("dropped", Dropped, _dropped(results))
    return Result(kept=num_tokens, unit="tokens", dropped={EMPTY: num_empty} if num_empty else {}, metrics=metrics)


class EncodePart:
    """Tokenizes the documents of a part; for `map_parts`. Each process keeps the encoder with the words that it met."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self._tokenizer = tokenizer.to_str()
        self._encoder: Encoder | None = None

    def __call__(self, part: Path, folder: Path) -> None:
        """Write the tokens of all documents to one file, and their sizes to a table."""
        self._encoder = self._encoder or Encoder(Tokenizer.from_str(self._tokenizer))
        sizes = []
        with (folder / _TOKENS).open("wb") as stream:
            for size, tokens in tokenized(read_part(part, Document), self._encoder):
                sizes.append(size)
                stream.write(tokens)
        write_part(folder / _SIZES, table_of(TokenizedDocument, sizes))


def _tokenized_in(results: Sequence[Path], kinds: Sequence[DocumentKind], itemsize: int) -> Iterator[Tokenized]:
    for result in results:
        tokens = memoryview((result / _TOKENS).read_bytes())
        start = 0
        for size in read_part(result / _SIZES, TokenizedDocument):
            end = start + size.num_tokens * itemsize
            if size.kind in kinds:
                yield size, tokens[start:end]
            start = end


def _dropped(results: Sequence[Path]) -> Iterator[Dropped]:
    for result in results:
        for size in read_part(result / _SIZES, TokenizedDocument):
            if not size.num_characters:
                yield Dropped(id=size.id, reason=EMPTY, detail="")
