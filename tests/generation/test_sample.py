import re
from pathlib import Path
from typing import Any

import pytest
import torch
import transformers
from tests.tokens.packing import documents_of, pack
from tests.training.rank import config_of
from tokenizers import Tokenizer, models
from torch import Tensor

from hornbook.export.huggingface import export_huggingface
from hornbook.generation import sample
from hornbook.generation.choose import HealedPrompt, Spelling, count_too_long, heal
from hornbook.generation.packed import PackedReader, can_pack
from hornbook.generation.prompt import Prompt, SamplingConfig, StopRule, max_prompt_tokens
from hornbook.generation.reader import PhiReader
from hornbook.generation.sample import Row, complete_batch, generate, generate_batches, reader_of
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import save_model
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import END_OF_TEXT, TokenizerConfig, tokenizer_hash, train_tokenizer
from hornbook.training.loop import train

FUNCTION = '''def count_evens(numbers: list[int]) -> int:
    """Count the even numbers, café included.

    >>> count_evens([1, 2, 4])
    2
    """
    total = 0
    for number in numbers:
        if number % 2 == 0:
            total += 1
    return total
'''
OTHER = '''def first_word(text: str) -> str:
    """Return the first word of the text."""
    words = text.split()
    return words[0] if words else ""
'''
SHAPE = ModelConfig(vocab_size=400, num_layers=2, hidden_size=64, intermediate_size=128, num_heads=2, max_position=256)
GREEDY = SamplingConfig(max_new_tokens=150, batch_size=32)


def quiet(done: int, total: int) -> None:
    pass


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer(documents_of(FUNCTION, OTHER) * 3, TokenizerConfig(vocab_size=400))


@pytest.fixture(scope="module")
def model(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Phi:
    """A model that knows two functions by heart."""
    folder: Path = tmp_path_factory.mktemp("memorised")
    pack(documents_of(*[FUNCTION, OTHER] * 8), tokenizer, folder, held_out_share=0.0)
    run = {"num_steps": 150, "batch_size": 4, "sequence_length": 200, "warmup_steps": 10, "checkpoint_every": 1000}
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0))
    train(
        model,
        TokenStream(folder, "train"),
        TokenStream(folder, "held-out"),
        config_of(run),
        seed=0,
        scratch=folder / "checkpoints",
        progress=lambda *_: None,
        device=torch.device("cpu"),
    )
    return model.eval()


def test_a_prompt_cut_at_any_character_is_completed_as_learned(model: Phi, tokenizer: Tokenizer) -> None:
    cuts = range(len("def c"), len(FUNCTION), 2)
    prompts = [FUNCTION[:cut] for cut in cuts]
    completions = generate(model, tokenizer, prompts, GREEDY, 0, quiet)
    for prompt, completion in zip(prompts, completions, strict=True):
        assert prompt + completion == FUNCTION


def test_a_prompt_that_ends_where_a_line_begins_needs_no_healing_and_transformers_completes_it_alike(
    model: Phi, tokenizer: Tokenizer, tmp_path: Path
) -> None:
    save_model(model, tmp_path, tokenizer_hash(tokenizer))
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    export_huggingface(tmp_path, tmp_path, None, tmp_path / "theirs")
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path / "theirs").eval()
    read = transformers.AutoTokenizer.from_pretrained(tmp_path / "theirs")
    prompts = [text[: match.end()] for text in (FUNCTION, OTHER) for match in re.finditer(r"\n(?!\n)", text)]
    healed = generate(model, tokenizer, prompts, GREEDY, 0, quiet)
    rows = [
        Row(number, Prompt(text=prompt, key=""), HealedPrompt((0, *tokenizer.encode(prompt).ids), b"", 0), 150)
        for number, prompt in enumerate(prompts)
    ]
    complete_batch(reader_of(model), Spelling(tokenizer), rows, GREEDY, 0)
    assert [row.text for row in rows] == healed
    for prompt, completion in zip(prompts, healed, strict=True):
        tokens = read(prompt, return_tensors="pt")
        written = theirs.generate(**tokens, max_new_tokens=150)[0, tokens["input_ids"].shape[1] :]
        assert read.decode(written, skip_special_tokens=True) == completion
        assert prompt + completion in (FUNCTION, OTHER)


