"""The stage `labels`: read labels of educational value that exist, and join them to documents.

Reads:  a file of labels, or the labels of the standard library that come with the package; the documents of its input.
Writes: `labels`: Label, in the order of the documents.
Source: section 2.1 of the paper, where GPT-4 gave the labels. How the shipped ones were made:
        `educational_value/README.md`.
"""

import functools
import hashlib
import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from hornbook.curation.annotate import HIGHEST_SCORE
from hornbook.errors import MissingInputError
from hornbook.pipeline.fingerprint import NOT_IN_FINGERPRINT
from hornbook.pipeline.stage import Artifact, FileHash, Result, Stage, Workspace
from hornbook.pipeline.table import read_part
from hornbook.records import Document, Label
from hornbook.sources.rows import read_rows

VERSION = 1
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
SHIPPED = "shipped"
"""Stands for the package's labels where a file of labels is named."""
_SHIPPED_FILE = files("hornbook.curation").joinpath("educational_value/labels.jsonl")
_OF_SHIPPED = (
    "; the shipped ones speak of functions and classes of Python 3.11: `hornbook collect standard-library --split "
    "definitions --no-filters` writes them"
)
_NAMED = ("module", "qualname")
"""Fields by which a label of a text says which of several equal documents it means."""


@dataclass(frozen=True, kw_only=True)
class LabelsConfig:
    """Which labels are read."""

    path: str = field(default=SHIPPED, metadata=NOT_IN_FINGERPRINT)
    """File of rows with `score`, 0 to 5, and the document's `id`, its `text`, or the `sha256` of its text; `shipped`
    for the labels of the standard library that come with Hornbook. The fingerprint has the file's hash in its place."""


@dataclass(frozen=True, slots=True)
class _Row:
    """A label as it is stored."""

    score: int
    reason: str
    annotator: str
    named: tuple[tuple[str, str], ...]
    """Metadata that the document must have."""


def read_labels(documents: Stage, config: LabelsConfig | None = None, name: str = "labels") -> Stage:
    """The stage that joins existing labels to documents."""
    return Stage(name, run_labels, config or LabelsConfig(), VERSION, {"documents": documents}, identity=_identity)


def run_labels(config: LabelsConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Give each label its document: the one with its id, or the first one with its text.

    Raises:
        MissingInputError: A row is no label, no label speaks of a document, or two speak of the same one.
    """
    with as_file(_SHIPPED_FILE) as shipped:
        rows, by_key = _read(shipped if config.path == SHIPPED else Path(config.path))
    find = functools.partial(find_labelled, rows=rows, by_key=by_key)
    results = workspace.map_parts("found", find, inputs["documents"].documents().parts, note="parts searched")
    labels: list[Label] = []
    joined: set[int] = set()
    for result in results:
        free: dict[str, list[int]] = defaultdict(list)
        for one in pq.read_table(result / "found.parquet").to_pylist():
            if one["row"] not in joined:
                free[one["id"]].append(one["row"])
        for name, numbers in free.items():
            number = next((number for number in numbers if number not in joined), None)
            if number is None:
                continue
            if any(rows[other].score != rows[number].score for other in numbers):
                raise MissingInputError(f"there are several labels for `{name}`, with different scores")
            joined.add(number)
            row = rows[number]
            labels.append(Label(id=name, score=row.score, reason=row.reason, annotator=row.annotator))
    if not labels:
        raise MissingInputError(
            f"none of the {len(rows):,} labels of `{config.path}` speaks of a document; a label has the "
            f"document's `id`, `text`, or the `sha256` of its text{_OF_SHIPPED if config.path == SHIPPED else ''}"
        )
    workspace.write_records("labels", Label, labels)
    counts = {str(score): sum(label.score == score for label in labels) for score in range(HIGHEST_SCORE + 1)}
    unmatched = len(rows) - len(labels)
    return Result(
        kept=len(labels),
        unit="labels",
        dropped={"no such document": unmatched} if unmatched else {},
        metrics={"score_counts": counts},
    )


def find_labelled(part: Path, folder: Path, *, rows: Sequence[_Row], by_key: Mapping[str, Sequence[int]]) -> None:
    """Write which documents of a part which labels may mean, as `found.parquet`."""
    ids: list[str] = []
    numbers: list[int] = []
    for document in read_part(part, Document):
        candidates = [*by_key.get(document.id, ()), *by_key.get(sha256_of_text(document.text), ())]
        metadata = json.loads(document.metadata) if candidates else {}
        for number in candidates:
            if all(str(metadata.get(name, value)) == value for name, value in rows[number].named):
                ids.append(document.id)
                numbers.append(number)
    pq.write_table(
        pa.table({"id": pa.array(ids, pa.string()), "row": pa.array(numbers, pa.int64())}), folder / "found.parquet"
    )


def sha256_of_text(text: str) -> str:
    """The hash by which a label names a text; a newline at its end does not count."""
    return hashlib.sha256(text.removesuffix("\n").encode(errors="surrogatepass")).hexdigest()


def _read(path: Path) -> tuple[list[_Row], dict[str, list[int]]]:
    """The labels of a file, and id or hash → their numbers."""
    rows: list[_Row] = []
    by_key: dict[str, list[int]] = defaultdict(list)
    for place, fields in read_rows(path):
        score = fields.get("score")
        if isinstance(score, bool) or not isinstance(score, int | float) or score not in range(HIGHEST_SCORE + 1):
            raise MissingInputError(f"`{place}` has no `score` from 0 to {HIGHEST_SCORE}, but {score!r}")
        key = _key_of(fields)
        if key is None:
            raise MissingInputError(f"`{place}` names no document: it needs `id`, `text` or `sha256`")
        by_key[key].append(len(rows))
        told = {name: str(fields.get(name) or "") for name in ("reason", "annotator")}
        named = tuple((name, str(fields[name])) for name in _NAMED if fields.get(name) is not None)
        rows.append(_Row(score=int(score), named=named, **told))
    if not rows:
        raise MissingInputError(f"`{path}` holds no labels")
    return rows, dict(by_key)


def _key_of(fields: Mapping[str, Any]) -> str | None:
    if fields.get("id") is not None:
        return str(fields["id"])
    if fields.get("sha256"):
        return str(fields["sha256"])
    return sha256_of_text(fields["text"]) if isinstance(fields.get("text"), str) else None


def _identity(config: LabelsConfig, sha256_of: FileHash) -> list[str]:
    with as_file(_SHIPPED_FILE) as shipped:
        return [sha256_of(shipped if config.path == SHIPPED else Path(config.path))]
