"""How often each kind has come, whatever is counted: texts, shapes, names, opening phrases.

Only keys and counts are kept, and the names of kinds that are common.
"""

import numpy as np
from numpy.typing import NDArray

from hornbook.synthesis.diversity.counts import CompactMap
from hornbook.synthesis.diversity.keys import key_of

NAMED_SHARE = 0.002
"""From this share of all on, and from its second time, a kind is kept with its name."""


class Tally:
    """Counts of kinds."""

    def __init__(self) -> None:
        self.total = 0
        """How many have been counted."""
        self._counts = CompactMap()
        self._names: dict[int, str] = {}

    def __len__(self) -> int:
        return len(self._counts)

    def add(self, key: int, name: str = "") -> int:
        """Count one more of a kind; returns how many there were before."""
        before = self._counts.get(key, 0)
        self._counts.exchange(key, before + 1, 0)
        self.total += 1
        if name and before and key not in self._names and before + 1 >= NAMED_SHARE * self.total:
            self._names[key] = name
        return before

    def add_name(self, name: str) -> int:
        """Count one more of a kind that is known by its name; returns how many there were before."""
        return self.add(key_of(name), name)

    def counts(self) -> NDArray[np.int64]:
        """How often each kind came, the commonest first."""
        return np.sort(self._counts.values())[::-1]

    def common(self, limit: int) -> list[tuple[str, int]]:
        """The commonest kinds that came at least twice, with their counts; equally common ones by name."""
        known = ((name, self._counts.get(key, 0)) for key, name in self._names.items())
        return sorted(known, key=lambda item: (-item[1], item[0]))[:limit]