@pytest.mark.parametrize("temperature", [0.0, 1.5])
def test_a_completion_does_not_depend_on_its_batch_nor_on_packing(
    model: Phi, tokenizer: Tokenizer, temperature: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [FUNCTION[:cut] for cut in (20, 45, 180, 60, 7)] + [OTHER[:40], "", "x = "]
    texts = []
    for batch_size in (1, 3, 32):
        config = SamplingConfig(max_new_tokens=25, temperature=temperature, top_p=0.95, batch_size=batch_size)
        texts.append(generate(model, tokenizer, prompts, config, 7, quiet))
    monkeypatch.setattr(sample, "can_pack", lambda _model: False)
    texts.append(generate(model, tokenizer, prompts, config, 7, quiet))
    assert texts[0] == texts[1] == texts[2] == texts[3]
    assert (generate(model, tokenizer, prompts, config, 8, quiet) == texts[0]) == (temperature == 0.0)


def test_a_resumed_generation_writes_what_an_undisturbed_one_writes(
    model: Phi, tokenizer: Tokenizer, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompts = [Prompt(text=FUNCTION[:cut], key=f"own/{cut}") for cut in (20, 45, 180, 60, 7, 90, 31)]
    config = SamplingConfig(max_new_tokens=25, temperature=1.5, batch_size=3)
    whole = list(generate_batches(model, tokenizer, prompts, config, 7))
    assert [[index for index, _ in batch] for batch in whole] == [[4, 0, 6], [1, 3, 5], [2]]
    num_rows: list[int] = []
    kind = PackedReader if can_pack(model) else PhiReader
    read = kind.read

    def counted(reader: Any, tokens: torch.Tensor) -> torch.Tensor:
        num_rows.append(len(tokens))
        return read(reader, tokens)

    monkeypatch.setattr(kind, "read", counted)
    rest = list(generate_batches(model, tokenizer, prompts, config, 7, skip=[4, 0, 6, 3]))
    assert rest == [[row for row in whole[1] if row[0] != 3], whole[2]]
    assert num_rows[0] == 3, "a batch that is half done is made whole, lest its sums change"
    assert num_rows.count(1) >= 1
    assert not list(generate_batches(model, tokenizer, prompts, config, 7, skip=range(7)))


def test_the_key_and_not_the_place_determines_a_sample(model: Phi, tokenizer: Tokenizer) -> None:
    prompts = [Prompt(text=FUNCTION[:40], key=key) for key in ("a", "b", "c")]
    config = SamplingConfig(max_new_tokens=25, temperature=2.0)
    texts = {}
    for order in (prompts, prompts[::-1], prompts[1:]):
        for batch in generate_batches(model, tokenizer, order, config, 7):
            for index, text in batch:
                assert texts.setdefault(order[index].key, text) == text
    assert len(set(texts.values())) == 3


def test_each_prompt_has_its_own_end(model: Phi, tokenizer: Tokenizer) -> None:
    rules = [StopRule(), StopRule(strings=("if ",), at_function_end=False), StopRule(strings=("    return",))]
    prompts = [Prompt(text=FUNCTION[:150], key=str(number), stop=rule) for number, rule in enumerate(rules)]
    [batch] = generate_batches(model, tokenizer, prompts, SamplingConfig(max_new_tokens=150), 0)
    texts = [text for _, text in sorted(batch)]
    rest = FUNCTION[150:]
    assert texts == [rest, rest[: rest.index("if ")], rest[: rest.index("    return")]]


def test_only_the_end_of_a_too_long_prompt_is_read(model: Phi, tokenizer: Tokenizer) -> None:
    prompts = [OTHER * 20 + FUNCTION[:120], FUNCTION[:120]]
    completions = generate(model, tokenizer, prompts, GREEDY, 0, quiet)
    assert FUNCTION[:120] + completions[1] == FUNCTION
    assert completions[0]
    limit = max_prompt_tokens(SHAPE.max_position, GREEDY.max_new_tokens)
    assert count_too_long(tokenizer, prompts, limit) == 1
    spelling = Spelling(tokenizer)
    healed = heal(tokenizer, spelling, prompts[0], limit)
    assert len(healed.tokens) == limit
    read = b"".join(spelling.bytes_of[token] for token in healed.tokens) + healed.suffix
    assert prompts[0].encode().endswith(read)


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
