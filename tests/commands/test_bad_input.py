"""What no command of a curation can use: nothing is lost without a word, and every reason is counted."""

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.curation.test_saved_classifier import fitted
from tests.evaluation.scripted_endpoint import ScriptedEndpoint

COMMANDS = ("collect", "classify", "select", "deduplicate", "decontaminate", "annotate")
BROKEN = [
    "{",
    "[]",
    '{"id": "a", "text": null}',
    '{"id": "b", "content": "x"}',
    '{"id": "c", "text": "\\ud800"}',
    "[" * 5000,
    '"a"',
    "1",
    '{"id": "d", "text": ["x"]}',
    "nul\0",
]
REASONS = {"not JSON": 3, "no JSON object": 3, "no text": 3, "not UTF-8": 1}
HUGE_BYTES = 201_000_000
MOST_MEMORY_BYTES = 3_000_000_000

Typed = Callable[..., list[Any]]


def code(number: int) -> str:
    return f"def add_{number}(value):\n    '''Return the value and {number} together.'''\n    return value + {number}\n"


@pytest.fixture
def teacher() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(lambda _: "Reason: It was read.\nScore: 3", models=("tiny",)) as running:
        yield running


@pytest.fixture
def typed(tmp_path: Path, teacher: ScriptedEndpoint) -> Typed:
    """The words of a command over an input; values are given for these ids."""
    fitted().save(tmp_path / "classifier")

    def words(command: str, given: Path, *ids: str, ending: str = ".jsonl", output: Path | None = None) -> list[Any]:
        values = write_lines(tmp_path / "values.jsonl", [{"id": name, "value": 0.5} for name in ids])
        options: dict[str, list[Any]] = {
            "collect": ["--no-check-licenses", "--id-field", "id"],
            "classify": ["--classifier", tmp_path / "classifier"],
            "select": ["--values", values, "--threshold", "0"],
            "deduplicate": ["--id-field", "id"],
            "decontaminate": ["--id-field", "id", "--no-run-code"],
            "annotate": ["--id-field", "id", "--teacher", teacher.url, "--cache", tmp_path / "cache.sqlite"],
        }
        return [command, given, "--output", output or tmp_path / f"out{ending}", *options[command]]

    return words


def outcome(folder: Path) -> tuple[int, Counter[str]]:
    """How many rows went through, and how many did not, by reason."""
    rows = (folder / "out.jsonl").read_text().splitlines()
    beside = [path for name in ("dropped", "rejected") if (path := folder / f"out.{name}.jsonl").exists()]
    return len(rows), Counter(json.loads(line)["reason"] for path in beside for line in path.read_text().splitlines())


@pytest.mark.parametrize("command", COMMANDS)
def test_a_tenth_of_broken_rows_is_put_aside_and_counted(command: str, typed: Typed, tmp_path: Path) -> None:
    ids = [f"row {number}" for number in range(90)]
    good = [json.dumps({"id": name, "text": code(number)}) for number, name in enumerate(ids)]
    lines = [line for start, broken in enumerate(BROKEN) for line in (broken, *good[start * 9 : start * 9 + 9])]
    (tmp_path / "rows.jsonl").write_text("\n".join(lines) + "\n")
    printed = type_in(*typed(command, tmp_path / "rows.jsonl", *ids))
    assert outcome(tmp_path) == (90, REASONS)
    assert all(reason in printed.out for reason in REASONS)


@pytest.mark.parametrize(
    ("command", "reasons"),
    [
        ("collect", {"not UTF-8": 1, "does not parse": 1, "nested too deep": 1, "too short": 1}),
        ("classify", {"not UTF-8": 1}),
        ("select", {"not UTF-8": 1}),
        ("deduplicate", {"not UTF-8": 1}),
        ("annotate", {"not UTF-8": 1, "empty": 1}),
    ],
)
def test_source_files_that_break_parsers_cost_no_other_file(
    command: str, reasons: dict[str, int], typed: Typed, tmp_path: Path
) -> None:
    source = tmp_path / "source"
    source.mkdir()
    files = {
        "deep.py": "value = " + "(one + \n" * 3000 + "1" + "\n)" * 3000 + "\n",
        "empty.py": "",
        "good.py": code(2),
        "nul.py": "x = '\0'\n" + code(3),
    }
    for name, text in files.items():
        (source / name).write_text(text)
    (source / "latin.py").write_bytes(b"# \xe9\n" + code(4).encode())
    words = typed(command, source, *files)
    if command == "select":
        values = tmp_path / "values.jsonl"
        type_in("classify", source, "--output", values, "--classifier", tmp_path / "classifier")
    printed = type_in(*words)
    assert outcome(tmp_path) == (5 - sum(reasons.values()), reasons)
    assert all(reason in printed.out for reason in reasons)


@pytest.mark.parametrize("command", [one for one in COMMANDS if one != "deduplicate"])
def test_columns_that_are_not_there_are_named(command: str, typed: Typed, tmp_path: Path) -> None:
    table = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"id": ["a"], "content": ["x"]}), table)
    err = type_in(*typed(command, table, "a", ending=".parquet"), status=2).err
    assert is_one_mistake(err, "`text`", "`content`", "--text-field")


@pytest.mark.parametrize("command", COMMANDS)
def test_inputs_and_outputs_that_cannot_be_are_named_and_cost_no_file(
    command: str, typed: Typed, tmp_path: Path
) -> None:
    (tmp_path / "folder").mkdir()
    rows = write_lines(tmp_path / "rows.jsonl", [{"id": "a", "text": code(1)}])
    for name in ("none.jsonl", "none.parquet"):
        (tmp_path / name).touch()
    for given, output, message in (
        (tmp_path / "folder", "out.jsonl", "folder"),
        (tmp_path / "none.jsonl", "out.jsonl", ""),
        (tmp_path / "none.parquet", "out.parquet", "none.parquet"),
        (tmp_path / "absent.jsonl", "out.jsonl", "there is no file"),
        (rows, "out.txt", "must end in .jsonl or .parquet"),
        (rows, "rows.jsonl", "would be written into the input"),
    ):
        before = rows.read_bytes()
        err = type_in(*typed(command, given, "a", output=tmp_path / output), status=2).err
        assert is_one_mistake(err, message), (given, err)
        assert output == "rows.jsonl" or not (tmp_path / output).exists()
        assert rows.read_bytes() == before


@pytest.mark.slow
@pytest.mark.parametrize("command", COMMANDS)
def test_one_line_of_200_mb_is_a_document_like_others(command: str, typed: Typed, tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    with rows.open("wb") as stream:  # Not at once: the memory of this process counts as the child's, too.
        stream.write(json.dumps({"id": "small", "text": code(1)}).encode() + b'\n{"id": "huge", "text": "value = [')
        for _ in range(HUGE_BYTES // 3_000_000):
            stream.write(b"1, " * 1_000_000)
        stream.write(b']"}\n')
    command_line = [sys.executable, "-m", "hornbook", *map(str, typed(command, rows, "huge", "small"))]
    process = subprocess.Popen(command_line, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    reason = {"collect": "too large", "decontaminate": "too long"}.get(command)
    assert outcome(tmp_path) == ((1, {reason: 1}) if reason else (2, {}))
    assert usage.ru_maxrss * 1024 < MOST_MEMORY_BYTES
