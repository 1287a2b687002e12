"""The stage `collect`: read external data into one table of documents.

Reads:  the sources that its inputs are (`sources/`), in their order.
Writes: `documents`: Document, and `dropped`: Dropped, the rows and files that are none, with the reason.
"""

import functools
import itertools
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from hornbook.curation.definitions import split_module
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Table, TableWriter
from hornbook.records import Document, DocumentKind, Dropped
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.sources.source import Piece
from hornbook.sources.stackoverflow import StackOverflow

VERSION = 2
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
FILES, DEFINITIONS = "files", "definitions"


@dataclass(frozen=True, kw_only=True)
class CollectConfig(SourcesConfig):
    """What is read, and how."""

    inputs: tuple[str, ...] = field(default=(), metadata=NOT_IN_FINGERPRINT)
    """Files, folders, URLs, or `standard-library`. The fingerprint has the names and hashes of what lies there."""
    kind: DocumentKind | None = None
    """Which part of the training data the documents are: `code`, `textbook` or `exercise`. Without it rows say it by
    their fields, and all else is code."""
    split: str = "files"
    """What is a document: `files`, each file whole; `definitions`, each top-level function and class of a file, and a
    small file whole besides."""

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.split not in (FILES, DEFINITIONS):
            raise ConfigError(f"`split` must be {FILES} or {DEFINITIONS}, got {self.split!r}")


def collect(config: CollectConfig, name: str = "collect") -> Stage:
    """The stage that reads external data."""
    return Stage(name, run_collect, config, VERSION, identity=_identity)


def run_collect(config: CollectConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Read all sources.

    Raises:
        MissingInputError: An input is not there, cannot be read to its end, or there is no document in all of them.
        ConfigError: Two documents have the same id.
    """
    del inputs
    sources = open_sources(config.inputs, config)
    pieces: list[Piece] = [piece for source in sources for piece in source.pieces(workspace.scratch)]
    read = functools.partial(read_piece, kind=config.kind, split=config.split)
    results = workspace.map_parts("read", read, pieces, note="pieces read")
    documents = workspace.gather(results, "documents", Document)
    dropped = workspace.gather(results, "dropped", Dropped)
    if not documents.num_rows:
        first = next(iter(dropped), None)
        why = f"; the first place without one: `{first.id}`, {first.reason}: {first.detail}" if first else ""
        raise MissingInputError(f"there is no document in {', '.join(f'`{one}`' for one in config.inputs)}{why}")
    _require_unique(documents)
    passed_over: Counter[str] = Counter()
    for source in sources:
        passed_over.update(source.passed_over if isinstance(source, StackOverflow) else {})
    return Result(
        kept=documents.num_rows,
        unit="documents",
        dropped=count_reasons(dropped),
        metrics={
            "layouts": dict(sorted(Counter(str(source.layout) for source in sources).items())),
            "passed_over": dict(passed_over),
        },
    )


def read_piece(piece: Piece, folder: Path, *, kind: DocumentKind | None = None, split: str = FILES) -> None:
    """Write the tables `documents` and `dropped` of one piece of a source."""
    found = piece()
    if kind is not None:
        found = (one if isinstance(one, Dropped) else replace(one, kind=kind) for one in found)
    if split == DEFINITIONS:
        found = itertools.chain.from_iterable(
            (one,) if isinstance(one, Dropped) else split_module(one) for one in found
        )
    with (
        TableWriter(folder / "documents", Document) as documents,
        TableWriter(folder / "dropped", Dropped) as dropped,
    ):
        for one in found:
            if isinstance(one, Dropped):
                dropped.add(one)
            else:
                documents.add(one)


def _identity(config: CollectConfig, sha256_of: FileHash) -> list[Any]:
    return [[source.layout, source.name, source.identity(sha256_of)] for source in open_sources(config.inputs, config)]


def _require_unique(documents: Table[Document]) -> None:
    hashes = np.sort(np.fromiter(map(_hash, documents.ids()), np.uint64, documents.num_rows))
    if not (hashes[1:] == hashes[:-1]).any():
        return
    suspects = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    counts = Counter(name for name in documents.ids() if _hash(name) in suspects)
    name, number = counts.most_common(1)[0]
    if number > 1:
        raise ConfigError(
            f"{number:,} documents have the id {name!r}; name a field that differs in every row: --id-field, or "
            "--id-field ROW to call rows by their file and number"
        )


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())
