"""Lay documents out in parts of bounded size, so that what follows holds a part at a time and goes on after a kill.

Reads:  documents and rows that are none (`documents.py`), in their order.
Writes: `documents-00000.parquet`, …: number, id, digest and text of each document, and what else is known of it
        (`about`, JSON); `left-out-00000.jsonl`, …: each row that is none, with its reason; `progress.json`, which says
        how far the parts are whole.

A document's number is that of its row among all rows, the broken ones counted.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.errors import MissingInputError
from hornbook.sources.documents import NO_ID, Documents, Fields, LeftOut

PART_CHARACTERS = 2**24
DIGEST_BYTES = 32
_MOST_ROWS = 2**17
"""Of a part, however short the texts are and however many rows are none."""
_PROGRESS = "progress.json"
_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("id", pa.string()),
        ("digest", pa.binary(DIGEST_BYTES)),
        ("text", pa.large_string()),
        ("about", pa.large_string()),
    ]
)


class Parts:
    """The parts in a folder."""

    num_rows: int
    """Of all files, so far."""
    num_parts: int
    is_whole: bool
    """Whether there are no more."""

    def __init__(self, folder: Path) -> None:
        """Take the parts that are whole."""
        self.folder = folder
        path = folder / _PROGRESS
        state: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
        self.num_rows = state.get("num_rows", 0)
        self.num_parts = state.get("num_parts", 0)
        self.is_whole = state.get("is_whole", False)

    def path(self, part: int) -> Path:
        """Of a part's documents."""
        return self.folder / f"documents-{part:05d}.parquet"

    def num_documents(self, part: int) -> int:
        """Of a part."""
        number: int = pq.read_metadata(self.path(part)).num_rows
        return number

    def read(self, part: int, *columns: str) -> pa.Table:
        """Some columns of a part."""
        return pq.read_table(self.path(part), columns=list(columns))

    def left_out(self) -> Iterator[LeftOut]:
        """All rows that are no documents, in order."""
        for part in range(self.num_parts):
            with self._left_out_path(part).open(encoding="utf-8") as lines:
                for line in lines:
                    yield LeftOut(**json.loads(line))

    def add(self, documents: dict[str, list[Any]], left_out: Sequence[LeftOut], num_rows: int) -> None:
        """Write the next part."""
        path = self.path(self.num_parts)
        partial = path.with_name(f"{path.name}.partial")
        pq.write_table(pa.table(documents, schema=_SCHEMA), partial, compression="lz4", write_statistics=False)
        partial.rename(path)
        lines = (json.dumps(asdict(one)) + "\n" for one in left_out)
        self._left_out_path(self.num_parts).write_text("".join(lines), encoding="utf-8")
        self.num_parts += 1
        self.num_rows += num_rows
        self._write_progress()

    def finish(self) -> None:
        """Say that there are no more."""
        self.is_whole = True
        self._write_progress()

    def _left_out_path(self, part: int) -> Path:
        return self.folder / f"left-out-{part:05d}.jsonl"

    def _write_progress(self) -> None:
        partial = self.folder / f"{_PROGRESS}.partial"
        state = {"num_rows": self.num_rows, "num_parts": self.num_parts, "is_whole": self.is_whole}
        partial.write_text(json.dumps(state))
        partial.rename(self.folder / _PROGRESS)


def text_digest(text: str) -> bytes:
    """SHA-256 of the text as it stands."""
    return hashlib.sha256(text.encode()).digest()


def write_parts(
    documents: Documents,
    folder: Path,
    *,
    digest: Callable[[str], bytes] = text_digest,
    part_characters: int = PART_CHARACTERS,
    report: Callable[[int, int], None],
) -> Iterator[int]:
    """Write the parts that are not there yet; gives each part's number, those of an earlier try first.

    Args:
        documents: The same ones as in the earlier try; is asked for those behind the last whole part.
        folder: Of the parts; is there.
        digest: Of a text: `DIGEST_BYTES`.
        part_characters: A part is closed once its texts have so many.
        report: Told the rows and the characters of this try, after each part.

    Raises:
        MissingInputError: A file cannot be read to its end.
    """
    parts = Parts(folder)
    yield from range(parts.num_parts)
    if parts.is_whole:
        return
    columns: dict[str, list[Any]] = {name: [] for name in _SCHEMA.names}
    left_out: list[LeftOut] = []
    num_rows = num_characters = total = 0
    for number, one in enumerate(documents(parts.num_rows), start=parts.num_rows):
        num_rows += 1
        if isinstance(one, LeftOut):
            left_out.append(one)
        else:
            row = (number, one.id, digest(one.text), one.text, one.about)
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
            num_characters += len(one.text) + len(one.about)
        if num_characters >= part_characters or num_rows >= _MOST_ROWS:
            parts.add(columns, left_out, num_rows)
            total += num_characters
            report(parts.num_rows, total)
            yield parts.num_parts - 1
            columns, left_out = {name: [] for name in _SCHEMA.names}, []
            num_rows = num_characters = 0
    if num_rows:
        parts.add(columns, left_out, num_rows)
        report(parts.num_rows, total + num_characters)
        yield parts.num_parts - 1
    parts.finish()


def require_some(parts: Parts, fields: Fields) -> None:
    """See that there is a document at all.

    Raises:
        MissingInputError: There is none; says why the first rows are none.
    """
    if any(parts.num_documents(part) for part in range(parts.num_parts)):
        return
    first = next(parts.left_out(), None)
    flag = "--id-field" if first and first.reason == NO_ID else "--text-field"
    why = f": `{first.place}` has {first.reason}, {first.detail}; name another field: {flag}" if first else ""
    raise MissingInputError(f"there is no document with a text in `{fields.text}`{why}")


def digests_of(parts: Parts) -> tuple[NDArray[np.int64], NDArray[np.void]]:
    """The numbers of all documents, ascending, and their digests."""
    numbers, digests = [], []
    for part in range(parts.num_parts):
        table = parts.read(part, "row", "digest")
        numbers.append(table.column("row").to_numpy())
        joined = b"".join(table.column("digest").to_pylist())
        digests.append(np.frombuffer(joined, dtype=f"V{DIGEST_BYTES}"))
    if not numbers:
        return np.empty(0, np.int64), np.empty(0, f"V{DIGEST_BYTES}")
    return np.concatenate(numbers), np.concatenate(digests)
