"""Rows of a batch that end at different times, read by a reader that knows each row's text beforehand."""

import pytest
import torch
from tokenizers import Tokenizer, models
from torch import Tensor

from hornbook.generation.choose import HealedPrompt, Spelling
from hornbook.generation.prompt import Prompt, SamplingConfig, StopRule
from hornbook.generation.reader import keep_rows
from hornbook.generation.sample import Row, complete_batch
from hornbook.tokens.tokenizer import END_OF_TEXT

NUM_ROWS, NUM_LETTERS = 37, 26


def letters() -> Spelling:
    """Token 0 ends a text, the others are letters."""
    vocabulary = {END_OF_TEXT: 0, **{chr(ord("a") + number): 1 + number for number in range(NUM_LETTERS)}}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.add_special_tokens([END_OF_TEXT])
    return Spelling(tokenizer)


class Dictation:
    """A `Reader` for which the likeliest token depends on the row and the step alone."""

    def __init__(self, padding: Tensor, slots: int) -> None:
        self._rows = torch.arange(len(padding))
        self._num_read = 0
        self.num_rows: list[int] = []

    def read(self, tokens: Tensor) -> Tensor:
        if self._num_read > 0:
            assert tokens[:, 0].tolist() == dictated(self._rows, self._num_read - 1).tolist()
        self.num_rows.append(len(tokens))
        following = dictated(self._rows, self._num_read)
        self._num_read += 1
        return torch.nn.functional.one_hot(following, 1 + NUM_LETTERS).float()

    def keep(self, rows: Tensor) -> None:
        self._rows = self._rows[rows]


def dictated(rows: Tensor, step: int) -> Tensor:
    return 1 + (7 * rows + 3 * step) % NUM_LETTERS


@pytest.mark.parametrize("reversed_ends", [False, True])
def test_rows_that_end_leave_soon_and_the_others_go_on_with_their_own_text(reversed_ends: bool) -> None:
    ends = list(range(1, NUM_ROWS + 1))
    if reversed_ends:
        ends.reverse()
    rule, healed = StopRule(at_function_end=False), HealedPrompt(tokens=(0,), suffix=b"", num_dropped=0)
    rows = [Row(at, Prompt(text="", key=str(at), stop=rule), healed, end) for at, end in enumerate(ends)]
    readers: list[Dictation] = []

    def open_reader(padding: Tensor, slots: int) -> Dictation:
        readers.append(Dictation(padding, slots))
        return readers[-1]

    complete_batch(open_reader, letters(), rows, SamplingConfig(), seed=0)
    for number, (row, end) in enumerate(zip(rows, ends, strict=True)):
        assert row.new_tokens == [int(dictated(torch.tensor(number), step)) for step in range(end)]
    (reader,) = readers
    assert len(reader.num_rows) == NUM_ROWS
    assert sum(reader.num_rows) < 1.25 * sum(ends)


def test_kept_rows_are_those_asked_for() -> None:
    for rows in ([0, 4, 2], [4, 0, 1, 2, 3], []):
        table = torch.arange(30).view(5, 2, 3)
        expected = table.clone()[rows]
        kept = keep_rows(table, torch.tensor(rows, dtype=torch.long))
        assert torch.equal(kept, expected)
        assert kept.untyped_storage().data_ptr() == table.untyped_storage().data_ptr()
