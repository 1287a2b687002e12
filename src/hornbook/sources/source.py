"""What every source gives: documents with their licence and origin, and the rows or files that are none.

A source lists its pieces, which can be read on their own, in any process: together, in order, they give the same
documents each time.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from enum import StrEnum
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol, TypeVar

from hornbook.records import Document, DocumentKind, Dropped

NO_ASSERTION = "NOASSERTION"
"""SPDX's word for a licence that nobody states."""
MAX_BYTES = 2**28
"""Longest file or text that is read, where nothing else is said."""
PIECE_BYTES = 2**24
"""Size of a piece, about; a file that cannot be split is a piece whatever its size."""
TOO_LONG = "too long"

Piece = Callable[[], Iterator[Document | Dropped]]
"""Reads a piece; can be pickled. `Dropped` says why a row or a file is no document; its id is the place."""
T = TypeVar("T")


class TextKind(StrEnum):
    """What a document is written in; `kind` in its metadata where it is a post."""

    CODE = "code"
    POST = "post"
    """Questions and answers in words, with code between them."""


class Source(Protocol):
    """Documents in an order that does not change."""

    name: str
    """For people."""
    layout: str
    """What it was taken for."""

    def identity(self, sha256_of: Callable[[Path], str]) -> list[Any]:
        """What changes when the documents do, as JSON values: names, hashes, versions; no paths of this machine."""

    def pieces(self, work: Path) -> Sequence[Piece]:
        """The pieces in their order.

        Args:
            work: A folder for what must be found out before; it lasts as long as the pieces, and survives a kill.
        """


def make_document(
    *,
    id: str,  # noqa: A002
    text: str,
    source: str,
    path: str,
    repository: str,
    licenses: Sequence[str],
    origin: str,
    kind: TextKind = TextKind.CODE,
) -> Document:
    """A document of real code or of words about it.

    Args:
        id: Of the document.
        text: UTF-8 can hold it: no half of a surrogate pair.
        source: What was read: a folder's name, `numpy-2.1.0`, `the-stack`, `stackoverflow.com`.
        path: Within the source, with forward slashes; empty where it has none.
        repository: `owner/name`, or the name of the package; empty where it is not known.
        licenses: SPDX expressions, all of which apply; `NOASSERTION` where none is stated.
        origin: A URL with the version, or the place relative to what was given.
        kind: What it is written in.
    """
    metadata = {
        **({"kind": kind} if kind is TextKind.POST else {}),
        "source": source,
        "path": path,
        "repository": repository,
        "licenses": list(licenses),
        "origin": origin,
    }
    return Document(id=id, kind=DocumentKind.CODE, text=text, metadata=json.dumps(metadata))


def chunks_by_size(items: Sequence[T], sizes: Sequence[int]) -> list[list[T]]:
    """Split items, in order, into runs whose sizes add up to about `PIECE_BYTES`."""
    total = 0
    numbers = []
    for size in sizes:
        numbers.append(total // PIECE_BYTES)
        total += size
    pairs = zip(numbers, items, strict=True)
    return [[item for _, item in run] for _, run in groupby(pairs, key=lambda pair: pair[0])]
