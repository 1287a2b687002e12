"""Batches as a pure function of (seed, step, rank, world size).

The stream is cut into rows; each epoch visits every row once, in an order of its own and with the cuts at another
offset, both computed from the seed alone. Nothing is remembered between steps, so a resumed run sees the batches that
an uninterrupted one sees, and 1, 2 or 4 ranks share out the same global batch.
"""

import hashlib

import numpy as np
import numpy.typing as npt

from hornbook.errors import ConfigError, MissingInputError
from hornbook.tokens.pack import TokenStream

NUM_ROUNDS = 4
"""Rounds of the Feistel network: with four, neighbouring rows end up far apart."""

Rows = npt.NDArray[np.int64]


def num_rows(stream: TokenStream, sequence_length: int) -> int:
    """How many rows an epoch has: the stream's tokens over the row's, rounded down.

    Raises:
        MissingInputError: The stream is shorter than one row.
    """
    rows = len(stream) // sequence_length
    if rows == 0:
        raise MissingInputError(
            f"the token stream holds {len(stream)} tokens, less than one row of {sequence_length}: "
            "lower `sequence_length` or give more documents"
        )
    return rows


def row_starts(
    stream: TokenStream,
    *,
    seed: int,
    step: int,
    batch_size: int,
    sequence_length: int,
    rank: int = 0,
    world_size: int = 1,
) -> Rows:
    """Where in the training split the rows begin that `rank` trains on in `step`, for `read_rows`.

    Args:
        stream: The tokens of the training split.
        seed: Determines the orders of all epochs.
        step: Counted from 0.
        batch_size: Rows of the global batch, over all ranks; a multiple of `world_size`.
        sequence_length: Tokens that a row predicts.
        rank: Of this process, from 0.
        world_size: Number of processes.

    Returns:
        Shape (batch_size / world_size,): positions of the circular stream. The ranks' parts, in the order of the ranks,
        are the global batch.

    Raises:
        ConfigError: `batch_size` is no multiple of `world_size`.
    """
    if batch_size % world_size:
        raise ConfigError(f"`batch_size` must be a multiple of the world size {world_size}, got {batch_size!r}")
    rows = num_rows(stream, sequence_length)
    share = batch_size // world_size
    first = step * batch_size + rank * share
    order = _Epochs(seed, rows, sequence_length)
    return np.array([order.start(number) for number in range(first, first + share)], dtype=np.int64)


def read_rows(stream: TokenStream, starts: Rows, sequence_length: int) -> Rows:
    """The rows that begin at `starts`, shape (rows, sequence_length + 1).

    Inputs are all columns but the last, targets all but the first.
    """
    rows = np.empty((len(starts), sequence_length + 1), dtype=np.int64)
    for number, start in enumerate(starts.tolist()):
        rows[number] = stream.read(start, sequence_length + 1)
    return rows


def held_out_rows(stream: TokenStream, *, sequence_length: int, max_rows: int) -> Rows:
    """The first rows of the validation split, in stream order: shape (rows, sequence_length + 1).

    A split shorter than a row gives no rows. Rows are spread evenly over the split where it has more than `max_rows`.
    """
    available = len(stream) // sequence_length
    count = min(available, max_rows)
    chosen = [available * number // count for number in range(count)]
    return read_rows(stream, np.array(chosen, dtype=np.int64) * sequence_length, sequence_length)


def permuted(index: int, size: int, key: bytes) -> int:
    """Where `index` goes under a random permutation of `range(size)` that is fixed by `key`.

    A Feistel network over the next even number of bits, walked until the value falls inside the range: constant memory
    for any `size`. Source: Black and Rogaway 2002, "Ciphers with Arbitrary Finite Domains" (cycle walking).
    """
    half_bits = max(1, ((size - 1).bit_length() + 1) // 2)
    mask = (1 << half_bits) - 1
    value = index
    while True:
        left, right = value >> half_bits, value & mask
        for number in range(NUM_ROUNDS):
            left, right = right, left ^ (_mixed(key, number, right) & mask)
        value = left << half_bits | right
        if value < size:
            return value


class _Epochs:
    """Where each row of each epoch begins."""

    def __init__(self, seed: int, rows: int, sequence_length: int) -> None:
        self._seed = seed
        self._rows = rows
        self._sequence_length = sequence_length
        self._key_of: dict[int, bytes] = {}

    def start(self, number: int) -> int:
        """Of the row with this number, counted over all epochs."""
        epoch, index = divmod(number, self._rows)
        if epoch not in self._key_of:
            self._key_of[epoch] = hashlib.sha256(f"rows\0{self._seed}\0{epoch}".encode()).digest()
        key = self._key_of[epoch]
        offset = int.from_bytes(key[:8], "big") % self._sequence_length
        return permuted(index, self._rows, key) * self._sequence_length + offset


def _mixed(key: bytes, number: int, value: int) -> int:
    digest = hashlib.blake2b(value.to_bytes(8, "little") + bytes([number]), key=key, digest_size=8).digest()
    return int.from_bytes(digest, "little")
