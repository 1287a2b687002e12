"""Which runs of words have been there before, in two to eight bytes each: Bloom filters, each larger than the last.

Source: Bloom 1970; Almeida, Baquero, Preguiça and Hutchison 2007 (filters that grow).
"""

import numpy as np
from numpy.typing import NDArray

from hornbook.synthesis.diversity.keys import Keys, mix

FIRST_CAPACITY = 2**16
"""Keys; a power of two, as the two below."""
GROWTH = 4
BITS_PER_KEY = 16
"""With six hashes: one key in a thousand of those never seen is taken for seen, in the filter that is full."""
NUM_HASHES = 6

_LOW = np.uint64(7)
_BYTE = np.uint64(3)


class SeenKeys:
    """A set of keys without the keys: what was added is found, and of what was not about 1 in 1,000 is found too."""

    def __init__(self) -> None:
        self._filters: list[_Filter] = [_Filter(FIRST_CAPACITY)]

    def add(self, keys: Keys) -> int:
        """Add different keys; returns how many of them were not there."""
        new = np.ones(len(keys), dtype=np.bool_)
        hashes = _hashes(keys)
        for one in self._filters:
            new &= ~one.holds(hashes)
        num_new = int(new.sum())
        if num_new:
            if self._filters[-1].room < num_new:
                self._filters.append(_Filter(self._filters[-1].capacity * GROWTH))
            self._filters[-1].add(hashes[:, new])
        return num_new

    @property
    def num_bytes(self) -> int:
        """Memory that it takes."""
        return sum(len(one.bits) for one in self._filters)


class _Filter:
    def __init__(self, capacity: int) -> None:
        self.capacity = capacity
        self.room = capacity
        self.bits: NDArray[np.uint8] = np.zeros(capacity * BITS_PER_KEY // 8, dtype=np.uint8)
        self._mask = np.uint64(len(self.bits) * 8 - 1)

    def holds(self, hashes: Keys) -> NDArray[np.bool_]:
        places = hashes & self._mask
        there: NDArray[np.bool_] = (self.bits[places >> _BYTE] & _masks(places)).all(axis=0)
        return there

    def add(self, hashes: Keys) -> None:
        places = hashes & self._mask
        np.bitwise_or.at(self.bits, places >> _BYTE, _masks(places))
        self.room -= hashes.shape[1]


def _hashes(keys: Keys) -> Keys:
    """`NUM_HASHES` × N: two hashes of each key, combined in as many ways."""
    step = mix(keys) | np.uint64(1)
    factors = np.arange(NUM_HASHES, dtype=np.uint64)[:, None]
    hashes: Keys = keys[None, :] + factors * step[None, :]
    return hashes


def _masks(places: Keys) -> NDArray[np.uint8]:
    return np.left_shift(np.uint8(1), (places & _LOW).astype(np.uint8))
