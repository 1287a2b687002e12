"""The same weights here and in transformers: the same logits and gradients, the same greedy tokens, in every format."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import AutoModelForCausalLM, PhiConfig, PhiForCausalLM

from hornbook.export.huggingface import export_huggingface
from hornbook.generation.prompt import SamplingConfig, StopRule
from hornbook.generation.sample import generate
from hornbook.model.config import ModelConfig, num_parameters
from hornbook.model.phi import Phi
from hornbook.model.weights import load_config, load_model, save_model
from hornbook.recipes.phi_1_small import MODEL as PHI_1_SMALL
from hornbook.tokens.tokenizer import END_OF_TEXT, NUM_BYTES, byte_of_character

TOLERANCE = 1e-4  # of logits in float32
NEW_TOKENS, NUM_COMPARED = 40, 24
PROMPTS = ("def f(x):\n    return ", "a", "import math\n\n\ndef area(radius):\n", "x = 1\n" * 5)
LENGTH = 290  # tokens of a row: over several blocks of our attention
NUM_UNUSED = 9  # rows of the embedding that no token uses

_FIRST_CHARACTER = 0x10000
_NUM_ASCII = 128


def one_to_one(num_tokens: int) -> Tokenizer:
    """A tokenizer whose texts and tokens stand one to one, so that equal texts are equal tokens, whatever wrote them.

    Its tokens are the bytes, then characters of four bytes that no prompt holds, then `<|endoftext|>`; nothing is
    merged. A prompt's last piece, which Hornbook takes back and writes again, can only be written as it was.
    """
    character_of = {byte: character for character, byte in byte_of_character().items()}
    vocabulary = {character_of[byte]: byte for byte in range(NUM_BYTES)}
    for number in range(NUM_BYTES, num_tokens - 1):
        spelled = chr(_FIRST_CHARACTER + number).encode()
        vocabulary["".join(character_of[byte] for byte in spelled)] = number
    tokenizer = Tokenizer(models.BPE(vocabulary, []))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([END_OF_TEXT])
    return tokenizer


def text_of(tokens: list[int], num_tokens: int) -> str:
    """What tokens of `one_to_one(num_tokens)` spell, up to `<|endoftext|>`."""
    end = tokens.index(num_tokens - 1) if num_tokens - 1 in tokens else len(tokens)
    return "".join(chr(token if token < NUM_BYTES else _FIRST_CHARACTER + token) for token in tokens[:end])


def unreadable(num_tokens: int, vocab_size: int) -> list[int]:
    """Tokens that a model must not write: halves of characters, and rows that no token uses."""
    return [*range(_NUM_ASCII, NUM_BYTES), *range(num_tokens, vocab_size)]


def shaped(vocab_size: int, num_layers: int, hidden_size: int, width: int, num_heads: int, **more: Any) -> ModelConfig:
    sizes = {"hidden_size": hidden_size, "intermediate_size": width, "num_heads": num_heads, "max_position": 300}
    return ModelConfig(vocab_size=vocab_size, num_layers=num_layers, **sizes, **more)


SHAPES = {
    "as phi-1": shaped(320, 3, 64, 256, 4),
    "as phi-2": shaped(270, 2, 80, 320, 4, rotary_fraction=0.4),  # 0.4 · 20 is 8, as its 0.4 · 80 is 32.
    "of odd sizes": shaped(271, 1, 36, 50, 2, rotary_fraction=0.25, layer_norm_epsilon=3e-5),
    "rotated whole": shaped(290, 2, 48, 96, 3, rotary_fraction=1.0),
}


def move_away_from_the_start(model: torch.nn.Module, forbidden: list[int]) -> None:
    """Biases and LayerNorms that are not 0 and 1, weights large enough for an opinion, and no word of `forbidden`."""
    generator = torch.Generator().manual_seed(2)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            size = 0.2 if parameter.dim() == 1 or parameter.shape[1] < 1000 else 0.02
            parameter.add_(size * torch.randn(parameter.shape, generator=generator))
            if name == "lm_head.bias":
                parameter[forbidden] -= 30.0


def their_model(shape: ModelConfig) -> PhiForCausalLM:
    config = PhiConfig(
        vocab_size=shape.vocab_size,
        hidden_size=shape.hidden_size,
        intermediate_size=shape.intermediate_size,
        num_hidden_layers=shape.num_layers,
        num_attention_heads=shape.num_heads,
        max_position_embeddings=shape.max_position,
        partial_rotary_factor=shape.rotary_fraction,
        layer_norm_eps=shape.layer_norm_epsilon,
        resid_pdrop=0.1,
        attention_dropout=0.1,
        bos_token_id=0,
        eos_token_id=0,
    )
    torch.manual_seed(3)
    model = PhiForCausalLM(config)
    move_away_from_the_start(model, unreadable(shape.vocab_size - NUM_UNUSED, shape.vocab_size))
    return model.eval()


def as_pickle(folder: Path, theirs: PhiForCausalLM, *, zipped: bool) -> None:
    theirs.config.save_pretrained(folder)
    torch.save(theirs.state_dict(), folder / "pytorch_model.bin", _use_new_zipfile_serialization=zipped)


def as_pickle_in_parts(folder: Path, theirs: PhiForCausalLM) -> None:
    theirs.config.save_pretrained(folder)
    state = theirs.state_dict()
    weight_map = {name: f"pytorch_model-{number % 3}.bin" for number, name in enumerate(state)}
    for file in set(weight_map.values()):
        torch.save({name: tensor for name, tensor in state.items() if weight_map[name] == file}, folder / file)
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps({"metadata": {}, "weight_map": weight_map}))


def as_bfloat16_in_parts(folder: Path, theirs: PhiForCausalLM) -> None:
    """The model itself is rounded, too."""
    rounded = copy.deepcopy(theirs).to(torch.bfloat16)
    rounded.save_pretrained(folder, max_shard_size="60KB")
    theirs.load_state_dict(rounded.state_dict())
    assert len(list(folder.glob("model-*.safetensors"))) > 2


FORMATS: dict[str, tuple[str, Callable[[Path, PhiForCausalLM], None]]] = {
    "safetensors": ("as phi-1", lambda folder, theirs: theirs.save_pretrained(folder)),
    "bfloat16 in parts": ("as phi-2", as_bfloat16_in_parts),
    "pickle": ("of odd sizes", lambda folder, theirs: as_pickle(folder, theirs, zipped=True)),
    "old pickle": ("rotated whole", lambda folder, theirs: as_pickle(folder, theirs, zipped=False)),
    "pickle in parts": ("of odd sizes", as_pickle_in_parts),
}


def largest_difference(ours: Phi, theirs: PhiForCausalLM, length: int = LENGTH) -> float:
    """Of the logits of random tokens."""
    tokens = torch.randint(0, ours.config.vocab_size, (2, length), generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        return (theirs(tokens).logits - ours(tokens)).abs().max().item()


def require_equal_tokens(ours: Phi, theirs: PhiForCausalLM) -> None:
    """All prompts in one batch here, one by one there. Ours are fewer: it writes a prompt's last piece again first."""
    num_tokens = ours.config.vocab_size - NUM_UNUSED
    tokenizer, end = one_to_one(num_tokens), num_tokens - 1
    config = SamplingConfig(max_new_tokens=NEW_TOKENS)
    texts = generate(ours, tokenizer, PROMPTS, config, 0, lambda *_: None, StopRule(at_function_end=False))
    for prompt, written in zip(PROMPTS, texts, strict=True):
        read = torch.tensor([[end, *tokenizer.encode(prompt).ids]])
        answered = theirs.generate(
            read,
            attention_mask=torch.ones_like(read),
            do_sample=False,
            max_new_tokens=NEW_TOKENS,
            eos_token_id=end,
            pad_token_id=end,
        )
        expected = text_of(answered[0, read.shape[1] :].tolist(), num_tokens)
        assert expected.startswith(written)
        assert len(written) >= min(NUM_COMPARED, len(expected))


