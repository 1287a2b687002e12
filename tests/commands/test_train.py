"""`hornbook train` through the real command line: what it says, its status, what is left."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from tests.commands.typed import is_one_mistake, type_in
from tests.tokens.packing import documents_of, pack

from hornbook.model.weights import load_model, save_model, tokenizer_hash_of_model
from hornbook.tokens.pack import TokenStream
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.training import trackers
from hornbook.training.checkpoint import saved_steps
from hornbook.training.trackers import Tracker

DOCUMENTS = documents_of(*(f"total = {number} + {number}\n" for number in range(200)))
TINY = ("--shape", "laptop", "--num-layers", 1, "--hidden-size", 32, "--sequence-length", 16)
RUN = ("--num-steps", 6, "--batch-size", 4, "--learning-rate", 0.01, "--eval-every", 3)
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=280))
    tokenizer.save(str(folder / "tokenizer.json"))
    pack(DOCUMENTS, tokenizer, folder, held_out_share=0.2)
    return folder


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory, tokens: Path) -> Path:
    folder = tmp_path_factory.mktemp("base") / "model"
    type_in("train", tokens, *TINY, *RUN, "--precision", "float32", "--output", folder)
    return folder


def result_of(folder: Path) -> dict[str, Any]:
    result: dict[str, Any] = json.loads((folder / "training.json").read_text())["result"]
    return result


def processes(*arguments: object) -> "subprocess.CompletedProcess[str]":
    """`hornbook` on two ranks, as torchrun starts it."""
    command = [*TORCHRUN, "-m", "hornbook", *map(str, arguments)]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def test_a_new_model_is_trained_and_kept_with_its_tokenizer(tmp_path: Path, tokens: Path) -> None:
    command = ("train", tokens, *TINY, *RUN, "--output", tmp_path / "model")
    printed = type_in(*command)
    model = load_model(tmp_path / "model")
    assert (model.config.num_layers, model.config.hidden_size, model.config.max_position) == (1, 32, 16)
    assert (model.config.num_heads, model.config.intermediate_size) == (1, 128)
    assert model.config.vocab_size == 320  # 280 tokens, rounded up
    assert tokenizer_hash_of_model(tmp_path / "model") == TokenStream(tokens, "train").tokenizer_sha256
    assert (tmp_path / "model" / "tokenizer.json").read_bytes() == (tokens / "tokenizer.json").read_bytes()
    result = result_of(tmp_path / "model")
    assert result["tokens_seen"] == 6 * 4 * 16
    assert f"{result['validation_loss']:.4f} after step 6" in printed.out
    written = (tmp_path / "model" / "model.safetensors").stat().st_mtime_ns
    assert type_in(*command, "--json").json == {"folder": str(tmp_path / "model"), **result}
    assert (tmp_path / "model" / "model.safetensors").stat().st_mtime_ns == written
    assert is_one_mistake(type_in(*command, "--seed", 1, status=2).err, "`seed` 0, now 1")


def test_every_option_reaches_the_config(tmp_path: Path, tokens: Path) -> None:
    given = {"warmup_steps": 2, "optimizer": "muon", "weight_decay": 0.3, "precision": "float32", "eval_every": 4}
    given |= {"checkpoint_every": 5, "sequence_length": 16, "learning_rate": 0.01, "batch_size": 4, "num_steps": 6}
    given |= {"residual_dropout": 0.2, "attention_dropout": 0.1}
    flags = [part for name, value in given.items() for part in (f"--{name.replace('_', '-')}", value)]
    more = ("--mask-documents", "--keep-best", "--seed", 9)
    shape = TINY[: TINY.index("--sequence-length")]
    type_in("train", tokens, *shape, *flags, *more, "--output", tmp_path / "model")
    kept = json.loads((tmp_path / "model" / "training.json").read_text())["run"]
    assert {name: kept[name] for name in given} == given
    assert (kept["mask_documents"], kept["keep_best"], kept["seed"]) == (True, True, 9)


def test_a_tracker_gets_the_whole_run_and_one_that_is_not_installed_is_refused(
    tmp_path: Path, tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, float]] = []

    def log(step: int, values: dict[str, float]) -> None:
        told.extend((step, value) for name, value in values.items() if name == "validation_loss")

    command = ("train", tokens, *TINY, *RUN, "--output", tmp_path / "mine", "--trackers", "wandb")
    monkeypatch.setitem(trackers.MAKERS, "wandb", lambda *_: Tracker("a page", log, lambda: told.append((0, 0.0))))
    with monkeypatch.context() as patched:
        patched.setattr(trackers.importlib.util, "find_spec", lambda name: None)
        assert is_one_mistake(type_in(*command, status=2).err, "pip install 'hornbook[wandb]'")
    monkeypatch.setattr(trackers, "require_trackers", lambda names: None)
    monkeypatch.setattr("hornbook.training.loop.require_trackers", lambda names: None)
    assert "tracked as mine-" in type_in(*command).out
    log_lines = [json.loads(line) for line in (tmp_path / "mine" / "measured" / "log.jsonl").read_text().splitlines()]
    held_out = [(line["step"], line["validation_loss"]) for line in log_lines if "validation_loss" in line]
    assert told == [*held_out, (0, 0.0)]


def test_a_model_is_finetuned_from_another_ones_weights_whose_shape_stays(
    tmp_path: Path, tokens: Path, base: Path
) -> None:
    command = ("train", tokens, "--base", base, *RUN, "--output", tmp_path / "tuned")
    assert is_one_mistake(type_in(*command, "--num-layers", 3, status=2).err, "`--num-layers`")
    type_in(*command)
    assert load_model(tmp_path / "tuned").config == load_model(base).config
    assert result_of(tmp_path / "tuned")["validation_loss"] < result_of(base)["validation_loss"]


def test_a_mistake_is_one_message_and_costs_no_folder(tmp_path: Path, tokens: Path) -> None:
    model = tmp_path / "model"
    for flags, named in (
        ((), "`--shape`"),
        (("--shape", "phi-3"), "phi-1-small"),
        (("--base", "nowhere"), "nowhere"),
        ((*TINY, "--micro-batch", "many"), "--micro-batch"),
        ((*TINY, "--optimizer", "sgd"), "`optimizer`"),
        ((*TINY, "--tokenizer", "nowhere.json"), "nowhere.json"),
        ((*TINY, "--trackers", "mlflow"), "`trackers`"),
        ((*TINY, "--dropout", 0.1), "--residual-dropout"),
    ):
        refused = type_in("train", tokens, *map(str, flags), *RUN, "--output", model, status=2)
        assert is_one_mistake(refused.err, named), flags
    type_in("train", tokens, *TINY, *RUN, "--output", model)


def test_a_nan_in_the_base_models_weights_ends_with_its_name(tmp_path: Path, tokens: Path, base: Path) -> None:
    shutil.copytree(base, tmp_path / "base")
    model = load_model(base)
    with torch.no_grad():
        model.state_dict()["model.final_layernorm.bias"][3] = torch.nan
    save_model(model, tmp_path / "base")
    run = ("--num-steps", 30, "--batch-size", 4, "--learning-rate", 0.01)
    printed = type_in("train", tokens, "--base", tmp_path / "base", *run, "--output", tmp_path / "tuned", status=2)
    assert is_one_mistake(printed.err, "steps 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11;", "`model.final_layernorm.bias`")
    assert not (tmp_path / "tuned" / "model.safetensors").exists()


def stopped(command: list[str], folder: Path, **options: Any) -> tuple[int, str]:
    """Send SIGTERM once the training has begun; the status, and what was said."""
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **options) as run:
        while not (folder / "work" / "log.jsonl").exists() and run.poll() is None:
            time.sleep(0.01)
        run.send_signal(signal.SIGTERM)
        _, err = run.communicate()
    return run.returncode, err


def test_sigterm_leaves_with_143_and_the_same_command_ends_with_the_same_weights(tmp_path: Path, tokens: Path) -> None:
    steps = ("--num-steps", 150, "--batch-size", 4, "--learning-rate", 0.01, "--residual-dropout", 0.1)
    whole, command = (
        list(map(str, ("train", tokens, *TINY, *steps, "--output", tmp_path / name))) for name in ("whole", "stopped")
    )
    status, err = stopped([sys.executable, "-m", "hornbook", *command], tmp_path / "stopped")
    assert (status, err.count("SIGTERM"), err.count("\n")) == (143, 1, 1), err
    type_in(*command)
    type_in(*whole)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]


@pytest.mark.slow
def test_two_ranks_of_torchrun_train_the_model_of_one_process(tmp_path: Path, tokens: Path, base: Path) -> None:
    finished = processes("train", tokens, *TINY, *RUN, "--precision", "float32", "--output", tmp_path / "two")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("validation loss") == 1
    assert result_of(tmp_path / "two")["validation_loss"] == pytest.approx(result_of(base)["validation_loss"], abs=1e-5)
    one, two = (load_file(folder / "model.safetensors") for folder in (base, tmp_path / "two"))
    for name, weight in one.items():
        torch.testing.assert_close(two[name], weight, atol=1e-4, rtol=0)


@pytest.mark.slow
def test_sigterm_to_torchrun_stops_both_ranks_and_the_same_command_ends_with_the_same_weights(
    tmp_path: Path, tokens: Path
) -> None:
    run = (*TINY, "--num-steps", 300, "--batch-size", 4, "--learning-rate", 0.01, "--residual-dropout", 0.1)
    commands = {name: ("train", tokens, *run, "--output", tmp_path / name) for name in ("whole", "stopped")}
    words = [*TORCHRUN, "-m", "hornbook", *map(str, commands["stopped"])]
    status, err = stopped(words, tmp_path / "stopped", env={**os.environ, "OMP_NUM_THREADS": "1"})
    assert status != 0
    assert err.count("stopped by SIGTERM after step") == 2, err
    (step,) = saved_steps(tmp_path / "stopped" / "work" / "checkpoints")
    assert f"after step {step} of 300" in err
    for command in commands.values():
        finished = processes(*command)
        assert finished.returncode == 0, finished.stderr
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]
