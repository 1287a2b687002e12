import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor
from transformers import PhiConfig, PhiForCausalLM

from hornbook.errors import ConfigError, DamagedArtifactError, HornbookError, MissingInputError
from hornbook.model.config import ModelConfig
from hornbook.model.huggingface import is_huggingface_folder, phi_config_of, read_huggingface
from hornbook.model.weights import load_config, load_model

SHAPE = ModelConfig(
    vocab_size=29,
    num_layers=2,
    hidden_size=40,
    intermediate_size=64,
    num_heads=2,
    rotary_fraction=0.4,
    max_position=32,
    layer_norm_epsilon=2e-5,
)
PHI_1 = {
    "architectures": ["PhiForCausalLM"],
    "attention_dropout": 0.0,
    "bos_token_id": None,
    "embd_pdrop": 0.0,
    "eos_token_id": None,
    "hidden_act": "gelu_new",
    "hidden_size": 2048,
    "initializer_range": 0.02,
    "intermediate_size": 8192,
    "layer_norm_eps": 1e-05,
    "max_position_embeddings": 2048,
    "model_type": "phi",
    "num_attention_heads": 32,
    "num_hidden_layers": 24,
    "num_key_value_heads": None,
    "partial_rotary_factor": 0.5,
    "qk_layernorm": False,
    "resid_pdrop": 0.0,
    "rope_scaling": None,
    "rope_theta": 10000.0,
    "tie_word_embeddings": False,
    "torch_dtype": "float32",
    "transformers_version": "4.37.0",
    "use_cache": True,
    "vocab_size": 51200,
}
"""The release's own `config.json`, without its `auto_map`."""


@pytest.fixture(scope="module")
def theirs() -> PhiForCausalLM:
    torch.manual_seed(0)
    config = PhiConfig(
        vocab_size=SHAPE.vocab_size,
        hidden_size=SHAPE.hidden_size,
        intermediate_size=SHAPE.intermediate_size,
        num_hidden_layers=SHAPE.num_layers,
        num_attention_heads=SHAPE.num_heads,
        max_position_embeddings=SHAPE.max_position,
        partial_rotary_factor=SHAPE.rotary_fraction,
        layer_norm_eps=SHAPE.layer_norm_epsilon,
        resid_pdrop=0.1,
        bos_token_id=0,
        eos_token_id=0,
    )
    model = PhiForCausalLM(config).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return model


@pytest.fixture
def folder(theirs: PhiForCausalLM, tmp_path: Path) -> Path:
    theirs.save_pretrained(tmp_path)
    return tmp_path


def assert_reads(folder: Path, expected: dict[str, Tensor]) -> None:
    model = load_model(folder)
    assert not model.training
    found = model.state_dict()
    assert found.keys() == expected.keys()
    for name, tensor in expected.items():
        assert found[name].dtype == torch.float32
        assert torch.equal(found[name], tensor.float()), name


def change(folder: Path, **fields: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **fields}))


def test_a_folder_of_transformers_is_read_by_whatever_reads_a_model(folder: Path, theirs: PhiForCausalLM) -> None:
    assert is_huggingface_folder(folder)
    assert load_config(folder) == SHAPE
    assert_reads(folder, theirs.state_dict())


@pytest.mark.parametrize("dtype", [torch.bfloat16, torch.float16])
def test_narrow_weights_become_float32_without_loss(folder: Path, dtype: torch.dtype) -> None:
    narrow = {name: tensor.to(dtype) for name, tensor in load_file(folder / "model.safetensors").items()}
    save_file(narrow, folder / "model.safetensors")
    assert_reads(folder, narrow)


def as_pickle(folder: Path, theirs: PhiForCausalLM) -> None:
    torch.save(theirs.state_dict(), folder / "pytorch_model.bin")


def as_old_pickle(folder: Path, theirs: PhiForCausalLM) -> None:
    torch.save(theirs.state_dict(), folder / "pytorch_model.bin", _use_new_zipfile_serialization=False)


def as_parts(folder: Path, theirs: PhiForCausalLM) -> None:
    theirs.save_pretrained(folder, max_shard_size="20KB")
    assert len(list(folder.glob("model-*.safetensors"))) > 2


def as_parts_of_pickle(folder: Path, theirs: PhiForCausalLM) -> None:
    state = theirs.state_dict()
    weight_map = {name: f"pytorch_model-{number % 3}.bin" for number, name in enumerate(state)}
    for file in set(weight_map.values()):
        torch.save({name: tensor for name, tensor in state.items() if weight_map[name] == file}, folder / file)
    index = {"metadata": {}, "weight_map": weight_map}
    (folder / "pytorch_model.bin.index.json").write_text(json.dumps(index))


