"""Measure how varied a collection is: distinct names, openings and shapes of code, duplicates, compression, structure.

A larger collection repeats itself more, whoever wrote it. So figures are taken on so many records, spread evenly over
the collection, and are to be compared with those on as many records of another.
The stage `diversity` measures collections side by side; it keeps and drops nothing.

Reads:  the documents of its inputs, each a collection of its own.
Writes: figures of each collection into the manifest.
Source: Shaib and others 2024, "Standardizing the Measurement of Text Diversity" (compression ratio).
"""

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.pipeline.table import Table
from hornbook.python_code.structure import functions_of, structure_of
from hornbook.records import Document, Exercise, as_document
from hornbook.synthesis.diversity.monitor import (
    SIMILARITY,
    WINDOW,
    Glance,
    Monitor,
    features_of,
    judge,
    words_of_name,
)

VERSION = 2
"""Raised when a figure is computed in another way: it is part of the fingerprint."""
MAX_MEASURED = 2_000
"""Records that are measured where nobody says how many."""
_NUM_COMMON = 5
_ROWS_AT_ONCE = 500
_DIGITS = 4


@dataclass(frozen=True, kw_only=True)
class Variety:
    """How many kinds there are of something."""

    count: int
    """How many were counted, equal ones each time."""
    distinct: int
    common: tuple[tuple[str, int], ...]
    """The commonest that came more than once, with their counts; equally common ones by name."""

    @property
    def share(self) -> float | None:
        """Different ones among all that were counted; None for nothing."""
        return self.distinct / self.count if self.count else None

    def as_json(self) -> dict[str, Any]:
        """For a manifest."""
        share = None if self.share is None else round(self.share, _DIGITS)
        return {"count": self.count, "distinct": self.distinct, "share": share, "common": dict(self.common)}


@dataclass(frozen=True, kw_only=True)
class Diversity:
    """How varied one collection is."""

    num_records: int
    num_measured: int
    """Records that the figures are about."""
    exact_share: float
    """Share of the records measured that repeat an earlier text."""
    near_share: float
    """Share of those that are near to an earlier text, the exact repetitions among them."""
    names: Variety
    """Of functions."""
    name_words: Variety
    """Of which the functions' names consist."""
    openings: Variety
    """The first words of docstrings or prose."""
    shapes: Variety
    """Shapes of the records' code."""
    structure: Mapping[str, Any] | None
    """How the functions are built, as `structure_of` says; None where there is no function."""
    compression: float | None
    """Bytes of all texts together over bytes compressed; None for no text."""
    stale: tuple[str, ...]
    """Why a monitor would call the last records measured stale; empty where it would not."""

    def as_json(self) -> dict[str, Any]:
        """For a manifest: small, whatever the number of records."""
        return {
            "num_records": self.num_records,
            "num_measured": self.num_measured,
            "similarity": SIMILARITY,
            "exact_share": round(self.exact_share, _DIGITS),
            "near_share": round(self.near_share, _DIGITS),
            **{name: getattr(self, name).as_json() for name in ("names", "name_words", "openings", "shapes")},
            "structure": self.structure,
            "compression": self.compression and round(self.compression, _DIGITS),
            "stale": list(self.stale),
        }


