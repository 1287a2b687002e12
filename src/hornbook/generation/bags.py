"""One layer's keys and values, laid out so that attention of one query a row is two weighted sums of rows of a table.

PyTorch's `embedding_bag` sums rows of a table with weights, and asks for the rows ahead from memory. What a step of
attention costs is reading keys and values, and this reads them at about 50 GB/s where batched matrix products read 27
(two cores of an AMD EPYC, 64 rows of 3 heads of 64 at 200 tokens, five layers; the plain sum of a tensor reads 71).

- Attended values are sums of the values' rows with the softmax as weights.
- Scores of 64 keys are the sum of 64-wide rows, one a dimension, with the query as weights: keys lie in chunks of
  CHUNK slots, each transposed.

Shapes: B rows of the batch, H heads, N batch times heads, S slots, D dimensions of a head, K chunks, c slots of a
chunk, G rows written, T tokens.
"""

from typing import NamedTuple

import torch
from torch import Tensor
from torch.nn import functional

from hornbook.generation.reader import keep_rows
from hornbook.model.config import ModelConfig

CHUNK = 64
"""Slots of a chunk of keys."""


class Bags(NamedTuple):
    """Which rows of the tables are summed at one step, the same in all layers."""

    keys: Tensor
    key_starts: Tensor
    values: Tensor
    value_starts: Tensor


class LayerBags:
    """Keys and values of one layer, in memory that is allocated once."""

    def __init__(self, batch: int, slots: int, config: ModelConfig) -> None:
        """Allocate at least `slots` tokens for each of `batch` rows, in float32 on the CPU.

        Nothing is set: values are read where they were written only, and scores of other slots are dropped.
        """
        chunks = -(-slots // CHUNK)
        self._key_BHKDc = torch.empty(batch, config.num_heads, chunks, config.head_size, CHUNK)
        self._value_BHSD = torch.empty(batch, config.num_heads, slots, config.head_size)

    def write_prompts(self, rows: slice, key_GTHD: Tensor, value_GTHD: Tensor) -> None:
        """Write the first T slots of some rows."""
        tokens = key_GTHD.shape[1]
        self._value_BHSD[rows, :, :tokens] = value_GTHD.transpose(1, 2)
        chunks = -(-tokens // CHUNK)
        padded_GTHD = functional.pad(key_GTHD, (0, 0, 0, 0, 0, chunks * CHUNK - tokens))
        chunks_GKcHD = padded_GTHD.view(-1, chunks, CHUNK, *key_GTHD.shape[2:])
        self._key_BHKDc[rows, :, :chunks] = chunks_GKcHD.permute(0, 3, 1, 4, 2)

    def write(self, slot: int, key_BHD: Tensor, value_BHD: Tensor) -> None:
        """Write one slot of all rows."""
        self._key_BHKDc[:, :, slot // CHUNK, :, slot % CHUNK] = key_BHD
        self._value_BHSD[:, :, slot] = value_BHD

    def bags(self, length: int) -> Bags:
        """What is read while `length` slots are filled."""
        batch, heads, chunks, size, _ = self._key_BHKDc.shape
        slots, filled, rows = self._value_BHSD.shape[2], -(-length // CHUNK), batch * heads
        first_N1 = torch.arange(rows).unsqueeze(1)
        chunk_NK1 = (first_N1 * chunks + torch.arange(filled)).unsqueeze(2)
        return Bags(
            keys=(chunk_NK1 * size + torch.arange(size)).flatten(),
            key_starts=torch.arange(0, rows * filled * size, size),
            values=(first_N1 * slots + torch.arange(length)).flatten(),
            value_starts=torch.arange(0, rows * length, length),
        )

    def attend(self, query_BHD: Tensor, bags: Bags, hidden_BS: Tensor | None) -> Tensor:
        """Attend from one query a row to all slots of `bags`.

        Args:
            query_BHD: Rotated and scaled.
            bags: Of `bags(length)`.
            hidden_BS: 0 where a row may see a slot, else minus infinity; None where it may see all.

        Returns:
            Shape (B, H * D).
        """
        batch, heads, size = query_BHD.shape
        length = len(bags.values) // (batch * heads)
        filled = -(-length // CHUNK)
        queries = query_BHD.unsqueeze(2).expand(batch, heads, filled, size).reshape(-1)
        scores = _weighted_sums(self._key_BHKDc.view(-1, CHUNK), bags.keys, bags.key_starts, queries)
        scores_BHS = scores.view(batch, heads, -1)[:, :, :length]
        if hidden_BS is not None:
            scores_BHS = scores_BHS + hidden_BS.unsqueeze(1)
        weights = torch.softmax(scores_BHS, dim=-1).flatten()
        attended = _weighted_sums(self._value_BHSD.view(-1, size), bags.values, bags.value_starts, weights)
        return attended.view(batch, heads * size)

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows of the batch only; see `keep_rows`."""
        self._key_BHKDc = keep_rows(self._key_BHKDc, rows)
        self._value_BHSD = keep_rows(self._value_BHSD, rows)


def _weighted_sums(table: Tensor, rows: Tensor, starts: Tensor, weights: Tensor) -> Tensor:
    """For each bag, which reaches from its start in `rows` to the next, the sum of weight times row of the table."""
    sums: Tensor = torch.embedding_bag(table, rows, starts, False, 0, False, weights)[0]
    return sums
