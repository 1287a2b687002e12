"""Find near duplicates: MinHash signatures by Daft, bands, then the Jaccard similarity of each candidate.

The signatures only propose pairs; no pair is called near before its shingles have been compared in full. A pair at the
threshold is proposed with a probability of at least `MIN_RECALL`, a more similar one with a larger one.
Source: Broder 1997 (shingles, MinHash); Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3 (bands).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from hashlib import blake2b, sha256
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from hornbook.parallel import import_daft

MIN_RECALL = 0.99
NGRAM_SIZE = 5
"""Tokens (words, numbers, marks) in a shingle."""
NUM_HASHES = 128
"""Length of a signature."""
_MOST_KNOWN_WORDS = 2**20

Shingles = NDArray[np.uint64]
"""Sorted hashes of 64 bits, each once; two different shingles have the same one with a chance of about 2^-64."""

BandKeys = NDArray[np.uint64]
"""Bands × N: texts with the same key in a band agree in all its rows, but for a chance of 2^-64."""


@dataclass(frozen=True, kw_only=True)
class NearDuplicates:
    """Clusters of near duplicates among n texts."""

    keepers: list[int]
    """For each text the first member of its cluster; its own index where it is kept."""
    jaccard: dict[int, float]
    """For each text that is not kept, its similarity to the keeper: below the threshold where others link the two."""
    num_compared: int
    """Pairs of different clusters that were compared in full."""


class Clusters:
    """Disjoint sets of the indices 0 to n - 1; each is represented by its smallest member."""

    def __init__(self, size: int) -> None:
        self._parent = list(range(size))

    def find(self, index: int) -> int:
        """The smallest member of the set that `index` is in."""
        parent = self._parent
        root = index
        while parent[root] != root:
            root = parent[root]
        while parent[index] != root:
            parent[index], index = root, parent[index]
        return root

    def join(self, first: int, second: int) -> None:
        """Make one set of the sets of both."""
        first, second = sorted((self.find(first), self.find(second)))
        self._parent[second] = first


def join_near(
    keys: BandKeys,
    shingles_at: Callable[[int], Shingles],
    threshold: float,
    report: Callable[[int, int], None] | None = None,
) -> NearDuplicates:
    """Compare what agrees in a band, and join what is near.

    Args:
        keys: Of the texts.
        shingles_at: Of a text that agrees with another one in a band, by its index.
        threshold: Least similarity.
        report: Told the band and the pairs compared so far, before each band.
    """
    num_texts = keys.shape[1]
    clusters = Clusters(num_texts)
    refused: set[int] = set()
    num_compared = 0

    def are_near(first: int, second: int) -> bool:
        nonlocal num_compared
        if first * num_texts + second in refused:
            return False
        num_compared += 1
        if jaccard(shingles_at(first), shingles_at(second), at_least=threshold) >= threshold:
            return True
        refused.add(first * num_texts + second)
        return False

    for band in range(len(keys)):
        if report is not None:
            report(band, num_compared)
        for members in agreeing(keys[band]):
            _join_members(members.tolist(), clusters, are_near)
    keepers = [clusters.find(index) for index in range(num_texts)]
    similarity = {
        index: jaccard(shingles_at(keeper), shingles_at(index))
        for index, keeper in enumerate(keepers)
        if keeper != index
    }
    return NearDuplicates(keepers=keepers, jaccard=similarity, num_compared=num_compared)


def band_shape(threshold: float, num_hashes: int) -> tuple[int, int]:
    """Number of bands and rows per band: the most rows with which a pair at the threshold is still found.

    A pair of similarity s shares a band of r rows with probability s^r, and one of b bands with 1 - (1 - s^r)^b.
    """
    shapes = [(num_hashes // rows, rows) for rows in range(num_hashes, 0, -1)]
    return next((shape for shape in shapes if 1 - (1 - threshold ** shape[1]) ** shape[0] >= MIN_RECALL), shapes[-1])


def band_keys(signatures: NDArray[np.uint32], threshold: float) -> BandKeys:
    """A number for each band of each signature (FNV-1a over its rows); a chance collision only proposes a pair.

    Args:
        signatures: N × their length.
        threshold: Similarity from which on pairs must be found.
    """
    num_bands, rows = band_shape(threshold, signatures.shape[1])
    keys = np.full((num_bands, len(signatures)), 0xCBF29CE484222325, dtype=np.uint64)
    for band in range(num_bands):
        for column in signatures[:, band * rows : (band + 1) * rows].T:
            keys[band] = (keys[band] ^ column.astype(np.uint64)) * np.uint64(0x100000001B3)
    return keys


def agreeing(keys: NDArray[np.uint64]) -> Iterator[NDArray[np.intp]]:
    """The indices of each key that occurs more than once, in ascending order."""
    order = np.argsort(keys, kind="stable")
    in_order = keys[order]
    starts = np.flatnonzero(np.concatenate([[True], in_order[1:] != in_order[:-1]])) if len(keys) else order
    sizes = np.diff(starts, append=len(keys))
    for start, size in zip(starts[sizes > 1].tolist(), sizes[sizes > 1].tolist(), strict=True):
        yield order[start : start + size]


def with_tokens(frame: Any) -> Any:
    """A plan's `text` as `tokens` in its place: words, numbers and marks, one space between two of them."""
    daft = import_daft()
    functions = daft.functions
    marks_apart = functions.regexp_replace(daft.col("text"), r"[^\w\s]", " $0 ")
    # All white space but a space by itself: a third faster than `\s+`.
    one_space = functions.regexp_replace(marks_apart, r"\s{2,}|[^\S ]", " ")
    tokens = functions.rstrip(functions.lstrip(one_space))
    return frame.with_column("tokens", tokens).exclude("text")


