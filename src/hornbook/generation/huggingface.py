"""Complete prompts in batches with a causal language model of the transformers library.

`generate` of transformers runs the model, so that every architecture works; the next token and the end of a completion
are decided here, by the same rules as for Hornbook's models. Two things differ: prompts are tokenized without token
healing, and in types other than float32 near ties are more frequent, so that a completion may depend on its batch.

Shapes: B rows of the batch, T tokens, V vocabulary.
"""

import sys
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from hornbook.errors import ConfigError
from hornbook.generation.choose import choose_tokens, draw
from hornbook.generation.likelihood import OVERFLOW, Continuation, count_bits
from hornbook.generation.prompt import Prompt, SamplingConfig, group_by_length, max_prompt_tokens

_NUM_TOKENS_BEFORE = 8
"""Tokens of the prompt that are decoded with the new ones: some tokenizers drop the space of the first token."""


@dataclass(frozen=True)
class LoadedModel:
    """A model of transformers with its tokenizer."""

    model: Any
    """A `PreTrainedModel` in evaluation mode, without generation settings of its own."""
    tokenizer: Any
    """A `PreTrainedTokenizerBase`."""
    end_tokens: frozenset[int]
    """Each of these ends a completion and is not part of it."""
    max_position: int | None
    """The model's maximum number of positions; None if unlimited."""


class _Row:
    """One prompt with its completion so far."""

    def __init__(self, index: int, prompt: Prompt, tokens: Sequence[int], max_new: int, loaded: LoadedModel) -> None:
        self.index = index
        self.prompt = prompt
        self.tokens = list(tokens)
        self.num_new = 0
        self.max_new = max_new
        self.done = False
        self._loaded = loaded
        self._first_decoded = max(0, len(tokens) - _NUM_TOKENS_BEFORE)
        self._num_before = len(self._decode())

    def take(self, token: int) -> None:
        """Append a token and set `done` if the completion ends."""
        self.num_new += 1
        if token in self._loaded.end_tokens:
            self.done = True
            return
        self.tokens.append(token)
        self.done = self.num_new >= self.max_new or self._stop(self._new_text()) is not None

    @property
    def text(self) -> str:
        """The completion so far, up to where a stop rule ends it."""
        new = self._new_text()
        return new[: self._stop(new)]

    def _stop(self, text: str) -> int | None:
        return self.prompt.stop.find(self.prompt.text, text)

    def _new_text(self) -> str:
        return self._decode()[self._num_before :]

    def _decode(self) -> str:
        tokens = self.tokens[self._first_decoded :]
        text: str = self._loaded.tokenizer.decode(tokens, skip_special_tokens=True, clean_up_tokenization_spaces=False)
        return text


def generate_batches(
    loaded: LoadedModel,
    prompts: Sequence[Prompt],
    config: SamplingConfig,
    seed: int,
    skip: Collection[int] = (),
) -> Iterator[list[tuple[int, str]]]:
    """Complete prompts batch by batch, as `generation.sample.generate_batches` does.

    Raises:
        ConfigError: The model's numbers overflow in its type.
    """
    limit = _limit(loaded.max_position, config)
    tokens = [_read(loaded.tokenizer, prompt.text, limit)[0] or [_any_token(loaded)] for prompt in prompts]
    done = frozenset(skip)
    for batch in group_by_length([len(of_prompt) for of_prompt in tokens], config.batch_size, done):
        ends = [(loaded.max_position or sys.maxsize) - len(tokens[index]) for index in batch]
        rows = [
            _Row(index, prompts[index], tokens[index], min(config.max_new_tokens, end), loaded)
            for index, end in zip(batch, ends, strict=True)
        ]
        going = rows
        while going:
            _write_until_half_are_done(loaded, going, config, seed)
            going = [row for row in going if not row.done]
        yield [(row.index, row.text) for row in rows if row.index not in done]


def count_truncated(tokenizer: Any, max_position: int | None, prompts: Sequence[str], config: SamplingConfig) -> int:
    """The number of prompts that are truncated because they are too long for the model."""
    limit = _limit(max_position, config)
    return sum(_read(tokenizer, prompt, limit)[1] for prompt in prompts)


def text_bits(loaded: LoadedModel, texts: Sequence[tuple[str, str]]) -> list[float | None]:
    """Bits of each text behind its prompt, as `generation.likelihood.text_bits` counts them, without token healing.

    Raises:
        ConfigError: The model's numbers overflow in its type.
    """

    def logits_of(tokens_BT: Tensor, mask_BT: Tensor) -> Tensor:
        num_tokens = max(len(loaded.tokenizer), int(tokens_BT.max()) + 1)
        tokens_BT, mask_BT = tokens_BT.to(loaded.model.device), mask_BT.to(loaded.model.device)
        read = loaded.model(tokens_BT, attention_mask=torch.ones_like(tokens_BT), use_cache=False)
        logits_NV: Tensor = read.logits[mask_BT][:, :num_tokens].float()
        return logits_NV

    return count_bits([_continuation(loaded, prompt, text) for prompt, text in texts], logits_of)


