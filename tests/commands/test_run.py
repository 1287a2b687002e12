import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.commands.test_train import TORCHRUN
from tests.recipes import tiny_phi
from tests.recipes.tiny_phi import settings_for, write_data
from tests.tokens.codegen_like import write_parts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What gives the tiny recipe its documents and tokenizer."""
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    (folder / "tokenizer").mkdir()
    write_parts(folder / "tokenizer")
    return settings_for(folder)


def run(start: tuple[str, ...], store: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [*start, "-m", "hornbook", "run", tiny_phi.__file__, "--until", "finetune", "--name", "own", *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HORNBOOK_STORE": str(store), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def losses(store: Path, stage: str) -> list[float]:
    lines = (store / "runs" / "own" / stage / "log.jsonl").read_text().splitlines()
    values: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [line["held_out_loss"] for line in values if "held_out_loss" in line]


def test_all_ranks_share_a_runs_trainings_and_the_first_does_the_rest(settings: list[str], tmp_path: Path) -> None:
    changes = ("precision=float32", "residual_dropout=0", "attention_dropout=0")
    flags = [f"--set={stage}.{change}" for stage in ("pretrain", "finetune") for change in changes]
    for start, store in (((sys.executable,), tmp_path / "one"), (TORCHRUN, tmp_path / "two")):
        finished = run(start, store, *settings, *flags)
        assert finished.returncode == 0, finished.stderr
        assert finished.stdout.count("finetune ") == 1, finished.stdout
    for stage in ("pretrain", "finetune"):
        alone, together = (losses(tmp_path / name, stage) for name in ("one", "two"))
        assert together == pytest.approx(alone, abs=1e-5)
        assert len(alone) == 2
    again = run(TORCHRUN, tmp_path / "two", *settings, *flags)
    assert again.stdout.count("reused") == 9, again.stdout


def test_a_mistake_ends_all_ranks(settings: list[str], tmp_path: Path) -> None:
    finished = run(TORCHRUN, tmp_path, *settings, "--set=pretrain.batch_size=3")
    assert finished.returncode != 0
    assert "`batch_size` must be a multiple of the number of processes 2, got 3" in finished.stderr
