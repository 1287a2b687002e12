import gzip
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.curation.provided import ProvidedConfig, read_provided, split_exercise
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, Document, DocumentKind, Exercise

EXERCISE = (
    'import math\n\n\ndef area(radius: float) -> float:\n    """Return the area."""\n    return math.pi * radius**2\n'
)


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf8")


def config_of(folder: Path, kind: DocumentKind = DocumentKind.CODE) -> ProvidedConfig:
    return ProvidedConfig(kind=kind, folder=str(folder))


def test_files_of_all_formats_are_read_in_the_order_of_their_names(tmp_path: Path) -> None:
    write_lines(tmp_path / "b" / "2.jsonl", [{"text": "b = 1"}, {"text": "b = 2", "license": "MIT"}])
    with gzip.open(tmp_path / "c.jsonl.gz", "wt", encoding="utf8") as stream:
        stream.write(json.dumps({"text": "c = 'é'\r\n"}) + "\n")
    pq.write_table(pa.table({"text": ["a = 1\n", "a = 1\n"]}), tmp_path / "a.parquet")
    (tmp_path / "README.md").write_text("not data")
    records, _ = read_provided(config_of(tmp_path))
    assert all(isinstance(record, CodeSample) for record in records)
    assert [(record.path, record.text, record.license) for record in records] == [  # type: ignore[union-attr]
        ("a.parquet:1", "a = 1\n", "NOASSERTION"),
        ("a.parquet:2", "a = 1\n", "NOASSERTION"),
        ("b/2.jsonl:1", "b = 1\n", "NOASSERTION"),
        ("b/2.jsonl:2", "b = 2\n", "MIT"),
        ("c.jsonl.gz:1", "c = 'é'\n", "NOASSERTION"),
    ]
    assert len({record.id for record in records}) == 5


def test_passages_keep_what_is_known_of_them_and_empty_ones_go(tmp_path: Path) -> None:
    write_lines(tmp_path / "1.jsonl", [{"text": "Lists hold.", "topic": "lists", "audience": 3}, {"text": " \n"}])
    [passage], gone = read_provided(config_of(tmp_path, DocumentKind.TEXTBOOK))
    assert isinstance(passage, Document)
    told = json.loads(passage.metadata)
    assert (passage.text, told["topic"], told["audience"]) == ("Lists hold.\n", "lists", "")
    assert [(dropped.reason, dropped.detail) for dropped in gone] == [("empty", "1.jsonl:2")]


def test_an_exercise_is_parted_behind_its_docstring_and_nothing_is_lost(tmp_path: Path) -> None:
    texts = [EXERCISE, "x = 1\n", "def f(:\n", 'def f():\n    """Only words."""\n', "a\x00b\n"]
    write_lines(tmp_path / "1.jsonl", [{"text": text} for text in texts])
    [exercise], gone = read_provided(config_of(tmp_path, DocumentKind.EXERCISE))
    assert isinstance(exercise, Exercise)
    assert (exercise.prompt + exercise.solution, exercise.entry_point) == (EXERCISE, "area")
    assert exercise.solution == "    return math.pi * radius**2\n"
    assert [dropped.reason for dropped in gone] == [
        "no function with a docstring",
        "is not valid Python",
        "no function with a docstring",
        "is not valid Python",
    ]


def test_an_odd_line_end_inside_a_string_does_not_move_the_parting() -> None:
    text = 'def f(s):\n    """Part at \x0c and \u2028 too."""\n    return s.split("\x0c")\n'
    prompt, solution, name = split_exercise(text)
    assert (prompt + solution, solution, name) == (text, '    return s.split("\x0c")\n', "f")


def test_a_row_without_text_is_named_with_what_it_has(tmp_path: Path) -> None:
    write_lines(tmp_path / "1.jsonl", [{"content": "x = 1"}])
    with pytest.raises(MissingInputError, match=r"1\.jsonl:1 .*`text`; its fields: `content`.*`text_field`"):
        read_provided(config_of(tmp_path))
    named = replace(config_of(tmp_path), text_field="content")
    assert [record.text for record in read_provided(named)[0]] == ["x = 1\n"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("1.jsonl", b'{"text": "x"}\n{"te', "line 2, is not JSON"),
        ("1.jsonl", b"[1]\n", "line 1, is no JSON object"),
        ("1.jsonl", b'{"text": "\xff"}\n', "line 1"),
        ("1.jsonl.gz", gzip.compress(b'{"text": "x = 1"}\n', mtime=0)[:-9], "1.jsonl.gz"),
        ("1.parquet", b"PAR1 cut off", "1.parquet"),
    ],
)
def test_a_damaged_file_is_named(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MissingInputError, match=message):
        read_provided(config_of(tmp_path))


def test_a_folder_must_be_there_and_stay_as_it_was(tmp_path: Path) -> None:
    for folder in (tmp_path / "nowhere", tmp_path):
        with pytest.raises(ConfigError, match="folder"):
            config_of(folder)
    with pytest.raises(ConfigError, match="folder"):
        read_provided(ProvidedConfig(kind=DocumentKind.CODE))
    write_lines(tmp_path / "1.jsonl", [{"text": "x = 1"}])
    config = config_of(tmp_path)
    write_lines(tmp_path / "1.jsonl", [{"text": "x = 2"}])
    with pytest.raises(ConfigError, match="changed"):
        read_provided(config)
