import gzip
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import Document
from hornbook.sources.input_files import find_files
from hornbook.tokens import inputs
from hornbook.tokens.inputs import Inputs

TEXTS = [f"x = {number}\r\n# é ☃ 🙂\n" for number in range(10)]
ROWS = [{"text": text, "name": f"n{number}", "number": number} for number, text in enumerate(TEXTS)]
LINES = "".join(json.dumps(row) + "\n" for row in ROWS).encode()


def written(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def zstd(content: bytes) -> bytes:
    compressed: bytes = pa.compress(content, codec="zstd", asbytes=True)
    return compressed


def parquet(path: Path) -> Path:
    pq.write_table(pa.Table.from_pylist(ROWS), path, row_group_size=4)
    return path


def read(*given: Path, start: int = 0, **fields: Any) -> list[Document]:
    fields = {"text_field": "text", "id_field": None, **fields}
    return list(Inputs(find_files(given, pattern="*.py"), **fields).documents(start))


def make(folder: Path) -> dict[str, Path]:
    return {
        "lines": written(folder / "a.jsonl", LINES),
        "gzip": written(folder / "a.jsonl.gz", gzip.compress(LINES)),
        "gzip in parts": written(folder / "b.jsonl.gz", gzip.compress(LINES[:50]) + gzip.compress(LINES[50:])),
        "zstd": written(folder / "a.jsonl.zst", zstd(LINES)),
        "parquet": parquet(folder / "a.parquet"),
    }


@pytest.mark.parametrize("kind", ["lines", "gzip", "gzip in parts", "zstd", "parquet"])
def test_rows_come_in_their_order_whatever_holds_them(tmp_path: Path, kind: str) -> None:
    path = make(tmp_path)[kind]
    found = read(path)
    assert [one.text for one in found] == TEXTS
    assert [one.id for one in found] == [f"{path.name}:{number}" for number in range(1, 11)]
    assert [one.id for one in read(path, id_field="name")] == [f"n{number}" for number in range(10)]
    assert [one.id for one in read(path, id_field="number")] == [str(number) for number in range(10)]
    one = Inputs(find_files([path], pattern="*.py"), text_field="text", id_field=None)
    seen = [one.bytes_read for _ in one.documents()]
    assert seen == sorted(seen)
    assert max(seen) <= one.num_bytes == one.bytes_read == path.stat().st_size
    if kind != "lines":
        path.write_bytes(path.read_bytes()[:-20])
        with pytest.raises(MissingInputError, match=rf"{path.name}` cannot be read"):
            read(path)


def test_reading_begins_at_any_document(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inputs, "_ROWS_PER_BATCH", 3)
    folder = tmp_path / "rows"
    make(folder)
    source = written(tmp_path / "own" / "one.py", b"pass\n").parent
    whole = read(folder, source)
    assert len(whole) == 51
    for start in range(53):
        assert read(folder, source, start=start) == whole[start:]


def test_source_files_are_documents_called_by_their_place(tmp_path: Path) -> None:
    written(tmp_path / "b" / "two.py", "é\r\n".encode())
    written(tmp_path / "b" / "latin.py", b"# \xe9\n")
    written(tmp_path / "a.py", "\ufeffx = 1\n".encode())
    written(tmp_path / "c.txt", b"no\n")
    found = [(one.id, one.text) for one in read(tmp_path)]
    assert found == [("a.py", "x = 1\n"), ("b/latin.py", ""), ("b/two.py", "é\r\n")]
    assert [one.text for one in read(tmp_path / "c.txt")] == ["no\n"]
    one, two = (written(tmp_path / name / "x.jsonl", LINES.splitlines(keepends=True)[0]) for name in ("one", "two"))
    assert len({document.id for document in read(one, two)}) == 2, "by the whole path, where names are equal"
    with pytest.raises(ConfigError, match="the same file twice"):
        read(one, one.parent)


@pytest.mark.parametrize(
    ("line", "place"),
    [
        (b'{"text": "x', "line 11"),
        (b"\n", "line 11"),
        (b"[1]\n", "line 11"),
        (b'{"text": "\xe9"}\n', "line 11"),
        (b'{"text": "\\ud83d"}\n', "line 11"),
        (b'{"content": "x"}\n', "`text`.*`content`.*--text-field"),
        (b'{"text": null}\n', "a.jsonl:11"),
    ],
)
def test_a_broken_line_is_named(tmp_path: Path, line: bytes, place: str) -> None:
    with pytest.raises(MissingInputError, match=place):
        read(written(tmp_path / "a.jsonl", LINES + line))
    pair = written(tmp_path / "a.jsonl", b'{"text": "\\ud83d\\ude42"}')
    assert read(pair)[0].text == "🙂", "a pair of surrogates is one character"


@pytest.mark.parametrize(
    ("kind", "fields", "message"),
    [
        ("lines", {"text_field": "body"}, "`body`.*`name`.*--text-field"),
        ("parquet", {"id_field": "key"}, "`key`.*--id-field"),
        ("parquet", {"text_field": "number"}, "`number`, but 0"),
    ],
)
def test_a_missing_column_is_named_with_those_that_are_there(
    tmp_path: Path, kind: str, fields: dict[str, str], message: str
) -> None:
    with pytest.raises(MissingInputError, match=message):
        read(make(tmp_path)[kind], **fields)
    with pytest.raises(MissingInputError, match="`id`, but"):
        read(written(tmp_path / "b.jsonl", b'{"text": "x", "id": [1]}'), id_field="id")


def test_a_file_that_changed_is_noticed(tmp_path: Path) -> None:
    path = written(tmp_path / "a.jsonl", LINES)

    def digests() -> tuple[str, str]:
        one = Inputs(find_files([path], pattern="*.py"), text_field="text", id_field=None)
        return one.content, one.state

    first = digests()
    assert digests() == first
    os.utime(path, ns=(0, 1))
    touched = digests()
    assert (touched[0] == first[0], touched[1] == first[1]) == (True, False)
    written(path, LINES * 2)
    assert digests()[0] != first[0]
