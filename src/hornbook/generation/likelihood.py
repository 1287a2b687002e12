"""How likely given texts are behind their prompts, in bits: one forward pass, in batches of similar length.

A text counts as the model would have to write it. Where a prompt's last piece is healed (`choose.py`), the tokens that
spell it anew may also spell the text's beginning, and are chosen among those that can spell it.

Shapes: B rows of the batch, T tokens, N tokens whose probability is asked for, V vocabulary.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional

from hornbook.errors import ConfigError
from hornbook.generation.choose import Spelling, heal
from hornbook.generation.prompt import group_by_length
from hornbook.model.phi import Phi

OVERFLOW = "the model's numbers overflow in its `dtype`; choose float32 or bfloat16"
_TOKENS_AT_ONCE = 2048
"""Tokens of a batch, padding included: a large vocabulary's logits of so many take a gigabyte."""

LogitsOf = Callable[[Tensor, Tensor], Tensor]
"""Tokens (B, T) and a mask (B, T) → logits (N, V) in float32 of the tokens that follow where the mask is true."""


@dataclass(frozen=True, kw_only=True)
class Continuation:
    """Tokens that follow others."""

    before: Sequence[int]
    """What the model reads, at least one token."""
    tokens: Sequence[int]
    allowed: Sequence[Sequence[int]] = ()
    """For the first of `tokens`, among which they are chosen; the others are chosen among all."""


def text_bits(model: Phi, tokenizer: Tokenizer, texts: Sequence[tuple[str, str]]) -> list[float | None]:
    """Bits of each text behind its prompt, given as (prompt, text).

    A prompt that leaves too few positions for the text is truncated at its beginning.

    Returns:
        None for a text that does not fit into the model's positions.

    Raises:
        ConfigError: The model's numbers are not finite.
    """
    spelling = Spelling(tokenizer)
    device, num_tokens = model.lm_head.weight.device, len(spelling.bytes_of)

    def logits_of(tokens_BT: Tensor, mask_BT: Tensor) -> Tensor:
        hidden_NC = model.model(tokens_BT.to(device))[mask_BT.to(device)]
        logits_NV: Tensor = model.lm_head(hidden_NC)[:, :num_tokens].float()
        return logits_NV

    rows = [_healed(tokenizer, spelling, prompt, text, model.config.max_position) for prompt, text in texts]
    return count_bits(rows, logits_of)


@torch.inference_mode()
def count_bits(rows: Sequence[Continuation | None], logits_of: LogitsOf) -> list[float | None]:
    """Bits of each continuation by a causal model; None for None.

    Raises:
        ConfigError: The model's numbers are not finite.
    """
    bits: list[float | None] = [None] * len(rows)
    there = [(index, row) for index, row in enumerate(rows) if row is not None]
    lengths = [len(row.before) + len(row.tokens) for _, row in there]
    batch_size = max(1, _TOKENS_AT_ONCE // max(lengths, default=1))
    for batch in group_by_length(lengths, batch_size, ()):
        batch_bits = _count_batch([there[number][1] for number in batch], logits_of)
        for number, of_row in zip(batch, batch_bits, strict=True):
            bits[there[number][0]] = of_row
    return bits


def _count_batch(rows: Sequence[Continuation], logits_of: LogitsOf) -> list[float]:
    longest = max(len(row.before) + len(row.tokens) for row in rows)
    tokens_BT = torch.zeros(len(rows), longest, dtype=torch.long)  # padded on the right, where no token looks
    mask_BT = torch.zeros(len(rows), longest, dtype=torch.bool)
    for number, row in enumerate(rows):
        end = len(row.before) + len(row.tokens)
        tokens_BT[number, :end] = torch.tensor([*row.before, *row.tokens])
        mask_BT[number, len(row.before) - 1 : end - 1] = True
    logits_NV = logits_of(tokens_BT, mask_BT)
    first = 0
    for row in rows:
        for place, allowed in enumerate(row.allowed, first):
            restricted_V = torch.full_like(logits_NV[place], -torch.inf)
            restricted_V[list(allowed)] = logits_NV[place, list(allowed)]
            logits_NV[place] = restricted_V
        first += len(row.tokens)
    targets_N = torch.tensor([token for row in rows for token in row.tokens], device=logits_NV.device)
    nats_N = functional.cross_entropy(logits_NV, targets_N, reduction="none").double()
    if not nats_N.isfinite().all():
        raise ConfigError(OVERFLOW)
    parts = torch.split(nats_N, [len(row.tokens) for row in rows])
    return [float(part_N.sum()) / math.log(2) for part_N in parts]


def _healed(tokenizer: Tokenizer, spelling: Spelling, prompt: str, text: str, limit: int) -> Continuation | None:
    """The tokens that a model of `limit` positions reads, and those that it has to write; None if they do not fit."""
    healed = heal(tokenizer, spelling, prompt, limit)
    tokens = tokenizer.encode(healed.suffix.decode() + text, add_special_tokens=False).ids
    room = limit - len(tokens)
    if room < 1:
        return None
    allowed, rest = [], healed.suffix
    for token in tokens:
        if not rest:
            break
        allowed.append(sorted({token, *spelling.allowed(rest)}))
        rest = rest[len(spelling.bytes_of[token]) :]
    return Continuation(before=healed.tokens[-room:], tokens=tokens, allowed=allowed)
