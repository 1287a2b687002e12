"""What every source gives: documents with their licence and origin, and the places where there is none.

A source is read in an order that does not change, so that a document's number in it is enough to go on from there.
"""

import itertools
import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, Protocol

from hornbook.sources.documents import Document, Documents, LeftOut

NO_ASSERTION = "NOASSERTION"
"""SPDX's word for a licence that nobody states."""
MAX_BYTES = 16_000_000
"""Longest file or text that is read, where nothing else is said."""
TOO_LONG = "too long"


class TextKind(StrEnum):
    """What a document is written in."""

    CODE = "code"
    POST = "post"
    """Questions and answers in words, with code between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceDocument:
    """A text with what is known of where it comes from."""

    id: str
    text: str
    kind: TextKind
    source: str
    """What was read: a folder's name, `numpy-2.1.0`, `the-stack`, `stackoverflow.com`."""
    path: str
    """Within the source, with forward slashes; empty where it has none."""
    repository: str
    """`owner/name`, or the name of the package; empty where nobody says."""
    licenses: tuple[str, ...]
    """SPDX expressions, all of which apply; `NOASSERTION` where nobody states one."""
    origin: str
    """A URL with the version, or the place on this machine's disk relative to what was given."""


class Source(Protocol):
    """Documents in an order that does not change."""

    name: str
    """For people."""
    layout: str
    """What it was taken for."""

    def identity(self) -> list[Any]:
        """What changes when the documents do, of literals: paths, sizes, times, commits."""

    def num_rows(self) -> int | None:
        """How many documents and places without one there are, if that can be said without reading all."""

    def read(self, start: int = 0) -> Iterator[SourceDocument | LeftOut]:
        """The documents, and the places where there is none, from number `start` on."""


def documents_of_sources(sources: Sequence[Source]) -> Documents:
    """The documents of all sources in their order, as parts take them (`pipeline/parts.py`)."""

    def read(start: int) -> Iterator[Document | LeftOut]:
        for source in sources:
            number = source.num_rows()
            if number is not None and number <= start:
                start -= number
                continue
            if number is not None:
                rows, start = source.read(start), 0
            else:
                rows = source.read()
                start -= sum(1 for _ in itertools.islice(rows, start))
            yield from map(_as_document, rows)

    return read


def read_about(about: str) -> dict[str, Any]:
    """What is known of a document beside its id and text, by the fields of `SourceDocument`."""
    fields = json.loads(about)
    return {**fields, "kind": TextKind(fields["kind"]), "licenses": tuple(fields["licenses"])}


def _as_document(found: SourceDocument | LeftOut) -> Document | LeftOut:
    if isinstance(found, LeftOut):
        return found
    about = {name: value for name, value in asdict(found).items() if name not in ("id", "text")}
    return Document(id=found.id, text=found.text, about=json.dumps(about))
