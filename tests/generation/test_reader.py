"""What every reader must do: `PhiReader`, the model as it is, and `PackedReader`, its copy for CPUs."""

from functools import partial

import pytest
import torch

from hornbook.generation import packed
from hornbook.generation.packed import PackedPhi, PackedReader, can_pack
from hornbook.generation.reader import OpenReader, PhiReader
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi

SHAPE = ModelConfig(vocab_size=90, num_layers=3, hidden_size=72, intermediate_size=80, num_heads=3)
LENGTHS = [9, 3, 70, 1, 70]
NEW_TOKENS = 62
"""With the longest prompt two tokens more than two chunks of keys."""


@pytest.fixture(scope="module")
def model() -> Phi:
    """Weights and biases large enough that every part shows in the logits."""
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0)).eval()
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator), alpha=0.15)
    return model


@pytest.fixture(params=["phi", "packed"])
def open_reader(request: pytest.FixtureRequest, model: Phi) -> OpenReader:
    """How to read with one kind of reader."""
    if request.param == "phi":
        return partial(PhiReader, model)
    if not can_pack(model):
        pytest.skip("this CPU or this PyTorch packs nothing")
    return partial(PackedReader, PackedPhi(model))


def rows_of_tokens() -> list[list[int]]:
    """For each row its prompt and all that it reads behind it."""
    generator = torch.Generator().manual_seed(2)
    return [torch.randint(SHAPE.vocab_size, (length + NEW_TOKENS,), generator=generator).tolist() for length in LENGTHS]


@pytest.mark.parametrize("group", [150, 10_000])
@torch.inference_mode()
def test_logits_are_those_of_the_model_without_cache(
    model: Phi, open_reader: OpenReader, group: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(packed, "PROMPT_TOKENS", group)
    rows, longest = rows_of_tokens(), max(LENGTHS)
    expected = [model(torch.tensor([row]))[0] for row in rows]
    padding = [longest - length for length in LENGTHS]
    reader = open_reader(torch.tensor(padding), longest + NEW_TOKENS)
    prompts = [[0] * before + row[:length] for before, row, length in zip(padding, rows, LENGTHS, strict=True)]
    logits = reader.read(torch.tensor(prompts))
    active = list(range(len(rows)))
    for step in range(NEW_TOKENS):
        for number, row in enumerate(active):
            torch.testing.assert_close(logits[number], expected[row][LENGTHS[row] + step - 1], atol=1e-4, rtol=1e-4)
        if step == 40:
            reader.keep(torch.tensor([3, 0]))
            active = [3, 0]
        logits = reader.read(torch.tensor([[rows[row][LENGTHS[row] + step]] for row in active]))


@torch.inference_mode()
def test_prompts_of_one_length_are_read_without_padding(model: Phi, open_reader: OpenReader) -> None:
    tokens = torch.tensor([row[:13] for row in rows_of_tokens()])
    reader = open_reader(torch.zeros(len(tokens), dtype=torch.long), 20)
    reader.read(tokens[:, :12])
    torch.testing.assert_close(reader.read(tokens[:, 12:]), model(tokens)[:, -1], atol=1e-4, rtol=1e-4)


def test_what_cannot_be_packed_is_known_before(model: Phi, monkeypatch: pytest.MonkeyPatch) -> None:
    if not can_pack(model):
        pytest.skip("this CPU or this PyTorch packs nothing")
    odd_heads = ModelConfig(vocab_size=9, num_layers=1, hidden_size=9, intermediate_size=9, num_heads=1)
    assert not can_pack(Phi(odd_heads).initialize(torch.Generator().manual_seed(0)))
    assert not can_pack(Phi(SHAPE).to(torch.bfloat16))
    assert not can_pack(Phi(SHAPE, device="meta"))
    monkeypatch.setattr(packed, "MAX_BYTES", 1000)
    assert not can_pack(model)
