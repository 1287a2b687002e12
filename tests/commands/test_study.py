"""A study of a run as typed, from the similar exercises to the table."""

from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import is_one_mistake, type_in
from tests.recipes import tiny_study

from hornbook.decontamination.planted import Leak
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.store import Store
from hornbook.records import Verdict

PLANTED = ("--num-leaks", "16", "--rates", "0.95,0.94", "--control", "0.95")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the tiny recipe has run."""
    folder = tmp_path_factory.mktemp("store")
    type_in("run", tiny_study.__file__, "--name", "tiny", "--store", folder)
    return folder


@pytest.fixture(scope="module")
def planted(store: Path) -> dict[str, Any]:
    """A study with planted leaks, as JSON."""
    values: dict[str, Any] = type_in("study", "contamination", "tiny", *PLANTED, "--store", store, "--json").json
    return values


def row_of(study: dict[str, Any], label: str) -> dict[str, Any]:
    [row] = [row for row in study["rows"] if row["label"] == label]
    return dict(row)


def test_planted_problems_are_held_against_the_runs_own_model(planted: dict[str, Any], store: Path) -> None:
    row = row_of(planted, "planted")
    assert (row["num_removed"], row["num_similar"], row["evaluation"]) == (16, 4, "evaluate-tuned")
    assert [row["groups"][group]["num_problems"] for group in ("similar", "non-similar", "total")] == [4, 4, 8]
    artifacts = RunFolder(Store(store), "tiny-contamination-planted").artifacts()
    leaked = {leak.task_id for leak in artifacts["plant"].records("leaks", Leak)}
    for stage, name in (("evaluate-planted", "as_trained"), ("evaluate-tuned", "retrained")):
        verdicts = artifacts[stage].records("held_out-verdicts", Verdict)
        passed = [one.outcome == "passed" for one in verdicts if one.task_id in leaked]
        assert row["groups"]["similar"][name] == sum(passed) / len(passed)


def test_a_second_study_reuses_all_and_prints_the_table(planted: dict[str, Any], store: Path) -> None:
    printed = type_in("study", "contamination", "tiny", *PLANTED, "--store", store)
    stages = [line for line in printed.out.splitlines() if "/" in line[:6]]
    assert stages
    assert all(" reused " in line for line in stages)
    for out in (printed.out, type_in("show", "tiny-contamination-planted", "--store", store).out):
        assert sum(line.startswith("| planted ") for line in out.splitlines()) == 4


def test_a_study_without_leaks_takes_the_run_as_it_is(store: Path) -> None:
    printed = type_in("study", "contamination", "tiny", "--rates", "1", "--store", store)
    assert "finetune-" not in printed.out
    assert "\nheld-out exercises: 8 problems, " in printed.out


@pytest.mark.slow
def test_a_model_that_read_the_problems_solves_them_and_one_that_did_not_does_not(tmp_path: Path) -> None:
    recipe = tmp_path / "learning.py"
    text = "from tests.recipes.tiny_study import shrunk\n\n\ndef recipe(seed):\n    return shrunk(seed, "
    recipe.write_text(text + "num_steps=300, num_layers=2, hidden_size=64)\n")
    type_in("run", recipe, "--name", "tiny", "--store", tmp_path)
    words = ("study", "contamination", "tiny", "--num-leaks", "16", "--rates", "1", "--store", tmp_path, "--json")
    groups = row_of(type_in(*words).json, "planted")["groups"]
    assert groups["similar"]["as_trained"] > groups["similar"]["retrained"]
    assert groups["gap"]["difference"] < 0


def test_a_mistake_is_one_message(store: Path) -> None:
    for arguments, message in (
        (("other",), "no run `other`"),
        (("tiny", "--against", "mbpp"), "'mbpp'"),
        (("tiny", "--rates", "high"), "'high'"),
        (("tiny", "--num-copies", "3"), "--num-leaks"),
        (("tiny", "--num-leaks", "90"), "`num_leaks` must be at most 40"),
        (("tiny", "--name", "tiny"), "--name"),
    ):
        err = type_in("study", "contamination", *arguments, "--store", store, status=2).err
        assert is_one_mistake(err, message), err
