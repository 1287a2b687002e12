"""The stage `deduplicate`: drop documents that repeat an earlier one, exactly or nearly.

Reads:  the documents of all its inputs, in the order of the inputs.
Writes: `documents`: Document, those that stay; `dropped`: Dropped; `duplicates`: Duplicate, what each dropped document
        repeats. Exact duplicates are found among all documents and go first; near duplicates among the rest of one
        kind. Of a cluster its first document stays.

Texts are read part by part. Memory holds 32 bytes for each document, and 8 for each band of one kind's signatures while
they are compared (a file in `scratch` that is mapped into memory).
"""

import functools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hornbook.deduplication.minhash import (
    NGRAM_SIZE,
    BandKeys,
    NearDuplicates,
    Shingler,
    Shingles,
    agreeing,
    band_keys,
    join_near,
    normalised_hash,
    signatures_of,
    with_signature,
    with_tokens,
)
from hornbook.errors import ConfigError
from hornbook.parallel import collect, frame_of
from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace, count_reasons
from hornbook.pipeline.table import Chosen, Table, copy_rows, num_rows_of, read_part
from hornbook.records import Document, DocumentKind, Dropped

VERSION = 2
"""Raised when a rule of this stage changes: it is part of the fingerprint."""
EXACT, NEAR = "exact duplicate", "near duplicate"
_KINDS = tuple(DocumentKind)
_DIGEST_BYTES = 32


@dataclass(frozen=True, kw_only=True)
class DeduplicateConfig:
    """What a near duplicate is. Documents of different kinds are never near duplicates."""

    threshold: float = 0.8
    """Least Jaccard similarity of the runs of five tokens of two near duplicates, above 0 to 1."""
    synthetic_threshold: float = 0.9
    """The same for textbooks and exercises. Those of one teacher share their phrases: at 0.9 what is dropped differs in
    the function's name or in layout, at 0.8 some have another operation."""

    def __post_init__(self) -> None:
        for name in ("threshold", "synthetic_threshold"):
            if not 0 < getattr(self, name) <= 1:
                raise ConfigError(f"`{name}` must lie in (0, 1], got {getattr(self, name)!r}")

    def of(self, kind: DocumentKind) -> float:
        """The threshold for one kind of document."""
        return self.threshold if kind is DocumentKind.CODE else self.synthetic_threshold


@dataclass(frozen=True, slots=True, kw_only=True)
class Duplicate:
    """What a dropped document repeats."""

    id: str
    duplicate_of: str
    kept: str
    """The document of its cluster that stays; another one where `duplicate_of` was dropped itself."""
    reason: str
    jaccard: float
    """Similarity to `duplicate_of`; below the threshold where other documents link the two."""


def deduplicate(*sources: Stage, config: DeduplicateConfig | None = None, name: str = "deduplicate") -> Stage:
    """The stage that drops the duplicates among the documents of its sources."""
    inputs = {source.name: source for source in sources}
    return Stage(name, run_deduplicate, config or DeduplicateConfig(), VERSION, inputs)


