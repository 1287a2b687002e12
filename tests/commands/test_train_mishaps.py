"""`hornbook train` when something goes wrong, through the real command line: what it says, its status, what is left."""

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from tests.commands.test_train import RUN, TINY, TORCHRUN, processes, tokens
from tests.commands.typed import is_one_mistake, type_in

from hornbook.model.weights import load_model, save_model
from hornbook.training.checkpoint import saved_steps

__all__ = ["tokens"]  # a fixture

OWN_MOUNTS = ("unshare", "--map-root-user", "--mount")
"""A process whose mounts nobody else sees and that end with it; where the system permits them."""


def may_mount(folder: Path) -> bool:
    try:
        mounting = [*OWN_MOUNTS, "mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(folder)]
        return subprocess.run(mounting, capture_output=True, check=False).returncode == 0
    except FileNotFoundError:
        return False


def test_a_nan_in_the_base_models_weights_ends_with_the_documents_and_the_weights_name(
    tmp_path: Path, tokens: Path
) -> None:
    type_in("train", tokens, *TINY, *RUN, "--output", tmp_path / "base")
    model = load_model(tmp_path / "base")
    with torch.no_grad():
        model.state_dict()["model.final_layernorm.bias"][3] = torch.nan
    save_model(model, tmp_path / "base")
    (tmp_path / "base" / "training.json").unlink()
    run = ("--steps", 30, "--batch-size", 4, "--learning-rate", 0.01)
    command = ("train", tokens, "--base", tmp_path / "base", *run, "--output", tmp_path / "tuned")
    printed = type_in(*map(str, command), status=2)
    assert is_one_mistake(
        printed.err,
        "11 steps had no finite loss and gradient and were skipped, `max_skipped_steps` is 10",
        "steps 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11",
        "and the documents ",
        "the weights themselves are not finite, first `model.final_layernorm.bias`: check the base model",
    )
    assert not (tmp_path / "tuned" / "model.safetensors").exists()


def test_a_truncated_shard_is_named(tmp_path: Path, tokens: Path) -> None:
    shutil.copytree(tokens, tmp_path / "tokens")
    shard = tmp_path / "tokens" / "train-00000.bin"
    shard.write_bytes(shard.read_bytes()[:-2])
    printed = type_in("train", tmp_path / "tokens", *map(str, (*TINY, *RUN)), "--output", tmp_path / "model", status=2)
    assert is_one_mistake(printed.err, str(shard), "tokens")


def test_a_small_disk_that_fills_up_costs_no_finished_step(tmp_path: Path, tokens: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    if not may_mount(disk):
        pytest.skip("this system permits no mounts; a limit on the size of files stands in for it elsewhere")
    run = (*TINY, "--steps", 9, "--batch-size", 4, "--learning-rate", 0.01, "--checkpoint-every", 2)
    told = " ".join(map(str, (sys.executable, "-m", "hornbook", "train", tokens, *run, "--output")))
    script = f"""
        mount -t tmpfs -o size=500k tmpfs {disk} && {told} {disk}/model; echo status $?
        ls {disk}/model/work/checkpoints
        mount -o remount,size=8m {disk} && {told} {disk}/model; echo status $?
        cp {disk}/model/model.safetensors {tmp_path}
        {told} {tmp_path}/whole
    """
    finished = subprocess.run([*OWN_MOUNTS, "sh", "-c", script], capture_output=True, text=True, check=False)
    assert finished.stdout.count("status ") == 2, finished
    assert "status 2\nstep-00000002.json\nstep-00000002.safetensors\n" in finished.stdout, finished
    assert finished.stderr.startswith("error: the checkpoint of step 4 could not be written")
    assert "No space left on device" in finished.stderr
    assert finished.stderr.endswith("the one of step 2 stays and the same command goes on from there\n")
    assert finished.stderr.count("\n") == 1
    assert "resumed from the checkpoint of step 2" in finished.stdout
    assert "status 0" in finished.stdout
    assert (tmp_path / "model.safetensors").read_bytes() == (tmp_path / "whole" / "model.safetensors").read_bytes()


def test_a_batch_that_two_ranks_cannot_share_is_refused_with_both_numbers(tmp_path: Path, tokens: Path) -> None:
    run = ("--steps", 6, "--batch-size", 5, "--learning-rate", 0.01)
    finished = processes("train", tokens, *TINY, *run, "--output", tmp_path / "model")
    assert finished.returncode != 0
    assert "error: `batch_size` must be a multiple of the number of processes 2, got 5" in finished.stderr
    type_in("train", tokens, *map(str, (*TINY, *run)), "--output", tmp_path / "model")


@pytest.mark.slow
def test_sigterm_to_torchrun_stops_both_ranks_with_143_and_the_same_command_ends_with_the_same_weights(
    tmp_path: Path, tokens: Path
) -> None:
    run = (*TINY, "--steps", 300, "--batch-size", 4, "--learning-rate", 0.01, "--dropout", 0.1)
    commands = {name: ("train", tokens, *run, "--output", tmp_path / name) for name in ("whole", "stopped")}
    words = [*TORCHRUN, "-m", "hornbook", *map(str, commands["stopped"])]
    environment = {**os.environ, "OMP_NUM_THREADS": "1"}
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True, env=environment) as started:
        log = tmp_path / "stopped" / "work" / "log.jsonl"
        while not log.exists() and started.poll() is None:
            time.sleep(0.01)
        started.send_signal(signal.SIGTERM)
        _, err = started.communicate()
    assert started.returncode != 0
    assert err.count("stopped by SIGTERM after step") == 2, err
    (step,) = saved_steps(tmp_path / "stopped" / "work" / "checkpoints")
    assert f"after step {step} of 300" in err
    for command in commands.values():
        finished = processes(*command)
        assert finished.returncode == 0, finished.stderr
    weights = [(tmp_path / name / "model.safetensors").read_bytes() for name in ("whole", "stopped")]
    assert weights[0] == weights[1]
