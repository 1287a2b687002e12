import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.synthesis.checker import check_passage

PROSE = "A small shell lies on the table, and each item of the list is counted once from the front. " * 4


def passage(asked: Asked) -> str:
    """A passage on the topic that uses the first of the words asked for; some answers show no program."""
    text = asked.text
    topic = text.split("It teaches: ")[1].split(" (")[0]
    word = text.split("Use these words in an example, beside the topic: ")[1].split(",")[0]
    if len(topic) % 4 == 0:
        return PROSE
    return (
        f"## On {topic}\n\nThe {word}. {PROSE}\n\n```python\nprint({len(topic)})\n```\n\n```output\n{len(topic)}\n```\n"
    )


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(passage, models=("tiny",)) as running:
        yield running


def write(teacher: ScriptedEndpoint, place: Path, *more: str | Path, status: int = 0) -> str:
    arguments = ["--teacher", teacher.url, "--cache", place / "cache.sqlite", "-o", place / "out.jsonl"]
    printed = type_in("write-textbooks", *arguments, *more, status=status)
    return printed.err if status else printed.out


def test_passages_are_written_in_the_form_that_is_executed(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    described = json.loads(write(teacher, tmp_path, "--num-passages", "15", "--json"))
    kept = read_json(tmp_path / "out.jsonl")
    assert len(kept) == 15
    assert all(check_passage(one["text"]) is None for one in kept)
    assert all(one["topic"] in one["text"] and one["teacher"] == "tiny" for one in kept)
    assert described["rejected"] == {"no code": described["answers"] - 15}
    commissions = read_json(tmp_path / "out.commissions.jsonl")
    assert {row["share_of_words_used"] for row in commissions if row["outcome"] == "kept"} <= {1 / 3, 2 / 3, 1}
    assert described["topics_covered"] == 15


def test_own_topics_words_and_code_are_what_is_asked_about(teacher: ScriptedEndpoint, tmp_path: Path) -> None:
    (tmp_path / "topics.txt").write_text("Knitting\n  rows\n  edges\nSewing\n  hems\n")
    (tmp_path / "words.txt").write_text("needle\nyarn\n")
    (tmp_path / "code").mkdir()
    (tmp_path / "code" / "one.py").write_text("needles = 2\n")
    write(
        teacher, tmp_path, "--num-passages=3", "--topics", tmp_path / "topics.txt", "--words", tmp_path / "words.txt",
        "--num-words", "2", "--inspiration", tmp_path / "code", "--max-attempts", "8",
    )  # fmt: skip
    for asked in teacher.asked:
        assert any(f"It teaches: {topic} (" in asked.text for topic in ("rows", "edges", "hems"))
        assert "needle, yarn" in asked.text or "yarn, needle" in asked.text
        assert "```python\nneedles = 2\n```" in asked.text


def test_a_mistake_is_one_message_and_nothing_is_asked(
    teacher: ScriptedEndpoint, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("empty.py").write_text("\n")
    Path("few.txt").write_text("yarn\nneedle\n")
    for option, file, said in (
        ("--inspiration", "none.py", "none.py"),
        ("--inspiration", "empty.py", "empty.py"),
        ("--words", "few.txt", "`num_words`"),
    ):
        assert is_one_mistake(write(teacher, tmp_path, option, file, status=2), said), file
    assert teacher.asked == []
