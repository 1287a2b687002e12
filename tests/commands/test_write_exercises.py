import json
import re
from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands.typed import KEY, is_one_mistake, read_json, type_in
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.records import Exercise, records_of, schema_of
from hornbook.synthesis.checker import check_exercise
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.exercises import write_exercises as curriculum
from hornbook.synthesis.prompted.ingredients import read_names

WANTED = re.compile(r"Function name: `(\w+)`")


def exercise(asked: Asked) -> str:
    """An exercise of the name asked for, all different; of names that begin with `bad` there is none."""
    found = WANTED.findall(asked.text)
    name = found[-1] if found else "anything"
    if name.startswith("bad"):
        return "I would rather talk about the weather."
    number = sum(map(ord, name))
    return (
        f'```python\ndef {name}(x: int) -> int:\n    """Add {number} to x.\n\n    >>> {name}(1)\n    {number + 1}\n'
        f'    """\n    return x + {number}\n```'
    )


@pytest.fixture
def teacher(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedEndpoint]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ScriptedEndpoint(exercise, models=("tiny",), key=KEY) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Path:
    (tmp_path / "names.txt").write_text("good_{one,two,three,four,five,six}{,_more}\nbad_{one,two,three}\n")
    return tmp_path


def write(teacher: ScriptedEndpoint, place: Path, *more: str, output: str = "out.jsonl", status: int = 0) -> str:
    arguments = ["--teacher", teacher.url, "--cache", place / "cache.sqlite", "--names", place / "names.txt"]
    printed = type_in("write-exercises", *arguments, "-o", place / output, *more, status=status)
    return printed.err if status else printed.out


def test_exercises_on_own_names_are_written_once_with_what_was_rejected_and_asked(
    teacher: ScriptedEndpoint, place: Path
) -> None:
    described = json.loads(write(teacher, place, "--num-exercises", "12", "--json"))
    kept = [Exercise(**{**row, "operations": ()}) for row in read_json(place / "out.jsonl")]  # type: ignore[arg-type]
    assert len(kept) == described["kept"] == 12
    assert {one.entry_point for one in kept} == {name for name in read_names(place / "names.txt") if "good" in name}
    assert all(check_exercise(one.prompt + one.solution, one.test, one.entry_point) is None for one in kept)
    rejected = read_json(place / "out.rejected.jsonl")
    assert described["rejected"] == {"no code": len(rejected)}
    assert {row["text"] for row in rejected} <= {"I would rather talk about the weather."}
    commissions = read_json(place / "out.commissions.jsonl")
    assert len(commissions) == described["answers"] == 12 + len(rejected)
    assert [row["record_id"] for row in commissions if row["outcome"] == "kept"] == [one.id for one in kept]
    assert described["ending"] == "wrote as many as wanted"
    num_asked = len(teacher.asked)
    assert 12 <= described["account"]["run"][0]["calls"] <= num_asked  # The last ones may still have been under way.
    before = {path.name: path.read_bytes() for path in place.glob("out*")}
    again = json.loads(write(teacher, place, "--num-exercises", "12", "--json"))
    assert again["account"]["run"][0]["calls"] == 0
    assert {path.name: path.read_bytes() for path in place.glob("out*")} == before
    printed = write(teacher, place, "--num-exercises", "12", output="o.parquet")
    assert re.search(r"kept +12\n(.*\n)*answers +\d\d\n", printed)
    table = pq.read_table(place / "o.parquet")
    assert table.schema.remove_metadata() == schema_of(Exercise)
    assert [one.id for one in records_of(Exercise, table)] == [one.id for one in kept]


def test_one_fixed_prompt_is_stale_and_says_why(teacher: ScriptedEndpoint, place: Path) -> None:
    numbers = iter(range(10_000))
    teacher.answer = lambda _: (
        f'```python\ndef add(x: int) -> int:\n    """Add {next(numbers)}."""\n    return x + {next(numbers)}\n```'
    )
    fixed = ("--constraint", "fixed", "--temperature", "1")
    described = json.loads(write(teacher, place, "--num-exercises", "150", *fixed, "--json"))
    assert (described["ending"], described["kept"]) == ("the records repeat themselves", 128)
    assert described["stale"]
    assert len({json.dumps(asked.body["messages"]) for asked in teacher.asked}) == 1
    ignored = json.loads(write(teacher, place, "--num-exercises", "150", *fixed, "--when-stale", "ignore", "--json"))
    assert (ignored["kept"], ignored["stale"]) == (150, [])


def test_a_mistake_is_one_message_and_nothing_is_asked(
    teacher: ScriptedEndpoint, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(place)
    (place / "topics.txt").write_text("fine\nnot a name\n")
    for arguments, said in (
        (("--constraint", "none"), "`constraint`"),
        (("--when-stale", "panic"), "`when_stale`"),
        (("--output", "nowhere/out.jsonl"), "there is no folder"),
        (("--topics", "none.txt"), "none.txt"),
        (("--names", "topics.txt"), "`topics.txt`, line 2"),
    ):
        given = ["-o", "out.jsonl"] if "--output" not in arguments else []
        err = type_in("write-exercises", "--teacher", teacher.url, *given, *arguments, status=2).err
        assert is_one_mistake(err, said), arguments
    assert teacher.asked == []
    assert not list(place.glob("out*"))


def test_a_spent_budget_ends_the_command_and_a_higher_one_goes_on(teacher: ScriptedEndpoint, place: Path) -> None:
    flags = ["--num-exercises", "12", "--max-new-tokens", "100", "--concurrency", "2"]
    err = write(teacher, place, *flags, "--budget", "3000tokens", status=2)
    assert "is used up" in err
    assert "at most about" in " ".join(err.split())
    assert not (place / "out.jsonl").exists()
    num_asked = len(teacher.asked)
    write(teacher, place, *flags, "--budget", "100000tokens")
    assert len(read_json(place / "out.jsonl")) == 12
    assert len({asked.body["seed"] for asked in teacher.asked}) == len(teacher.asked) > num_asked


def test_without_a_teacher_the_curriculum_writes(place: Path) -> None:
    words = ("write-exercises", "--num-exercises", "20", "--num-held-out", "4", "-o", place / "own.parquet")
    assert type_in(*words, "--seed", "3", "--json").json["kept"] == 20
    kept = records_of(Exercise, pq.read_table(place / "own.parquet"))
    assert kept == list(curriculum(ExercisesConfig(num_exercises=20), 3))
    numbers = {"held_out": 4, "held_out_schemas": 4, "held_out_forms": 20}
    assert {name: len(read_json(place / f"own.{name}.parquet")) for name in numbers} == numbers
