import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.curation.annotate import describe_labels, load_labels
from hornbook.reading.rows import read_rows


def score(asked: Asked) -> str:
    """The number of lines of the snippet, at most 5; snippets with `odd` have no score."""
    snippet = asked.text.split("```")[1].removeprefix("python\n")
    if "odd" in snippet:
        return "That is hard to say."
    return f"Reason: It has {snippet.count(chr(10))} lines.\nScore: {min(snippet.count(chr(10)), 5)}"


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(score, models=("tiny",)) as running:
        yield running


@pytest.fixture
def code(tmp_path: Path) -> Path:
    rows = [{"id": f"row {number}", "text": "x = 1\n" * number} for number in range(1, 6)]
    return write_lines(tmp_path / "code.jsonl", [*rows, {"id": "odd one", "text": "odd = 1\n"}])


def annotate(teacher: ScriptedEndpoint, place: Path, *more: str | Path, status: int = 0) -> str:
    arguments = ["--teacher", teacher.url, "--cache", place / "cache.sqlite"]
    printed = type_in("annotate", *more, *arguments, status=status)
    return printed.err if status else printed.out


def rows(path: Path) -> list[dict[str, object]]:
    return [fields for _, fields in read_rows(path)]


def test_rows_get_labels_with_reasons_and_the_rest_is_put_beside(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path
) -> None:
    out = annotate(teacher, tmp_path, code, "--id-field", "id", "-o", tmp_path / "labels.jsonl")
    assert rows(tmp_path / "labels.jsonl") == [
        {"sample_id": f"row {number}", "score": number, "reason": f"It has {number} lines.", "annotator": "tiny"}
        for number in range(1, 6)
    ]
    assert [(row["id"], row["reason"]) for row in rows(tmp_path / "labels.rejected.jsonl")] == [("odd one", "no score")]
    assert "5 labels" in out
    assert "1 without a label: no score" in out


def test_python_files_of_a_folder_are_read_whole_and_long_ones_cut(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    (tmp_path / "src" / "a.py").write_text("x = 1\n")
    (tmp_path / "src" / "b.py").write_text("value = 12345\n" * 100)
    described = json.loads(annotate(teacher, tmp_path, tmp_path / "src", "--max-characters", "500", "--json"))
    assert described["labels"] == 2
    assert described["truncated"] == 1
    assert max(len(asked.text) for asked in teacher.asked) < 600


def test_a_second_run_asks_nothing_again(teacher: ScriptedEndpoint, code: Path, tmp_path: Path) -> None:
    annotate(teacher, tmp_path, code)
    num_asked = len(teacher.asked)
    assert json.loads(annotate(teacher, tmp_path, code, "--json"))["account"]["run"][0]["calls"] == 0
    assert len(teacher.asked) == num_asked == 6


@pytest.mark.parametrize("key", ["sample_id", "id", "sha256"])
def test_known_scores_are_compared_by_id_or_by_the_digest_of_the_code(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path, key: str
) -> None:
    known = [
        {
            key: hashlib.sha256("\n".join(["x = 1"] * number).encode()).hexdigest()
            if key == "sha256"
            else f"row {number}",
            "score": 5 - number,
        }
        for number in range(1, 5)
    ]
    labels = write_lines(tmp_path / "known.jsonl", [*known, {key: "another", "score": 3}])
    described = json.loads(annotate(teacher, tmp_path, code, "--id-field", "id", "--against", labels, "--json"))
    compared = described["agreement"]
    assert (compared["compared"], compared["spearman"]) == (4, -1.0)
    assert (compared["exact"], compared["within_one"]) == (0.0, 0.5)
    assert len(teacher.asked) == 4
    text = annotate(teacher, tmp_path, code, "--id-field", "id", "--against", labels)
    assert "against 4 known scores: rank correlation -1.000, 0% equal, 50% at most one apart" in text


def test_the_standard_library_is_compared_with_the_shipped_labels(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    flags = ["--standard-library", "--shipped-labels", "--num", "30", "--seed", "4"]
    described = json.loads(annotate(teacher, tmp_path, *flags, "--json"))
    assert described["labels"] + sum(described["rejected"].values()) == 30
    compared = described["agreement"]
    assert compared["compared"] == described["labels"] > 0
    scores = sorted(label.score for label in load_labels(describe_labels()))
    assert sum(map(sum, compared["table"])) == compared["compared"]
    assert set(scores) == set(range(6))


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ([], "name what is to be read"),
        (["code.jsonl", "--standard-library"], "name what is to be read"),
        (["code.jsonl", "--shipped-labels"], "give `--standard-library`, too"),
        (["--standard-library", "--shipped-labels", "--against", "code.jsonl"], "not with both"),
        (["code.jsonl", "--against", "code.jsonl"], "has no `score` from 0 to 5"),
        (["code.jsonl", "--against", "strangers.jsonl"], "has no score for any of the code"),
        (["code.jsonl", "--against", "nameless.jsonl"], "names no code"),
        (["code.jsonl", "--id-field", "text"], "stands on 2 rows"),
        (["code.jsonl", "--max-characters", "5"], "must be at least 100"),
        (["code.jsonl", "-o", "labels.txt"], "must end in .jsonl or .parquet"),
    ],
)
def test_a_mistake_is_one_message_and_nothing_is_asked(
    teacher: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    monkeypatch.chdir(tmp_path)
    write_lines(Path("code.jsonl"), [{"id": "1", "text": "x = 1\n"}, {"id": "2", "text": "x = 1\n"}])
    write_lines(Path("strangers.jsonl"), [{"id": "9", "score": 1}])
    write_lines(Path("nameless.jsonl"), [{"name": "9", "score": 1}])
    err = annotate(teacher, tmp_path, *arguments, status=2)
    assert is_one_mistake(err, said), err
    assert teacher.asked == []
