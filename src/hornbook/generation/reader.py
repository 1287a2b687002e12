"""What reads tokens and tells the logits of the next: the interface, and the model itself behind it.

Shapes: B rows of the batch, T tokens read, S slots of the cache, H heads, D dimensions of a head, V vocabulary.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi


class Reader(Protocol):
    """Reads a batch of rows on and on. Rows are padded on the left, so that all of them end in the same slot."""

    def read(self, tokens_BT: Tensor) -> Tensor:
        """Read the next tokens of each row; the first call brings the prompts, each further one a single token.

        Args:
            tokens_BT: Token ids, on the CPU.

        Returns:
            Logits of the token behind the last, float32, shape (B, V).
        """

    def keep(self, rows: Tensor) -> None:
        """Go on with these rows of the batch only: row `rows[n]` becomes row n. Indices on the CPU.

        Rows that keep their place cost nothing.
        """


OpenReader = Callable[[Tensor, int], Reader]
"""Starts a batch: `padding_B`, how many tokens at the left of each row are padding, and how many slots it may take."""


class LayerKeysValues:
    """One layer's keys and values, in memory that is allocated once; implements `hornbook.model.phi.LayerCache`."""

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


class PhiReader:
    """The model as it is: of any type and on any device."""

    def __init__(self, model: Phi, padding_B: Tensor, slots: int) -> None:
        """Allocate the cache; see `OpenReader`."""
        weight = model.lm_head.weight
        self._model = model
        self._device = weight.device
        self._padding_B = padding_B.to(self._device)
        self._caches = [
            LayerKeysValues(len(padding_B), slots, model.config, weight) for _ in range(model.config.num_layers)
        ]
        self._length = 0

    def read(self, tokens_BT: Tensor) -> Tensor:
        """See `Reader.read`."""
        first, self._length = self._length, self._length + tokens_BT.shape[1]
        slots_S = torch.arange(self._length, device=self._device)
        positions_BT = (slots_S[first:] - self._padding_B.unsqueeze(1)).clamp_min(0)
        visible_BTS = visible(slots_S, first, self._padding_B)
        hidden_BTC = self._model.model(tokens_BT.to(self._device), positions_BT, self._caches, visible_BTS)
        logits_BV: Tensor = self._model.lm_head(hidden_BTC[:, -1]).float()
        return logits_BV

    def keep(self, rows: Tensor) -> None:
        """See `Reader.keep`."""
        rows = rows.to(self._device)
        self._padding_B = self._padding_B[rows]
        for cache in self._caches:
            cache.keep(rows)


def visible(slots_S: Tensor, first: int, padding_B: Tensor) -> Tensor:
    """Which slots each new token sees: from its row's padding to itself; padding sees itself, lest nothing be seen.

    Args:
        slots_S: 0, 1, 2 … up to the last token's.
        first: Slot of the first new token.
        padding_B: Tokens of padding at the left of each row.

    Returns:
        Boolean, shape (B, T, S).
    """
    new_T1 = slots_S[first:].unsqueeze(1)
    causal_TS = slots_S <= new_T1
    padded_B1S = slots_S < padding_B[:, None, None]
    return (causal_TS & ~padded_B1S) | (slots_S == new_T1)


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
