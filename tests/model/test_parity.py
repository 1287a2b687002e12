"""The same weights here and in transformers: the same logits, the same greedy tokens, both ways."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.model.one_to_one import one_to_one, text_of, unreadable
from transformers import AutoModelForCausalLM, PhiConfig, PhiForCausalLM

from hornbook.export.huggingface import export_huggingface
from hornbook.generation.sample import GenerateConfig, generate
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model
from hornbook.recipes.phi_1_small import MODEL as PHI_1_SMALL

TOLERANCE = 1e-4
"""Of logits in float32."""
NEW_TOKENS, NUM_COMPARED = 40, 24
PROMPTS = ("def f(x):\n    return ", "a", "import math\n\n\ndef area(radius):\n", "x = 1\n" * 5)
SHAPES = {
    "as phi-1": ModelConfig(
        vocab_size=320, num_layers=3, hidden_size=64, intermediate_size=256, num_heads=4, max_position=128
    ),
    "as phi-2": ModelConfig(  # 0.4 · 20 is 8, as its 0.4 · 80 is 32.
        vocab_size=270,
        num_layers=2,
        hidden_size=80,
        intermediate_size=320,
        num_heads=4,
        rotary_fraction=0.4,
        max_position=96,
    ),
    "of odd sizes": ModelConfig(
        vocab_size=271,
        num_layers=1,
        hidden_size=36,
        intermediate_size=50,
        num_heads=2,
        rotary_fraction=0.25,
        max_position=80,
        layer_norm_epsilon=3e-5,
    ),
    "rotated whole": ModelConfig(
        vocab_size=290,
        num_layers=2,
        hidden_size=48,
        intermediate_size=96,
        num_heads=3,
        rotary_fraction=1.0,
        max_position=80,
    ),
}
NUM_UNUSED = 9
"""Rows of the embedding that no token uses."""


def move_away_from_the_start(model: torch.nn.Module, seed: int, forbidden: list[int]) -> None:
    """Biases and LayerNorms that are not 0 and 1, weights large enough for an opinion, and no word of `forbidden`."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            size = 0.2 if parameter.dim() == 1 or parameter.shape[1] < 1000 else 0.02
            parameter.add_(size * torch.randn(parameter.shape, generator=generator))
            if name == "lm_head.bias":
                parameter[forbidden] -= 30.0


def ours_to_theirs(shape: ModelConfig, folder: Path) -> tuple[Phi, PhiForCausalLM]:
    """A model of ours, and what transformers loads from its export."""
    num_tokens = shape.vocab_size - NUM_UNUSED
    ours = Phi(shape).initialize(torch.Generator().manual_seed(1)).eval()
    move_away_from_the_start(ours, 2, unreadable(num_tokens, shape.vocab_size))
    (folder / "ours").mkdir()
    save_model(ours, folder / "ours")
    one_to_one(num_tokens).save(str(folder / "tokenizer.json"))
    export_huggingface(folder / "ours", folder / "tokenizer.json", None, folder / "theirs")
    return ours, AutoModelForCausalLM.from_pretrained(folder / "theirs", dtype=torch.float32).eval()


def theirs_to_ours(
    shape: ModelConfig, folder: Path, dtype: torch.dtype, max_shard_size: str
) -> tuple[Phi, PhiForCausalLM]:
    """A model that transformers saved, as we and as transformers load it."""
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
    made = PhiForCausalLM(config)
    move_away_from_the_start(made, 4, unreadable(shape.vocab_size - NUM_UNUSED, shape.vocab_size))
    made.to(dtype).save_pretrained(folder, max_shard_size=max_shard_size)
    del made
    return load_model(folder), AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()


def largest_difference(ours: Phi, theirs: PhiForCausalLM, rows: int = 4, length: int = 64) -> float:
    """Of the logits of random tokens."""
    shape = (rows, length)
    tokens = torch.randint(0, ours.config.vocab_size, shape, generator=torch.Generator().manual_seed(5))
    with torch.inference_mode():
        return (theirs(tokens).logits - ours(tokens)).abs().max().item()


