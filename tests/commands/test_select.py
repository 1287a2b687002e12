from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines

ROWS: list[dict[str, Any]] = [{"id": f"d{at}", "text": " ".join(["word"] * 10), "stars": at} for at in range(8)]
VALUES = [0.1, 0.9, 0.5, 0.3, 0.9, 0.2, 0.8, 0.4]


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
    reasons = [
        {name: row[name] for name in ("id", "reason", "detail")} for row in read_json(tmp_path / "kept.dropped.jsonl")
    ]
    assert reasons == [
        {"id": "rows.jsonl:4", "reason": "no JSON object", "detail": "'broken'"},
        *(
            {"id": f"d{at}", "reason": "below the threshold", "detail": f"value {VALUES[at]:.3f}, threshold 0.500"}
            for at in (0, 3, 5, 7)
        ),
    ]
    assert "0.5" in printed.out


def test_budgets_of_each_kind_and_json(
    tmp_path: Path, rows: Path, values: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.pipeline.table.PART_CHARACTERS", 60)
    monkeypatch.setattr("hornbook.parallel.num_cores", lambda: 1)
    for options, kept in [
        (("--keep-tokens", "0.03k"), [1, 4, 6]),
        (("--threshold", 0.4), [1, 2, 4, 6, 7]),
        (("--keep-tokens", "1B"), list(range(8))),
    ]:
        output = tmp_path / "kept.jsonl"
        said = type_in("select", rows, "--values", values, "-o", output, *options, "--json").json
        assert [row["id"] for row in read_json(output)] == [f"d{at}" for at in kept]
        assert said["kept"] == len(kept)
        assert said["num_rows"] == 9 == said["kept"] + sum(said["dropped"].values())
        assert said["threshold"] == min(VALUES[at] for at in kept)
        assert (said["num_kept_tokens"], said["num_tokens"]) == (10 * len(kept), 80)


def test_parquet_keeps_its_columns_and_values_may_be_parquet(tmp_path: Path) -> None:
    """Of the rows in the middle none stays: a whole batch of them."""
    table = pa.table({"id": [f"d{at}" for at in range(600)], "text": ["word"] * 600, "stars": range(600)})
    pq.write_table(table, tmp_path / "rows.parquet")
    values = pa.table({"id": table["id"], "value": [0.9 if at in (1, 590) else 0.1 for at in range(600)]})
    pq.write_table(values, tmp_path / "values.parquet")
    output, rows = tmp_path / "kept.parquet", tmp_path / "rows.parquet"
    type_in("select", rows, "--values", tmp_path / "values.parquet", "-o", output, "--threshold", 0.9)
    assert pq.read_table(output).equals(table.take([1, 590]))
    assert pq.read_table(tmp_path / "kept.dropped.parquet").num_rows == 598


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
        ((rows, "--values", some, "-o", output, "--threshold", 0), ("7 documents have no value: `d1`, `d2`",)),
        ((rows, "--values", values, "-o", values, "--threshold", 0), ("would be written into the input",)),
    ]:
        assert is_one_mistake(type_in("select", *arguments, "--quiet", status=2).err, *messages), arguments


def test_numbers_are_read_as_people_type_them(tmp_path: Path, rows: Path, values: Path) -> None:
    given = ("select", rows, "--values", values, "-o", tmp_path / "kept.jsonl", "--keep-tokens")
    for typed, num_kept in {"6B": 8, "500M": 8, "0.05K": 5, "2T": 8, "1_000": 8, "1,250,000": 8, "20": 2}.items():
        assert type_in(*given, typed, "--json").json["kept"] == num_kept, typed
    for typed in ("", "0", "-5", "6G", "1.5", "0.0001k", "B", "1e3", "1,2", "٣"):
        assert "--keep-tokens" in type_in(*given, typed, status=2).err
