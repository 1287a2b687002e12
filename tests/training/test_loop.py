import signal
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from hornbook.model.config import ModelConfig
from hornbook.model.phi import Phi
from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import TokenStream, pack
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.training.config import TrainConfig
from hornbook.training.execution import Execution
from hornbook.training.loop import Training, train

SCRIPT = Path(__file__).parent / "interrupted_run.py"
DOCUMENTS = [
    Document(id=f"d{number}", kind=DocumentKind.CODE, text=f"def add_{number}(value):\n    return value + {number}\n")
    for number in range(120)
]
SHAPE = ModelConfig(vocab_size=300, num_layers=2, hidden_size=32, intermediate_size=64, num_heads=2, max_position=32)


@pytest.fixture
def tokens(tmp_path: Path) -> Path:
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=300))
    folder = tmp_path / "tokens"
    pack(DOCUMENTS, tokenizer, folder, held_out_share=0.1, shard_tokens=10**6, progress=lambda *_: None)
    return folder


def trained(tokens: Path, scratch: Path, **fields: object) -> tuple[Phi, Training]:
    defaults: dict[str, object] = {
        "dataset": "pretrain",
        "num_steps": 12,
        "batch_size": 8,
        "sequence_length": 32,
        "learning_rate": 0.01,
        "warmup_steps": 2,
        "log_every": 1,
        "precision": "float32",
    }
    config = TrainConfig(**{**defaults, **fields})  # type: ignore[arg-type]
    model = Phi(SHAPE).initialize(torch.Generator().manual_seed(0))
    training = train(
        model,
        TokenStream(tokens, "train"),
        TokenStream(tokens, "held-out"),
        config,
        seed=1,
        scratch=scratch,
        progress=lambda *_: None,
        device=torch.device("cpu"),
    )
    return model, training


def run_script(folder: Path, *arguments: str) -> int:
    return subprocess.run([sys.executable, str(SCRIPT), str(folder), *arguments], check=False).returncode


def test_killed_three_times_and_started_again_it_ends_with_the_same_bytes(tokens: Path, tmp_path: Path) -> None:
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    whole.mkdir()
    broken.mkdir()
    assert run_script(whole) == 0
    for step in ("2", "8", "22"):
        assert run_script(broken, step) == -signal.SIGKILL
    assert run_script(broken) == 0
    for name in ("model.safetensors", "log.txt"):
        assert (whole / name).read_bytes() == (broken / name).read_bytes()


def test_the_loss_falls_and_is_logged_with_the_held_out_loss(tokens: Path, tmp_path: Path) -> None:
    _, training = trained(tokens, tmp_path, num_steps=40, eval_every=20)
    losses = [line["loss"] for line in training.log if "loss" in line]
    held_out = [line for line in training.log if "held_out_loss" in line]
    assert len(losses) == 40
    assert losses[-1] < losses[0] / 2
    assert [line["step"] for line in held_out] == [20, 40]


def test_accumulated_parts_give_the_step_of_the_whole_batch(tokens: Path, tmp_path: Path) -> None:
    whole, _ = trained(tokens, tmp_path / "a")
    parts, _ = trained(tokens, tmp_path / "b", execution=Execution(micro_batch=2))
    for name, weight in whole.state_dict().items():
        torch.testing.assert_close(parts.state_dict()[name], weight, atol=2e-4, rtol=1e-3)


def test_bfloat16_follows_float32(tokens: Path, tmp_path: Path) -> None:
    _, exact = trained(tokens, tmp_path / "a", num_steps=40)
    model, rounded = trained(tokens, tmp_path / "b", num_steps=40, precision="bfloat16")
    assert rounded.log[-1]["held_out_loss"] == pytest.approx(exact.log[-1]["held_out_loss"], rel=0.05)
    assert all(parameter.dtype == torch.float32 for parameter in model.parameters())


def test_only_matrices_are_decayed(tokens: Path, tmp_path: Path) -> None:
    plain, _ = trained(tokens, tmp_path / "a", num_steps=1)
    decayed, _ = trained(tokens, tmp_path / "b", num_steps=1, weight_decay=10.0)
    changed = {name for name, weight in plain.state_dict().items() if not weight.equal(decayed.state_dict()[name])}
    assert changed == {name for name, parameter in plain.named_parameters() if parameter.dim() == 2}
