"""Find near duplicates: MinHash signatures by Daft, bands, then the exact Jaccard similarity of each candidate.

The signatures only propose pairs; no pair is called near before its shingles have been compared in full. A pair at the
threshold is proposed with a probability of at least `MIN_RECALL`, a more similar one with a larger one.
Source: Broder 1997 (shingles, MinHash); Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3 (bands).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hornbook.deduplication.clusters import Clusters
from hornbook.engine import collect, frame_of, import_daft
from hornbook.errors import ConfigError

MIN_RECALL = 0.99

Shingles = frozenset[tuple[str, ...]]


@dataclass(frozen=True, kw_only=True)
class NearConfig:
    """What a near duplicate is."""

    threshold: float = 0.8
    """Least Jaccard similarity of the two sets of shingles; in (0, 1]."""
    ngram_size: int = 5
    """Number of tokens (words, numbers, marks) in a shingle."""
    num_hashes: int = 128
    """Length of a signature."""

    def __post_init__(self) -> None:
        if not 0 < self.threshold <= 1:
            raise ConfigError(f"`threshold` must lie in (0, 1], got {self.threshold!r}")
        if self.ngram_size < 1:
            raise ConfigError(f"`ngram_size` must be at least 1, got {self.ngram_size!r}")
        if not 1 <= self.num_hashes <= 1024:
            raise ConfigError(f"`num_hashes` must lie in [1, 1024], got {self.num_hashes!r}")


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """Clusters of near duplicates among n texts."""

    keepers: list[int]
    """For each text the first member of its cluster; its own index where it is kept."""
    jaccard: dict[int, float]
    """For each text that is not kept, its similarity to the keeper: below the threshold where others link the two."""
    num_candidates: int
    """Pairs of different clusters that were compared in full."""


def near_duplicates(texts: Sequence[str], config: NearConfig) -> NearDuplicates:
    """Cluster texts by near duplication; of each cluster the first text in input order is the keeper.

    Deterministic: independent of the number of cores, of the engine and of Python's hash seed.
    """
    if not texts:
        return NearDuplicates(keepers=[], jaccard={}, num_candidates=0)
    tokens, signatures = _sign(texts, config)
    shingles: dict[int, Shingles] = {}

    def shingles_at(index: int) -> Shingles:
        if index not in shingles:
            shingles[index] = shingles_of(tokens[index], config.ngram_size)
        return shingles[index]

    clusters = Clusters(len(texts))
    refused: set[tuple[int, int]] = set()
    num_candidates = 0
    for first, second in candidate_pairs(signatures, config.threshold):
        if clusters.find(first) == clusters.find(second) or (first, second) in refused:
            continue
        num_candidates += 1
        if jaccard(shingles_at(first), shingles_at(second)) >= config.threshold:
            clusters.join(first, second)
        else:
            refused.add((first, second))
    keepers = [clusters.find(index) for index in range(len(texts))]
    similarity = {
        index: jaccard(shingles_at(keeper), shingles_at(index))
        for index, keeper in enumerate(keepers)
        if keeper != index
    }
    return NearDuplicates(keepers=keepers, jaccard=similarity, num_candidates=num_candidates)


def shingles_of(tokens: str, ngram_size: int) -> Shingles:
    """All runs of `ngram_size` tokens in a text of tokens separated by spaces; a shorter text is one shingle."""
    words = tokens.split(" ")
    if len(words) < ngram_size:
        return frozenset([tuple(words)])
    return frozenset(zip(*(words[start:] for start in range(ngram_size)), strict=False))


def jaccard(first: Shingles, second: Shingles) -> float:
    """Size of the intersection over size of the union."""
    shared = len(first & second)
    return shared / (len(first) + len(second) - shared)


def band_shape(threshold: float, num_hashes: int) -> tuple[int, int]:
    """Number of bands and rows per band: the most rows with which a pair at the threshold is still found.

    A pair of similarity s shares a band of r rows with probability s^r, and one of b bands with 1 - (1 - s^r)^b.
    """
    shapes = [(num_hashes // rows, rows) for rows in range(num_hashes, 0, -1)]
    return next((shape for shape in shapes if 1 - (1 - threshold ** shape[1]) ** shape[0] >= MIN_RECALL), shapes[-1])


def candidate_pairs(signatures: NDArray[np.uint32], threshold: float) -> Iterator[tuple[int, int]]:
    """Pairs i < j of rows that agree in all rows of a band; band by band, so a pair may come again.

    Args:
        signatures: N × `num_hashes`.
        threshold: Similarity from which on pairs must be found.
    """
    num_bands, rows = band_shape(threshold, signatures.shape[1])
    for band in range(num_bands):
        keys = _mix(signatures[:, band * rows : (band + 1) * rows])
        order = np.argsort(keys, kind="stable")
        starts = np.flatnonzero(np.diff(keys[order], prepend=keys[order[0]] + np.uint64(1)))
        for start, stop in zip(starts, [*starts[1:], len(order)], strict=True):
            members = order[start:stop].tolist()
            for position, first in enumerate(members):
                for second in members[position + 1 :]:
                    yield first, second


def _sign(texts: Sequence[str], config: NearConfig) -> tuple[list[str], NDArray[np.uint32]]:
    """The texts as tokens separated by one space each, and their signatures, N × `num_hashes`."""
    daft = import_daft()
    functions = daft.functions
    table = pa.table({"row": pa.array(range(len(texts)), pa.int64()), "text": pa.array(texts, pa.string())})
    marks_apart = functions.regexp_replace(daft.col("text"), r"[^\w\s]", " $0 ")
    one_space = functions.regexp_replace(marks_apart, r"\s+", " ")
    frame = frame_of(table).select("row", functions.rstrip(functions.lstrip(one_space)).alias("tokens"))
    signature = functions.minhash(
        daft.col("tokens"),
        num_hashes=config.num_hashes,
        ngram_size=config.ngram_size,
        seed=1,
        hash_function="xxhash3_64",
    )
    signed = collect(frame.with_column("signature", signature), sort_by="row")
    hashes = signed.column("signature").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    return signed.column("tokens").to_pylist(), hashes.reshape(len(texts), config.num_hashes)


def _mix(columns: NDArray[np.uint32]) -> NDArray[np.uint64]:
    """One number per row (FNV-1a over its columns); a chance collision only proposes a pair that is then refused."""
    keys = np.full(len(columns), 0xCBF29CE484222325, dtype=np.uint64)
    for column in columns.T:
        keys = (keys ^ column.astype(np.uint64)) * np.uint64(0x100000001B3)
    return keys