def with_signature(frame: Any, num_hashes: int = NUM_HASHES) -> Any:
    """A plan with a further column `signature`, made of its `tokens`."""
    daft = import_daft()
    signature = daft.functions.minhash(
        daft.col("tokens"),
        num_hashes=num_hashes,
        ngram_size=NGRAM_SIZE,
        seed=1,
        hash_function="xxhash3_64",
    )
    return frame.with_column("signature", signature)


def signatures_of(signed: pa.Table) -> NDArray[np.uint32]:
    """The column `signature`, N × their length."""
    hashes = signed.column("signature").combine_chunks().flatten().to_numpy(zero_copy_only=False)
    signatures: NDArray[np.uint32] = hashes.reshape(signed.num_rows, -1) if signed.num_rows else hashes.reshape(0, 0)
    return signatures


def _join_members(members: list[int], clusters: Clusters, are_near: Callable[[int, int], bool]) -> None:
    """Join what is near among texts that agree in a band; those that are joined already are not compared again."""
    parted: dict[int, list[int]] = {}
    for member in members:
        for root, others in parted.items():
            if clusters.find(root) != clusters.find(member) and any(are_near(other, member) for other in others):
                clusters.join(root, member)
        joined = [root for root in parted if clusters.find(root) == clusters.find(member)]
        parted[member] = [*(other for root in joined for other in parted.pop(root)), member]


class Shingler:
    """Makes shingles; remembers the hashes of words."""

    def __init__(self, ngram_size: int) -> None:
        self._ngram_size = ngram_size
        self._hashes = _WordHashes()
        digests = [blake2b(f"place {place}".encode(), digest_size=8).digest() for place in range(ngram_size)]
        self._factors = [np.uint64(int.from_bytes(digest, "little") | 1) for digest in digests]

    def shingles_of(self, tokens: str) -> Shingles:
        """All runs of `ngram_size` tokens in a text of tokens with one space between two; a shorter text is one run."""
        words = tokens.split(" ")
        if len(self._hashes) > _MOST_KNOWN_WORDS:
            self._hashes.clear()
        hashes = np.fromiter(map(self._hashes.__getitem__, words), dtype=np.uint64, count=len(words))
        num_runs = max(len(words) - self._ngram_size + 1, 1)
        runs = np.full(num_runs, min(len(words), self._ngram_size), dtype=np.uint64)
        for place, factor in enumerate(self._factors[: len(words)]):
            runs += hashes[place : place + num_runs] * factor
        return np.unique(runs)


def jaccard(first: Shingles, second: Shingles, *, at_least: float = 0.0) -> float:
    """Size of the intersection over size of the union; 0 where it cannot be `at_least` so much, by the sizes alone."""
    small, large = sorted((len(first), len(second)))
    if small < at_least * large:
        return 0.0
    both = np.concatenate([first, second])
    both.sort(kind="stable")  # Two sorted runs are merged.
    shared = int(np.count_nonzero(both[1:] == both[:-1]))
    return shared / (len(both) - shared)


def normalised_hash(text: str) -> bytes:
    """SHA-256 of the text without blank lines and without white space at line ends. Indentation counts."""
    lines = filter(None, map(str.rstrip, text.split("\n")))
    return sha256("\n".join(lines).encode()).digest()


class _WordHashes(dict[str, int]):
    def __missing__(self, word: str) -> int:
        value = int.from_bytes(blake2b(word.encode(errors="surrogatepass"), digest_size=8).digest(), "little")
        self[word] = value
        return value
