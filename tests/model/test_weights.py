import json
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer

from hornbook.errors import ConfigError, DamagedArtifactError, MissingInputError
from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.model.weights import check_tokenizer, load_config, load_model, save_model, tokenizer_hash_of_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.tokenizer import TokenizerConfig, tokenizer_hash, train_tokenizer

CONFIG = ModelConfig(vocab_size=11, num_layers=1, hidden_size=8, intermediate_size=12, num_heads=2, max_position=16)


@pytest.fixture(scope="module")
def model() -> Phi:
    return Phi(CONFIG).initialize(torch.Generator().manual_seed(0))


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return train_tokenizer([Document(id="0", kind=DocumentKind.CODE, text="x = 1\n")], TokenizerConfig(vocab_size=260))


def test_a_saved_model_comes_back_and_equal_weights_give_equal_bytes(model: Phi, tmp_path: Path) -> None:
    contents = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        save_model(model, tmp_path / name)
        contents.append((tmp_path / name / "model.safetensors").read_bytes())
    assert contents[0] == contents[1]
    loaded = load_model(tmp_path / "first")
    assert loaded.config == CONFIG
    assert not loaded.training
    assert all(torch.equal(value, loaded.state_dict()[name]) for name, value in model.state_dict().items())
    (tmp_path / "first" / "model.safetensors").write_bytes(b"damaged")
    with pytest.raises(DamagedArtifactError, match=r"model\.safetensors"):
        load_model(tmp_path / "first")


def test_a_model_says_which_tokenizer_it_was_trained_with(model: Phi, tokenizer: Tokenizer, tmp_path: Path) -> None:
    save_model(model, tmp_path)
    assert tokenizer_hash_of_model(tmp_path) is None
    check_tokenizer(tmp_path, "f" * 64)
    digest = tokenizer_hash(tokenizer)
    save_model(model, tmp_path, digest)
    assert json.loads((tmp_path / "config.json").read_text())["tokenizer_sha256"] == digest
    assert (tokenizer_hash_of_model(tmp_path), load_config(tmp_path)) == (digest, CONFIG)
    check_tokenizer(tmp_path, digest)
    with pytest.raises(ConfigError, match=f"{digest[:16]}.*ffffffffffffffff"):
        check_tokenizer(tmp_path, "f" * 64)


def test_the_tokenizer_of_a_hugging_face_folder_is_the_one_that_lies_in_it(
    tokenizer: Tokenizer, tmp_path: Path
) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "phi"}')
    assert tokenizer_hash_of_model(tmp_path) is None
    tokenizer.save(str(tmp_path / "tokenizer.json"))
    assert tokenizer_hash_of_model(tmp_path) == tokenizer_hash(tokenizer)
    with pytest.raises(ConfigError, match="0000"):
        check_tokenizer(tmp_path, "0" * 64)
    (tmp_path / "tokenizer.json").write_text("{}")
    with pytest.raises(MissingInputError, match=r"tokenizer\.json` cannot be read"):
        tokenizer_hash_of_model(tmp_path)
