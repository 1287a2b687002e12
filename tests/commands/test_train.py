import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import is_one_mistake, type_in

from hornbook.model.weights import load_model, tokenizer_hash_of_model
from hornbook.records import Document, DocumentKind
from hornbook.tokens.pack import TokenStream, pack
from hornbook.tokens.tokenizer import TokenizerConfig, train_tokenizer
from hornbook.training import trackers
from hornbook.training.trackers import TrackedRun

DOCUMENTS = [
    Document(id=str(number), kind=DocumentKind.CODE, text=f"total = {number} + {number}\n") for number in range(200)
]
TINY = ("--shape", "laptop", "--layers", 1, "--hidden-size", 32, "--heads", 2, "--sequence-length", 16)
RUN = ("--steps", 6, "--batch-size", 4, "--learning-rate", 0.01, "--eval-every", 3)
TORCHRUN = (sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2")


@pytest.fixture(scope="module")
def tokens(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("tokens")
    tokenizer = train_tokenizer(DOCUMENTS, TokenizerConfig(vocab_size=280))
    tokenizer.save(str(folder / "tokenizer.json"))
    pack(DOCUMENTS, tokenizer, folder, held_out_share=0.2, shard_tokens=10**6, progress=lambda *_: None)
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
    printed = type_in("train", tokens, *TINY, *RUN, "--output", tmp_path / "model")
    model = load_model(tmp_path / "model")
    assert (model.config.num_layers, model.config.hidden_size, model.config.max_position) == (1, 32, 16)
    assert model.config.vocab_size == 320  # 280 tokens, rounded up
    assert tokenizer_hash_of_model(tmp_path / "model") == TokenStream(tokens, "train").tokenizer_sha256
    assert (tmp_path / "model" / "tokenizer.json").read_bytes() == (tokens / "tokenizer.json").read_bytes()
    result = result_of(tmp_path / "model")
    assert result["tokens_seen"] == 6 * 4 * 16
    assert f"held-out loss {result['held_out_loss']:.4f} after step 6" in printed.out
    assert not (tmp_path / "model" / "work").exists()


def test_the_same_command_is_done_at_once_and_another_one_is_refused(tmp_path: Path, tokens: Path) -> None:
    command = ("train", tokens, *TINY, *RUN, "--output", tmp_path / "model")
    first = type_in(*command)
    before = (tmp_path / "model" / "model.safetensors").stat().st_mtime_ns
    assert type_in(*command).out.splitlines()[-2:] == first.out.splitlines()[-2:]
    assert (tmp_path / "model" / "model.safetensors").stat().st_mtime_ns == before
    refused = type_in(*command, "--seed", 1, status=2)
    assert is_one_mistake(refused.err, "`seed` 0, now 1", "another training")
    type_in(*command, "--compile", "off", "--keep-last", 3)  # how it is computed may change


def test_a_mistake_in_the_command_costs_no_folder(tmp_path: Path, tokens: Path) -> None:
    type_in("train", tokens, *TINY, *RUN, "--micro-batch", 3, "--output", tmp_path / "model", status=2)
    type_in("train", tokens, *TINY, *RUN, "--seed", 1, "--output", tmp_path / "model")


def test_a_folder_with_other_files_is_refused_before_any_work(tmp_path: Path, tokens: Path) -> None:
    (tmp_path / "mine.txt").write_text("precious")
    refused = type_in("train", tokens, *TINY, *RUN, "--output", tmp_path, status=2)
    assert is_one_mistake(refused.err, "is not empty and holds no training")


def test_the_memory_and_the_rows_of_a_pass_are_said_before_the_start(tmp_path: Path, tokens: Path) -> None:
    """The rows change rounding only."""
    losses = []
    for rows, said in (("auto", "at 4 rows a pass: "), ("2", "at 2 rows a pass, 2 passes a step: ")):
        command = ("train", tokens, *TINY, *RUN, "--precision", "float32", "--output", tmp_path / rows)
        printed = type_in(*command, "--micro-batch", rows)
        assert re.search(rf"memory: about \d+ MiB of .* free on cpu {said}weights", printed.out)
        losses.append(result_of(tmp_path / rows)["held_out_loss"])
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)


def test_a_tracker_gets_the_whole_run_and_one_that_is_not_installed_is_refused(
    tmp_path: Path, tokens: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[int, float]] = []

    class Scripted:
        where = "a page"

        def __init__(self, run: TrackedRun) -> None:
            assert run.name.startswith("mine-")

        def log(self, step: int, values: Mapping[str, float]) -> None:
            told.extend((step, value) for name, value in values.items() if name == "held_out_loss")

        def close(self) -> None:
            told.append((0, 0.0))

    command = ("train", tokens, *TINY, *RUN, "--output", tmp_path / "mine", "--tracker", "wandb")
    monkeypatch.setitem(trackers.MAKERS, "wandb", Scripted)
    with monkeypatch.context() as patched:
        patched.setattr(trackers, "_is_installed", lambda name: False)
        refused = type_in(*command, status=2)
    assert is_one_mistake(refused.err, "`wandb` is not installed", "pip install 'hornbook[wandb]'")
    monkeypatch.setattr(trackers, "_is_installed", lambda name: True)
    assert "tracked as mine-" in type_in(*command).out
    log = [json.loads(line) for line in (tmp_path / "mine" / "measured" / "log.jsonl").read_text().splitlines()]
    assert told == [*((line["step"], line["held_out_loss"]) for line in log if "held_out_loss" in line), (0, 0.0)]


def test_a_model_is_finetuned_from_another_ones_weights(tmp_path: Path, tokens: Path) -> None:
    type_in("train", tokens, *TINY, *RUN, "--output", tmp_path / "base")
    type_in("train", tokens, "--base", tmp_path / "base", *RUN, "--output", tmp_path / "tuned")
    assert load_model(tmp_path / "tuned").config == load_model(tmp_path / "base").config
    assert result_of(tmp_path / "tuned")["held_out_loss"] < result_of(tmp_path / "base")["held_out_loss"]


@pytest.mark.parametrize(
    ("flags", "messages"),
    [
        ((), ("`--shape`", "laptop, phi-1-small, phi-1", "None")),
        (("--shape", "phi-3"), ("`--shape`", "'phi-3'")),
        (("--base", "nowhere"), ("nowhere",)),
        ((*TINY, "--micro-batch", "many"), ("`--micro-batch`", "'many'")),
        ((*TINY, "--micro-batch", 3), ("`micro_batch`", "4")),
        ((*TINY, "--schedule", "cosine"), ("`schedule`", "'cosine'")),
        ((*TINY, "--tokenizer", "nowhere.json"), ("nowhere.json",)),
        ((*TINY, "--tracker", "mlflow"), ("`trackers`", "trackio, wandb, tensorboard", "'mlflow'")),
    ],
)
def test_a_mistake_is_one_message(
    tmp_path: Path, tokens: Path, flags: tuple[object, ...], messages: tuple[str, ...]
) -> None:
    printed = type_in("train", tokens, *map(str, flags), *RUN, "--output", tmp_path / "model", status=2)
    assert is_one_mistake(printed.err, *messages)


def test_another_shape_than_the_base_models_is_refused(tmp_path: Path, tokens: Path) -> None:
    type_in("train", tokens, *TINY, *RUN, "--output", tmp_path / "base")
    printed = type_in(
        "train", tokens, "--base", tmp_path / "base", "--layers", 3, *RUN, "--output", tmp_path / "tuned", status=2
    )
    assert is_one_mistake(printed.err, "`--layers` is for a new model")


def test_sigterm_leaves_with_143_and_the_same_command_ends_with_the_same_weights(tmp_path: Path, tokens: Path) -> None:
    steps = ("--steps", 400, "--batch-size", 4, "--learning-rate", 0.01)
    for name, asked in (("whole", False), ("stopped", True)):
        command = list(map(str, ("train", tokens, *TINY, *steps, "--output", tmp_path / name)))
        with subprocess.Popen([sys.executable, "-m", "hornbook", *command], stderr=subprocess.PIPE, text=True) as run:
            log = tmp_path / name / "work" / "log.jsonl"
            while asked and not log.exists() and run.poll() is None:
                time.sleep(0.01)
            if asked:
                run.send_signal(signal.SIGTERM)
            _, err = run.communicate()
        assert run.returncode == (143 if asked else 0), err
        if asked:
            assert "stopped by SIGTERM after step" in err
            assert "the same command goes on" in err
            type_in(*command)
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]


def test_two_ranks_train_one_model(tmp_path: Path, tokens: Path) -> None:
    flags = (*TINY, *RUN, "--precision", "float32")
    finished = processes("train", tokens, *flags, "--output", tmp_path / "two")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("held-out loss") == 1
    type_in("train", tokens, *flags, "--output", tmp_path / "one")
    losses = [result_of(tmp_path / name)["held_out_loss"] for name in ("one", "two")]
    assert losses[0] == pytest.approx(losses[1], abs=1e-5)
