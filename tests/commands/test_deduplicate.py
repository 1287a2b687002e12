import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines

WORDS = [f"word{number}" for number in range(120)]
TEXT = " ".join(WORDS)
NEAR = " ".join([*WORDS[:60], "other", *WORDS[61:]])
ROWS: list[dict[str, Any]] = [
    {"id": "a", "text": TEXT, "stars": 3, "license": "MIT"},
    {"id": "b", "text": "def f():\n    return 1\n", "stars": 1},
    {"id": "c", "text": NEAR, "stars": 9},
    {"id": "d", "text": "def f():  \n\n    return 1", "nested": {"x": [1, None]}},
    {"id": "e", "text": NEAR + "\n"},
]


def test_kept_rows_stay_as_they_stand_and_the_others_say_what_they_repeat(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    output, clusters = tmp_path / "kept.jsonl", tmp_path / "clusters.jsonl"
    printed = type_in("deduplicate", rows, "--output", output, "--clusters", clusters, "--id-field", "id")
    lines = rows.read_text().splitlines()
    assert output.read_text().splitlines() == lines[:2]
    assert read_json(clusters) == [
        {"id": "c", "duplicate_of": "a", "kept": "a", "reason": "near duplicate", "jaccard": round(111 / 121, 4)},
        {"id": "d", "duplicate_of": "b", "kept": "b", "reason": "exact duplicate", "jaccard": 1.0},
        {"id": "e", "duplicate_of": "c", "kept": "a", "reason": "exact duplicate", "jaccard": 1.0},
    ]
    assert [line.split() for line in printed.out.splitlines()[:2]] == [["num", "rows", "5"], ["kept", "2"]]
    assert [(row["id"], row["reason"], row["detail"]) for row in read_json(tmp_path / "kept.dropped.jsonl")] == [
        ("c", "near duplicate", "of a, Jaccard similarity 0.917"),
        ("d", "exact duplicate", "of b"),
        ("e", "exact duplicate", "of c"),
    ]
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["clusters.jsonl", "kept.dropped.jsonl", "kept.jsonl", "rows.jsonl"]


def test_a_higher_threshold_keeps_more_and_json_says_all(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    said = type_in("deduplicate", rows, "-o", tmp_path / "kept.jsonl", "--threshold", 0.95, "--json").json
    assert (said["num_rows"], said["kept"], said["dropped"]) == (5, 3, {"exact duplicate": 2})
    assert said["output"] == str(tmp_path / "kept.jsonl")


def test_parquet_keeps_its_columns(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([{key: row.get(key) for key in ("stars", "id", "text")} for row in ROWS * 100])
    for number, name in enumerate(("one", "two")):
        table = table.set_column(1, "id", pa.array(range(500 * number, 500 * number + 500)))
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=70)
    output, clusters = tmp_path / "kept.parquet", tmp_path / "clusters.parquet"
    inputs = (tmp_path / "one.parquet", tmp_path / "two.parquet")
    type_in("deduplicate", *inputs, "-o", output, "--clusters", clusters, "--id-field", "id")
    kept = pq.read_table(output)
    assert kept.schema == table.schema
    assert kept.to_pylist() == pq.read_table(tmp_path / "one.parquet").to_pylist()[:2]
    assert pq.read_table(clusters).num_rows == 998


def test_a_folder_of_source_files_becomes_rows(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "package").mkdir(parents=True)
    (source / "package" / "b.py").write_text("x = 1\ny = 2\n")
    (source / "a.py").write_text("x = 1\n\ny = 2\n")
    (source / "latin.py").write_bytes(b"# \xe9\n")
    for ending in ("jsonl", "parquet"):
        output = tmp_path / f"kept.{ending}"
        printed = type_in("deduplicate", source, "-o", output)
        assert [(row["path"], row["text"]) for row in read_json(output)] == [("a.py", "x = 1\n\ny = 2\n")]
        assert "not UTF-8" in printed.out
    dropped = read_json(tmp_path / "kept.dropped.jsonl")
    assert [row["reason"] for row in dropped] == ["not UTF-8", "exact duplicate"]
    assert (dropped[0]["id"], dropped[1]["path"]) == ("source/latin.py", "package/b.py")


def test_interrupted_and_typed_again_it_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [{"text": f"{row['text']} {number // 2}"} for number in range(100) for row in ROWS]
    rows = write_lines(tmp_path / "rows.jsonl", lines)
    type_in("deduplicate", rows, "-o", tmp_path / "whole.jsonl", "--clusters", tmp_path / "whole-clusters.jsonl")
    output, clusters = tmp_path / "kept.jsonl", tmp_path / "clusters.jsonl"
    words = ["deduplicate", rows, "-o", output, "--clusters", clusters]
    code = "from hornbook.sources import rows\nfrom hornbook.__main__ import main\nrows.PIECE_BYTES = 20_000\nmain()"
    with subprocess.Popen([sys.executable, "-c", code, *map(str, words)], stderr=subprocess.DEVNULL) as process:
        while num_parts(tmp_path) == 0:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    num_done = num_parts(tmp_path)
    monkeypatch.setattr("hornbook.sources.rows.PIECE_BYTES", 20_000)
    type_in(*words)
    assert num_done > 0
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert clusters.read_bytes() == (tmp_path / "whole-clusters.jsonl").read_bytes()
    assert not (tmp_path / ".kept.jsonl.work").exists()


def num_parts(folder: Path) -> int:
    return len(list((folder / ".kept.jsonl.work" / "partial").glob("deduplicate-*/scratch/signed-code/[0-9]*")))


def test_a_store_keeps_what_was_read_and_broken_rows_are_dropped_with_their_reason(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    good = '{"id": "a", "text": "one"}\n'
    rows.write_text(good + "{\n" + '{"id": "b"}\n' + '{"id": "c", "text": "one\\n"}\n' + '{"text": "last"}')
    output, store = tmp_path / "kept.jsonl", tmp_path / "store"
    for threshold in (0.8, 0.9):
        printed = type_in("deduplicate", rows, "-o", output, "--store", store, "--threshold", threshold)
    assert output.read_text() == good + '{"text": "last"}\n'
    dropped = [(row["id"], row["reason"]) for row in read_json(tmp_path / "kept.dropped.jsonl")]
    assert dropped == [("rows.jsonl:2", "not JSON"), ("rows.jsonl:3", "no text"), ("c", "exact duplicate")]
    assert "collect           reused" in printed.err
    rows.write_text(good * 2)
    message = type_in("deduplicate", rows, "-o", output, status=2).err
    assert is_one_mistake(message, "2 documents have the id 'a'", "--id-field ROW")
    type_in("deduplicate", rows, "-o", output, "--id-field", "ROW")
    assert output.read_text() == good


def test_what_another_command_left_is_not_gone_on_with(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    output = tmp_path / "kept.jsonl"
    type_in("deduplicate", write_lines(tmp_path / "bad.jsonl", [1]), "-o", output, status=2)
    assert (tmp_path / ".kept.jsonl.work").exists()
    type_in("deduplicate", rows, "-o", output)
    assert len(read_json(output)) == 2
    assert len(read_json(tmp_path / "kept.dropped.jsonl")) == 3
    type_in("deduplicate", write_lines(tmp_path / "single.jsonl", ROWS[:1]), "-o", output)
    assert not (tmp_path / "kept.dropped.jsonl").exists()


def test_mistakes_are_told_in_one_line(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    table = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": ["a"], "text": ["x"]}), table)
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"id": [1], "text": ["x"]}), other)
    broken = tmp_path / "broken.parquet"
    broken.write_bytes(b"PAR1")
    output = tmp_path / "kept.jsonl"
    for arguments, messages in [
        ((rows, "-o", tmp_path / "kept.parquet"), ("the inputs are JSON lines", "name a .jsonl")),
        ((rows, table, "-o", output), ("give files of one kind",)),
        ((table, other, "-o", tmp_path / "kept.parquet"), ("other columns or types",)),
        ((broken, "-o", tmp_path / "kept.parquet"), ("broken.parquet` cannot be read",)),
        ((rows, "-o", output, "--threshold", 0), ("`threshold` must lie in (0, 1], got 0",)),
        ((rows, "-o", output, "--clusters", output), ("both name",)),
        ((tmp_path, "-o", output), ("would be written into the input",)),
        ((rows, "-o", output, "--engine", "spark"), ("--engine", "spark", "local", "ray")),
    ]:
        assert is_one_mistake(type_in("deduplicate", *arguments, status=2).err, *messages), arguments


def test_unusual_texts_are_documents_too(tmp_path: Path) -> None:
    texts = ["", "\0", "a" * 3_000_000, "( " * 50_000, "x"]
    rows = write_lines(tmp_path / "rows.jsonl", [{"text": text} for text in texts * 2])
    said = type_in("deduplicate", rows, "-o", tmp_path / "kept.jsonl", "--json").json
    assert (said["kept"], said["dropped"]) == (5, {"exact duplicate": 5})
