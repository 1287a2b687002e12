import gzip
import json
from pathlib import Path

import pytest
from tests.benchmarks.invented import parquet_of

from hornbook.benchmarks.rows import Row, describe_file, read_rows
from hornbook.errors import MissingInputError

ROWS = [{"task_id": 1, "code": "a\r\nb"}, {"task_id": 2, "code": "c"}]


def test_lines_an_array_and_parquet_give_the_same_rows(tmp_path: Path) -> None:
    lines = "\n".join(map(json.dumps, ROWS))
    (tmp_path / "a.jsonl").write_text(lines)
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(lines.encode()))
    (tmp_path / "a.json").write_text("\n" + json.dumps(ROWS, indent=2))
    (tmp_path / "a.parquet").write_bytes(parquet_of(ROWS))
    for name in ("a.jsonl", "a.jsonl.gz", "a.json", "a.parquet"):
        assert [row.fields for row in read_rows(tmp_path / name)] == ROWS, name


def test_a_folder_gives_its_parquet_files_in_the_order_of_their_names(tmp_path: Path) -> None:
    (tmp_path / "b.parquet").write_bytes(parquet_of(ROWS[1:]))
    (tmp_path / "a.parquet").write_bytes(parquet_of(ROWS[:1]))
    (tmp_path / "README.md").write_text("not data")
    assert [row.fields for row in read_rows(tmp_path)] == ROWS


def test_a_row_gives_texts_without_carriage_returns_and_refuses_other_types() -> None:
    row = Row("line 7 of the benchmark `x`", {"a": "1\r\n2", "b": ["3\r\n", "4"], "c": 5, "d": True, "e": [1]})
    assert (row.text("a"), row.texts("b"), row.number("c")) == ("1\n2", ("3\n", "4"), 5)
    with pytest.raises(MissingInputError, match="line 7 of the benchmark `x` has no string `c`"):
        row.text("c")
    with pytest.raises(MissingInputError, match="line 7 of the benchmark `x` has no list of strings `e`"):
        row.texts("e")
    with pytest.raises(MissingInputError, match="line 7 of the benchmark `x` has no integer `d`"):
        row.number("d")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", b'{"task_id": 1}\n{"task_', r"line 2 of the benchmark `.*a\.jsonl` is not JSON .*cut off"),
        ("a.json", b'[\n{"task_id": 1},\n{"tas', r"the benchmark `.*a\.json` is not JSON \(.*line 3.*cut off"),
        ("a.json", b"[3]", r"object 1 of the benchmark `.*a\.json` is no JSON object"),
        ("a.json", b"[]", r"`.*a\.json` has no problems"),
        ("a.jsonl", b"\xff\xfe", r"`.*a\.jsonl` is damaged"),
        ("a.jsonl.gz", b"not gzip", r"`.*a\.jsonl\.gz` is damaged"),
        ("a.parquet", b"PAR1 and no more", r"`.*a\.parquet` is damaged"),
        ("a.parquet", parquet_of(ROWS)[:-20], r"`.*a\.parquet` is damaged"),
    ],
)
def test_what_is_wrong_with_a_file_is_said_with_its_place(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MissingInputError, match=message):
        read_rows(tmp_path / name)


@pytest.mark.parametrize("name", ["none.jsonl", "none.parquet"])
def test_a_missing_file_is_named(tmp_path: Path, name: str) -> None:
    with pytest.raises(MissingInputError, match=f"{name}` cannot be read: .*No such file"):
        read_rows(tmp_path / name)


def test_a_file_is_described_by_its_name_and_its_content(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(b"{}")
    first = describe_file(tmp_path / "a.jsonl")
    assert first == "a.jsonl, SHA-256 44136fa355b3678a…"
    (tmp_path / "a.jsonl").write_bytes(b"{ }")
    assert describe_file(tmp_path / "a.jsonl") != first
