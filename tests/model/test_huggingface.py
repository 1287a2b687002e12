"""Folders of the Hugging Face world: what their configs mean, and what is refused by name."""

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file
from tests.model.test_parity import SHAPES, their_model
from torch import Tensor

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.model.config import ModelConfig
from hornbook.model.weights import load_model, phi_config_of

PHI_1 = {
    "architectures": ["PhiForCausalLM"],
    "hidden_act": "gelu_new",
    "hidden_size": 2048,
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
    "vocab_size": 51200,
}
"""The release's own `config.json`, without what says nothing of its shape."""


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("phi")
    their_model(SHAPES["of odd sizes"]).save_pretrained(folder, max_shard_size="20KB")
    return folder


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """In parts."""
    for path in made.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


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
    ("fields", "named"),
    [
        ({"model_type": "llama"}, "model_type"),
        ({"qk_layernorm": True}, "qk_layernorm"),
        ({"num_key_value_heads": 8}, "num_key_value_heads"),
        ({"rope_scaling": {"type": "linear", "factor": 2.0}}, "rope_type"),
        ({"rope_parameters": {"rope_type": "yarn", "factor": 2.0}}, "rope_type"),
        ({"rope_theta": 500_000}, "rope_theta"),
        ({"hidden_act": "gelu"}, "hidden_act"),
        ({"tie_word_embeddings": True}, "tie_word_embeddings"),
        ({"head_dim": 128}, "head_dim"),
        ({"quantization_config": {"bits": 4}}, "quantization_config"),
        ({"vocab_size": "51200"}, "vocab_size"),
        ({"layer_norm_eps": "small"}, "layer_norm_eps"),
    ],
)
def test_what_our_model_does_not_compute_is_refused(fields: dict[str, Any], named: str) -> None:
    with pytest.raises(ConfigError, match=f"`{named}`"):
        phi_config_of({**PHI_1, **fields}, "config.json")


@pytest.mark.parametrize(
    ("name", "tensor"),
    [
        ("model.layers.0.mlp.fc2.bias", None),
        ("model.layers.0.self_attn.q_layernorm.weight", torch.ones(18)),
        ("lm_head.weight", torch.ones(272, 36)),
        ("lm_head.bias", torch.ones(271, dtype=torch.int8)),
    ],
)
def test_a_tensor_that_does_not_fit_is_named(folder: Path, name: str, tensor: Tensor | None) -> None:
    whole = {key: value for path in folder.glob("model-*.safetensors") for key, value in load_file(path).items()}
    changed = {key: value for key, value in {**whole, name: tensor}.items() if value is not None}
    save_file(changed, folder / "model.safetensors")
    with pytest.raises(DamagedArtifactError, match=f"`{name}`"):
        load_model(folder)


def test_parts_that_are_not_whole_are_named(folder: Path) -> None:
    [gone, *_] = sorted(folder.glob("model-*.safetensors"))
    gone.unlink()
    with pytest.raises(MissingInputError, match=gone.name):
        load_model(folder)
    (folder / "model.safetensors.index.json").write_text('{"weight_map": {"lm_head.bias": "../other.safetensors"}}')
    with pytest.raises(MissingInputError, match="other"):
        load_model(folder)
    (folder / "model.safetensors.index.json").write_text("{}")
    with pytest.raises(DamagedArtifactError, match="index"):
        load_model(folder)


def test_code_in_a_pickle_is_not_run(folder: Path) -> None:
    class Hostile:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (folder / "was-run",)

    (folder / "model.safetensors.index.json").unlink()
    torch.save({"lm_head.bias": Hostile()}, folder / "pytorch_model.bin")
    with pytest.raises(DamagedArtifactError, match=r"pytorch_model\.bin"):
        load_model(folder)
    assert not (folder / "was-run").exists()


def test_a_folder_without_a_model_says_so(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"config\.json"):
        load_model(tmp_path)
    for content in ("[]", "{", json.dumps({"hidden_size": 8, "width": 9})):
        (tmp_path / "config.json").write_text(content)
        with pytest.raises(ConfigError, match=r"config\.json"):
            load_model(tmp_path)
    (tmp_path / "config.json").write_text(json.dumps(PHI_1))
    with pytest.raises(MissingInputError, match="no weights"):
        load_model(tmp_path)
