import json
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.commands.typed import type_in, write_lines
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.reading.rows import read_rows

NUM = 40


def is_second(asked: Asked) -> bool:
    return bool(asked.body["temperature"] > 0)


def score(asked: Asked) -> str:
    """By the number in the snippet; the second pass gives every other one two less, and cannot read the last."""
    number = int(asked.text.split("number_")[1][:2])
    if is_second(asked) and number == NUM - 1:
        return "I have no opinion."
    given = number % 6
    lower = 2 if is_second(asked) and number % 2 == 0 else 0
    return f"Reason: number {number}, pass {1 + is_second(asked)}.\nScore: {max(0, given - lower)}"


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(score, models=("tiny",)) as running:
        yield running


@pytest.fixture
def code(tmp_path: Path) -> Path:
    rows = [{"id": f"row {number}", "text": f"number_{number:02} = {number}\n"} for number in range(NUM)]
    return write_lines(tmp_path / "code.jsonl", rows)


def arguments(teacher: ScriptedEndpoint, code: Path, place: Path) -> list[str | Path]:
    out = ["-o", place / "labels.jsonl"]
    where = ["--teacher", teacher.url, "--cache", place / "cache.sqlite"]
    return ["annotate", code, "--id-field", "id", "--passes", "2", *where, *out]


def rows(path: Path) -> list[dict[str, object]]:
    return [fields for _, fields in read_rows(path)]


def test_both_readings_are_kept_and_their_agreement_is_told(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path
) -> None:
    printed = type_in(*arguments(teacher, code, tmp_path))
    readings = rows(tmp_path / "labels.readings.jsonl")
    assert Counter(row["annotator"] for row in readings) == {"tiny#1": NUM, "tiny#2": NUM - 1}
    labels = {row["sample_id"]: row["score"] for row in rows(tmp_path / "labels.jsonl")}
    assert labels["row 4"] == 3  # Read as 4 and 2.
    assert labels["row 5"] == 5
    assert labels["row 39"] == 3  # By the first pass alone.
    assert "two passes: 40 scored by the first, 39 by the second, 39 by both (98%)" in printed.out
    assert "the second against the first: rank correlation 0." in printed.out
    assert "kappa of `at least 3` 0." in printed.out
    assert "tiny: 80 calls, at most about" in printed.err  # Before it starts.


def test_agreement_is_also_there_as_json(teacher: ScriptedEndpoint, code: Path, tmp_path: Path) -> None:
    passes = type_in(*arguments(teacher, code, tmp_path), "--json").json["passes"]
    assert (passes["scored"], passes["scored_by_both"], passes["share_scored_by_both"]) == ([40, 39], 39, 0.975)
    assert passes["unscored"] == [{}, {"no score": 1}]
    low, high = passes["agreement"]["kappa_at_least_3_ci95"]
    assert low < passes["agreement"]["kappa_at_least_3"] < high < 1
    assert passes["agreement"]["compared"] == sum(map(sum, passes["agreement"]["table"])) == 39


def test_a_second_pass_after_one_pass_asks_only_what_is_new(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path
) -> None:
    type_in(*[word for word in arguments(teacher, code, tmp_path) if word not in ("--passes", "2")])
    assert (len(teacher.asked), (tmp_path / "labels.readings.jsonl").exists()) == (NUM, False)
    type_in(*arguments(teacher, code, tmp_path))
    assert Counter(map(is_second, teacher.asked)) == {False: NUM, True: NUM}
    described = type_in(*arguments(teacher, code, tmp_path), "--json").json
    assert described["account"]["run"][0]["calls"] == 0
    assert len(teacher.asked) == 2 * NUM


@pytest.mark.parametrize("num_answers", [15, 60])
def test_what_was_answered_before_a_kill_is_not_paid_again_and_the_files_are_the_same(
    teacher: ScriptedEndpoint, code: Path, tmp_path: Path, num_answers: int
) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    type_in(*arguments(teacher, code, whole))
    teacher.asked.clear()
    teacher.stand_still_after(num_answers)
    command = [*map(str, arguments(teacher, code, killed)), "--concurrency", "4"]
    with subprocess.Popen([sys.executable, "-m", "hornbook", *command], stderr=subprocess.DEVNULL) as process:
        wait_until_it_stands_still(teacher, process)
        process.kill()
    assert not (killed / "labels.jsonl").exists()
    before = len(teacher.asked)
    teacher.go_on()
    type_in(*command)
    times = Counter(json.dumps(asked.body) for asked in teacher.asked)
    assert len(times) == 2 * NUM
    assert sum(times.values()) - 2 * NUM <= before - num_answers <= 4
    for name in ("labels.jsonl", "labels.rejected.jsonl", "labels.readings.jsonl"):
        assert (whole / name).read_bytes() == (killed / name).read_bytes()


def wait_until_it_stands_still(teacher: ScriptedEndpoint, process: "subprocess.Popen[bytes]") -> None:
    """All four requests are waiting, so that what was answered before has been put on disk."""
    while teacher.num_waiting < 4:
        assert process.poll() is None, "it ended by itself"
        time.sleep(0.01)
