"""A study of a run as typed, from the similar exercises to the table."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import is_one_mistake, type_in
from tests.recipes import tiny_study

from hornbook.artifacts.run import RunFolder
from hornbook.artifacts.store import Store
from hornbook.decontamination.planted import Leak
from hornbook.records import Document, Dropped, Verdict

TINY = tiny_study.__file__
PLANTED = ("--plant", "16", "--rates", "0.95,0.94", "--control", "0.95")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store in which the tiny recipe has run."""
    folder = tmp_path_factory.mktemp("store")
    type_in("run", TINY, "--name", "tiny", "--store", folder)
    return folder


@pytest.fixture(scope="module")
def planted(store: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """A study with planted leaks, as JSON."""
    output = tmp_path_factory.mktemp("output") / "study.json"
    printed = type_in("study", "contamination", "tiny", *PLANTED, "--store", store, "--json", "--output", output)
    assert json.loads(output.read_text()) == printed.json
    values: dict[str, Any] = printed.json
    return values


def row_of(study: dict[str, Any], label: str) -> dict[str, Any]:
    [row] = [row for row in study["rows"] if row["label"] == label]
    return dict(row)


def test_a_model_that_read_the_problems_solves_them_and_one_that_did_not_does_not(planted: dict[str, Any]) -> None:
    row = row_of(planted, "planted")
    assert (row["num_removed"], row["num_similar"], row["evaluation"]) == (16, 4, "evaluate-tuned")
    similar, other = row["groups"]["similar"], row["groups"]["non-similar"]
    assert (similar["num_problems"], other["num_problems"]) == (4, 4)
    assert similar["as_trained"] > similar["retrained"]
    assert row["groups"]["gap"]["difference"] < 0


def test_the_tables_accuracies_are_those_of_the_verdicts(planted: dict[str, Any], store: Path) -> None:
    artifacts = RunFolder(Store(store), "tiny-contamination-planted").artifacts()
    leaked = {leak.task_id for leak in artifacts["plant"].records("leaks", Leak)}
    for stage, name in (("evaluate-planted", "as_trained"), ("evaluate-tuned", "retrained")):
        passed = [
            one.outcome == "passed"
            for one in artifacts[stage].records("held_out-verdicts", Verdict)
            if one.task_id in leaked
        ]
        assert row_of(planted, "planted")["groups"]["similar"][name] == sum(passed) / len(passed)


def test_a_control_has_the_groups_of_its_label_and_loses_as_many_other_exercises(
    planted: dict[str, Any], store: Path
) -> None:
    row, of_label = (row_of(planted, label) for label in ("0.95-control", "0.95"))
    assert (row["control_of"], row["planted"]) == ("0.95", {})
    assert row["num_removed"] == of_label["num_removed"]
    assert row["groups"]["similar"]["as_trained"] == of_label["groups"]["similar"]["as_trained"]
    artifacts = RunFolder(Store(store), "tiny-contamination-planted").artifacts()
    gone, others_gone = (
        {one.id for one in artifacts[name].records("dropped", Dropped)} for name in ("prune-0.95", "prune-0.95-control")
    )
    assert len(gone) == len(others_gone) == row["num_removed"]
    assert not gone & others_gone


def test_pruned_exercises_are_those_of_the_planted_run_without_the_similar_ones(
    planted: dict[str, Any], store: Path
) -> None:
    artifacts = RunFolder(Store(store), "tiny-contamination-planted").artifacts()
    row = row_of(planted, "0.95")
    before, after = (artifacts[name].records("documents", Document) for name in ("plant", "prune-0.95"))
    assert len(before) - len(after) == row["num_removed"] > 0
    assert row["planted"]["verbatim"] == {"found": 4, "of": 4}


def test_rates_at_which_the_same_exercises_go_share_a_model(planted: dict[str, Any]) -> None:
    rows = [row_of(planted, label) for label in ("0.95", "0.94")]
    assert rows[0]["num_removed"] == rows[1]["num_removed"]
    assert [row["evaluation"] for row in rows] == ["evaluate-0.95", "evaluate-0.95"]
    assert rows[0]["groups"] == rows[1]["groups"]


def test_a_second_study_reuses_all_and_prints_the_table(planted: dict[str, Any], store: Path) -> None:
    printed = type_in("study", "contamination", "tiny", *PLANTED, "--store", store)
    stages = [line for line in printed.out.splitlines() if "/" in line[:6]]
    assert stages
    assert all(" reused " in line for line in stages)
    assert "16 exercises go, 4 problems are similar" in printed.out
    assert "planted leaks that go: 4 of 4" in printed.out
    shown = type_in("show", "tiny-contamination-planted", "--store", store)
    assert "16 exercises go, 4 problems are similar" in shown.out


def test_a_study_without_leaks_takes_the_run_as_it_is(store: Path, tmp_path: Path) -> None:
    output = tmp_path / "study.md"
    printed = type_in("study", "contamination", "tiny", "--rates", "1", "--store", store, "--output", output)
    assert "no exercise is similar to a problem: nothing goes" in printed.out
    assert "finetune-" not in printed.out
    assert output.read_text().startswith("held-out exercises: 8 problems, ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("other",), "no run `other`"),
        (("tiny", "--against", "mbpp"), "`against` must be held-out or humaneval, got 'mbpp'"),
        (("tiny", "--rates", "high"), "`--rates` takes numbers with commas between them, got 'high'"),
        (("tiny", "--rates", "2"), "`rates` must lie in (0, 1], got 2.0"),
        (("tiny", "--planted-problems", "3"), "`--planted-problems 3` says how many problems `--plant` gives away"),
        (("tiny", "--plant", "90"), "`num_problems` must be at most the benchmark's 8, got 18"),
        (("tiny", "--output", "table.txt"), "`--output` takes a file that ends in .json or .md, got `table.txt`"),
        (("tiny", "--output", "nowhere/table.md"), "`--output` needs a folder that is there"),
        (("tiny", "--name", "tiny"), "`tiny` is the name of another run; choose one for the study with --name"),
    ],
)
def test_a_mistake_is_one_message(store: Path, arguments: tuple[str, ...], message: str) -> None:
    printed = type_in("study", "contamination", *arguments, "--store", store, status=2)
    assert is_one_mistake(printed.err, message), printed.err


def test_help_imports_nothing_heavy() -> None:
    program = (
        "import sys; from typer.testing import CliRunner; from hornbook.cli import app\n"
        "assert CliRunner().invoke(app, ['study', 'contamination', '--help']).exit_code == 0\n"
        "print(sorted({'torch', 'daft', 'pyarrow', 'numpy', 'rapidfuzz'} & set(sys.modules)))"
    )
    printed = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout
    assert printed == "[]\n"
