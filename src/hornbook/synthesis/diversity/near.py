"""Near duplicates as they come: bands of a MinHash signature propose an earlier text, its shingles decide.

A text near to an earlier one joins its cluster and is not kept; any other text begins a cluster of its own and is what
later texts are compared with. Tokens, shingles and the meaning of the threshold are those of the deduplication.
Source: Broder 1997 (shingles, MinHash); Leskovec, Rajaraman, Ullman, "Mining of Massive Datasets", chapter 3 (bands).
"""

from array import array

import numpy as np
from numpy.typing import NDArray

from hornbook.synthesis.diversity.counts import CompactMap
from hornbook.synthesis.diversity.keys import Keys, mix

NUM_BANDS = 16
MIN_RECALL = 0.99
"""Least probability with which a pair at the threshold is compared."""
MAX_ROWS = 8
MAX_COMPARED = 32
"""Earlier texts with the same band that are looked at, the latest first: bounds the time."""

_HIGH = np.uint64(32)


class NearIndex:
    """The texts so far that are near to none before them, by the hashes of their shingles: 4 bytes a shingle."""

    def __init__(self, threshold: float) -> None:
        """Begin without texts.

        Args:
            threshold: Least Jaccard similarity of two sets of shingles; in (0, 1].
        """
        self._threshold = threshold
        self._rows = _rows_per_band(threshold)
        numbers = np.arange(1, NUM_BANDS * self._rows + 1, dtype=np.uint64)
        self._masks = mix(numbers)[:, None]
        self._multipliers = mix(~numbers)[:, None] | np.uint64(1)
        self._shingles: list[NDArray[np.uint32]] = []
        self._latest = CompactMap()
        """For the key of a band, the latest cluster with it."""
        self._earlier = array("i")
        """For each cluster and band, the cluster before with the same key, or -1."""

    def __len__(self) -> int:
        return len(self._shingles)

    def add(self, shingles: Keys) -> tuple[int, bool]:
        """Find the cluster of a text.

        Args:
            shingles: Different keys, sorted, as `ngram_keys` gives them; texts without any are one cluster.

        Returns:
            The cluster's number, counted from 0 as they begin, and whether the text is near to an earlier one.
        """
        small = (shingles >> _HIGH).astype(np.uint32)  # As sorted as before, and as good as all different.
        bands = self._bands(shingles)
        nearest, most = -1, 0.0
        for cluster in sorted(self._proposed(bands)):
            similarity = _jaccard(self._shingles[cluster], small)
            if similarity >= self._threshold and similarity > most:
                nearest, most = cluster, similarity
        if nearest >= 0:
            return nearest, True
        self._begin(small, bands)
        return len(self._shingles) - 1, False

    def _bands(self, shingles: Keys) -> list[int]:
        if len(shingles) == 0:
            return [band + 1 for band in range(NUM_BANDS)]
        signature = ((shingles[None, :] ^ self._masks) * self._multipliers).min(axis=1)
        keys = np.arange(1, NUM_BANDS + 1, dtype=np.uint64)
        for column in signature.reshape(NUM_BANDS, self._rows).T:
            keys = mix(keys + column)
        numbers: list[int] = (keys | np.uint64(1)).tolist()
        return numbers

    def _proposed(self, bands: list[int]) -> set[int]:
        proposed: set[int] = set()
        for band, key in enumerate(bands):
            cluster = self._latest.get(key, -1)
            for _ in range(MAX_COMPARED):
                if cluster < 0:
                    break
                proposed.add(cluster)
                cluster = self._earlier[cluster * NUM_BANDS + band]
        return proposed

    def _begin(self, small: NDArray[np.uint32], bands: list[int]) -> None:
        cluster = len(self._shingles)
        self._shingles.append(small)
        latest = self._latest
        for key in bands:
            self._earlier.append(latest.exchange(key, cluster, -1))


def _rows_per_band(threshold: float) -> int:
    """The most rows with which a pair at the threshold still shares one of the bands with `MIN_RECALL`.

    A pair of similarity s shares a band of r rows with probability s^r, and one of b bands with 1 - (1 - s^r)^b.
    """
    enough = (rows for rows in range(MAX_ROWS, 1, -1) if 1 - (1 - threshold**rows) ** NUM_BANDS >= MIN_RECALL)
    return next(enough, 1)


def _jaccard(first: NDArray[np.uint32], second: NDArray[np.uint32]) -> float:
    """Of two sorted sets; two empty ones are equal."""
    if len(first) == 0 or len(second) == 0:
        return float(len(first) == len(second))
    places = np.searchsorted(first, second)
    places[places == len(first)] = 0
    shared = int(np.count_nonzero(first[places] == second))
    return shared / (len(first) + len(second) - shared)
