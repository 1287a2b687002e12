from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines
from tests.curation.test_saved_classifier import OTHERS, TEXTS, fitted
from tests.report.miniature import run_small, small_pipeline

ROWS: list[Any] = [{"id": f"é{at}", "text": text, "stars": at} for at, text in enumerate(OTHERS)]


@pytest.fixture
def classifier(tmp_path: Path) -> Path:
    fitted().save(tmp_path / "classifier")
    return tmp_path / "classifier"


def test_rows_are_valued_in_their_order(tmp_path: Path, classifier: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    for ending in ("jsonl", "parquet"):
        output = tmp_path / f"values.{ending}"
        printed = type_in("classify", rows, "--output", output, "--classifier", classifier)
        expected = fitted().predict(OTHERS).tolist()
        assert read_json(output) == [{"id": f"é{at}", "value": value} for at, value in enumerate(expected)]
        assert str(output) in printed.out
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["classifier", "rows.jsonl", "values.jsonl", "values.parquet"]


def test_several_processes_give_the_same_bytes(
    tmp_path: Path, classifier: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS * 3)
    type_in("classify", rows, "--id-field", "ROW", "-o", tmp_path / "one.jsonl", "--classifier", classifier)
    monkeypatch.setattr("hornbook.pipeline.table.PART_CHARACTERS", 300)
    monkeypatch.setattr("hornbook.parallel.num_cores", lambda: 2)
    type_in("classify", rows, "--id-field", "ROW", "-o", tmp_path / "several.jsonl", "--classifier", classifier)
    assert (tmp_path / "several.jsonl").read_bytes() == (tmp_path / "one.jsonl").read_bytes()


def test_other_fields_can_be_named_and_rows_that_are_none_are_dropped(tmp_path: Path, classifier: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", [{"name": 7, "body": TEXTS[0]}, {"name": 8}, {"body": "x"}, 5])
    output = tmp_path / "values.jsonl"
    options = ("--text-field", "body", "--id-field", "name", "--classifier", classifier, "--json")
    said = type_in("classify", rows, "-o", output, *options).json
    assert (said["num_rows"], said["classified"]) == (4, 1)
    assert said["dropped"] == {"no text": 1, "no id": 1, "no JSON object": 1}
    assert [row["id"] for row in read_json(output)] == ["7"]
    rejected = [(row["id"], row["reason"]) for row in read_json(tmp_path / "values.dropped.jsonl")]
    reasons = ("no text", "no id", "no JSON object")
    assert rejected == [(f"rows.jsonl:{number}", reason) for number, reason in enumerate(reasons, start=2)]
    type_in("classify", write_lines(rows, ROWS), "-o", output, "--classifier", classifier)
    assert not (tmp_path / "values.dropped.jsonl").exists()


def test_the_classifier_of_a_run_gives_the_values_of_its_stage(tmp_path: Path, store: Path) -> None:
    run = run_small(small_pipeline().until("classify"), store, "laptop").path
    samples = pq.read_table(run / "collect" / "documents")
    pq.write_table(samples, tmp_path / "samples.parquet")
    expected = pq.read_table(run / "classify" / "values").to_pylist()
    for options in ((), ("--classifier", "laptop"), ("--classifier", run / "train-classifier")):
        output = tmp_path / "values.jsonl"
        type_in("classify", tmp_path / "samples.parquet", "-o", output, "--store", store, *options)
        assert read_json(output) == expected


def test_mistakes_are_told_in_one_line(tmp_path: Path, classifier: Path, store: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    nameless = write_lines(tmp_path / "nameless.jsonl", [{"text": "x"}])
    (tmp_path / "empty").mkdir()
    output = tmp_path / "values.jsonl"
    for arguments, messages in [
        (
            (rows, "-o", output, "--store", store),
            ("no run of `laptop`", "`hornbook run laptop --until train-classifier`"),
        ),
        ((rows, "-o", output, "--store", store, "--classifier", "none"), ("no run `none`", "--until train-classifier")),
        ((rows, "-o", output, "--classifier", tmp_path / "empty"), ("holds no classifier",)),
        ((nameless, "-o", output, "--id-field", "id", "--classifier", classifier), ("no id",)),
    ]:
        assert is_one_mistake(type_in("classify", *arguments, "--quiet", status=2).err, *messages), arguments
