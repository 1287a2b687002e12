import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest
from tests.commands.test_train import TORCHRUN
from tests.commands.typed import type_in
from tests.recipes import tiny_phi
from tests.recipes.tiny_phi import settings_for, write_data
from tests.tokens.codegen_like import write_parts

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def arguments(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """What runs the tiny recipe on documents and a tokenizer of its own."""
    folder = tmp_path_factory.mktemp("data")
    write_data(folder)
    (folder / "tokenizer").mkdir()
    write_parts(folder / "tokenizer")
    return ["run", tiny_phi.__file__, "--until", "finetune", "--name", "own", *settings_for(folder)]


def run_on_two_ranks(arguments: list[str], store: Path) -> "subprocess.CompletedProcess[str]":
    paths = f"{ROOT}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "HORNBOOK_STORE": str(store), "PYTHONPATH": paths}
    command = [*TORCHRUN, "-m", "hornbook", *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, env=environment)


def losses(store: Path, stage: str) -> list[float]:
    lines = (store / "runs" / "own" / stage / "log.jsonl").read_text().splitlines()
    values: list[dict[str, Any]] = [json.loads(line) for line in lines]
    return [line["validation_loss"] for line in values if "validation_loss" in line]


@pytest.mark.slow
def test_all_ranks_share_a_runs_trainings_and_the_first_does_the_rest(arguments: list[str], tmp_path: Path) -> None:
    changes = ("precision=float32", "residual_dropout=0", "attention_dropout=0")
    flags = [f"--set={stage}.{change}" for stage in ("pretrain", "finetune") for change in changes]
    type_in(*arguments, *flags, "--store", tmp_path / "one")
    finished = run_on_two_ranks([*arguments, *flags], tmp_path / "two")
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count("finetune ") == 1, finished.stdout
    for stage in ("pretrain", "finetune"):
        alone, together = (losses(tmp_path / name, stage) for name in ("one", "two"))
        assert together == pytest.approx(alone, abs=1e-5)
        assert len(alone) == 2


@pytest.mark.slow
def test_a_mistake_ends_all_ranks(arguments: list[str], tmp_path: Path) -> None:
    finished = run_on_two_ranks([*arguments, "--set=pretrain.batch_size=3"], tmp_path)
    assert finished.returncode != 0
    assert "`batch_size` must be a multiple of the number of processes 2, got 3" in finished.stderr


def test_runs_are_listed_removed_and_what_none_needs_is_deleted(arguments: list[str], tmp_path: Path) -> None:
    store = ("--store", tmp_path)
    recipe = [*arguments[:2], "--until", "deduplicate", *arguments[6:]]
    type_in(*recipe, "--name", "one", *store)
    refused = type_in(*recipe, "--name", "one", "--seed", 1, *store, status=2).err
    assert "--name" in refused
    assert "--replace" in refused
    type_in(*recipe, "--name", "two", "--seed", 1, *store)
    listed = type_in("runs", "--json", *store).json["runs"]
    assert [(run["name"], run["finished"]) for run in listed] == [("one", True), ("two", True)]
    assert "--seed 1" in listed[1]["command"]
    assert type_in("runs", "gc", "--json", *store).json == {"removed": {}, "bytes": 0}
    type_in("runs", "rm", "two", *store)
    removed = type_in("runs", "gc", "--json", *store).json["removed"]
    assert {name.rpartition("-")[0] for name in removed} >= {"deduplicate"}
    assert [run["name"] for run in type_in("runs", "--json", *store).json["runs"]] == ["one"]
    assert "reused" in type_in(*recipe, "--name", "one", *store).out
    assert "no run `two`" in type_in("runs", "rm", "two", *store, status=2).err


def test_a_teacher_that_no_stage_asks_is_told_before_anything_runs(tmp_path: Path) -> None:
    err = type_in("run", "laptop", "--teacher", "http://127.0.0.1:9", "--store", tmp_path / "store", status=2).err
    assert "no stage of the recipe `laptop` asks the teacher" in err
    assert "--set exercises.teacher=NAME" in err
    assert not (tmp_path / "store").exists()


READS = """
from hornbook.curation.collect import CollectConfig, collect
from hornbook.pipeline.run import Pipeline


def recipe(source, seed=0):
    return Pipeline.ending_in("mine", collect(CollectConfig(inputs=source)), seed=seed)
"""


def test_a_recipe_reads_the_sources_that_are_named_and_its_run_remembers_them(tmp_path: Path) -> None:
    recipe, store = tmp_path / "mine.py", ("--store", tmp_path / "store")
    recipe.write_text(READS)
    for name in ("one", "two"):
        (tmp_path / f"{name}.py").write_text(f"name = {name!r}\n")
    sources = [part for name in ("one", "two") for part in ("--source", tmp_path / f"{name}.py")]
    described = type_in("run", recipe, *sources, "--json", *store).json
    assert [(stage["name"], stage["kept"]) for stage in described["stages"]] == [("collect", 2)]
    assert [stage["reuse"] for stage in type_in("plan", recipe, *sources, "--json", *store).json["stages"]] == [
        "reused"
    ]
    refused = type_in("run", recipe, *sources[:2], *store, status=2).err
    assert f"made by `hornbook run {recipe} --source {sources[1]} --source {sources[3]}`" in refused
    assert "--source INPUT" in type_in("run", recipe, *store, status=2).err


def test_what_can_be_known_before_the_first_stage_is_told_before_it(tmp_path: Path) -> None:
    recipe, store = tmp_path / "mine.py", ("--store", tmp_path / "store")
    for source, more, message in (
        ("def recipe(seed):\n    return [seed]\n", (), "must return a Pipeline, got list"),
        ("def other(seed):\n    return seed\n", (), "defines no function `recipe(seed)`"),
        ("def recipe(number):\n    return [number]\n", ("--source", "here"), "reads no source"),
    ):
        recipe.write_text(source)
        assert message in type_in("run", recipe, *more, *store, status=2).err
    settings = ("--set", "finetune.keep_best=true", "--set", "tokenize.held_out_share=0")
    assert "--set tokenize.held_out_share=0.01" in type_in("run", "laptop", *settings, *store, status=2).err
    assert not (tmp_path / "store").exists()
