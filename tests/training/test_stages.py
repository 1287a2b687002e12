from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hornbook.artifacts.stage import Result, Workspace
from hornbook.errors import ConfigError
from hornbook.model.config import ModelConfig
from hornbook.model.weights import load_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import pack
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.training.config import TrainConfig
from hornbook.training.stages import run_train

DOCUMENTS = [
    Document(id=str(number), kind=DocumentKind.CODE, text=f"total = {number} + {number}\n") for number in range(200)
]
SHAPE = ModelConfig(vocab_size=300, num_layers=1, hidden_size=16, intermediate_size=32, num_heads=2, max_position=16)


@pytest.fixture
def inputs(tmp_path: Path) -> dict[str, Any]:
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=280))
    for dataset in ("pretrain", "finetune"):
        folder = tmp_path / "tokens" / dataset
        pack(DOCUMENTS, tokenizer, folder, held_out_share=0.2, shard_tokens=10**6, progress=lambda *_: None)
    return {"tokenize": SimpleNamespace(path=lambda name: tmp_path / "tokens" / name)}


def run(folder: Path, inputs: dict[str, Any], **fields: Any) -> Result:
    folder.mkdir()
    defaults: dict[str, Any] = {
        "dataset": "pretrain",
        "model": SHAPE,
        "num_steps": 6,
        "batch_size": 4,
        "sequence_length": 16,
        "learning_rate": 0.01,
        "warmup_steps": 2,
        "eval_every": 3,
    }
    workspace = Workspace(folder=folder, scratch=folder.parent / "scratch", seed=4, progress=lambda *_: None)
    return run_train(TrainConfig(**{**defaults, **fields}), inputs, workspace)


def test_pretraining_then_finetuning_writes_models_and_logs(tmp_path: Path, inputs: dict[str, Any]) -> None:
    base = run(tmp_path / "base", inputs)
    inputs["base"] = SimpleNamespace(folder=tmp_path / "base")
    tuned = run(tmp_path / "tuned", inputs, dataset="finetune", model=None)
    assert base.metrics["tokens_seen"] == 6 * 4 * 16
    assert [entry["step"] for entry in base.metrics["held_out_losses"]] == [3, 6]
    assert tuned.metrics["held_out_loss"] < base.metrics["held_out_loss"]
    assert load_model(tmp_path / "tuned").config == SHAPE
    assert "time" not in (tmp_path / "tuned" / "log.jsonl").read_text()


def test_a_second_run_writes_the_same_bytes(tmp_path: Path, inputs: dict[str, Any]) -> None:
    for name in ("first", "second"):
        run(tmp_path / name, inputs)
    for file in ("model.safetensors", "config.json", "log.jsonl"):
        assert (tmp_path / "first" / file).read_bytes() == (tmp_path / "second" / file).read_bytes()


def test_a_shape_is_needed_exactly_where_there_is_no_base(tmp_path: Path, inputs: dict[str, Any]) -> None:
    with pytest.raises(ConfigError, match="`model` must give"):
        run(tmp_path / "none", inputs, model=None)
    inputs["base"] = SimpleNamespace(folder=tmp_path / "base")
    with pytest.raises(ConfigError, match="`model` must be left out"):
        run(tmp_path / "both", inputs)


def test_a_vocabulary_smaller_than_the_tokenizers_is_refused(tmp_path: Path, inputs: dict[str, Any]) -> None:
    small = ModelConfig(**{**SHAPE.__dict__, "vocab_size": 270})
    with pytest.raises(ConfigError, match=r"`vocab_size`.*280"):
        run(tmp_path / "small", inputs, model=small)
