"""Complete prompts in batches, with a cache of keys and values.

Prompts of similar length share a batch; shorter ones are padded on the left and see no padding. Rows that are finished
leave the batch. What a prompt gets does not depend on the others: its random numbers come from the seed and its own key
(in float32 the sums of a larger batch can differ in the last bit, which changes a token only at a tie).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import partial

from tokenizers import Tokenizer

from hornbook.generation.batch import Row, complete_batch
from hornbook.generation.healing import Spelling, count_too_long, heal
from hornbook.generation.packed import PackedPhi, can_pack
from hornbook.generation.packed_reader import PackedReader
from hornbook.generation.prompt import Prompt, SamplingConfig, group_by_length, max_prompt_tokens
from hornbook.generation.reader import OpenReader, PhiReader
from hornbook.generation.stop import StopRule
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model

__all__ = ["GenerateConfig", "count_truncated", "generate", "generate_batches", "load_model"]


@dataclass(frozen=True, kw_only=True)
class GenerateConfig:
    """How completions are chosen, and when they end: the same for all prompts."""

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
        _ = self.sampling, self.stop_rule

    @property
    def sampling(self) -> SamplingConfig:
        """How completions are chosen."""
        return SamplingConfig(
            max_new_tokens=self.max_new_tokens,
            temperature=self.temperature,
            top_p=self.top_p,
            batch_size=self.batch_size,
        )

    @property
    def stop_rule(self) -> StopRule:
        """When they end."""
        return StopRule(strings=self.stop_strings, at_function_end=self.stop_at_function_end)


def generate(
    model: Phi,
    tokenizer: Tokenizer,
    prompts: Sequence[str],
    config: GenerateConfig,
    seed: int,
    progress: Callable[[int, int], None],
) -> list[str]:
    """What the model writes behind each prompt, in the order of the prompts; see `generate_batches`.

    Args:
        model: In evaluation mode; of any type and on any device.
        tokenizer: The one that the model was trained with.
        prompts: Any texts.
        config: Choice and end.
        seed: Together with a prompt's index it determines the completion; unused at temperature 0.
        progress: Told how many prompts are done, and how many there are.
    """
    asked = [Prompt(text=text, key=str(index), stop=config.stop_rule) for index, text in enumerate(prompts)]
    texts = [""] * len(prompts)
    num_done = 0
    for batch in generate_batches(model, tokenizer, asked, config.sampling, seed):
        for index, text in batch:
            texts[index] = text
        num_done += len(batch)
        progress(num_done, len(prompts))
    return texts


def generate_batches(
    model: Phi,
    tokenizer: Tokenizer,
    prompts: Sequence[Prompt],
    config: SamplingConfig,
    seed: int,
    skip: Collection[int] = (),
) -> Iterator[list[tuple[int, str]]]:
    """What the model writes behind each prompt, batch by batch.

    A completion ends at `<|endoftext|>` (left out), at its prompt's stop rule, after `max_new_tokens`, or where the
    positions that the model was trained on end. Of a prompt that leaves less than a quarter of those positions free,
    only the end is read (`count_truncated` says for how many).

    Args:
        model: In evaluation mode; of any type and on any device.
        tokenizer: The one that the model was trained with.
        prompts: All that are wanted, those that are done included: the batches are made of all.
        config: Choice and size.
        seed: Together with a prompt's key it determines the random numbers; unused at temperature 0.
        skip: Indices of the prompts that are done and not wanted again. The others get what they get without it, bit
            for bit.

    Yields:
        For each batch, the indices of its prompts and their completions; those in `skip` are left out.
    """
    spelling = Spelling(tokenizer)
    open_reader = reader_of(model)
    limit = max_prompt_tokens(model.config.max_position, config.max_new_tokens)
    healed = [heal(tokenizer, spelling, prompt.text, limit) for prompt in prompts]
    done = frozenset(skip)
    for batch in group_by_length([len(prompt.tokens) for prompt in healed], config.batch_size, done):
        rows = [
            Row(
                index,
                prompts[index],
                healed[index],
                min(config.max_new_tokens, model.config.max_position - len(healed[index].tokens)),
            )
            for index in batch
        ]
        complete_batch(open_reader, spelling, rows, config, seed)
        yield [(row.index, row.text) for row in rows if row.index not in done]


def reader_of(model: Phi) -> OpenReader:
    """The fastest way to read with the model where it lies."""
    return partial(PackedReader, PackedPhi(model)) if can_pack(model) else partial(PhiReader, model)


def count_truncated(model: Phi, tokenizer: Tokenizer, prompts: Sequence[str], config: GenerateConfig) -> int:
    """How many prompts are read from their middle on, because they are too long for the model."""
    limit = max_prompt_tokens(model.config.max_position, config.max_new_tokens)
    return count_too_long(tokenizer, prompts, limit)
