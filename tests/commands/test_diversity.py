import gzip
import json
import random
from dataclasses import asdict
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.synthesis.diversity.writers import varied, with_other_constants
from tests.synthesis.exercises_at_hand import passage

from hornbook.records import Document, Exercise, table_of


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    rng = random.Random(1)
    return write_lines(tmp_path_factory.mktemp("own") / "healthy.jsonl", [asdict(varied(rng)) for _ in range(130)])


def test_files_stand_side_by_side_and_the_stale_one_would_have_been_stopped(healthy: Path, tmp_path: Path) -> None:
    rng = random.Random(2)
    collapsed = tmp_path / "collapsed.parquet"
    pq.write_table(table_of(Exercise, [with_other_constants(rng) for _ in range(150)]), collapsed)
    assert "collapsed.parquet: would have been stopped after record 100" in type_in("diversity", healthy, collapsed).out
    said = type_in("diversity", healthy, collapsed, "--json", "--at", 50).json
    first, second = said["files"]
    assert (first["name"], first["num_records"], first["stopped_after"]) == ("healthy.jsonl", 130, None)
    assert (second["num_records"], second["num_measured"], second["stopped_after"]) == (150, 50, 100)
    assert first["shapes"]["share"] > 0.9 > 0.1 > second["shapes"]["share"]
    at_equal_numbers = type_in("diversity", healthy, collapsed, "--json").json["files"]
    assert [one["num_measured"] for one in at_equal_numbers] == [130, 130]


def test_passages_plain_texts_and_modules_are_read_too(tmp_path: Path) -> None:
    rng = random.Random(3)
    exercises = [varied(rng) for _ in range(12)]
    texts = [f"Sorting {one.prompt}" for one in exercises]
    with gzip.open(tmp_path / "texts.jsonl.gz", "wt") as stream:
        stream.writelines(json.dumps({"content": text}) + "\n\n" for text in texts)
    pq.write_table(table_of(Document, [passage(text) for text in texts]), tmp_path / "passages.parquet")
    for file, options in (("texts.jsonl.gz", ["--text-field", "content"]), ("passages.parquet", [])):
        [figures] = type_in("diversity", tmp_path / file, *options, "--json").json["files"]
        assert (figures["num_records"], figures["names"]["count"], figures["openings"]["count"]) == (12, 0, 12)
    rows = [
        {"text": one.prompt + one.solution} if number % 2 else {"prompt": one.prompt, "solution": one.solution}
        for number, one in enumerate(exercises)
    ]
    [figures] = type_in("diversity", write_lines(tmp_path / "code.jsonl", rows), "--json").json["files"]
    assert (figures["names"]["count"], figures["names"]["distinct"]) == (12, 12)


def test_files_of_the_same_name_are_told_apart(healthy: Path, tmp_path: Path) -> None:
    other = tmp_path / healthy.name
    other.write_bytes(healthy.read_bytes())
    names = [figures["name"] for figures in type_in("diversity", healthy, other, "--json").json["files"]]
    assert names == [str(healthy), str(other)]
    assert is_one_mistake(type_in("diversity", healthy, healthy, status=2).err, "given twice")


def test_what_cannot_be_used_is_one_message_and_broken_rows_are_counted(healthy: Path, tmp_path: Path) -> None:
    path = tmp_path / "own.jsonl"
    path.write_text('{"text": "one"}\n')
    assert "error: `own.jsonl` holds 1 records" in type_in("diversity", path, status=2).err
    assert is_one_mistake(type_in("diversity", healthy, "--at", "1", status=2).err, "`at`")
    assert is_one_mistake(type_in("diversity", tmp_path / "none.jsonl", status=2).err, "there is no file")
    path.write_text('{"text": "one"}\n{"text": "two"}\n{"answer": 1}\n{"text"')
    assert type_in("diversity", path, "--json").json["dropped"] == {"no text": 1, "not JSON": 1}
