"""The stages `tokenizer` and `tokenize`.

Reads:  the decontaminated documents.
Writes: `tokenizer.json`; folders `pretrain/` (code and textbooks) and `finetune/` (exercises) of token shards.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from tokenizers import Tokenizer

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.errors import ConfigError
from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import pack
from hornbook.tokens.sources import GivenTokenizerConfig, find_tokenizer
from hornbook.tokens.tokenizer import TokenizerConfig, load_tokenizer, tokenizer_hash, train_tokenizer

VERSION = 2
KINDS_OF_DATASET = {
    "pretrain": (DocumentKind.CODE, DocumentKind.TEXTBOOK),
    "finetune": (DocumentKind.EXERCISE,),
}


@dataclass(frozen=True, kw_only=True)
class TokenizeConfig:
    """How documents become shards."""

    held_out_share: float = 0.01
    """Share of the documents kept for validation loss."""
    shard_tokens: int = 2**26
    """Tokens after which a new shard is begun."""

    def __post_init__(self) -> None:
        if not 0 <= self.held_out_share < 1:
            raise ConfigError(f"`held_out_share` must lie in [0, 1), got {self.held_out_share!r}")
        if self.shard_tokens < 1:
            raise ConfigError(f"`shard_tokens` must be positive, got {self.shard_tokens!r}")


def run_tokenizer(config: TokenizerConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Learn the run's tokenizer from all its documents (input: `decontaminate`)."""
    documents = inputs["decontaminate"].records("documents", Document)
    workspace.progress(0, len(documents), "learning merges")
    tokenizer = train_tokenizer(documents, config)
    result = _write_tokenizer(tokenizer, workspace)
    workspace.progress(len(documents), len(documents), f"{tokenizer.get_vocab_size()} tokens")
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
    """Pack the documents into the shards of both datasets (inputs: `decontaminate`, `tokenizer`)."""
    documents = inputs["decontaminate"].records("documents", Document)
    path = inputs["tokenizer"].path("tokenizer.json")
    tokenizer = load_tokenizer(path)
    metrics: dict[str, object] = {"tokenizer_sha256": tokenizer_hash(tokenizer)}
    num_tokens = 0
    for dataset, kinds in KINDS_OF_DATASET.items():
        chosen = [document for document in documents if document.kind in kinds]
        counts = pack(
            chosen,
            tokenizer,
            workspace.folder / dataset,
            held_out_share=config.held_out_share,
            shard_tokens=config.shard_tokens,
            progress=workspace.progress,
        )
        total = sum(counts.num_tokens.values())
        num_tokens += total
        metrics[dataset] = {
            "num_documents": counts.num_documents,
            "num_tokens": counts.num_tokens,
            "bytes_per_token": round(counts.num_bytes / max(total - len(chosen), 1), 4),
        }
    return Result(kept=num_tokens, unit="tokens", metrics=metrics)
