"""The stage `collect`: read external data into one table of documents.

Reads:  the sources that its inputs are (`sources/`), in their order.
Writes: `documents`: Document, and `dropped`: Dropped, the rows and files that are none, with the reason.
"""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Table, TableWriter
from hornbook.records import Document, Dropped
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.sources.source import Piece
from hornbook.sources.stackoverflow import StackOverflow

VERSION = 2
"""Raised when a rule of this stage changes: it is part of the fingerprint."""


@dataclass(frozen=True, kw_only=True)
class CollectConfig(SourcesConfig):
    """What is read, and how."""

    inputs: tuple[str, ...] = field(default=(), metadata=NOT_IN_FINGERPRINT)
    """Files, folders or URLs. The fingerprint has the names and hashes of what lies there in their place."""


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
    results = workspace.map_parts("read", read_piece, pieces, note="pieces read")
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


def read_piece(piece: Piece, folder: Path) -> None:
    """Write the tables `documents` and `dropped` of one piece of a source."""
    with (
        TableWriter(folder / "documents", Document) as documents,
        TableWriter(folder / "dropped", Dropped) as dropped,
    ):
        for one in piece():
            if isinstance(one, Dropped):
                dropped.add(one)
            else:
                documents.add(one)


def _identity(config: CollectConfig, sha256_of: FileHash) -> list[Any]:
    return [[source.layout, source.name, source.identity(sha256_of)] for source in open_sources(config.inputs, config)]


def _require_unique(documents: Table[Document]) -> None:
    hashes = np.sort(np.fromiter(map(_hash, _ids(documents)), np.uint64, documents.num_rows))
    if not (hashes[1:] == hashes[:-1]).any():
        return
    suspects = set(hashes[1:][hashes[1:] == hashes[:-1]].tolist())
    counts = Counter(name for name in _ids(documents) if _hash(name) in suspects)
    name, number = counts.most_common(1)[0]
    if number > 1:
        raise ConfigError(
            f"{number:,} documents have the id `{name}`; name a field that differs in every row: --id-field, or "
            "--id-field ROW to call rows by their file and number"
        )


def _hash(name: str) -> int:
    return int.from_bytes(blake2b(name.encode(), digest_size=8).digest())


def _ids(documents: Table[Document]) -> Iterator[str]:
    parts: Sequence[Table[Document]] = [Table(Document, (part,)) for part in documents.parts]
    return itertools.chain.from_iterable(part.columns("id").column("id").to_pylist() for part in parts)
