"""What reads tokens and tells the logits of the next: the interface, and the model itself behind it.

Shapes: B rows of the batch, T tokens read, S slots of the cache, V vocabulary.
"""

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from hornbook.generation.cache import make_caches
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


class PhiReader:
    """The model as it is: of any type and on any device."""

    def __init__(self, model: Phi, padding_B: Tensor, slots: int) -> None:
        """Allocate the cache; see `OpenReader`."""
        weight = model.lm_head.weight
        self._model = model
        self._device = weight.device
        self._padding_B = padding_B.to(self._device)
        self._caches = make_caches(len(padding_B), slots, model.config, weight)
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
