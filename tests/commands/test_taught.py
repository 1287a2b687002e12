"""A recipe whose exercises and passages a language model writes, by one field, over a real HTTP server."""

import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands import test_write_exercises, test_write_textbooks
from tests.commands.typed import KEY, is_one_mistake, type_in
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

FEW = ("--set=textbooks.num_passages=6", "--set=exercises.num_exercises=8", "--set=exercises.num_held_out=20")


def answer(asked: Asked) -> str:
    if "Function name: " in asked.text:
        return test_write_exercises.exercise(asked)
    if "write a whole passage" in asked.text:
        return test_write_textbooks.passage(asked)
    return test_write_exercises.exercise(asked).replace('    """Add', '    r"""Add')  # A solution, asked for anew.


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answer, models=("tiny", "other"), key=KEY) as running:
        yield running


def run(teacher: ScriptedEndpoint, store: Path, *more: str, status: int = 0) -> str:
    printed = type_in(
        "run", "laptop", "--until", "verify", "--store", store, *FEW, "--teacher", teacher.url, *more, status=status
    )
    return printed.err if status else printed.out


def table(store: Path, stage: str, name: str) -> list[dict[str, object]]:
    return pq.read_table(store / "runs" / "laptop" / stage / name).to_pylist()


def test_one_field_of_the_recipe_gives_a_stage_another_teacher(
    teacher: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    run(
        teacher,
        tmp_path,
        *("--set=exercises.teacher=tiny", "--set=textbooks.teacher=tiny", "--set=verify.teacher=other"),
        "--set=verify.min_level=examples",
    )
    assert {row["teacher"] for row in table(tmp_path, "exercises", "exercises")} == {"tiny"}
    assert len(table(tmp_path, "exercises", "held_out")) == 20
    documents = table(tmp_path, "verify", "documents")
    assert Counter(row["kind"] for row in documents) == {"textbook": 6, "exercise": 8}
    assert all("def check(candidate)" in str(row["metadata"]) for row in documents if row["kind"] == "exercise")
    manifest = json.loads((tmp_path / "runs" / "laptop" / "verify" / "manifest.json").read_text())
    assert manifest["metrics"]["levels"]["examples hold"] == 8
    assert {row["num_solutions"] for row in table(tmp_path, "verify", "verifications")} == {3}
    assert {asked.body["model"] for asked in teacher.asked} == {"tiny", "other"}
    commissions = table(tmp_path, "exercises", "commissions")
    assert [row["record_id"] for row in commissions if row["outcome"] == "kept"] == [
        row["id"] for row in table(tmp_path, "exercises", "exercises")
    ]


def test_nothing_is_asked_again_when_the_store_lost_the_artifacts(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text(f"{KEY}\n")
    flags = ("--set=exercises.teacher=tiny", "--api-key-file", str(key), "--cache", str(tmp_path / "cache.sqlite"))
    run(teacher, tmp_path / "one", *flags)
    num_asked = len(teacher.asked)
    run(teacher, tmp_path / "two", *flags)
    assert len(teacher.asked) == num_asked > 0
    for name in ("documents", "dropped"):
        assert table(tmp_path / "one", "verify", name) == table(tmp_path / "two", "verify", name)
    everything = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file() and path != key)
    assert KEY.encode() not in everything


def test_a_model_without_an_address_is_one_mistake(tmp_path: Path) -> None:
    for stage in ("exercises", "decontaminate"):
        words = ["run", "laptop", "--until", "decontaminate", "--store", tmp_path, f"--set={stage}.teacher=tiny"]
        assert is_one_mistake(type_in(*words, status=2).err, f"`{stage}.teacher` is `tiny`", "--teacher URL")


def test_a_budget_ends_a_run_and_a_higher_one_goes_on(
    teacher: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    err = run(teacher, tmp_path, "--set=exercises.teacher=tiny", "--budget", "3000tokens", status=2)
    assert is_one_mistake(
        err, "the budget of 3,000 tokens for `exercises` is used up", "hornbook run laptop", "--budget"
    )
    num_asked = len(teacher.asked)
    run(teacher, tmp_path, "--set=exercises.teacher=tiny", "--budget", "1000000tokens")
    assert len({json.dumps(asked.body, sort_keys=True) for asked in teacher.asked}) == len(teacher.asked) > num_asked