def require_equal_tokens(ours: Phi, theirs: PhiForCausalLM) -> None:
    """All prompts in one batch here, one by one there. Ours are fewer: it writes a prompt's last piece again first."""
    num_tokens = ours.config.vocab_size - NUM_UNUSED
    tokenizer, end = one_to_one(num_tokens), num_tokens - 1
    config = GenerateConfig(max_new_tokens=NEW_TOKENS, stop_at_function_end=False)
    for prompt, written in zip(
        PROMPTS, generate(ours, tokenizer, PROMPTS, config, 0, lambda _a, _b: None), strict=True
    ):
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


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
def test_what_we_export_computes_the_same_in_transformers(shape: ModelConfig, tmp_path: Path) -> None:
    ours, theirs = ours_to_theirs(shape, tmp_path)
    assert largest_difference(ours, theirs) <= TOLERANCE
    require_equal_tokens(ours, theirs)


@pytest.mark.parametrize(
    ("shape", "dtype", "max_shard_size"),
    [
        ("as phi-1", torch.float32, "5GB"),
        ("as phi-2", torch.float16, "5GB"),
        ("as phi-2", torch.bfloat16, "60KB"),
        ("of odd sizes", torch.float32, "20KB"),
        ("rotated whole", torch.bfloat16, "5GB"),
    ],
)
def test_what_transformers_saves_computes_the_same_here(
    shape: str, dtype: torch.dtype, max_shard_size: str, tmp_path: Path
) -> None:
    ours, theirs = theirs_to_ours(SHAPES[shape], tmp_path, dtype, max_shard_size)
    assert len(list(tmp_path.glob("*.safetensors"))) > (1 if max_shard_size.endswith("KB") else 0)
    assert largest_difference(ours, theirs) <= TOLERANCE
    require_equal_tokens(ours, theirs)


def swap_queries_and_keys(folder: Path) -> None:
    exchange(folder, "model.layers.0.self_attn.q_proj.weight", "model.layers.0.self_attn.k_proj.weight")


def swap_values_and_output(folder: Path) -> None:
    exchange(folder, "model.layers.1.self_attn.v_proj.bias", "model.layers.1.self_attn.dense.bias")


def exchange(folder: Path, first: str, second: str) -> None:
    weights = load_file(folder / "model.safetensors")
    weights[first], weights[second] = weights[second], weights[first]
    save_file(weights, folder / "model.safetensors", metadata={"format": "pt"})


def say(**fields: object) -> Callable[[Path], None]:
    def change(folder: Path) -> None:
        path = folder / "config.json"
        path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))

    return change


@pytest.mark.parametrize(
    "plant",
    [
        swap_queries_and_keys,
        swap_values_and_output,
        say(hidden_act="relu"),
        say(hidden_act="gelu"),
        say(layer_norm_eps=2e-5),
        say(partial_rotary_factor=0.25, rope_parameters=None),
        say(rope_theta=9000.0, rope_parameters=None),
    ],
)
def test_the_comparison_sees_a_planted_error(plant: Callable[[Path], None], tmp_path: Path) -> None:
    ours, _theirs = ours_to_theirs(SHAPES["as phi-1"], tmp_path)
    plant(tmp_path / "theirs")
    theirs = AutoModelForCausalLM.from_pretrained(tmp_path / "theirs", dtype=torch.float32).eval()
    assert largest_difference(ours, theirs) > TOLERANCE


@pytest.mark.slow
def test_phi_1_small_computes_the_same_in_transformers(tmp_path: Path) -> None:
    ours, theirs = ours_to_theirs(PHI_1_SMALL, tmp_path)
    assert largest_difference(ours, theirs, rows=2, length=256) <= TOLERANCE
    require_equal_tokens(ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize(("dtype", "max_shard_size"), [(torch.float32, "5GB"), (torch.bfloat16, "200MB")])
def test_a_model_of_phi_1_smalls_shape_that_transformers_saved_computes_the_same_here(
    dtype: torch.dtype, max_shard_size: str, tmp_path: Path
) -> None:
    ours, theirs = theirs_to_ours(PHI_1_SMALL, tmp_path, dtype, max_shard_size)
    assert largest_difference(ours, theirs, rows=2, length=256) <= TOLERANCE
    require_equal_tokens(ours, theirs)
