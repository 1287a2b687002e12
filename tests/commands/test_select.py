import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines

from hornbook.curation import select_files

ROWS: list[dict[str, Any]] = [
    {"id": f"d{at}", "text": " ".join(["word"] * 10), "stars": at, "size": 10 * (at + 1)} for at in range(8)
]
VALUES = [0.1, 0.9, 0.5, 0.3, 0.9, 0.2, 0.8, 0.4]


def read_json(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


@pytest.fixture
def rows(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "rows.jsonl", [*ROWS[:3], "broken", *ROWS[3:]])


@pytest.fixture
def values(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "values.jsonl", [{"id": f"d{at}", "value": value} for at, value in enumerate(VALUES)])


def test_the_most_valuable_rows_stay_as_they_stand_and_the_others_are_named(
    tmp_path: Path, rows: Path, values: Path
) -> None:
    output = tmp_path / "kept.jsonl"
    printed = type_in("select", rows, "--values", values, "--output", output, "--keep-share", 0.5)
    lines = rows.read_text().splitlines()
    assert output.read_text().splitlines() == [lines[1], lines[2], lines[5], lines[7]]
    assert read_json(tmp_path / "kept.dropped.jsonl") == [
        {"id": f"d{at}", "reason": "below the threshold", "value": VALUES[at]} for at in (0, 3, 5, 7)
    ]
    assert [row["reason"] for row in read_json(tmp_path / "kept.rejected.jsonl")] == ["no JSON object"]
    assert "9 rows: 4 kept, the least value 0.5" in printed.out
    assert "40 of 80 tokens kept, 50.0%" in printed.out
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["kept.dropped.jsonl", "kept.jsonl", "kept.rejected.jsonl", "rows.jsonl", "values.jsonl"]


def test_budgets_of_each_kind_and_json(
    tmp_path: Path, rows: Path, values: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(select_files.measure_documents.__kwdefaults__, "part_characters", 60)
    for options, kept in [
        (("--keep-tokens", "0.03k"), [1, 4, 6]),
        (("--threshold", 0.4), [1, 2, 4, 6, 7]),
        (("--keep-tokens", "1B"), list(range(8))),
        (("--keep-tokens", 70, "--tokens-field", "size"), [1, 4]),
    ]:
        output = tmp_path / "kept.jsonl"
        said = type_in("select", rows, "--values", values, "-o", output, *options, "--json").json
        assert [row["id"] for row in read_json(output)] == [f"d{at}" for at in kept]
        assert said["kept"] == len(kept)
        assert said["num_rows"] == 9 == said["kept"] + sum(said["dropped"].values())
        assert said["threshold"] == min(VALUES[at] for at in kept)
        by_field = "--tokens-field" in options
        assert said["num_kept_tokens"] == sum(10 * (at + 1) if by_field else 10 for at in kept)


def test_parquet_keeps_its_columns_and_values_may_be_parquet(tmp_path: Path, values: Path) -> None:
    table = pa.Table.from_pylist(ROWS)
    pq.write_table(table, tmp_path / "rows.parquet")
    pq.write_table(pa.Table.from_pylist(read_json(values)), tmp_path / "values.parquet")
    output, rows = tmp_path / "kept.parquet", tmp_path / "rows.parquet"
    type_in("select", rows, "--values", tmp_path / "values.parquet", "-o", output, "--threshold", 0.9)
    assert pq.read_table(output).equals(table.take([1, 4]))
    dropped = pq.read_table(tmp_path / "kept.dropped.parquet")
    assert dropped.column("id").to_pylist() == ["d0", "d2", "d3", "d5", "d6", "d7"]


def test_mistakes_are_told_in_one_line(tmp_path: Path, rows: Path, values: Path) -> None:
    output = tmp_path / "kept.jsonl"
    some = write_lines(tmp_path / "some.jsonl", [{"id": "d0", "value": 1}])
    given = (rows, "--values", values, "-o", output)
    for arguments, messages in [
        (given, ("give one of --keep-tokens, --keep-share and --threshold; none is given",)),
        ((*given, "--keep-share", 0.5, "--threshold", 0.5), ("--keep-share, --threshold is given",)),
        ((*given, "--keep-tokens", "many"), ("`--keep-tokens` must be a whole number above 0",)),
        ((*given, "--keep-tokens", "3"), ("nothing would stay", "10 of 80 tokens")),
        ((*given, "--threshold", 0.95), ("nothing would stay", "the value 0.9")),
        ((*given, "--keep-share", 0.5, "--tokens-field", "stories"), ("`stories` of `d0` is None", "--tokens-field")),
        ((rows, "--values", some, "-o", output, "--threshold", 0), ("7 documents have no value: `d1`, `d2`",)),
        ((rows, "--values", tmp_path / "none.jsonl", "-o", output, "--threshold", 0), ("there is no file",)),
        ((rows, "--values", values, "-o", values, "--threshold", 0), ("would be written into the input",)),
        ((rows, "--values", values, "-o", tmp_path / "kept.parquet", "--threshold", 0), ("name a .jsonl",)),
    ]:
        assert is_one_mistake(type_in("select", *arguments, status=2).err, *messages), arguments
