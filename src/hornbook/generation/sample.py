"""Complete prompts in batches, with a cache of keys and values.

Prompts of similar length form a batch. Shorter ones are padded on the left, and no token attends to padding. Finished
rows are removed from the batch. A completion does not depend on the other prompts: its random numbers come from the
seed and its own key. Only rounding depends on the batch, which can change a token at a near tie.

Shapes: B rows of the batch, T tokens read, V vocabulary.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from functools import partial

import torch
from tokenizers import Tokenizer
from torch import Tensor

from hornbook.generation.choose import HealedPrompt, Spelling, choose_tokens, draw, heal
from hornbook.generation.packed import PackedPhi, PackedReader, can_pack
from hornbook.generation.prompt import Prompt, SamplingConfig, StopRule, group_by_length, max_prompt_tokens
from hornbook.generation.reader import OpenReader, PhiReader
from hornbook.model.phi import Phi

FUNCTION_END = StopRule()
LEAVING_SHARE = 1 / 8
"""Finished rows are removed from the batch once they are this share of it: each removal copies rows of the cache, and
CPU libraries prepare for each new batch size."""


def generate(
    model: Phi,
    tokenizer: Tokenizer,
    prompts: Sequence[str],
    config: SamplingConfig,
    seed: int,
    progress: Callable[[int, int], None],
    stop: StopRule = FUNCTION_END,
) -> list[str]:
    """Complete each prompt; returns the completions in the order of the prompts. See `generate_batches`.

    Random numbers follow from the seed and the prompts' indices. `progress` receives the number of finished prompts and
    their total; `stop` says where completions end.
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
    """Complete prompts batch by batch.

    A completion ends before `<|endoftext|>`, at its prompt's stop rule, after `max_new_tokens`, or at the last position
    that the model was trained on. A prompt that leaves less than a quarter of the positions free is truncated at its
    beginning.

    Args:
        model: A model in evaluation mode, of any type and on any device.
        tokenizer: The tokenizer that the model was trained with.
        prompts: All prompts, including those that are done: all of them determine the batches.
        config: How tokens are chosen.
        seed: Determines the random numbers together with the prompts' keys; unused at temperature 0.
        skip: Indices of the prompts that are done. They do not change the completions of the others, bit for bit.

    Yields:
        For each batch, the indices and completions of its prompts that are not in `skip`.
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
    """The fastest reader for the model on its device."""
    return partial(PackedReader, PackedPhi(model)) if can_pack(model) else partial(PhiReader, model)


class Row:
    """One prompt with its completion so far."""

    def __init__(self, index: int, prompt: Prompt, healed: HealedPrompt, max_new: int) -> None:
        """Start a completion of at most `max_new` tokens; `index` is the prompt's."""
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
        """Append a token and set `done` if the completion ends."""
        self.new_tokens.append(token)
        if token == spelling.end_of_text:
            self.done = True
            return
        spelled = spelling.bytes_of[token]
        self._new += spelled[len(self.remaining) :]
        self.remaining = self.remaining[len(spelled) :]
        text = self._decoded()
        self._end = self.prompt.stop.find(self.prompt.text, text, self._searched)
        # An incomplete character at the end changes when its remaining bytes arrive.
        self._searched = len(text.rstrip("\N{REPLACEMENT CHARACTER}"))
        self.done = len(self.new_tokens) >= self.max_new or self._end is not None

    @property
    def text(self) -> str:
        """The completion so far, up to where a stop rule ends it."""
        return self._decoded()[: self._end]

    def _decoded(self) -> str:
        return self._new.decode("utf-8", errors="replace")


@torch.inference_mode()
def complete_batch(
    open_reader: OpenReader, spelling: Spelling, rows: Sequence[Row], config: SamplingConfig, seed: int
) -> None:
    """Complete `rows`, at least one, as one batch."""
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
    """The rows that are not done, in an order that moves few: the last rows take the places of finished ones."""
    num_kept = len(done) - sum(done)
    last = [number for number in range(num_kept, len(done)) if not done[number]]
    return [last.pop() if done[number] else number for number in range(num_kept)]


def _choose(logits_BV: Tensor, rows: Sequence[Row], spelling: Spelling, config: SamplingConfig, seed: int) -> list[int]:
    logits_BV = logits_BV[:, : len(spelling.bytes_of)]  # the embedding may have more rows than there are tokens
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
