import gzip
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.sources.real_formats import documents, dropped, is_the_sum_of_small_pieces, open_one, stack_row

from hornbook.errors import MissingInputError
from hornbook.sources.find import SourcesConfig, open_sources


def test_rows_keep_what_they_say_of_where_they_come_from(tmp_path: Path) -> None:
    rows = [
        {"text": "a", "license": "mit", "path": "a.py", "repo_name": "o/n", "url": "https://example.org/a"},
        {"text": "b", "licenses": ["BSD-3-Clause", "BSD"], "origin": "here", "source": "there", "path": 3},
        {"text": "c", "licenses": [], "license": None},
        {"text": 1},
        {"text": "d" * 99},
    ]
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress("".join(json.dumps(row) + "\n" for row in rows).encode()))
    source = open_one(path, max_bytes=50)
    found = documents(source)
    assert [(one.path, one.repository, one.licenses, one.origin, one.source) for one in found] == [
        ("a.py", "o/n", ("MIT",), "https://example.org/a", "rows.jsonl.gz"),
        ("", "", ("BSD", "BSD-3-Clause"), "here", "there"),
        ("", "", ("NOASSERTION",), "rows.jsonl.gz:3", "rows.jsonl.gz"),
    ]
    assert dropped(source) == [("rows.jsonl.gz:4", "no text"), ("rows.jsonl.gz:5", "too long")]
    assert is_the_sum_of_small_pieces(source)


def test_ids_are_given_or_made(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"content": ["a", "a", "b"], "key": [1, 2, None]}), path)
    made = [one.id for one in documents(open_one(path, text_field="content"))]
    assert made == [f"rows.parquet:{number}" for number in (1, 2, 3)]
    source = open_one(path, text_field="content", id_field="key")
    assert [one.id for one in documents(source)] == ["1", "2"]
    assert dropped(source) == [("rows.parquet:3", "no id")]
    with pytest.raises(MissingInputError, match=r"has no field `text`.*--text-field"):
        open_one(path)


def test_an_exercise_and_a_passage_are_documents_of_their_kind_called_by_their_id(tmp_path: Path) -> None:
    exercise = {"id": "e1", "prompt": "def f():\n", "solution": "    return 1\n", "test": "", "entry_point": "f"}
    passage = {"id": "p1", "text": "A list is ...", "topic": "lists", "audience": "all"}
    rows = [exercise, passage, {"text": "x = 1\n"}, {"id": 7, "text": "y"}, {"id": "", "text": "z"}]
    for path in (write(tmp_path, ".jsonl", rows), write(tmp_path, ".parquet", [exercise, {**exercise, "id": "e2"}])):
        found = [(one.id, one.document_kind, one.text) for one in documents(open_one(path))]
        assert found[0] == ("e1", "exercise", "def f():\n    return 1\n")
        if path.suffix == ".jsonl":
            name = path.name
            assert [one[:2] for one in found[1:]] == [
                ("p1", "textbook"),
                (f"{name}:3", "code"),
                ("7", "code"),
                (f"{name}:5", "code"),
            ]
            assert [one.id for one in documents(open_one(path, id_field="ROW"))] == [
                f"{name}:{row}" for row in range(1, 6)
            ]


def test_files_of_one_name_are_told_apart_by_their_folders_and_no_more(tmp_path: Path) -> None:
    paths = []
    for folder in ("one/data", "two/data", "three"):
        (tmp_path / folder).mkdir(parents=True)
        paths.append(write(tmp_path / folder, ".jsonl", [{"text": folder}]))
    name = paths[0].name
    sources = open_sources([str(path) for path in paths[:2]], SourcesConfig())
    assert [one.name for one in sources] == [f"one/data/{name}", f"two/data/{name}"]
    assert [one.name for one in open_sources([str(paths[0]), str(paths[2])], SourcesConfig())] == [
        f"data/{name}",
        f"three/{name}",
    ]


def test_text_that_is_no_utf8_is_told_apart(tmp_path: Path) -> None:
    texts = pa.array([b"a", b"\xff\xfe", b"c"]).view(pa.string())
    pq.write_table(pa.table({"text": texts}), tmp_path / "rows.parquet")
    source = open_one(tmp_path / "rows.parquet")
    assert dropped(source) == [("rows.parquet:2", "not UTF-8")]
    assert [one.text for one in documents(source)] == ["a", "c"]
    assert is_the_sum_of_small_pieces(source)


def write(folder: Path, ending: str, rows: list[Any]) -> Path:
    path = folder / f"data-00000-of-00001{ending}"
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=2)
    else:
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


@pytest.mark.parametrize("ending", [".parquet", ".jsonl"])
def test_rows_become_documents_and_broken_ones_are_counted(tmp_path: Path, ending: str) -> None:
    broken: dict[str, Any] = {"content": None, "max_stars_repo_path": None, "max_stars_repo_name": "", "lang": "Java"}
    rows = [stack_row(number, **{name: value}) for number, (name, value) in enumerate(broken.items(), 2)]
    rows = [
        stack_row(),
        *rows,
        stack_row(6, content="x" * 300),
        stack_row(7, max_stars_repo_licenses=["GPL-3.0", "odd"]),
        stack_row(8, lang=None),
    ]
    rows.append(stack_row(9, max_stars_repo_licenses=[], max_stars_repo_head_hexsha=None))
    source = open_one(write(tmp_path, ending, rows), max_bytes=200)
    assert source.layout == "the-stack"
    first, second, _, last = documents(source)
    assert (first.text, first.path, first.repository) == (stack_row()["content"], "src/answer_1.py", "owner/stars")
    assert first.licenses == ("Apache-2.0", "MIT")
    commit = "e3767ec899c9b2cfe3e4c0ecb875d932cb01a27d"
    assert first.origin == f"https://github.com/owner/stars/blob/{commit}/src/answer_1.py"
    assert second.licenses == ("GPL-3.0-only", "odd")
    assert last.licenses == ("NOASSERTION",)
    assert last.origin == "https://github.com/owner/stars/blob/HEAD/src/answer_9.py"
    assert Counter(reason for _, reason in dropped(source)) == {
        "no text": 1, "no path": 1, "no repository": 1, "another language": 1, "too long": 1
    }  # fmt: skip
    assert is_the_sum_of_small_pieces(source)


def test_lines_that_are_no_rows_are_counted_too(tmp_path: Path) -> None:
    path = write(tmp_path, ".jsonl", ["a string", stack_row(1), stack_row(2, content="\ud800"), {"content": "x"}])
    with path.open("ab") as lines:
        lines.write(b'{"content": \n\n\xff\n')
    source = open_one(path, layout="the-stack")
    assert [reason for _, reason in dropped(source)] == [
        "no JSON object", "not UTF-8", "no path", "not JSON", "not UTF-8"
    ]  # fmt: skip
    assert dropped(source)[-1] == ("data-00000-of-00001.jsonl:7", "not UTF-8")
    assert len(documents(source)) == 1
    assert is_the_sum_of_small_pieces(source)
    assert open_one(path).layout == "the-stack", "its first row that is whole has the layout"
    with pytest.raises(MissingInputError, match="has no field `content`; its fields: `text`"):
        open_one(write(tmp_path, ".parquet", [{"text": "x"}]), layout="the-stack")
