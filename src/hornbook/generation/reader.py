"""Readers compute the logits of the next token of each row: the interface, and the one for any model and device.

Shapes: B rows of the batch, T tokens read, S slots of the cache, H heads, D dimensions of a head, V vocabulary.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi


class Reader(Protocol):
    """Reads the tokens of a batch step by step. Rows are padded on the left, so that all end at the same slot."""

    def read(self, tokens_BT: Tensor) -> Tensor:
        """The logits of the token after the last one, in float32, shape (B, V).

        The tokens are on the CPU: the prompts in the first call, one token per row in each later call.
        """

    def keep(self, rows: Tensor) -> None:
        """Keep only these rows of the batch: row `rows[n]` becomes row n. Only rows that move are copied."""


OpenReader = Callable[[Tensor, int], Reader]
"""Opens a batch, given the number of padding tokens at the left of each row, and the maximum number of slots."""


class LayerKeysValues:
    """The preallocated keys and values of one layer; implements `hornbook.model.phi.LayerCache`."""

    def __init__(self, batch: int, slots: int, config: ModelConfig, like: Tensor) -> None:
        """Allocate `slots` tokens for each of `batch` rows, with the type and device of `like`."""
        shape = (batch, config.num_heads, slots, config.head_size)
        self.key_BHSD = torch.zeros(shape, dtype=like.dtype, device=like.device)
        self.value_BHSD = torch.zeros_like(self.key_BHSD)
        self.length = 0

    def extend(self, key_BTHD: Tensor, value_BTHD: Tensor) -> tuple[Tensor, Tensor]:
        """Append the new tokens; returns views of all, shape (B, H, length, D)."""
        end = self.length + key_BTHD.shape[1]
        self.key_BHSD[:, :, self.length : end] = key_BTHD.transpose(1, 2)
        self.value_BHSD[:, :, self.length : end] = value_BTHD.transpose(1, 2)
        self.length = end
        return self.key_BHSD[:, :, :end], self.value_BHSD[:, :, :end]

    def keep(self, rows: Tensor) -> None:
        """Keep only these rows of the batch; see `keep_rows`."""
        self.key_BHSD = keep_rows(self.key_BHSD, rows)
        self.value_BHSD = keep_rows(self.value_BHSD, rows)


class PhiReader:
    """Reads with a model of any type on any device."""

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
    """The slots that each new token may attend to: those after its row's padding, up to itself. Shape (B, T, S).

    A padding token attends to itself, so that its softmax is defined. Slots are 0, 1, 2 … up to the last token's; the
    first new token has slot `first`.
    """
    new_T1 = slots_S[first:].unsqueeze(1)
    causal_TS = slots_S <= new_T1
    padded_B1S = slots_S < padding_B[:, None, None]
    return (causal_TS & ~padded_B1S) | (slots_S == new_T1)


def keep_rows(table: Tensor, rows: Tensor) -> Tensor:
    """Move row `rows[n]` of the table's first dimension to row n, in place; returns a view of the rows kept.

    `rows` may be in any order, each at most once, and must lie on the table's device.
    """
    places = (rows != torch.arange(len(rows), device=rows.device)).nonzero().flatten()
    table[places] = table[rows[places]]
    return table[: len(rows)]
