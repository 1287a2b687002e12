"""The stage `draw`: a random part of the documents, so that the arms of an experiment have equally much to read.

Reads:  documents; where code is told apart by its value, those that `select` kept.
Writes: `documents`: Document, in the order of the input.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from hornbook.curation.select import count_tokens
from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import Document, DocumentKind

VERSION = 1
ALL, KEPT, DROPPED = "all", "kept", "dropped"


@dataclass(frozen=True, kw_only=True)
class DrawConfig:
    """How much of each kind is drawn; exercises stay whole."""

    code_tokens: int = 0
    """Number of lexical tokens of code."""
    textbook_tokens: int = 0
    """Number of lexical tokens of textbook passages."""
    code: str = ALL
    """Which code: `all`, or what `select` `kept` or `dropped`."""

    def __post_init__(self) -> None:
        if self.code not in (ALL, KEPT, DROPPED):
            raise ConfigError(f"`code` must be {ALL}, {KEPT} or {DROPPED}, got {self.code!r}")


def draw(documents: Stage, config: DrawConfig, *, kept: Stage, name: str = "draw") -> Stage:
    """The stage that draws documents; `kept` is the stage `select`."""
    return Stage(name, run_draw, config, VERSION, {"documents": documents, "kept": kept})


def run_draw(config: DrawConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Draw documents of each kind until the next one would exceed its number of tokens.

    The order in which they are drawn follows from the seed and their ids, so that arms share what they can.

    Raises:
        ConfigError: There is less than nine tenths of what is asked for.
    """
    kept = frozenset(inputs["kept"].documents().ids())
    documents = inputs["documents"].documents()
    wanted = {DocumentKind.CODE: config.code_tokens, DocumentKind.TEXTBOOK: config.textbook_tokens}
    drawn = set(_drawn(_of_code(documents, config.code, kept), wanted, workspace.seed))

    def chosen() -> Iterator[Document]:
        for one in documents:
            if one.kind is DocumentKind.EXERCISE or one.id in drawn:
                yield one

    number = workspace.write_records("documents", Document, chosen())
    return Result(kept=number, unit="documents")


def _of_code(documents: Iterable[Document], code: str, kept: frozenset[str]) -> Iterator[Document]:
    for one in documents:
        if one.kind is not DocumentKind.CODE or code == ALL or (one.id in kept) == (code == KEPT):
            yield one


def _drawn(documents: Iterable[Document], wanted: Mapping[DocumentKind, int], seed: int) -> Iterator[str]:
    sized = [
        (hashlib.sha256(f"{seed}:{one.id}".encode()).digest(), one.id, one.kind, count_tokens([one.text])[0])
        for one in documents
        if wanted.get(one.kind)
    ]
    taken: Counter[DocumentKind] = Counter()
    for _, name, kind, size in sorted(sized):
        if taken[kind] + size <= wanted[kind]:
            taken[kind] += size
            yield name
    for kind, number in wanted.items():
        if taken[kind] < 0.9 * number:
            raise ConfigError(f"`{kind.value}_tokens` must be at most {taken[kind]:,}, what there is; got {number:,}")