def measure(records: Sequence[Exercise | Document] | Table[Any], max_measured: int = MAX_MEASURED) -> Diversity:
    """Measure a collection.

    Args:
        records: In the order in which they were made.
        max_measured: Of more records so many are measured, spread evenly: the time grows with the square.
    """
    total = records.num_rows if isinstance(records, Table) else len(records)
    count = min(total, max_measured)
    places = {number * total // count for number in range(count)}
    chosen = [record for place, record in enumerate(records) if place in places]
    seen = [features_of(record) for record in chosen]
    is_near = near_duplicates([one.shingles for one in seen])
    names = [name for one in seen for name in one.names]
    last = [Glance(one, bool(near)) for one, near in zip(seen, is_near, strict=True)][-WINDOW:]
    return Diversity(
        num_records=total,
        num_measured=count,
        exact_share=1 - len({one.text_key for one in seen}) / count if count else 0.0,
        near_share=float(is_near.mean()) if count else 0.0,
        names=_variety(names),
        name_words=_variety(word for name in names for word in words_of_name(name)),
        openings=_variety(one.opening for one in seen if one.opening),
        shapes=_variety((one.shape for one in seen if one.shape), are_named=False),
        structure=structure_of(function for record in chosen for function in functions_of(record)),
        compression=compression_ratio([as_document(record).text for record in chosen]),
        stale=judge(last) if len(last) == WINDOW else (),
    )


def near_duplicates(shingles: Sequence[frozenset[str]], threshold: float = SIMILARITY) -> NDArray[np.bool_]:
    """For each text whether an earlier one has this Jaccard similarity of shingles or more. Every pair is compared."""
    numbers: dict[str, int] = {}
    columns = [numbers.setdefault(shingle, len(numbers)) for one in shingles for shingle in one]
    sizes = np.array([len(one) for one in shingles], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)])
    shape = (len(shingles), max(len(numbers), 1))
    matrix = csr_matrix((np.ones(len(columns), dtype=np.int32), np.array(columns, dtype=np.int64), starts), shape=shape)
    is_near = np.zeros(len(shingles), dtype=np.bool_)
    for start in range(0, len(shingles), _ROWS_AT_ONCE):
        end = min(start + _ROWS_AT_ONCE, len(shingles))
        shared = (matrix[start:end] @ matrix[:end].T).toarray()
        close = shared >= threshold * (sizes[start:end, None] + sizes[None, :end] - shared)
        is_near[start:end] = np.tril(close, start - 1).any(axis=1)
    return is_near


def compression_ratio(texts: Sequence[str]) -> float | None:
    """How well texts compress together: a large ratio means that they repeat each other; None for no text."""
    joined = "\n\n".join(texts).encode(errors="replace")
    return len(joined) / len(zlib.compress(joined, 9)) if joined else None


def stopped_after(records: Iterable[Exercise | Document]) -> tuple[int | None, tuple[str, ...]]:
    """After how many records a monitor would have stopped the generation, and why; None and nothing if never."""
    monitor = Monitor()
    for number, record in enumerate(records, start=1):
        monitor.add([record])
        if reasons := monitor.stale():
            return number, reasons
    return None, ()


def _variety(kinds: Iterable[str], *, are_named: bool = True) -> Variety:
    counts = Counter(kinds)
    repeated = [(kind, number) for kind, number in counts.items() if number > 1 and are_named]
    common = sorted(repeated, key=lambda one: (-one[1], one[0]))[:_NUM_COMMON]
    return Variety(count=counts.total(), distinct=len(counts), common=tuple(common))


@dataclass(frozen=True, kw_only=True)
class DiversityConfig:
    """How much is measured."""

    at: int | None = None
    """Records of each collection that are measured, spread evenly. Without it 2,000, or those of the smallest one."""

    def __post_init__(self) -> None:
        if self.at is not None and self.at < 2:
            raise ConfigError(f"`at` must be at least 2, got {self.at!r}")


def diversity(collections: Mapping[str, Stage], config: DiversityConfig | None = None) -> Stage:
    """The stage that measures the documents of stages, by their names for people."""
    return Stage("diversity", run_diversity, config or DiversityConfig(), VERSION, collections)


def run_diversity(config: DiversityConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Measure each collection on equally many records, since a larger one repeats itself more.

    Raises:
        MissingInputError: A collection has fewer than two records.
    """
    collections = {name: artifact.documents() for name, artifact in inputs.items()}
    for name, documents in collections.items():
        if documents.num_rows < 2:
            raise MissingInputError(f"`{name}` holds {documents.num_rows} records; diversity needs at least 2")
    count = config.at or min(MAX_MEASURED, *(documents.num_rows for documents in collections.values()))
    figures = {}
    for number, (name, documents) in enumerate(collections.items()):
        workspace.progress(number, len(collections), name)
        stopped, reasons = stopped_after(documents)
        found = measure(documents, count).as_json()
        figures[name] = {"stopped_after": stopped, "stop_reasons": list(reasons), **found}
    return Result(kept=len(collections), unit="collections", metrics={"at": count, "collections": figures})