def exported(shape: ModelConfig, folder: Path) -> tuple[Phi, PhiForCausalLM]:
    """A model of ours, and what transformers loads from its export."""
    num_tokens = shape.vocab_size - NUM_UNUSED
    ours = Phi(shape).initialize(torch.Generator().manual_seed(1)).eval()
    move_away_from_the_start(ours, unreadable(num_tokens, shape.vocab_size))
    (folder / "ours").mkdir()
    save_model(ours, folder / "ours")
    one_to_one(num_tokens).save(str(folder / "tokenizer.json"))
    export_huggingface(folder / "ours", folder / "tokenizer.json", None, folder / "theirs")
    return ours, AutoModelForCausalLM.from_pretrained(folder / "theirs", dtype=torch.float32).eval()


@pytest.mark.parametrize("format_name", FORMATS)
def test_what_others_saved_computes_the_same_here(format_name: str, tmp_path: Path) -> None:
    shape, save = FORMATS[format_name]
    theirs = their_model(SHAPES[shape])
    save(tmp_path, theirs)
    ours = load_model(tmp_path)
    assert load_config(tmp_path) == SHAPES[shape]
    assert not ours.training
    assert {parameter.dtype for parameter in ours.parameters()} == {torch.float32}
    assert sum(parameter.numel() for parameter in ours.parameters()) == num_parameters(SHAPES[shape])
    assert largest_difference(ours, theirs) <= TOLERANCE
    if format_name == "safetensors":
        require_equal_tokens(ours, theirs)


@pytest.mark.parametrize("shape", ["as phi-2", "rotated whole"])
def test_what_we_export_computes_the_same_in_transformers(shape: str, tmp_path: Path) -> None:
    ours, theirs = exported(SHAPES[shape], tmp_path)
    assert largest_difference(ours, theirs) <= TOLERANCE
    require_equal_tokens(ours, theirs)


def test_gradients_are_those_of_transformers() -> None:
    theirs, ours = their_model(SHAPES["as phi-1"]), Phi(SHAPES["as phi-1"])
    ours.load_state_dict(theirs.state_dict())
    rows = torch.randint(0, 320, (2, 141), generator=torch.Generator().manual_seed(3))
    logits = theirs(rows[:, :-1]).logits
    expected = torch.nn.functional.cross_entropy(logits.flatten(0, 1), rows[:, 1:].flatten())
    expected.backward()
    loss = ours.loss(rows, gradient_scale=64.0)
    loss.backward()  # type: ignore[no-untyped-call]
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    wanted = dict(theirs.named_parameters())
    for name, parameter in ours.named_parameters():
        torch.testing.assert_close(parameter.grad / 64, wanted[name].grad, atol=2e-5, rtol=2e-3)


@pytest.mark.slow
def test_phi_1_small_computes_the_same_in_transformers(tmp_path: Path) -> None:
    ours, theirs = exported(PHI_1_SMALL, tmp_path)
    assert largest_difference(ours, theirs, length=256) <= TOLERANCE
    require_equal_tokens(ours, theirs)