@pytest.mark.parametrize("write", [as_pickle, as_old_pickle, as_parts, as_parts_of_pickle])
def test_weights_are_read_from_every_kind_of_file(
    folder: Path, theirs: PhiForCausalLM, write: Callable[[Path, PhiForCausalLM], None]
) -> None:
    (folder / "model.safetensors").unlink()
    write(folder, theirs)
    assert_reads(folder, theirs.state_dict())


def test_parts_that_are_not_whole_or_no_weights_are_named(folder: Path, theirs: PhiForCausalLM) -> None:
    (folder / "model.safetensors").unlink()
    with pytest.raises(MissingInputError, match=r"has no `model\.safetensors` and no `pytorch_model\.bin`"):
        load_model(folder)
    as_parts(folder, theirs)
    [gone, *_] = sorted(folder.glob("model-*.safetensors"))
    gone.unlink()
    with pytest.raises(MissingInputError, match=f"names `{gone.name}`, which is not there"):
        load_model(folder)
    (folder / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(DamagedArtifactError, match="does not say which tensor lies in which file"):
        load_model(folder)


def test_code_in_a_pickle_is_not_run(folder: Path, tmp_path: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "was-run",)

    (folder / "model.safetensors").unlink()
    torch.save({"lm_head.bias": Hostile()}, folder / "pytorch_model.bin")
    with pytest.raises(DamagedArtifactError, match=r"pytorch_model\.bin` cannot be read"):
        load_model(folder)
    assert not (tmp_path / "was-run").exists()


def in_the_tree(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """As Microsoft's later code names the tensors."""
    named = {
        "transformer.embd.wte.weight": state["model.embed_tokens.weight"],
        **{f"lm_head.ln.{kind}": state[f"model.final_layernorm.{kind}"] for kind in ("weight", "bias")},
        **{f"lm_head.linear.{kind}": state[f"lm_head.{kind}"] for kind in ("weight", "bias")},
    }
    for number in range(SHAPE.num_layers):
        for kind in ("weight", "bias"):
            layer, block = f"model.layers.{number}", f"transformer.h.{number}"
            thirds = [state[f"{layer}.self_attn.{one}_proj.{kind}"] for one in "qkv"]
            named |= {
                f"{block}.ln.{kind}": state[f"{layer}.input_layernorm.{kind}"],
                f"{block}.mixer.Wqkv.{kind}": torch.cat(thirds),
                f"{block}.mixer.out_proj.{kind}": state[f"{layer}.self_attn.dense.{kind}"],
                f"{block}.mlp.fc1.{kind}": state[f"{layer}.mlp.fc1.{kind}"],
                f"{block}.mlp.fc2.{kind}": state[f"{layer}.mlp.fc2.{kind}"],
            }
        named[f"transformer.h.{number}.mixer.rotary_emb.inv_freq"] = torch.ones(4)
    return named


def in_sequence(state: dict[str, Tensor]) -> dict[str, Tensor]:
    """As Microsoft's first code names them."""
    named = {}
    for name, tensor in in_the_tree(state).items():
        outer, _, rest = name.removeprefix("transformer.").partition(".")
        number, _, in_block = rest.partition(".")
        places = {"embd": f"0.{rest}", "lm_head": f"{SHAPE.num_layers + 1}.{rest}"}
        named["layers." + (f"{int(number) + 1}.{in_block}" if outer == "h" else places[outer])] = tensor
    return named


@pytest.mark.parametrize(
    ("model_type", "rename"), [("phi-msft", in_the_tree), ("phi", in_the_tree), ("mixformer-sequential", in_sequence)]
)
def test_the_names_of_microsofts_own_code_are_known(
    tmp_path: Path, theirs: PhiForCausalLM, model_type: str, rename: Callable[[dict[str, Tensor]], dict[str, Tensor]]
) -> None:
    config = {
        "model_type": model_type,
        "activation_function": "gelu_new",
        "attn_pdrop": 0.0,
        "layer_norm_epsilon": 2e-5,
        "n_embd": 40,
        "n_head": 2,
        "n_head_kv": None,
        "n_inner": 64,
        "n_layer": 2,
        "n_positions": 32,
        "rotary_dim": 8,
        "tie_word_embeddings": False,
        "vocab_size": 29,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    torch.save(rename(theirs.state_dict()), tmp_path / "pytorch_model.bin")
    assert load_config(tmp_path) == SHAPE
    assert_reads(tmp_path, theirs.state_dict())
    change(tmp_path, n_inner=None)
    assert load_config(tmp_path).intermediate_size == 160


def test_the_number_of_rotated_dimensions_survives_its_rounding() -> None:
    """49 · (16 / 49) is a little less than 16 in floating point."""
    fields = {"model_type": "phi-msft", "n_embd": 49, "n_head": 1, "n_layer": 1, "rotary_dim": 16, "vocab_size": 5}
    assert math.floor(49 * (16 / 49)) == 15
    assert phi_config_of(fields, "config.json").rotary_size == 16


def test_the_configs_of_the_releases_give_their_shapes() -> None:
    phi_1 = ModelConfig(vocab_size=51200, num_layers=24, hidden_size=2048, intermediate_size=8192, num_heads=32)
    assert phi_config_of(PHI_1, "config.json") == phi_1
    of_phi_2 = {"hidden_size": 2560, "intermediate_size": 10240, "num_hidden_layers": 32, "resid_pdrop": 0.1}
    phi_2 = phi_config_of({**PHI_1, **of_phi_2, "partial_rotary_factor": 0.4}, "config.json")
    assert (phi_2.num_layers, phi_2.head_size, phi_2.rotary_size) == (32, 80, 32)
    without = {name: value for name, value in PHI_1.items() if name not in ("partial_rotary_factor", "rope_theta")}
    newer = {"partial_rotary_factor": 0.25, "rope_theta": 10000.0, "rope_type": "default"}
    assert phi_config_of({**without, "rope_parameters": newer}, "config.json").rotary_size == 16
    assert phi_config_of(without, "config.json") == phi_1


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model_type": "llama"}, "`model_type` of `config.json` must be one of phi, .* got 'llama'"),
        ({"qk_layernorm": True}, "`qk_layernorm` of `config.json` is True"),
        ({"num_key_value_heads": 8}, "`num_key_value_heads` .* is 8; Hornbook's model computes only 32"),
        ({"rope_scaling": {"type": "linear", "factor": 2.0}}, "`rope_type` .* is 'linear'"),
        ({"rope_parameters": {"rope_type": "yarn", "factor": 2.0}}, "`rope_type` .* is 'yarn'"),
        ({"rope_theta": 500_000}, "`rope_theta` .* is 500000; .* only 10000.0"),
        ({"hidden_act": "gelu"}, "`hidden_act` .* is 'gelu'; .* only 'gelu_new' or 'gelu_pytorch_tanh'"),
        ({"tie_word_embeddings": True}, "`tie_word_embeddings` .* is True"),
        ({"head_dim": 128}, "`head_dim` .* is 128; .* only 64"),
        ({"quantization_config": {"bits": 4}}, "`quantization_config`"),
        ({"hidden_size": None}, "`hidden_size` .* must be a positive whole number, got None"),
        ({"vocab_size": "51200"}, "`vocab_size` .* got '51200'"),
        ({"layer_norm_eps": "small"}, "`layer_norm_eps` .* must be a number"),
        ({"partial_rotary_factor": 0.05}, "`rotary_fraction` must leave an even number"),
    ],
)
def test_what_our_model_does_not_compute_is_refused(fields: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        phi_config_of({**PHI_1, **fields}, "config.json")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model.layers.1.mlp.fc2.bias": None}, r"lack `model\.layers\.1\.mlp\.fc2\.bias`"),
        ({"model.layers.0.self_attn.q_layernorm.weight": torch.ones(20)}, "hold `.*q_layernorm.weight`, which"),
        ({"lm_head.weight": torch.ones(30, 40)}, r"`lm_head\.weight` .* should be \(29, 40\) .* got \(30, 40\)"),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(folder: Path, changes: dict[str, Tensor | None], message: str) -> None:
    path = folder / "model.safetensors"
    merged = {**load_file(path), **changes}
    save_file({name: tensor for name, tensor in merged.items() if tensor is not None}, path)
    with pytest.raises(DamagedArtifactError, match=message):
        read_huggingface(folder)


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    assert not is_huggingface_folder(tmp_path)
    with pytest.raises(HornbookError, match=r"it has no `config\.json`"):
        read_huggingface(tmp_path)
    (tmp_path / "config.json").write_text("[]")
    with pytest.raises(ConfigError, match="must hold a JSON object, got list"):
        load_model(tmp_path)
