import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.commands.test_train import TORCHRUN
from tests.recipes.tiny_phi import write_data

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe file of one's own, on a few documents."""
    folder = tmp_path_factory.mktemp("recipe")
    write_data(folder / "data")
    path = folder / "own.py"
    path.write_text(
        "import functools\nfrom pathlib import Path\nfrom tests.recipes import tiny_phi\n"
        f"recipe = functools.partial(tiny_phi.recipe, folder=Path({str(folder / 'data')!r}))\n"
    )
    return path


def run(start: tuple[str, ...], recipe: Path, store: Path, *more: str) -> "subprocess.CompletedProcess[str]":
    command = [*start, "-m", "hornbook", "run", str(recipe), "--until", "finetune", "--name", "own", *more]
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HORNBOOK_STORE": str(store), "PYTHONPATH": str(ROOT)}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def losses(store: Path, stage: str) -> list[float]:
    lines = (store / "runs" / "own" / stage / "log.jsonl").read_text().splitlines()
    values: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [line["held_out_loss"] for line in values if "held_out_loss" in line]


def test_all_ranks_share_a_runs_trainings_and_the_first_does_the_rest(recipe: Path, tmp_path: Path) -> None:
    changes = ("precision=float32", "residual_dropout=0", "attention_dropout=0")
    flags = [f"--set={stage}.{change}" for stage in ("pretrain", "finetune") for change in changes]
    for start, store in (((sys.executable,), tmp_path / "one"), (TORCHRUN, tmp_path / "two")):
        finished = run(start, recipe, store, *flags)
        assert finished.returncode == 0, finished.stderr
        assert finished.stdout.count("finetune ") == 1, finished.stdout
    for stage in ("pretrain", "finetune"):
        alone, together = (losses(tmp_path / name, stage) for name in ("one", "two"))
        assert together == pytest.approx(alone, abs=1e-5)
        assert len(alone) == 2
    again = run(TORCHRUN, recipe, tmp_path / "two", *flags)
    assert again.stdout.count("reused") == 9, again.stdout


def test_a_mistake_ends_all_ranks(recipe: Path, tmp_path: Path) -> None:
    finished = run(TORCHRUN, recipe, tmp_path, "--set=pretrain.batch_size=3")
    assert finished.returncode != 0
    assert "`batch_size` must be a multiple of the number of processes 2, got 3" in finished.stderr
