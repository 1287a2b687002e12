from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import KEY, is_one_mistake, read_json, type_in, write_lines
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

RIGHT = {
    "prompt": 'def double(number: int) -> int:\n    """Double it.\n\n    >>> double(3)\n    6\n    """\n',
    "solution": "    return 2 * number\n",
    "source": "mine",
}
WRONG_EXAMPLE = {
    "prompt": 'def triple(number: int) -> int:\n    """Triple it. triple(3) == 10"""\n',
    "solution": "    return 3 * number\n",
    "source": None,
}
DOUBTFUL = {
    "prompt": 'def square(number: int) -> int:\n    """Square it."""\n',
    "solution": "    return number + number\n",
    "source": 3,
}
SOLUTIONS = {"double": "return number + number", "square": "return number * number"}
HALF = '    return "\ud83d" and 2 * number\n'
PASSAGE = "Adding.\n\n```python\nprint(2 + 3)\n```\n\n```\n{}\n```\n"


@pytest.fixture
def exercises(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "exercises.jsonl", [RIGHT, WRONG_EXAMPLE, DOUBTFUL])


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    def solve(asked: Asked) -> str:
        name = next(name for name in SOLUTIONS if f"def {name}" in asked.text)
        return f"```python\ndef {name}(number: int) -> int:\n    {SOLUTIONS[name]}\n```"

    with ScriptedEndpoint(solve, models=("owner/Tiny-Coder",), key=KEY) as running:
        yield running


def prompts(path: Path) -> list[str]:
    return [row["prompt"] for row in read_json(path)]


def test_without_a_teacher_exercises_are_run_and_their_examples_checked(exercises: Path, tmp_path: Path) -> None:
    said = type_in("verify", exercises, "-o", tmp_path / "kept.jsonl", "--json").json
    kept = read_json(tmp_path / "kept.jsonl")
    assert [row["source"] for row in kept] == ["mine", 3]
    assert kept[0] == {**RIGHT, "test": "def check(candidate):\n    assert candidate(3) == 6\n"}
    assert (tmp_path / "kept.jsonl").read_bytes().splitlines()[1] == exercises.read_bytes().splitlines()[2]
    assert len(read_json(tmp_path / "kept.verdicts.jsonl")) == 3
    dropped = read_json(tmp_path / "kept.dropped.jsonl")
    assert [(row["id"], row["reason"], row["detail"]) for row in dropped] == [
        ("exercises.jsonl:2", "shows a wrong example", "triple(3) gives 9")
    ]
    assert (said["num_rows"], said["kept"], said["nothing_to_check"]) == (3, 2, 0)
    assert list(said["levels"].values()) == [3, 3, 3, 2]


