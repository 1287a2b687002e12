"""The stages `tokenizer` and `tokenize`.

Reads:  the decontaminated documents.
Writes: `tokenizer.json`; folders `pretrain/` (code and textbooks) and `finetune/` (exercises) of token shards.
"""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from tokenizers import Tokenizer

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.table import Table
from hornbook.records import Document, DocumentKind
from hornbook.tokens.sources import GivenTokenizerConfig, find_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig, load_tokenizer, tokenizer_hash
from hornbook.tokens.tokenizer import train_tokenizer as learn_tokenizer
from hornbook.tokens.write import write_shards

VERSION = 3
KINDS_OF_DATASET = {
    "pretrain": (DocumentKind.CODE, DocumentKind.TEXTBOOK),
    "finetune": (DocumentKind.EXERCISE,),
}


@dataclass(frozen=True, kw_only=True)
class TokenizeConfig:
    """How documents become shards."""

    held_out_share: float = 0.01
    """Share of the documents kept for validation loss."""

    def __post_init__(self) -> None:
        if not 0 <= self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in [0, 1), got {self.held_out_share!r}")


def train_tokenizer(documents: Stage, config: TokenizerConfig | None = None, name: str = "tokenizer") -> Stage:
    """The stage that trains a tokenizer on documents."""
    return Stage(name, run_tokenizer, config or TokenizerConfig(), VERSION, {"documents": documents})


def read_tokenizer(config: GivenTokenizerConfig, name: str = "tokenizer") -> Stage:
    """The stage that takes a tokenizer that exists."""
    return Stage(name, run_given_tokenizer, config, VERSION)


def tokenize(documents: Stage, tokenizer: Stage, config: TokenizeConfig | None = None, name: str = "tokenize") -> Stage:
    """The stage that tokenizes documents."""
    inputs = {"documents": documents, "tokenizer": tokenizer}
    return Stage(name, run_tokenize, config or TokenizeConfig(), VERSION, inputs)


def run_tokenizer(config: TokenizerConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Learn the run's tokenizer from its documents, which are streamed (input: `decontaminate`)."""
    documents = inputs["documents"].documents()
    num_documents = documents.num_rows
    workspace.progress(0, num_documents, "learning merges")
    tokenizer = learn_tokenizer(documents, config)
    result = _write_tokenizer(tokenizer, workspace)
    workspace.progress(num_documents, num_documents, f"{tokenizer.get_vocab_size()} tokens")
    return result


def run_given_tokenizer(config: GivenTokenizerConfig, _inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Take a tokenizer that was made elsewhere, such as CodeGen's for phi-1 (no inputs).

    Raises:
        MissingInputError: It cannot be had.
        ConfigError: It is not fit: see `sources.require_bytes`.
    """
    workspace.progress(0, 1, "getting the tokenizer")
    result = _write_tokenizer(find_tokenizer(config), workspace)
    workspace.progress(1, 1, f"{result.kept} tokens")
    return result


def _write_tokenizer(tokenizer: Tokenizer, workspace: Workspace) -> Result:
    (workspace.folder / "tokenizer.json").write_text(tokenizer.to_str(pretty=True), encoding="utf-8")
    size = tokenizer.get_vocab_size()
    return Result(kept=size, unit="tokens", metrics={"vocab_size": size, "sha256": tokenizer_hash(tokenizer)})


def run_tokenize(config: TokenizeConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Pack the documents into the shards of both datasets (inputs: `decontaminate`, `tokenizer`).

    The documents are read as a stream, and the shards grow in `scratch`, where a killed run finds them again.
    """
    table = inputs["documents"].documents()
    tokenizer = load_tokenizer(inputs["tokenizer"].path("tokenizer.json"))
    metrics: dict[str, object] = {"tokenizer_sha256": tokenizer_hash(tokenizer)}
    num_documents = table.num_rows
    num_tokens = num_done = num_empty = 0
    for dataset, kinds in KINDS_OF_DATASET.items():
        counts = write_shards(
            partial(_documents_of_kinds, table, kinds),
            tokenizer,
            workspace.scratch / dataset,
            held_out_share=config.held_out_share,
            report=partial(_report, workspace, num_done, num_documents),
        )
        total = sum(counts.num_tokens.values())
        num_written = sum(counts.num_documents.values())
        num_done += num_written + counts.num_empty
        num_tokens += total
        num_empty += counts.num_empty
        metrics[dataset] = {
            "num_documents": counts.num_documents,
            "num_tokens": counts.num_tokens,
            "bytes_per_token": round(counts.num_bytes / max(total - num_written, 1), 4),
        }
    for dataset in KINDS_OF_DATASET:
        (workspace.scratch / dataset).rename(workspace.folder / dataset)
    dropped = {"empty document": num_empty} if num_empty else {}
    return Result(kept=num_tokens, unit="tokens", dropped=dropped, metrics=metrics)


def _report(workspace: Workspace, before: int, total: int, done: int, _num_bytes: int) -> None:
    workspace.progress(before + done, total, "documents tokenized")


def _documents_of_kinds(table: Table[Document], kinds: tuple[DocumentKind, ...], start: int) -> Iterator[Document]:
    """The documents of these kinds in the order of the table, from this number of them on."""
    return itertools.islice((document for document in table if document.kind in kinds), start, None)
