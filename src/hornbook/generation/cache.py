"""Keys and values of the tokens read so far, in memory that is allocated once.

Shapes: B rows of the batch, T new tokens, H heads, D dimensions of a head, S slots of the cache.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from hornbook.model.config import ModelConfig


class LayerKeysValues:
    """One layer's keys and values; implements `hornbook.model.block.LayerCache`."""

    def __init__(self, batch: int, slots: int, config: ModelConfig, like: Tensor) -> None:
        """Allocate `slots` tokens for each of `batch` rows, in the type and on the device of `like`."""
        shape = (batch, config.num_heads, slots, config.head_size)
        self.key_BHSD = torch.zeros(shape, dtype=like.dtype, device=like.device)
        self.value_BHSD = torch.zeros_like(self.key_BHSD)
        self.length = 0

    def extend(self, key_BTHD: Tensor, value_BTHD: Tensor) -> tuple[Tensor, Tensor]:
        """Write the new tokens behind the old ones; returns views of all, shape (B, H, length, D)."""
        end = self.length + key_BTHD.shape[1]
        self.key_BHSD[:, :, self.length : end] = key_BTHD.transpose(1, 2)
        self.value_BHSD[:, :, self.length : end] = value_BTHD.transpose(1, 2)
        self.length = end
        return self.key_BHSD[:, :, :end], self.value_BHSD[:, :, :end]

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows of the batch only; see `keep_rows`."""
        self.key_BHSD = keep_rows(self.key_BHSD, rows)
        self.value_BHSD = keep_rows(self.value_BHSD, rows)


def keep_rows(table: Tensor, rows: Tensor) -> Tensor:
    """Make row `rows[n]` row n, for all n, in place; only rows that change their place are copied.

    Args:
        table: Its first dimension counts rows. It is overwritten.
        rows: Any rows in any order, each at most once; on the device of the table.

    Returns:
        A view of the first rows, as many as are kept.
    """
    places = (rows != torch.arange(len(rows), device=rows.device)).nonzero().flatten()
    table[places] = table[rows[places]]
    return table[: len(rows)]


def make_caches(batch: int, slots: int, config: ModelConfig, like: Tensor) -> Sequence[LayerKeysValues]:
    """One cache per layer."""
    return [LayerKeysValues(batch, slots, config, like) for _ in range(config.num_layers)]
