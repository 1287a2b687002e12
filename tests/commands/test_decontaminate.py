import json
import signal
import subprocess
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, type_in, write_lines
from tests.decontamination.labelled_once import calibrate_once
from tests.decontamination.own_problems import HOSTILE, NEAR_MISS, PROBLEM, PROSE, RETOLD, UNRELATED

from hornbook.decontamination.labelled_set import PairKind

ROWS: list[dict[str, Any]] = [
    {"id": "prose", "text": PROSE, "stars": 3},
    {"id": "retold", "text": RETOLD, "stars": 1},
    {"id": "near miss", "text": NEAR_MISS, "nested": {"x": [1, None]}},
    {"id": "unrelated", "text": UNRELATED},
    {"id": "fenced", "text": f"Two for one.\n\n```python\n{RETOLD}```\n"},
]
VERBATIM = PROBLEM.prompt + PROBLEM.canonical_solution


@pytest.fixture(autouse=True)
def measured_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hornbook.decontamination.prepare.calibrate", calibrate_once)


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "own.jsonl", [asdict(PROBLEM)])


def read_json(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def test_leaks_go_and_every_row_has_its_decision(tmp_path: Path, problems: Path) -> None:
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    printed = type_in("decontaminate", rows, "-o", output, "--against", problems, "--id-field", "id")
    lines = rows.read_text().splitlines()
    assert output.read_text().splitlines() == [lines[0], lines[2], lines[3]]
    decisions = read_json(tmp_path / "kept.decisions.jsonl")
    assert [(one["id"], one["decision"]) for one in decisions] == [
        ("prose", "clean"),
        ("retold", "leak"),
        ("near miss", "cleared"),
        ("unrelated", "clean"),
        ("fenced", "leak"),
    ]
    assert (decisions[1]["benchmark"], decisions[1]["task_id"], decisions[1]["num_problems"]) == ("own", "own/0", 1)
    assert decisions[1]["evidence"].startswith("equal on 24 of 24 inputs")
    assert decisions[1]["function"] == "total_for_pairs"
    assert decisions[2]["task_id"] == "own/0"
    assert decisions[3]["task_id"] == ""
    fenced = decisions[4]
    assert ROWS[4]["text"][fenced["window_first"] : fenced["window_last"]] == RETOLD
    assert "5 rows: 3 kept" in printed.out
    assert "2 behaviour of own" in printed.out
    assert "own: 1 of 1 problems are given away" in printed.out
    assert "on the labelled set the rule finds" in printed.out
    assert f"the kept rows are in {output}" in printed.out
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["kept.decisions.jsonl", "kept.jsonl", "own.jsonl", "rows.jsonl"]


def test_the_report_has_counts_evidence_calibration_config_and_versions(tmp_path: Path, problems: Path) -> None:
    rows, report = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "report.json"
    words = ("decontaminate", rows, "-o", tmp_path / "kept.jsonl", "--against", f"mine={problems}", "--json")
    said = type_in(*words, "--report", report).json
    told = json.loads(report.read_text())
    assert {key: told[key] for key in said if key != "seconds"} == {
        key: value for key, value in said.items() if key != "seconds"
    }
    [benchmark] = told["benchmarks"]
    assert (benchmark["name"], benchmark["num_leaking_documents"], benchmark["num_telling"]) == ("mine", 2, 1)
    [problem] = told["problems"]
    assert problem["task_id"] == "own/0"
    nearest = problem["nearest"]
    assert [one["decision"] for one in nearest[:2]] == ["leak", "leak"]
    assert {one["id"] for one in nearest[:2]} == {"rows.jsonl:2", "rows.jsonl:5"}
    assert nearest[0]["decided"]
    assert nearest[0]["text"] == RETOLD
    assert any(one["decision"] == "cleared" for one in nearest)
    quality = {one["name"]: one for one in told["calibration"]["rows"]}
    assert set(quality["rule"]["found_by_kind"]) == {kind.value for kind in PairKind if kind.is_leak}
    assert (told["config"]["match_rate"], told["config"]["ngram_size"]) == (0.95, 4)
    assert told["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert len(told["problems_sha256"]["mine"]) == 64
    assert quality["rule"]["recall"][0] >= 0.98


def test_parquet_keeps_its_columns(tmp_path: Path, problems: Path) -> None:
    table = pa.table({"stars": pa.array([1, 2, 3], pa.int8()), "code": [VERBATIM, PROSE, UNRELATED], "id": [7, 8, 9]})
    pq.write_table(table, tmp_path / "rows.parquet")
    output = tmp_path / "kept.parquet"
    words = ("--against", problems, "--text-field", "code", "--id-field", "id", "--without-running-code")
    type_in("decontaminate", tmp_path / "rows.parquet", "-o", output, *words)
    kept = pq.read_table(output)
    assert kept.schema == table.schema
    assert kept.to_pylist() == table.to_pylist()[1:]
    decisions = pq.read_table(tmp_path / "kept.decisions.parquet").to_pylist()
    assert [(one["id"], one["decision"]) for one in decisions] == [("7", "leak"), ("8", "clean"), ("9", "clean")]


def test_without_running_code_words_and_trees_decide(tmp_path: Path, problems: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", [*ROWS, {"id": "same", "text": PROBLEM.prompt + "    return 1\n"}])
    words = ("--against", problems, "--id-field", "id", "--without-running-code")
    said = type_in("decontaminate", rows, "-o", tmp_path / "kept.jsonl", *words, "--json").json
    kept = [one["id"] for one in read_json(tmp_path / "kept.jsonl")]
    assert "retold" in kept
    assert "same" not in kept
    assert not said["runs_code"]
    assert "behaviour" not in {reason.partition(" of ")[0] for reason in said["dropped"]}


def test_a_lower_match_rate_drops_more(tmp_path: Path, problems: Path) -> None:
    near = "def f(rows):\n    return sum(2 * row + 1 for row in rows if row % 2 == 0)\n"
    rows, output = write_lines(tmp_path / "rows.jsonl", [{"text": near}]), tmp_path / "kept.jsonl"
    for rate, num_kept in ((1, 1), (0.8, 0)):
        words = ("--against", problems, "--without-running-code", "--match-rate", str(rate))
        type_in("decontaminate", rows, "-o", output, *words)
        assert len(read_json(output)) == num_kept


@pytest.mark.slow
def test_without_a_jail_the_decisions_are_the_same_if_the_user_wishes_it(tmp_path: Path, problems: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", ROWS)
    for name, words in (("jailed", ()), ("unjailed", ("--execute-without-jail",))):
        output = tmp_path / f"{name}.jsonl"
        type_in("decontaminate", rows, "-o", output, "--against", problems, *words)
    for ending in ("jsonl", "decisions.jsonl"):
        assert (tmp_path / f"unjailed.{ending}").read_bytes() == (tmp_path / f"jailed.{ending}").read_bytes()


def test_where_no_jail_can_be_had_the_command_says_what_to_do(
    tmp_path: Path, problems: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", list)
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    err = type_in("decontaminate", rows, "-o", output, "--against", problems, status=2).err
    assert "error: no jail: `bwrap` is not installed" in err
    assert "`--execute-without-jail`" in err
    assert not output.exists()


def test_hostile_unusual_and_long_texts_are_rows_like_others(tmp_path: Path, problems: Path) -> None:
    long = "".join(f"def f_{number}(x):\n    return x + {number}\n\n" for number in range(3000))
    assert len(long) > 100_000
    unusual = ["", "\0", " ", "word " * 25_000, "( " * 50_000, "\n" * 100_000, long, "```python\ndef f(:\n```"]
    texts = [HOSTILE["ends the process"], *unusual, HOSTILE["prints"], RETOLD]
    rows = write_lines(tmp_path / "rows.jsonl", [{"text": text} for text in texts])
    said = type_in("decontaminate", rows, "-o", tmp_path / "kept.jsonl", "--against", problems, "--json").json
    assert (said["kept"], said["dropped"]) == (len(texts) - 1, {"behaviour of own": 1})
    decisions = read_json(tmp_path / "kept.decisions.jsonl")
    assert [one["decision"] for one in decisions].index("leak") == len(texts) - 1


def test_broken_rows_are_put_aside_and_a_row_alone_is_enough(tmp_path: Path, problems: Path) -> None:
    rows, output = tmp_path / "rows.jsonl", tmp_path / "kept.jsonl"
    rows.write_bytes(b'{"text": "caf\xe9"}\n{\n' + json.dumps({"text": PROSE}).encode())
    words = ("decontaminate", rows, "-o", output, "--against", problems, "--without-running-code")
    said = type_in(*words, "--json").json
    assert (said["num_rows"], said["kept"], sum(said["dropped"].values())) == (3, 1, 2)
    assert len(read_json(tmp_path / "kept.rejected.jsonl")) == 2
    write_lines(rows, [{"text": RETOLD}])
    assert type_in(*words[:-1], "--json").json["kept"] == 0
    assert output.read_bytes() == b""
    assert not (tmp_path / "kept.rejected.jsonl").exists()


@pytest.mark.slow
def test_killed_and_typed_again_it_ends_with_the_same_bytes(tmp_path: Path, problems: Path) -> None:
    rows = write_lines(
        tmp_path / "rows.jsonl", [{"text": f"{row['text']}\n# {at}\n"} for at in range(24) for row in ROWS]
    )
    files = ("kept.jsonl", "kept.decisions.jsonl", "report.json")
    (tmp_path / "whole").mkdir()
    words: list[str | Path] = ["decontaminate", rows, "--against", problems]
    type_in(*words, "-o", tmp_path / "whole" / "kept.jsonl", "--report", tmp_path / "whole" / "report.json")
    code = "from hornbook.decontamination.over_parts import read_documents\nfrom hornbook.__main__ import main\n"
    code += "read_documents.__kwdefaults__['part_characters'] = 5_000\nmain()"
    outputs = ["-o", tmp_path / "kept.jsonl", "--report", tmp_path / "report.json"]
    command = list(map(str, [sys.executable, "-c", code, *words, *outputs]))
    for number in (signal.SIGKILL, signal.SIGINT, None):
        before = num_found(tmp_path)
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, stdout=subprocess.PIPE)
        while number is not None and num_found(tmp_path) <= before:
            assert process.poll() is None
            time.sleep(0.005)
        if number is not None:
            process.send_signal(number)
        _, err = process.communicate()
        assert process.returncode == {signal.SIGKILL: -9, signal.SIGINT: 130, None: 0}[number], err
    for name in files[:2]:
        assert (tmp_path / name).read_bytes() == (tmp_path / "whole" / name).read_bytes(), name
    reports = [json.loads((folder / "report.json").read_text()) for folder in (tmp_path, tmp_path / "whole")]
    assert reports[0]["problems"] == reports[1]["problems"]
    assert reports[0]["benchmarks"] == reports[1]["benchmarks"]
    assert not (tmp_path / ".kept.jsonl.work").exists()


def num_found(folder: Path) -> int:
    return len(list((folder / ".kept.jsonl.work").glob("found-*.parquet")))


def test_what_another_benchmark_left_is_not_gone_on_with(tmp_path: Path, problems: Path) -> None:
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    work = tmp_path / ".kept.jsonl.work"
    work.mkdir()
    (work / "found-00000.parquet").write_bytes(b"of another benchmark")
    (work / "settings.txt").write_text("other")
    type_in("decontaminate", rows, "-o", output, "--against", problems, "--without-running-code")
    assert not work.exists()


def test_mistakes_are_told_in_one_line_before_anything_runs(tmp_path: Path, problems: Path) -> None:
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    (tmp_path / "empty").mkdir()
    (tmp_path / "other").mkdir()
    same = write_lines(tmp_path / "other" / "HumanEval.jsonl", read_json(problems))
    own = ("--against", problems)
    for arguments, messages in [
        ((tmp_path / "empty", "-o", output), ("holds no file that ends in",)),
        ((rows, "-o", tmp_path / "kept.txt"), ("must end in .jsonl or .parquet",)),
        ((rows, "-o", tmp_path / "kept.parquet"), ("the inputs are JSON lines", "name a .jsonl")),
        ((rows, "-o", rows), ("would be written into the input",)),
        ((rows, "-o", output, "--report", tmp_path / "report.txt"), ("`--report` must end in .json, got",)),
        ((rows, "-o", output, "--decisions", output), ("must be different files",)),
        ((rows, "-o", output, "--decisions", tmp_path / "kept.judged.jsonl"), ("must be different files",)),
        ((rows, "-o", output, *own, "--judge", "gpt"), ("a teacher is the address of an endpoint",)),
        ((rows, "-o", output, "--report", tmp_path / "none" / "x.json"), ("there is no folder",)),
        ((rows, "-o", problems, *own), ("would be written into the input",)),
        ((rows, "-o", output, "--against", ","), ("`--against` names no benchmark",)),
        ((rows, "-o", output, "--against", "humanevil"), ("no benchmark `humanevil`; did you mean `humaneval`?",)),
        ((rows, "-o", output, "--against", f"humaneval,{same}"), ("both called HumanEval", "NAME=FILE")),
        ((rows, "-o", output, *own, "--match-rate", "1.5"), ("`--match-rate` must lie in (0, 1], got 1.5",)),
        ((rows, "-o", output, *own, "--text-field", "code"), ("no document with a text in `code`", "--text-field")),
        (
            (rows, "-o", output, *own, "--without-running-code", "--execute-without-jail"),
            ("give one of them",),
        ),
    ]:
        err = type_in("decontaminate", *arguments, status=2).err
        assert is_one_mistake(err, *messages), (arguments, err)
        assert not output.exists()