def test_with_a_teacher_solutions_are_compared_and_another_threshold_asks_nothing(
    exercises: Path, teacher: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    options = ["--teacher", teacher.url, "--cache", tmp_path / "cache.sqlite", "--json", "--num-solutions", "2"]
    first = type_in("verify", exercises, *options, "--output", tmp_path / "strict.jsonl")
    assert first.json["kept"] == 1
    assert list(first.json["levels"].values()) == [3, 3, 3, 2, 1]
    assert prompts(tmp_path / "strict.jsonl") == [RIGHT["prompt"]]
    assert len(read_json(tmp_path / "strict.solutions.jsonl")) == 4
    assert first.json["account"]["run"][0]["calls"] == 4
    assert "4 calls, at most about" in " ".join(first.err.split())
    again = type_in("verify", exercises, *options, "-o", tmp_path / "loose.jsonl", "--min-agreement", "0")
    assert prompts(tmp_path / "loose.jsonl") == [RIGHT["prompt"], DOUBTFUL["prompt"]]
    assert again.json["account"]["run"][0]["calls"] == 0
    verdicts = [(tmp_path / f"{name}.verdicts.jsonl").read_text() for name in ("strict", "loose")]
    assert verdicts[0] == verdicts[1]
    assert not any(KEY in path.read_text(errors="replace") for path in tmp_path.iterdir() if path.is_file())


def test_passages_are_repaired_in_their_rows_and_what_has_no_program_is_counted(tmp_path: Path) -> None:
    given = [
        {"content": PASSAGE.format(5), "chapter": 1},
        {"content": PASSAGE.format(6), "chapter": 2},
        {"content": "```python\nx = (\n```\n", "chapter": 3},
        {"content": "No program.\n", "chapter": 4},
    ]
    words = ("verify", write_lines(tmp_path / "book.jsonl", given), "--text-field", "content", "--output")
    said = type_in(*words, tmp_path / "true.jsonl", "--json").json
    kept = read_json(tmp_path / "true.jsonl")
    assert kept == [given[0], {"content": PASSAGE.format(5), "chapter": 2}, given[3]]
    assert [row["reason"] for row in read_json(tmp_path / "true.dropped.jsonl")] == ["is not valid Python"]
    assert [(row["shown"], row["true"]) for row in read_json(tmp_path / "true.repairs.jsonl")] == [("6\n", "5")]
    assert len(read_json(tmp_path / "true.checks.jsonl")) == 4
    assert (said["nothing_to_check"], said["passages"]["outputs true as written"]) == (1, 1)
    type_in(*words, tmp_path / "asis.jsonl", "--no-repair")
    assert [row["chapter"] for row in read_json(tmp_path / "asis.jsonl")] == [1, 4]


def test_parquet_keeps_its_columns_and_gets_tests(exercises: Path, tmp_path: Path) -> None:
    rows = pa.Table.from_pylist([{**row, "source": str(row["source"]), "n": [1]} for row in read_json(exercises)])
    pq.write_table(rows, tmp_path / "in.parquet")
    type_in("verify", tmp_path / "in.parquet", "--output", tmp_path / "kept.parquet")
    kept = pq.read_table(tmp_path / "kept.parquet")
    assert kept.schema == rows.schema.append(pa.field("test", pa.string()))
    assert kept.drop_columns("test").to_pylist() == [rows.to_pylist()[0], rows.to_pylist()[2]]
    type_in("verify", tmp_path / "kept.parquet", "--output", tmp_path / "again.parquet")
    assert pq.read_table(tmp_path / "again.parquet").equals(kept)


def test_a_folder_of_modules_is_verified_by_its_examples(tmp_path: Path) -> None:
    (tmp_path / "own").mkdir()
    for name, answer in (("right", 2), ("wrong", 3)):
        text = f'def f(x):\n    """Add.\n\n    >>> f(1)\n    {answer}\n    """\n    return x + 1\n'
        (tmp_path / "own" / f"{name}.py").write_text(text)
    (tmp_path / "own" / "plain.py").write_text("x = 1\n")
    (tmp_path / "own" / "broken.py").write_text("x = (\n")
    said = type_in("verify", tmp_path / "own", "-o", tmp_path / "kept.jsonl", "--json").json
    assert (said["kept"], said["nothing_to_check"]) == (2, 1)
    assert said["dropped"] == {"is not valid Python": 1, "shows a wrong example": 1}
    assert [row["path"] for row in read_json(tmp_path / "kept.jsonl")] == ["plain.py", "right.py"]


def test_rows_that_cannot_be_used_are_dropped_and_mistakes_are_named(
    exercises: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(exercises.parent)
    lines = [RIGHT, {"prompt": 3, "solution": ""}, {"prompt": "x = 1\n", "solution": "\n"}, {**RIGHT, "solution": HALF}]
    said = type_in("verify", write_lines(Path("own.jsonl"), lines), "-o", "kept.jsonl", "--json").json
    assert (said["kept"], said["dropped"]) == (1, {"no text": 1, "not UTF-8": 1, "defines no function": 1})
    before = exercises.read_bytes()
    for options, message in (
        (("--min-level", "perfect"), "`min_level`"),
        (("--min-level", "consistent"), "`--teacher URL`"),
        (("--min-agreement", "2"), "`min_agreement`"),
        (("--output", "exercises.jsonl"), "exercises.jsonl"),
        (("--num-inputs", "0"), "`num_inputs`"),
        (("--cpu-seconds", "0"), "`cpu_seconds`"),
    ):
        words = ("verify", exercises, *(() if "--output" in options else ("-o", "kept.jsonl")), *options)
        assert is_one_mistake(type_in(*words, status=2).err, message), options
        assert exercises.read_bytes() == before
