from pathlib import Path

import pytest
import torch

from hornbook.errors import DamagedArtifactError, MissingInputError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import load_model, save_model

CONFIG = ModelConfig(vocab_size=11, num_layers=1, hidden_size=8, intermediate_size=12, num_heads=2, max_position=16)


def test_a_saved_model_comes_back_and_equal_weights_give_equal_bytes(tmp_path: Path) -> None:
    model = Phi(CONFIG).initialize(torch.Generator().manual_seed(0))
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        save_model(model, tmp_path / name)
        contents.append((tmp_path / name / "model.safetensors").read_bytes())
    assert contents[0] == contents[1]
    loaded = load_model(tmp_path / "first")
    assert loaded.config == CONFIG
    assert all(torch.equal(value, loaded.state_dict()[name]) for name, value in model.state_dict().items())


def test_a_folder_without_a_model_and_a_damaged_one_are_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"config\.json"):
        load_model(tmp_path)
    save_model(Phi(CONFIG).initialize(torch.Generator()), tmp_path)
    (tmp_path / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(DamagedArtifactError, match=r"model\.safetensors"):
        load_model(tmp_path)
