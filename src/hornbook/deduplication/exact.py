"""Find texts that are equal apart from blank lines and spaces at the ends of lines."""

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

EXACT = "exact duplicate"


def exact_groups(texts: Sequence[str]) -> list[int]:
    """For each text, the index of the first text that is equal to it; its own index where it is the first."""
    first_with: dict[bytes, int] = {}
    return [first_with.setdefault(normalised_hash(text), index) for index, text in enumerate(texts)]


def first_equal(digests: NDArray[np.void]) -> NDArray[np.intp]:
    """For each digest the index of the first one that is equal to it."""
    _, first, inverse = np.unique(digests, return_index=True, return_inverse=True)
    firsts: NDArray[np.intp] = first[inverse.reshape(-1)]
    return firsts


def normalised_hash(text: str) -> bytes:
    """SHA-256 of the text without blank lines and without white space at line ends. Indentation counts."""
    lines = filter(None, map(str.rstrip, text.split("\n")))
    return hashlib.sha256("\n".join(lines).encode()).digest()
