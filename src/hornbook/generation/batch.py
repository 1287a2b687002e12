"""Complete one batch of prompts: read them at once, then write one token of each at a time.

Shapes: B rows of the batch, T tokens read, S slots of the cache, V vocabulary.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from hornbook.generation.cache import make_caches
from hornbook.generation.choose import choose_tokens, draw
from hornbook.generation.healing import HealedPrompt, Spelling
from hornbook.generation.prompt import Prompt, SamplingConfig
from hornbook.model.phi import Phi


class Row:
    """One prompt on its way."""

    def __init__(self, index: int, prompt: Prompt, healed: HealedPrompt) -> None:
        """Begin with nothing written; `index` is the caller's."""
        self.index = index
        self.prompt = prompt
        self.tokens = healed.tokens
        self.remaining = healed.suffix
        self.num_new = 0
        self.done = False
        self._new = b""

    def take(self, token: int, spelling: Spelling, max_new: int) -> None:
        """Add a token; decide whether the completion ends with it."""
        self.num_new += 1
        if token == spelling.end_of_text:
            self.done = True
            return
        spelled = spelling.bytes_of[token]
        self._new += spelled[len(self.remaining) :]
        self.remaining = self.remaining[len(spelled) :]
        self.done = self.num_new >= max_new or self._stop() is not None

    @property
    def text(self) -> str:
        """The completion so far, without what a stop rule cuts off."""
        return self._decoded()[: self._stop()]

    def _decoded(self) -> str:
        return self._new.decode("utf-8", errors="replace")

    def _stop(self) -> int | None:
        return self.prompt.stop.find(self.prompt.text, self._decoded())


@torch.inference_mode()
def complete_batch(model: Phi, spelling: Spelling, rows: Sequence[Row], config: SamplingConfig, seed: int) -> None:
    """Complete `rows` together, until each is done. Finished rows leave the batch when they are half of it."""
    weight = model.lm_head.weight
    longest = max(len(row.tokens) for row in rows)
    room = min(config.max_new_tokens, model.config.max_position - min(len(row.tokens) for row in rows))
    caches = make_caches(len(rows), longest + room, model.config, weight)
    padding_B = torch.tensor([longest - len(row.tokens) for row in rows], device=weight.device)
    tokens_BT = torch.tensor(
        [[spelling.end_of_text] * (longest - len(row.tokens)) + list(row.tokens) for row in rows],
        device=weight.device,
    )
    active = list(rows)
    length = longest
    while True:
        first = length - tokens_BT.shape[1]
        slots_S = torch.arange(length, device=weight.device)
        positions_BT = (slots_S[first:] - padding_B.unsqueeze(1)).clamp_min(0)
        visible_BTS = _visible(slots_S, first, padding_B)
        hidden_BTC = model.model(tokens_BT, positions_BT, caches, visible_BTS)
        logits_BV = model.lm_head(hidden_BTC[:, -1]).float()
        chosen = _choose(logits_BV, active, spelling, config, seed)
        for row, token in zip(active, chosen, strict=True):
            if not row.done:
                row.take(token, spelling, min(config.max_new_tokens, model.config.max_position - len(row.tokens)))
        going = [number for number, row in enumerate(active) if not row.done]
        if not going:
            return
        tokens_BT = torch.tensor(chosen, device=weight.device).unsqueeze(1)
        if len(going) <= len(active) // 2:
            kept = torch.tensor(going, device=weight.device)
            active = [active[number] for number in going]
            tokens_BT, padding_B = tokens_BT[kept], padding_B[kept]
            for cache in caches:
                cache.keep(kept)
        length += 1


def _visible(slots_S: Tensor, first: int, padding_B: Tensor) -> Tensor:
    """Which slots each new token sees: from its row's padding to itself; padding sees itself, lest nothing be seen."""
    new_T1 = slots_S[first:].unsqueeze(1)
    causal_TS = slots_S <= new_T1
    padded_B1S = slots_S < padding_B[:, None, None]
    return (causal_TS & ~padded_B1S) | (slots_S == new_T1)


def _choose(logits_BV: Tensor, rows: Sequence[Row], spelling: Spelling, config: SamplingConfig, seed: int) -> list[int]:
    logits_BV[:, len(spelling.bytes_of) :] = -torch.inf  # rows of the embedding that no token uses
    for number, row in enumerate(rows):
        if row.remaining and not row.done:
            allowed = torch.tensor(spelling.allowed(row.remaining), device=logits_BV.device)
            restricted_V = torch.full_like(logits_BV[number], -torch.inf)
            restricted_V[allowed] = logits_BV[number, allowed]
            logits_BV[number] = restricted_V
    draws = [draw(seed, row.prompt.key, row.num_new) for row in rows] if config.temperature > 0 else []
    chosen: list[int] = choose_tokens(
        logits_BV, temperature=config.temperature, top_p=config.top_p, draws=draws
    ).tolist()
    return chosen
