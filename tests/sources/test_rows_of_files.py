import json
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hornbook.errors import MissingInputError
from hornbook.sources.rows import NO_OBJECT, NOT_JSON, NOT_UTF8, ranges_of, read_rows, scan_rows


def test_broken_rows_are_told_apart_and_the_others_go_on(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n\n\xff\xfe\n{"a":\n[1]\n' + b"[" * 100_000 + b'\n  \n{"a": "\\u0000"}')
    rows = list(scan_rows(path, "a.jsonl"))
    assert [(row.place, row.reason) for row in rows] == [
        ("a.jsonl:1", ""),
        ("a.jsonl:3", NOT_UTF8),
        ("a.jsonl:4", NOT_JSON),
        ("a.jsonl:5", NO_OBJECT),
        ("a.jsonl:6", NOT_JSON),
        ("a.jsonl:8", ""),
    ]
    assert [row.fields for row in rows if row.fields] == [{"a": 1}, {"a": "\0"}]
    assert all(row.detail for row in rows if row.reason)


@pytest.mark.parametrize("ending", [".jsonl", ".jsonl.gz", ".jsonl.zst", ".parquet"])
def test_every_kind_of_file_gives_the_same_rows(tmp_path: Path, ending: str) -> None:
    rows = [{"id": number, "text": f"é {number}"} for number in range(600)]
    path = tmp_path / f"a{ending}"
    if ending == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), path, row_group_size=70)
    else:
        written = "".join(json.dumps(row) + "\n" for row in rows).encode()
        kind = {".jsonl.gz": "gzip", ".jsonl.zst": "zstd"}.get(ending)
        with pa.output_stream(path, compression=kind) as stream:
            stream.write(written)
    assert list(read_rows(path)) == [(f"a{ending}:{number}", row) for number, row in enumerate(rows, start=1)]


def test_a_file_that_is_cut_off_is_named_with_the_place(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl.gz"
    with pa.output_stream(path, compression="gzip") as stream:
        stream.write(b"".join(json.dumps({"text": str(number**50)}).encode() + b"\n" for number in range(5_000)))
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(MissingInputError, match=r"a\.jsonl\.gz` cannot be read behind line \d+"):
        list(scan_rows(path, "a"))
    (tmp_path / "b.parquet").write_bytes(b"PAR1")
    with pytest.raises(MissingInputError, match="cannot be read behind row 0"):
        list(scan_rows(tmp_path / "b.parquet", "b"))


def test_what_must_be_whole_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text('{"a": 1}\n{"a"\n')
    with pytest.raises(MissingInputError, match=r"line 2, is not JSON .* is it cut off\?"):
        list(read_rows(path))
    path.write_text("[1, 2]\n")
    with pytest.raises(MissingInputError, match=r"line 1, is no JSON object, but '\[1, 2\]'"):
        list(read_rows(path))
    with pytest.raises(MissingInputError, match=r"its name must end in \.jsonl"):
        list(read_rows(Path(__file__)))


@pytest.mark.parametrize("end", ["", "\n", "\r\n", "\n\n \n"])
def test_ranges_of_a_file_together_are_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str) -> None:
    lines = [json.dumps({"text": "é" * (number % 7 * 13)}, ensure_ascii=False) for number in range(60)]
    path = tmp_path / "a.jsonl"
    path.write_bytes(("\n\r\n".join([*lines[:20], "{", *lines[20:]]) + end).encode())
    whole = list(scan_rows(path, "a.jsonl"))
    for size in (1, 50, 300, 10**6):
        monkeypatch.setattr("hornbook.sources.rows.PIECE_BYTES", size)
        ranges = ranges_of(path)
        assert (len(ranges) == 1) == (size == 10**6)
        assert [row for one in ranges for row in scan_rows(path, "a.jsonl", one)] == whole
    table = tmp_path / "a.parquet"
    pq.write_table(
        pa.table({"text": ["x" * number for number in range(60)], "more": range(60)}), table, row_group_size=7
    )
    rows = [replace(row, fields={"text": row.fields["text"]}) for row in scan_rows(table, "a.parquet") if row.fields]
    for size in (1, 400):
        monkeypatch.setattr("hornbook.sources.rows.PIECE_BYTES", size)
        ranges = ranges_of(table)
        assert len(ranges) > 1
        assert [row for one in ranges for row in scan_rows(table, "a.parquet", one, ["text"])] == rows
    empty = tmp_path / "empty.jsonl"
    empty.touch()
    assert ranges_of(empty) == []
