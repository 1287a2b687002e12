"""Complete one batch of prompts: read them at once, then write one token of each at a time.

Shapes: B rows of the batch, T tokens read, V vocabulary.
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from hornbook.generation.choose import choose_tokens, draw
from hornbook.generation.healing import HealedPrompt, Spelling
from hornbook.generation.prompt import Prompt, SamplingConfig
from hornbook.generation.reader import OpenReader

LEAVING_SHARE = 1 / 8
"""Done rows leave when they are so many of the batch. Each leaving copies as many rows of the cache, and a CPU's
libraries prepare for each new size of the batch."""


class Row:
    """One prompt on its way."""

    def __init__(self, index: int, prompt: Prompt, healed: HealedPrompt, max_new: int) -> None:
        """Begin with nothing written; `index` is the caller's, `max_new` the number of tokens at which it ends."""
        self.index = index
        self.prompt = prompt
        self.tokens = healed.tokens
        self.remaining = healed.suffix
        self.max_new = max_new
        self.new_tokens: list[int] = []
        self.done = False
        self._new = b""
        self._searched = 0
        self._end: int | None = None

    def take(self, token: int, spelling: Spelling) -> None:
        """Add a token; decide whether the completion ends with it."""
        self.new_tokens.append(token)
        if token == spelling.end_of_text:
            self.done = True
            return
        spelled = spelling.bytes_of[token]
        self._new += spelled[len(self.remaining) :]
        self.remaining = self.remaining[len(spelled) :]
        text = self._decoded()
        self._end = self.prompt.stop.find(self.prompt.text, text, self._searched)
        # The last character may be a part of one, and become another when the rest of it comes.
        self._searched = len(text.rstrip("\N{REPLACEMENT CHARACTER}"))
        self.done = len(self.new_tokens) >= self.max_new or self._end is not None

    @property
    def text(self) -> str:
        """The completion so far, without what a stop rule cuts off."""
        return self._decoded()[: self._end]

    def _decoded(self) -> str:
        return self._new.decode("utf-8", errors="replace")


@torch.inference_mode()
def complete_batch(
    open_reader: OpenReader, spelling: Spelling, rows: Sequence[Row], config: SamplingConfig, seed: int
) -> None:
    """Complete `rows` together, until each is done. Finished rows leave the batch when they are an eighth of it.

    Args:
        open_reader: The model.
        spelling: Of the model's tokenizer.
        rows: At least one.
        config: How tokens are chosen.
        seed: See `generate_batches`.
    """
    longest = max(len(row.tokens) for row in rows)
    padding = [longest - len(row.tokens) for row in rows]
    reader = open_reader(torch.tensor(padding), longest + max(row.max_new for row in rows))
    tokens_BT = torch.tensor(
        [[spelling.end_of_text] * before + list(row.tokens) for before, row in zip(padding, rows, strict=True)]
    )
    active = list(rows)
    while True:
        chosen = _choose(reader.read(tokens_BT), active, spelling, config, seed)
        for row, token in zip(active, chosen, strict=True):
            if not row.done:
                row.take(token, spelling)
        kept = _kept([row.done for row in active])
        if not kept:
            return
        tokens_BT = torch.tensor(chosen).unsqueeze(1)
        if len(active) - len(kept) >= LEAVING_SHARE * len(active):
            active = [active[number] for number in kept]
            tokens_BT = tokens_BT[kept]
            reader.keep(torch.tensor(kept))


def _kept(done: Sequence[bool]) -> list[int]:
    """The rows that are not done, in an order in which few change their place: the last ones take those of the done."""
    num_kept = len(done) - sum(done)
    last = [number for number in range(num_kept, len(done)) if not done[number]]
    return [last.pop() if done[number] else number for number in range(num_kept)]


def _choose(logits_BV: Tensor, rows: Sequence[Row], spelling: Spelling, config: SamplingConfig, seed: int) -> list[int]:
    logits_BV = logits_BV[:, : len(spelling.bytes_of)]  # behind them are rows of the embedding that no token uses
    for number, row in enumerate(rows):
        if row.remaining and not row.done:
            allowed = torch.tensor(spelling.allowed(row.remaining), device=logits_BV.device)
            restricted_V = torch.full_like(logits_BV[number], -torch.inf)
            restricted_V[allowed] = logits_BV[number, allowed]
            logits_BV[number] = restricted_V
    draws = [draw(seed, row.prompt.key, len(row.new_tokens)) for row in rows] if config.temperature > 0 else []
    chosen: list[int] = choose_tokens(
        logits_BV, temperature=config.temperature, top_p=config.top_p, draws=draws
    ).tolist()
    return chosen