def run_deduplicate(config: DeduplicateConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Find and drop duplicates. The result depends on the documents and the config alone."""
    parts = [part for artifact in inputs.values() for part in artifact.documents().parts]
    hashed = workspace.map_parts("hashed", hash_part, parts, note="parts hashed")
    kinds = np.concatenate([np.load(result / "kinds.npy") for result in hashed])
    first = _first_equal(np.concatenate([np.load(result / "digests.npy") for result in hashed]))
    documents = _Parts(parts)
    repeats = first.copy()
    kept_of = first.copy()
    jaccard = np.ones(len(first))
    metrics: dict[str, Any] = {}
    for number, kind in enumerate(_KINDS):
        members = kinds == number
        unique = np.flatnonzero(members & (first == np.arange(len(first))))
        near = _near_duplicates(documents, unique, config.of(kind), kind, workspace)
        keepers = unique[np.array(near.keepers, dtype=np.int64)] if len(unique) else unique
        is_near = keepers != unique
        repeats[unique[is_near]] = keepers[is_near]
        jaccard[unique[is_near]] = [near.jaccard[place] for place in np.flatnonzero(is_near).tolist()]
        kept_of[unique] = keepers
        metrics[kind.value] = {
            "num_documents": int(members.sum()),
            "num_exact_duplicates": int(members.sum()) - len(unique),
            "num_near_duplicates": int(is_near.sum()),
            "num_compared_pairs": near.num_compared,
        }
    kept_of = kept_of[first]  # Where an exact duplicate repeats a document that is a near one itself.
    dropped = np.flatnonzero(repeats != np.arange(len(first)))
    duplicates = _duplicates(documents, dropped, first, repeats, kept_of, jaccard)
    workspace.write_records("duplicates", Duplicate, duplicates)
    workspace.write_records("dropped", Dropped, map(_dropped, duplicates))
    is_kept = np.ones(len(first), dtype=np.bool_)
    is_kept[dropped] = False
    jobs = [(part, rows) for part, rows in documents.split(np.flatnonzero(is_kept))]
    kept = workspace.gather(workspace.map_parts("kept", copy_rows, jobs, note="parts written"), "documents", Document)
    return Result(
        kept=kept.num_rows,
        unit="documents",
        dropped=count_reasons(Table.of_folder(workspace.folder / "dropped", Dropped)),
        metrics=metrics,
    )


def hash_part(part: Path, folder: Path) -> None:
    """Write the kind of each document of a part, and a digest that texts share which differ in layout alone."""
    kinds, digests = [], []
    for document in read_part(part, Document):
        kinds.append(_KINDS.index(document.kind))
        digests.append(normalised_hash(document.text))
    np.save(folder / "kinds.npy", np.array(kinds, dtype=np.uint8))
    np.save(folder / "digests.npy", np.frombuffer(b"".join(digests), dtype=f"V{_DIGEST_BYTES}"))


def sign_rows(chosen: Chosen, folder: Path, *, threshold: float) -> None:
    """Write the band keys of the chosen documents of a part."""
    texts = _texts(chosen)
    signed = collect(with_signature(with_tokens(frame_of(texts))), sort_by="row", num_rows=len(texts))
    np.save(folder / "keys.npy", band_keys(signatures_of(signed), threshold))


class ShingleRows:
    """Writes the shingles of the chosen documents of a part: where those of each end, then all of them."""

    def __init__(self) -> None:
        self._shingler = Shingler(NGRAM_SIZE)

    def __call__(self, chosen: Chosen, folder: Path) -> None:
        """Write them to `ends.npy` and `shingles.npy`."""
        texts = _texts(chosen)
        tokens = collect(with_tokens(frame_of(texts)), sort_by="row", num_rows=len(texts)).column("tokens").to_pylist()
        shingles = [self._shingler.shingles_of(one) for one in tokens]
        np.save(folder / "ends.npy", np.cumsum([len(one) for one in shingles]))
        np.save(folder / "shingles.npy", np.concatenate(shingles))


class _Parts:
    """The documents of all parts, numbered through."""

    def __init__(self, parts: Sequence[Path]) -> None:
        self.paths = parts
        self._ends = np.cumsum([num_rows_of(part) for part in parts])

    def split(self, numbers: NDArray[np.int64]) -> list[Chosen]:
        """Ascending numbers of documents as rows of the parts that hold them."""
        starts = np.concatenate([[0], self._ends[:-1]])
        bounds = np.searchsorted(numbers, np.concatenate([starts, self._ends[-1:]]))
        return [
            (part, numbers[begin:end] - start)
            for part, start, begin, end in zip(self.paths, starts, bounds[:-1], bounds[1:], strict=True)
            if begin < end
        ]

    def ids(self, numbers: NDArray[np.int64]) -> Iterator[str]:
        """The ids of documents, by ascending number."""
        for part, rows in self.split(numbers):
            yield from pq.read_table(part, columns=["id"]).column("id").take(pa.array(rows)).to_pylist()


class _ShingleFiles:
    """The shingles of some documents, in files that are mapped into memory."""

    def __init__(self, documents: NDArray[np.int64], results: Sequence[Path]) -> None:
        """Open the files.

        Args:
            documents: Whose shingles there are, ascending.
            results: Folders of `ShingleRows`, in the order of the documents.
        """
        self._documents = documents
        ends = [np.load(result / "ends.npy") for result in results]
        self._file_of = np.repeat(np.arange(len(results)), [len(one) for one in ends])
        self._ends = np.concatenate([np.empty(0, np.int64), *ends])
        self._files = [np.load(result / "shingles.npy", mmap_mode="r") for result in results]

    def __getitem__(self, document: int) -> Shingles:
        at = int(np.searchsorted(self._documents, document))
        file = self._file_of[at]
        begin = self._ends[at - 1] if at and self._file_of[at - 1] == file else 0
        shingles: Shingles = self._files[file][begin : self._ends[at]]
        return shingles


def _near_duplicates(
    documents: _Parts, numbers: NDArray[np.int64], threshold: float, kind: DocumentKind, workspace: Workspace
) -> NearDuplicates:
    """Clusters among the documents of these numbers, by their places among them."""
    if len(numbers) < 2:
        return NearDuplicates(keepers=list(range(len(numbers))), jaccard={}, num_compared=0)
    sign = functools.partial(sign_rows, threshold=threshold)
    note = f"parts of {kind.value} signed"
    signed = workspace.map_parts(f"signed-{kind.value}", sign, documents.split(numbers), note=note, in_threads=True)
    keys = _joined_keys(signed, len(numbers), workspace.scratch / f"keys-{kind.value}.bin")
    candidates = _agreeing_with_another(keys)
    shingled = workspace.map_parts(
        f"shingled-{kind.value}",
        ShingleRows(),
        documents.split(numbers[candidates]),
        note=f"parts of {kind.value} with candidates read",
    )
    shingles = _ShingleFiles(candidates, shingled)

    def report(band: int, num_pairs: int) -> None:
        workspace.progress(band, len(keys), f"bands compared; {num_pairs:,} pairs in full")

    return join_near(keys, shingles.__getitem__, threshold, report)


def _joined_keys(signed: Sequence[Path], num_documents: int, path: Path) -> BandKeys:
    """The band keys of all documents, in a file: bands × documents."""
    keys: BandKeys | None = None
    begin = 0
    for result in signed:
        some = np.load(result / "keys.npy")
        if keys is None:
            keys = np.memmap(path, dtype=np.uint64, mode="w+", shape=(len(some), num_documents))
        keys[:, begin : begin + some.shape[1]] = some
        begin += some.shape[1]
    assert keys is not None
    return keys


def _agreeing_with_another(keys: BandKeys) -> NDArray[np.int64]:
    """The documents that agree with another one in some band."""
    agrees = np.zeros(keys.shape[1], dtype=np.bool_)
    for of_band in keys:
        for members in agreeing(of_band):
            agrees[members] = True
    return np.flatnonzero(agrees)


def _first_equal(digests: NDArray[np.void]) -> NDArray[np.int64]:
    """For each digest the place of the first one that is equal to it."""
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    return np.asarray(first[inverse.reshape(-1)], dtype=np.int64)


def _texts(chosen: Chosen) -> pa.Table:
    """`row` and `text` of the chosen documents."""
    part, rows = chosen
    if "text" in pq.read_schema(part).names:
        texts = pq.read_table(part, columns=["text"]).column("text")
    else:
        parts = pq.read_table(part, columns=["prompt", "solution"])
        texts = pc.binary_join_element_wise(parts.column("prompt"), parts.column("solution"), "")
    return pa.table({"row": pa.array(rows), "text": texts.take(pa.array(rows))})


def _duplicates(
    documents: _Parts,
    dropped: NDArray[np.int64],
    first: NDArray[np.int64],
    repeats: NDArray[np.int64],
    kept_of: NDArray[np.int64],
    jaccard: NDArray[np.float64],
) -> list[Duplicate]:
    named = np.unique(np.concatenate([dropped, repeats[dropped], kept_of[dropped]]))
    ids = dict(zip(named.tolist(), documents.ids(named), strict=True))
    return [
        Duplicate(
            id=ids[number],
            duplicate_of=ids[int(repeats[number])],
            kept=ids[int(kept_of[number])],
            reason=EXACT if first[number] != number else NEAR,
            jaccard=round(float(jaccard[number]), 4),
        )
        for number in dropped.tolist()
    ]


def _dropped(one: Duplicate) -> Dropped:
    similarity = "" if one.reason == EXACT else f", Jaccard similarity {one.jaccard:.3f}"
    return Dropped(id=one.id, reason=one.reason, detail=f"of {one.duplicate_of}{similarity}")
