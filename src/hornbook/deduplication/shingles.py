"""Shingles of a text as sorted hashes of 64 bits, and the Jaccard similarity of two sets of them.

Two different shingles have the same hash with a chance of about 2^-64; so the similarity of two sets of 10,000 is off
by one shingle in one of 200,000 million such pairs.
"""

from hashlib import blake2b, sha256

import numpy as np
from numpy.typing import NDArray

Shingles = NDArray[np.uint64]
"""Sorted, each once."""

_MOST_KNOWN_WORDS = 2**20


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
