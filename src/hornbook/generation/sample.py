"""Complete prompts in batches, with a cache of keys and values.

Prompts of similar length share a batch; shorter ones are padded on the left and see no padding. Rows that are finished
leave the batch. What a prompt gets does not depend on the others: its random numbers come from the seed and its own key
(in float32 the sums of a larger batch can differ in the last bit, which changes a token only at a tie).
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

from tokenizers import Tokenizer

from hornbook.generation.batch import Row, complete_batch
from hornbook.generation.healing import Spelling, heal
from hornbook.generation.packed import PackedPhi, PackedReader, can_pack
from hornbook.generation.prompt import Prompt, SamplingConfig, group_by_length, max_prompt_tokens
from hornbook.generation.reader import OpenReader, PhiReader
from hornbook.generation.stop import StopRule
from hornbook.model.phi import Phi

FUNCTION_END = StopRule()


def generate(
    model: Phi,
    tokenizer: Tokenizer,
    prompts: Sequence[str],
    config: SamplingConfig,
    seed: int,
    progress: Callable[[int, int], None],
    stop: StopRule = FUNCTION_END,
) -> list[str]:
    """What the model writes behind each prompt, in the order of the prompts; see `generate_batches`.

    Args:
        model: In evaluation mode; of any type and on any device.
        tokenizer: The one that the model was trained with.
        prompts: Any texts.
        config: Choice and size.
        seed: Together with a prompt's index it determines the completion; unused at temperature 0.
        progress: Told how many prompts are done, and how many there are.
        stop: Where completions end.
    """
    asked = [Prompt(text=text, key=str(index), stop=stop) for index, text in enumerate(prompts)]
    texts = [""] * len(prompts)
    num_done = 0
    for batch in generate_batches(model, tokenizer, asked, config, seed):
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
    only the end is read.

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
