"""A map from keys of 64 bits to small numbers in about 20 bytes an entry, where a `dict` takes over 100."""

from array import array

import numpy as np
from numpy.typing import NDArray

_FIRST_CAPACITY = 64


class CompactMap:
    """Open addressing in two arrays; keys are not 0, values not negative and below 2^32. Nothing is ever taken out."""

    def __init__(self) -> None:
        self._size = 0
        self._allocate(_FIRST_CAPACITY)

    def __len__(self) -> int:
        return self._size

    def get(self, key: int, default: int) -> int:
        """The value at a key."""
        place = self._place(key)
        return self._values[place] if self._keys[place] else default

    def exchange(self, key: int, value: int, default: int) -> int:
        """Put a value at a key; returns the one that was there."""
        place = self._place(key)
        before = self._values[place] if self._keys[place] else default
        if not self._keys[place]:
            self._keys[place] = key
            self._size += 1
        self._values[place] = value
        if self._size * 3 > len(self._keys) * 2:
            self._grow()
        return before

    def values(self) -> NDArray[np.int64]:
        """All values, in no order of meaning."""
        taken = np.frombuffer(self._keys, dtype=np.uint64) != 0
        found: NDArray[np.int64] = np.frombuffer(self._values, dtype=np.uint32)[taken].astype(np.int64)
        return found

    @property
    def num_bytes(self) -> int:
        """Memory that it takes."""
        return len(self._keys) * (self._keys.itemsize + self._values.itemsize)

    def _place(self, key: int) -> int:
        keys, mask = self._keys, self._mask
        place = key & mask
        while keys[place] and keys[place] != key:
            place = (place + 1) & mask
        return place

    def _grow(self) -> None:
        keys, values = self._keys, self._values
        self._allocate(len(keys) * 2)
        for key, value in zip(keys, values, strict=True):
            if key:
                place = self._place(key)
                self._keys[place] = key
                self._values[place] = value

    def _allocate(self, capacity: int) -> None:
        self._mask = capacity - 1
        self._keys = array("Q", bytes(8 * capacity))
        self._values = array("I", bytes(4 * capacity))
