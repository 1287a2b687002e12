import gzip
import json
from pathlib import Path

import pytest
from tests.benchmarks.invented import parquet_of

from hornbook.benchmarks.rows import Row, describe_file, read_rows
from hornbook.errors import MissingInputError

ROWS = [{"task_id": 1, "code": "a\r\nb"}, {"task_id": 2, "code": "c"}]


def test_lines_an_array_and_parquet_give_the_same_rows(tmp_path: Path) -> None:
    lines = "\n\n".join(map(json.dumps, ROWS))
    (tmp_path / "a.jsonl").write_text(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "a.json").write_text("\n" + json.dumps(ROWS, indent=2))
    (tmp_path / "a.parquet").write_bytes(parquet_of(ROWS))
    (tmp_path / "split").mkdir()
    for name, part in (("b", ROWS[1:]), ("a", ROWS[:1])):
        (tmp_path / "split" / f"{name}.parquet").write_bytes(parquet_of(part))
    for name in ("a.jsonl", "a.jsonl.gz", "a.json", "a.parquet", "split"):
        assert [row.fields for row in read_rows(tmp_path / name)] == ROWS, name
    assert [row.place for row in read_rows(tmp_path / "a.jsonl")] == ["a.jsonl:1", "a.jsonl:3"]
    assert describe_file(tmp_path / "a.jsonl") != describe_file(tmp_path / "a.json")


def test_a_row_gives_texts_without_carriage_returns_and_refuses_other_types() -> None:
    row = Row("x:7", {"a": "1\r\n2", "b": ["3\r\n", "4"], "c": 5, "d": True, "e": [1]})
    assert (row.text("a"), row.texts("b"), row.number("c")) == ("1\n2", ("3\n", "4"), 5)
    for read, name in ((row.text, "c"), (row.text, "z"), (row.texts, "a"), (row.texts, "e"), (row.number, "d")):
        with pytest.raises(MissingInputError, match=f"x:7 .*`{name}`"):
            read(name)


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("half.jsonl", json.dumps(ROWS[0]).encode()[:20], "jsonl:1 .*cut off"),
        ("half.json", json.dumps(ROWS).encode()[:30], "cut off"),
        ("half.jsonl.gz", gzip.compress(json.dumps(ROWS).encode(), mtime=0)[:20], "cannot be read"),
        ("half.parquet", parquet_of(ROWS)[:50], "cannot be read"),
        ("a.jsonl", b"{}\n[1]\n", "jsonl:2 .*object"),
        ("a.json", b"[{}, 1]", "json:2 .*object"),
        ("empty.jsonl", b"", "no problems"),
        ("latin.jsonl", b'{"a": "\xe9"}', "jsonl:1 is not UTF-8"),
        ("missing.jsonl", None, "No such file"),
    ],
)
def test_what_is_no_file_of_rows_is_refused_with_its_place(
    name: str, content: bytes | None, words: str, tmp_path: Path
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(MissingInputError, match=words):
        read_rows(tmp_path / name)