def _continuation(loaded: LoadedModel, prompt: str, text: str) -> Continuation | None:
    """The tokens of the text as they stand behind the prompt; by themselves where one would reach into the prompt."""
    before = _read(loaded.tokenizer, prompt, None)[0]
    tokens = _read(loaded.tokenizer, prompt + text, None)[0]
    if tokens[: len(before)] == before:
        tokens = tokens[len(before) :]
    else:
        tokens = loaded.tokenizer(text, add_special_tokens=False, verbose=False)["input_ids"]
    room = (loaded.max_position or sys.maxsize) - len(tokens)
    if room < 1:
        return None
    return Continuation(before=_read(loaded.tokenizer, prompt, room)[0] or [_any_token(loaded)], tokens=tokens)


def _limit(max_position: int | None, config: SamplingConfig) -> int | None:
    return None if max_position is None else max_prompt_tokens(max_position, config.max_new_tokens)


def _read(tokenizer: Any, text: str, limit: int | None) -> tuple[list[int], bool]:
    """The prompt's last `limit` tokens, and whether there are more."""
    tokens: list[int] = tokenizer(text, verbose=False)["input_ids"]
    if limit is None or len(tokens) <= limit:
        return tokens, False
    if tokens[0] == tokenizer.bos_token_id and limit > 1:  # every text starts with it in training
        return [tokens[0], *tokens[len(tokens) - limit + 1 :]], True
    return tokens[len(tokens) - limit :], True


def _any_token(loaded: LoadedModel) -> int:
    """A token for padding and for a prompt without tokens: the begin or end of text where there is one."""
    for token in (loaded.tokenizer.bos_token_id, loaded.tokenizer.eos_token_id, *sorted(loaded.end_tokens)):
        if token is not None:
            return int(token)
    return 0


def _write_until_half_are_done(loaded: LoadedModel, rows: Sequence[_Row], config: SamplingConfig, seed: int) -> None:
    """Generate until half of the rows are done, or until the longest row has reached the last position.

    `generate` also appends to rows that are done, and must not exceed the model's positions.
    """
    from transformers import GenerationConfig, LogitsProcessorList, StoppingCriteriaList

    def choose(_tokens_BT: Tensor, logits_BV: Tensor) -> Tensor:
        chosen_B = _choose(logits_BV, rows, config, seed, len(loaded.tokenizer))
        for row, token in zip(rows, chosen_B.tolist(), strict=True):
            if not row.done:
                row.take(token)
        return torch.full_like(logits_BV, -torch.inf).scatter_(1, chosen_B.unsqueeze(1), 0.0)

    def stop(tokens_BT: Tensor, _scores: Any) -> Tensor:
        is_over = 2 * sum(row.done for row in rows) >= len(rows)
        return torch.full((len(rows),), is_over, dtype=torch.bool, device=tokens_BT.device)

    device, padding = loaded.model.device, _any_token(loaded)
    longest = max(len(row.tokens) for row in rows)
    room = max(row.max_new - row.num_new for row in rows)
    if loaded.max_position is not None:
        room = min(room, loaded.max_position - longest)
    loaded.model.generate(
        torch.tensor([[padding] * (longest - len(row.tokens)) + row.tokens for row in rows], device=device),
        attention_mask=torch.tensor(
            [[0] * (longest - len(row.tokens)) + [1] * len(row.tokens) for row in rows], device=device
        ),
        generation_config=GenerationConfig(max_new_tokens=room, do_sample=False, pad_token_id=padding),
        logits_processor=LogitsProcessorList([choose]),
        stopping_criteria=StoppingCriteriaList([stop]),
    )


def _choose(logits_BV: Tensor, rows: Sequence[_Row], config: SamplingConfig, seed: int, num_tokens: int) -> Tensor:
    logits_BV[:, num_tokens:] = -torch.inf  # the embedding may have more rows than there are tokens
    if not logits_BV.amax(dim=1).isfinite().all():
        raise ConfigError(OVERFLOW)
    draws = [draw(seed, row.prompt.key, row.num_new) for row in rows] if config.temperature > 0 else []
    return choose_tokens(logits_BV, temperature=config.temperature, top_p=config.top_p, draws=draws)
