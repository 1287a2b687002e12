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

from hornbook.deduplication.out_of_core import find_repeated

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
    assert "5 rows: 2 kept" in printed.out
    assert sorted(path.name for path in tmp_path.iterdir()) == ["clusters.jsonl", "kept.jsonl", "rows.jsonl"]


def test_a_higher_threshold_keeps_more_and_json_says_all(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    said = type_in("deduplicate", rows, "-o", tmp_path / "kept.jsonl", "--threshold", 0.95, "--json").json
    assert (said["num_rows"], said["kept"], said["dropped"]) == (5, 3, {"exact duplicate": 2})
    assert said["mb_per_second"] > 0


def test_parquet_keeps_its_columns(tmp_path: Path) -> None:
    table = pa.Table.from_pylist([{key: row.get(key) for key in ("stars", "id", "text")} for row in ROWS * 100])
    table = table.set_column(1, "id", pa.array(range(500)))
    for name in ("one", "two"):
        pq.write_table(table, tmp_path / f"{name}.parquet", row_group_size=70)
    output, clusters = tmp_path / "kept.parquet", tmp_path / "clusters.parquet"
    inputs = (tmp_path / "one.parquet", tmp_path / "two.parquet")
    type_in("deduplicate", *inputs, "-o", output, "--clusters", clusters, "--id-field", "id")
    kept = pq.read_table(output)
    assert kept.schema == table.schema
    assert kept.to_pylist() == table.to_pylist()[:2]
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
        assert read_json(output) == [{"id": "a.py", "text": "x = 1\n\ny = 2\n"}]
        assert "not UTF-8" in printed.out
    assert [row["id"] for row in read_json(tmp_path / "kept.rejected.jsonl")] == ["latin.py"]


def test_interrupted_and_typed_again_it_ends_with_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [{"text": f"{row['text']} {number // 2}"} for number in range(100) for row in ROWS]
    rows = write_lines(tmp_path / "rows.jsonl", lines)
    type_in("deduplicate", rows, "-o", tmp_path / "whole.jsonl", "--clusters", tmp_path / "whole-clusters.jsonl")
    output, clusters = tmp_path / "kept.jsonl", tmp_path / "clusters.jsonl"
    words = ["deduplicate", rows, "-o", output, "--clusters", clusters]
    code = "from hornbook.deduplication.out_of_core import find_repeated\nfrom hornbook.__main__ import main\n"
    code += "find_repeated.__kwdefaults__['part_characters'] = 20_000\nmain()"
    with subprocess.Popen([sys.executable, "-c", code, *map(str, words)], stderr=subprocess.DEVNULL) as process:
        while num_parts(tmp_path) == 0:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
    assert process.returncode == 130
    num_done = num_parts(tmp_path)
    monkeypatch.setitem(find_repeated.__kwdefaults__, "part_characters", 20_000)
    type_in(*words)
    assert num_done > 0
    assert output.read_bytes() == (tmp_path / "whole.jsonl").read_bytes()
    assert clusters.read_bytes() == (tmp_path / "whole-clusters.jsonl").read_bytes()
    assert not (tmp_path / ".kept.jsonl.work").exists()


def num_parts(folder: Path) -> int:
    return len(list((folder / ".kept.jsonl.work").glob("keys-*.npy")))


def test_what_another_command_left_is_not_gone_on_with(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    output = tmp_path / "kept.jsonl"
    type_in("deduplicate", write_lines(tmp_path / "bad.jsonl", [1]), "-o", output, status=2)
    assert (tmp_path / ".kept.jsonl.work").exists()
    type_in("deduplicate", rows, "-o", output)
    assert len(read_json(output)) == 2
    assert not (tmp_path / "kept.rejected.jsonl").exists()


def test_mistakes_are_told_in_one_line(tmp_path: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    table = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": ["a"], "content": ["x"]}), table)
    other = tmp_path / "other.parquet"
    pq.write_table(pa.table({"id": [1], "content": ["x"]}), other)
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
        ((rows, "-o", output, "--engine", "spark"), ("`engine` must be one of local, ray",)),
    ]:
        assert is_one_mistake(type_in("deduplicate", *arguments, status=2).err, *messages), arguments


def test_unusual_texts_are_documents_too(tmp_path: Path) -> None:
    texts = ["", "\0", "a" * 3_000_000, "( " * 50_000, "x"]
    rows = write_lines(tmp_path / "rows.jsonl", [{"text": text} for text in texts * 2])
    said = type_in("deduplicate", rows, "-o", tmp_path / "kept.jsonl", "--json").json
    assert (said["kept"], said["dropped"]) == (5, {"exact duplicate": 5})
