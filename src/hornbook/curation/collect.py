"""The stage `collect`: read external data into one table of documents.

Reads:  the sources that its inputs are (`sources/`), in their order.
Writes: `documents`: Document, and `dropped`: Dropped, the rows and files that are none, with the reason.
"""

import ast
import functools
import itertools
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Table, TableWriter
from hornbook.python_code.functions import Definition
from hornbook.python_code.parse import first_line_of, parse_quietly
from hornbook.records import Document, DocumentKind, Dropped, SampleKind, content_id
from hornbook.sources.find import SourcesConfig, open_sources
from hornbook.sources.source import Piece
from hornbook.sources.stackoverflow import StackOverflow

VERSION = 2
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
FILES, DEFINITIONS = "files", "definitions"
MAX_MODULE_LINES = 80
"""A module of at most this many lines is also a document as a whole."""
DOES_NOT_PARSE, NO_DEFINITION = "does not parse", "no definition"


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


def split_module(document: Document, max_module_lines: int = MAX_MODULE_LINES) -> Iterator[Document | Dropped]:
    """Split a document of code into its top-level functions and classes; other documents pass as they are.

    A small module is a document besides the definitions in it, since labels name definitions. The two overlap on
    purpose: `select.py` keeps only one of two overlapping documents.

    A definition runs from its first decorator to the last character of its last statement. Its metadata are those of
    the module, and `module`, `qualname` (empty for a module whole), `sample_kind`, `first_line` and `last_line`
    (1-based, inclusive).

    Yields:
        The module if it is small, then its definitions by line; or why there are none.
    """
    if document.kind is not DocumentKind.CODE:
        yield document
        return
    try:
        tree = parse_quietly(document.text)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        yield Dropped(id=document.id, reason=DOES_NOT_PARSE, detail=str(error))
        return
    definitions = [node for node in tree.body if isinstance(node, Definition)]
    if not definitions:
        yield Dropped(id=document.id, reason=NO_DEFINITION, detail="")
        return
    metadata = json.loads(document.metadata)
    path = str(metadata.get("path", ""))
    module = path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    lines = document.text.split("\n")
    seen: set[str] = set()

    def part(body: str, qualname: str, kind: SampleKind, first_line: int, last_line: int) -> Iterator[Document]:
        name = content_id("code", document.id, qualname, body)
        if name in seen:  # The same definition stands twice in the module.
            return
        seen.add(name)
        place = {
            "module": module,
            "qualname": qualname,
            "sample_kind": kind,
            "first_line": first_line,
            "last_line": last_line,
        }
        yield replace(document, id=name, text=body, metadata=json.dumps({**metadata, **place}))

    num_lines = len(document.text.rstrip().split("\n"))
    if num_lines <= max_module_lines:
        yield from part(document.text.rstrip() + "\n", "", SampleKind.MODULE, 1, num_lines)
    for node in definitions:
        first_line = first_line_of(node)
        last_line = node.end_lineno or node.lineno
        body = lines[first_line - 1 : last_line]
        body[-1] = body[-1].encode()[: node.end_col_offset].decode()
        kind = SampleKind.CLASS if isinstance(node, ast.ClassDef) else SampleKind.FUNCTION
        yield from part("\n".join(body) + "\n", node.name, kind, first_line, last_line)


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
