from collections.abc import Iterator
from pathlib import Path

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


def entry_points(path: Path) -> list[str]:
    return [row["entry_point"] for row in read_json(path)]


def test_without_a_teacher_exercises_are_run_and_their_examples_checked(exercises: Path) -> None:
    printed = type_in("verify", exercises)
    kept = exercises.with_name("exercises.kept.jsonl")
    assert entry_points(kept) == ["double", "square"]
    assert [row["source"] for row in read_json(kept)] == ["mine", 3]
    assert read_json(kept)[0]["test"].startswith("def check(candidate):")
    assert len(read_json(exercises.with_name("exercises.kept.verdicts.jsonl"))) == 3
    dropped = read_json(exercises.with_name("exercises.kept.dropped.jsonl"))
    assert [(row["reason"], row["detail"]) for row in dropped] == [("shows a wrong example", "triple(3) gives 9")]
    assert "66.7%" in printed.out


def test_with_a_teacher_solutions_are_compared_and_another_threshold_asks_nothing(
    exercises: Path, teacher: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    options = ["--teacher", teacher.url, "--cache", tmp_path / "cache.sqlite", "--json"]
    first = type_in("verify", exercises, *options, "--output", tmp_path / "strict.jsonl", "--num-solutions", "2")
    assert first.json["kept"] == 1
    assert list(first.json["levels"].values()) == [3, 3, 3, 2, 1]
    assert entry_points(tmp_path / "strict.jsonl") == ["double"]
    assert len(read_json(tmp_path / "strict.solutions.jsonl")) == 4
    num_calls = first.json["teacher"]["run"][0]["calls"]
    assert num_calls == 4
    assert "4 calls, at most about" in " ".join(first.err.split())
    again = type_in(
        "verify", exercises, *options, "-o", tmp_path / "loose.jsonl", "--num-solutions", "2", "--min-agreement", "0"
    )
    assert entry_points(tmp_path / "loose.jsonl") == ["double", "square"]
    assert again.json["teacher"]["run"][0]["calls"] == 0
    verdicts = [(tmp_path / f"{name}.verdicts.jsonl").read_text() for name in ("strict", "loose")]
    assert verdicts[0] == verdicts[1]
    assert not any(KEY in path.read_text(errors="replace") for path in tmp_path.iterdir() if path.is_file())


def test_passages_are_told_by_their_text_and_repaired(tmp_path: Path) -> None:
    given = [
        {"text": PASSAGE.format(5), "chapter": 1},
        {"text": PASSAGE.format(6), "chapter": 2},
        {"text": "```python\nx = (\n```\n", "chapter": 3},
    ]
    type_in("verify", write_lines(tmp_path / "book.jsonl", given), "--output", tmp_path / "true.jsonl")
    kept = read_json(tmp_path / "true.jsonl")
    assert [(row["text"], row["chapter"]) for row in kept] == [(PASSAGE.format(5), 1), (PASSAGE.format(5), 2)]
    assert [row["reason"] for row in read_json(tmp_path / "true.dropped.jsonl")] == ["is not valid Python"]
    assert [(row["shown"], row["true"]) for row in read_json(tmp_path / "true.repairs.jsonl")] == [("6\n", "5")]
    type_in("verify", tmp_path / "book.jsonl", "--output", tmp_path / "asis.jsonl", "--no-repair")
    assert [row["chapter"] for row in read_json(tmp_path / "asis.jsonl")] == [1]


def test_parquet_is_read_and_written(exercises: Path, tmp_path: Path) -> None:
    type_in("verify", exercises, "--output", tmp_path / "kept.parquet")
    kept = read_json(tmp_path / "kept.parquet")
    assert [row["entry_point"] for row in kept] == ["double", "square"]
    type_in("verify", tmp_path / "kept.parquet", "--output", tmp_path / "again.parquet")
    assert [row["id"] for row in read_json(tmp_path / "again.parquet")] == [row["id"] for row in kept]
    assert len(read_json(tmp_path / "again.verdicts.parquet")) == 2


def test_rows_and_options_that_cannot_be_used_are_named(exercises: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(exercises.parent)
    before = exercises.read_bytes()
    for lines, message in (
        ([], "holds no rows"),
        ([{"prompt": "def f(x):\n"}], "neither an exercise"),
        ([{"prompt": "x = 1\n", "solution": "\n"}], "no function"),
        ([RIGHT, {"prompt": 3, "solution": ""}], "own.jsonl:2"),
        ([{**RIGHT, "id": "a"}, {**RIGHT, "id": "a"}], "own.jsonl:2"),
    ):
        write_lines(Path("own.jsonl"), lines)
        assert is_one_mistake(type_in("verify", "own.jsonl", status=2).err, message), lines
    for options, message in (
        (("--min-level", "perfect"), "`--min-level`"),
        (("--min-level", "consistent"), "`--teacher URL`"),
        (("--min-agreement", "2"), "`min_agreement`"),
        (("--output", "exercises.jsonl"), "exercises.jsonl"),
        (("--num-inputs", "0"), "`num_inputs`"),
        (("--cpu-seconds", "0"), "`cpu_seconds`"),
    ):
        assert is_one_mistake(type_in("verify", exercises, *options, status=2).err, message), options
        assert exercises.read_bytes() == before


def test_half_a_surrogate_pair_breaks_nothing(tmp_path: Path) -> None:
    given = [{**RIGHT, "solution": '    return "\ud83d" and 2 * number\n', "source": "\ud83d"}]
    type_in("verify", write_lines(tmp_path / "own.jsonl", given), "--output", tmp_path / "kept.jsonl")
    assert entry_points(tmp_path / "kept.jsonl") == ["double"]
