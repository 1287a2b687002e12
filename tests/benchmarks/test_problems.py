import gzip
import json
from pathlib import Path

import pytest
from hornbook.benchmarks.problems import parse_problems, read_problems

from hornbook.errors import MissingInputError

ROW = {
    "task_id": "own/1",
    "prompt": "def one():\n",
    "entry_point": "one",
    "canonical_solution": "    return 1\n",
    "test": "def check(candidate):\n    assert candidate() == 1\n",
}


def test_plain_and_gzipped_files_give_the_same_problems(tmp_path: Path) -> None:
    text = json.dumps(ROW) + "\n\n" + json.dumps({**ROW, "task_id": "own/2", "category": "strings", "more": 1}) + "\n"
    (tmp_path / "a.jsonl").write_text(text)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(text.encode()))
    problems = read_problems(tmp_path / "a.jsonl")
    assert problems == read_problems(tmp_path / "a.jsonl.gz")
    assert [(problem.task_id, problem.category) for problem in problems] == [("own/1", ""), ("own/2", "strings")]


def test_a_file_cut_in_half_is_called_damaged(tmp_path: Path) -> None:
    whole = gzip.compress(json.dumps(ROW).encode() * 50)
    (tmp_path / "half.jsonl.gz").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(MissingInputError, match=r"half\.jsonl\.gz` is damaged"):
        read_problems(tmp_path / "half.jsonl.gz")
    (tmp_path / "half.jsonl").write_text(json.dumps(ROW)[:60])
    with pytest.raises(MissingInputError, match=r"line 1 of .*half\.jsonl` is not JSON"):
        read_problems(tmp_path / "half.jsonl")


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match=r"none\.jsonl` cannot be read: No such file"):
        read_problems(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "`own` has no problems"),
        ("\n[1]\n", "line 2 of the benchmark `own` is no JSON object"),
        (json.dumps({**ROW, "test": 3}), "line 1 of the benchmark `own` has no string `test`"),
        (json.dumps(ROW) + "\n" + json.dumps(ROW), "line 2 of the benchmark `own` repeats `own/1`"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(text: str, message: str) -> None:
    with pytest.raises(MissingInputError, match=message):
        parse_problems(text, "own")
