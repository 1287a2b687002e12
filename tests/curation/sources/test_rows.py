import gzip
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.curation.sources.opening import documents, goes_on_at_every_number, left_out, open_one

from hornbook.errors import MissingInputError


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
    assert left_out(source) == [("rows.jsonl.gz:4", "no text"), ("rows.jsonl.gz:5", "too long")]
    assert goes_on_at_every_number(source)


def test_ids_are_given_or_made(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"content": ["a", "a", "b"], "key": [1, 2, None]}), path)
    made = [one.id for one in documents(open_one(path, text_field="content"))]
    assert len(set(made)) == 3
    source = open_one(path, text_field="content", id_field="key")
    assert [one.id for one in documents(source)] == ["1", "2"]
    assert left_out(source) == [("rows.parquet:3", "no id")]
    with pytest.raises(MissingInputError, match=r"has no field `text`.*--text-field"):
        open_one(path)


def test_parquet_text_that_is_no_utf8_is_told_apart(tmp_path: Path) -> None:
    path = tmp_path / "rows.parquet"
    texts = pa.array([b"a", b"\xff\xfe", b"c"]).view(pa.string())
    pq.write_table(pa.table({"text": texts}), path)
    source = open_one(path)
    assert left_out(source) == [("rows.parquet:2", "not UTF-8")]
    assert [one.text for one in documents(source)] == ["a", "c"]
    assert goes_on_at_every_number(source)


def test_a_file_that_is_cut_off_is_a_mistake(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl.gz"
    path.write_bytes(gzip.compress(b"".join(b'{"text": "%d"}\n' % number for number in range(10_000)))[:-500])
    with pytest.raises(MissingInputError, match="cannot be read behind line"):
        documents(open_one(path))
