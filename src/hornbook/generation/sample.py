"""Complete prompts in batches, with a cache of keys and values.

Prompts of similar length share a batch; shorter ones are padded on the left and see no padding. Rows that are finished
leave the batch. What a prompt gets does not depend on the others: its random numbers come from the seed and its own
index (in float32 the sums of a larger batch can differ in the last bit, which changes a token only at a tie).

Shapes: B rows of the batch, T tokens read, S slots of the cache, V vocabulary.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor

from hornbook.errors import ConfigError
from hornbook.generation.cache import make_caches
from hornbook.generation.choose import choose_tokens, draw
from hornbook.generation.healing import HealedPrompt, Spelling, heal
from hornbook.generation.stop import end_of_function, first_stop
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model

__all__ = ["GenerateConfig", "count_truncated", "generate", "load_model"]


@dataclass(frozen=True, kw_only=True)
class GenerateConfig:
    """How completions are chosen, and when they end."""

    max_new_tokens: int = 200
    temperature: float = 0.0
    """0 takes the likeliest token."""
    top_p: float = 1.0
    """Draw from the likeliest tokens of this total probability; no effect at temperature 0."""
    batch_size: int = 64
    """Prompts completed at a time."""
    stop_at_function_end: bool = True
    """End before the first line that starts at the left edge."""
    stop_strings: tuple[str, ...] = ()
    """End before the first of these."""

    def __post_init__(self) -> None:
        for name in ("max_new_tokens", "batch_size"):
            if getattr(self, name) < 1:
                raise ConfigError(f"`{name}` must be at least 1, got {getattr(self, name)!r}")
        if self.temperature < 0:
            raise ConfigError(f"`temperature` must not be negative, got {self.temperature!r}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` must lie in (0, 1], got {self.top_p!r}")
        if "" in self.stop_strings:
            raise ConfigError(f"`stop_strings` must not hold the empty string, got {self.stop_strings!r}")


def generate(
    model: Phi,
    tokenizer: Tokenizer,
    prompts: Sequence[str],
    config: GenerateConfig,
    seed: int,
    progress: Callable[[int, int], None],
) -> list[str]:
    """What the model writes behind each prompt, in the order of the prompts.

    A completion ends at `<|endoftext|>` (left out), at a stop rule, after `max_new_tokens`, or where the positions that
    the model was trained on end. Of a prompt that leaves less than a quarter of those positions free, only the end is
    read (`count_truncated` says for how many).

    Args:
        model: In evaluation mode; of any type and on any device.
        tokenizer: The one that the model was trained with.
        prompts: Any texts: a prompt may end within a word, after spaces or after a line break.
        config: Choice and end.
        seed: Together with a prompt's index it determines the completion; unused at temperature 0.
        progress: Told how many prompts are done, and how many there are.
    """
    spelling = Spelling(tokenizer)
    limit = _max_prompt_tokens(model, config)
    healed = [heal(tokenizer, spelling, prompt, limit) for prompt in prompts]
    order = sorted(range(len(prompts)), key=lambda index: len(healed[index].tokens))
    texts = [""] * len(prompts)
    for start in range(0, len(order), config.batch_size):
        chosen = order[start : start + config.batch_size]
        rows = [_Row(index, healed[index], prompts[index], config) for index in chosen]
        _complete_batch(model, spelling, rows, config, seed)
        for row in rows:
            texts[row.index] = row.text
        progress(start + len(chosen), len(prompts))
    return texts


def count_truncated(model: Phi, tokenizer: Tokenizer, prompts: Sequence[str], config: GenerateConfig) -> int:
    """How many prompts `generate` would read from their middle on, because they are too long for the model."""
    spelling = Spelling(tokenizer)
    limit = _max_prompt_tokens(model, config)
    return sum(heal(tokenizer, spelling, prompt, limit).num_dropped > 0 for prompt in prompts)


class _Row:
    """One prompt on its way."""

    def __init__(self, index: int, prompt: HealedPrompt, text: str, config: GenerateConfig) -> None:
        self.index = index
        self.prompt = prompt
        self.remaining = prompt.suffix
        self.num_new = 0
        self.done = False
        self._config = config
        self._line_break = "\n" if text.endswith("\n") or not text else ""
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
        text = self._decoded()
        stops = [first_stop(text, self._config.stop_strings)]
        if self._config.stop_at_function_end:
            end = end_of_function(self._line_break + text)
            stops.append(None if end is None else end - len(self._line_break))
        return min((stop for stop in stops if stop is not None), default=None)


@torch.inference_mode()
def _complete_batch(model: Phi, spelling: Spelling, rows: Sequence[_Row], config: GenerateConfig, seed: int) -> None:
    """Complete `rows` together; their prompts are read at once, then one token of each at a time."""
    weight = model.lm_head.weight
    longest = max(len(row.prompt.tokens) for row in rows)
    room = min(config.max_new_tokens, model.config.max_position - min(len(row.prompt.tokens) for row in rows))
    caches = make_caches(len(rows), longest + room, model.config, weight)
    padding_B = torch.tensor([longest - len(row.prompt.tokens) for row in rows], device=weight.device)
    tokens_BT = torch.tensor(
        [[spelling.end_of_text] * (longest - len(row.prompt.tokens)) + list(row.prompt.tokens) for row in rows],
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
                space = model.config.max_position - len(row.prompt.tokens)
                row.take(token, spelling, min(config.max_new_tokens, space))
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


def _choose(
    logits_BV: Tensor, rows: Sequence[_Row], spelling: Spelling, config: GenerateConfig, seed: int
) -> list[int]:
    logits_BV[:, len(spelling.bytes_of) :] = -torch.inf  # rows of the embedding that no token uses
    for number, row in enumerate(rows):
        if row.remaining and not row.done:
            allowed = torch.tensor(spelling.allowed(row.remaining), device=logits_BV.device)
            restricted_V = torch.full_like(logits_BV[number], -torch.inf)
            restricted_V[allowed] = logits_BV[number, allowed]
            logits_BV[number] = restricted_V
    draws = [draw(seed, row.index, row.num_new) for row in rows] if config.temperature > 0 else []
    chosen: list[int] = choose_tokens(
        logits_BV, temperature=config.temperature, top_p=config.top_p, draws=draws
    ).tolist()
    return chosen


def _max_prompt_tokens(model: Phi, config: GenerateConfig) -> int:
    positions = model.config.max_position
    return max(1, positions - min(config.max_new_tokens, positions // 4))
