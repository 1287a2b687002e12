import json
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import is_one_mistake, read_json, type_in, write_lines
from tests.decontamination.labelled_once import calibrate_once
from tests.decontamination.own_problems import HOSTILE, NEAR_MISS, PROBLEM, PROSE, RETOLD, UNRELATED

from hornbook.errors import ConfigError

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
    monkeypatch.setattr("hornbook.decontamination.stage.calibrate", calibrate_once)


@pytest.fixture
def problems(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "own.jsonl", [asdict(PROBLEM)])


def test_leaks_go_and_every_row_has_its_decision(tmp_path: Path, problems: Path) -> None:
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    decisions = tmp_path / "kept.decisions.jsonl"
    words = ("--against", problems, "--id-field", "id", "--decisions", decisions)
    printed = type_in("decontaminate", rows, "-o", output, *words)
    lines = rows.read_text().splitlines()
    assert output.read_text().splitlines() == [lines[0], lines[2], lines[3]]
    decisions = read_json(decisions)
    assert [one["id"] for one in decisions] == [row["id"] for row in ROWS]
    assert [one["decision"] for one in decisions] == ["clean", "leak", "cleared", "clean", "leak"]
    assert (decisions[1]["benchmark"], decisions[1]["task_id"], decisions[1]["num_problems"]) == ("own", "own/0", 1)
    assert decisions[1]["evidence"].startswith("equal on 24 of 24 inputs")
    assert [one["task_id"] for one in decisions[2:4]] == ["own/0", ""]
    fenced = decisions[4]
    assert ROWS[4]["text"][fenced["window_first"] : fenced["window_last"]] == RETOLD
    for part in ("2 behaviour of own", "1 of 1 problems are given away"):
        assert part in printed.out
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["kept.decisions.jsonl", "kept.dropped.jsonl", "kept.jsonl", "own.jsonl", "rows.jsonl"]


def test_the_report_has_counts_evidence_calibration_config_and_versions(tmp_path: Path, problems: Path) -> None:
    rows, report = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "report.json"
    words = (
        "decontaminate",
        rows,
        "-o",
        tmp_path / "kept.jsonl",
        "--against",
        f"mine={problems}",
        "--json",
        "--id-field",
        "ROW",
    )
    said = type_in(*words, "--report", report).json
    told = json.loads(report.read_text())
    assert {name: said[name] for name in said.keys() & told.keys()}.items() <= told.items()
    [benchmark] = told["benchmarks"]
    assert (benchmark["name"], benchmark["num_leaking_documents"], benchmark["num_telling"]) == ("mine", 2, 1)
    [problem] = told["problems"]
    assert problem["task_id"] == "own/0"
    nearest = problem["nearest"]
    assert [one["decision"] for one in nearest[:2]] == ["leak", "leak"]
    assert {one["id"] for one in nearest[:2]} == {"rows.jsonl:2", "rows.jsonl:5"}
    assert (nearest[0]["decided"], nearest[0]["text"]) == (True, RETOLD)
    assert any(one["decision"] == "cleared" for one in nearest)
    [rule] = [one for one in told["calibration"]["rows"] if one["name"] == "rule"]
    assert rule["recall"][0] >= 0.98
    assert told["config"]["match_rate"] == 0.95
    assert told["versions"]["python"] == ".".join(map(str, sys.version_info[:3]))
    assert len(told["problems_sha256"]["mine"]) == 64


def test_parquet_keeps_its_columns(tmp_path: Path, problems: Path) -> None:
    table = pa.table({"stars": pa.array([1, 2, 3], pa.int8()), "code": [VERBATIM, PROSE, UNRELATED], "id": [7, 8, 9]})
    pq.write_table(table, tmp_path / "rows.parquet")
    output = tmp_path / "kept.parquet"
    words = ("--against", problems, "--text-field", "code", "--id-field", "id", "--no-run-code")
    words += ("--decisions", tmp_path / "kept.decisions.parquet")
    type_in("decontaminate", tmp_path / "rows.parquet", "-o", output, *words)
    kept = pq.read_table(output)
    assert kept.schema == table.schema
    assert kept.to_pylist() == table.to_pylist()[1:]
    decisions = pq.read_table(tmp_path / "kept.decisions.parquet").to_pylist()
    assert [(one["id"], one["decision"]) for one in decisions] == [("7", "leak"), ("8", "clean"), ("9", "clean")]


def test_without_running_code_words_and_trees_decide(tmp_path: Path, problems: Path) -> None:
    rows = write_lines(tmp_path / "rows.jsonl", [*ROWS, {"id": "same", "text": PROBLEM.prompt + "    return 1\n"}])
    words = ("--against", problems, "--id-field", "id", "--no-run-code")
    said = type_in("decontaminate", rows, "-o", tmp_path / "kept.jsonl", *words, "--json").json
    kept = [one["id"] for one in read_json(tmp_path / "kept.jsonl")]
    assert ("retold" in kept, "same" in kept) == (True, False)
    assert not any(reason.startswith("behaviour") for reason in said["dropped"])


def test_where_no_jail_can_be_had_the_user_may_run_code_without_one(
    tmp_path: Path, problems: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", list)
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    err = type_in("decontaminate", rows, "-o", output, "--against", problems, status=2).err
    assert "error: no jail: `bwrap` is not installed" in err
    assert "`--execute-without-jail`" in err
    assert not output.exists()
    type_in("decontaminate", rows, "-o", output, "--against", problems, "--execute-without-jail")
    assert [row["id"] for row in read_json(output)] == ["prose", "near miss", "unrelated"]


def test_hostile_unusual_and_long_texts_are_rows_like_others(tmp_path: Path, problems: Path) -> None:
    long = "".join(f"def f_{number}(x):\n    return x + {number}\n\n" for number in range(3000))
    unusual = ["", "\0", " ", "word " * 25_000, "( " * 50_000, "\n" * 100_000, long, "```python\ndef f(:\n```"]
    texts = [HOSTILE["ends the process"], *unusual, HOSTILE["prints"], RETOLD]
    rows = write_lines(tmp_path / "rows.jsonl", [{"text": text} for text in texts])
    decided = tmp_path / "decisions.jsonl"
    words = ("--against", problems, "--decisions", decided, "--json")
    said = type_in("decontaminate", rows, "-o", tmp_path / "kept.jsonl", *words).json
    assert (said["kept"], said["dropped"]) == (len(texts) - 1, {"behaviour of own": 1})
    decisions = read_json(decided)
    assert [one["decision"] for one in decisions].index("leak") == len(texts) - 1


def test_broken_rows_are_put_aside_and_a_row_alone_is_enough(tmp_path: Path, problems: Path) -> None:
    rows, output = tmp_path / "rows.jsonl", tmp_path / "kept.jsonl"
    rows.write_bytes(b'{"text": "caf\xe9"}\n{\n' + json.dumps({"text": PROSE}).encode())
    words = ("decontaminate", rows, "-o", output, "--against", problems, "--no-run-code")
    said = type_in(*words, "--json").json
    assert (said["num_rows"], said["kept"], sum(said["dropped"].values())) == (3, 1, 2)
    assert len(read_json(tmp_path / "kept.dropped.jsonl")) == 2
    write_lines(rows, [{"text": RETOLD}])
    assert type_in(*words[:-1], "--json").json["kept"] == 0
    assert output.read_bytes() == b""
    assert [one["reason"] for one in read_json(tmp_path / "kept.dropped.jsonl")] == ["behaviour of own"]


def test_what_a_command_with_another_match_rate_left_is_not_gone_on_with(
    tmp_path: Path, problems: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = "def f(rows):\n    return sum(2 * row + 1 for row in rows if row % 2 == 0)\n"
    rows, output = write_lines(tmp_path / "rows.jsonl", [{"text": near}]), tmp_path / "kept.jsonl"
    words = ("decontaminate", rows, "-o", output, "--against", problems, "--no-run-code", "--match-rate")

    def stop(*_: object) -> None:
        raise ConfigError("stopped before anything is written")

    for rate, num_kept in ((1, 1), (0.8, 0)):
        type_in(*words, str(rate))
        assert len(read_json(output)) == num_kept
        with monkeypatch.context() as patched:
            patched.setattr("hornbook.commands.data.publish_kept", stop)
            type_in(*words, "1", status=2)
        assert list((tmp_path / ".kept.jsonl.work").glob("artifacts/decontaminate-*/found/*.parquet"))


def test_mistakes_are_told_in_one_line_before_anything_runs(tmp_path: Path, problems: Path) -> None:
    rows, output = write_lines(tmp_path / "rows.jsonl", ROWS), tmp_path / "kept.jsonl"
    (tmp_path / "other").mkdir()
    same = write_lines(tmp_path / "other" / "HumanEval.jsonl", read_json(problems))
    own = ("--against", problems)
    for arguments, messages in [
        ((rows, "-o", tmp_path / "kept.parquet"), ("the inputs are JSON lines", "name a .jsonl")),
        ((rows, "-o", output, "--report", tmp_path / "report.txt"), ("`--report` must end in .json, got",)),
        ((rows, "-o", output, "--decisions", output), ("must be different files",)),
        ((rows, "-o", output, "--decisions", tmp_path / "kept.judged.jsonl"), ("must be different files",)),
        ((rows, "-o", output, *own, "--teacher", "gpt"), ("a teacher is the address of an endpoint",)),
        ((rows, "-o", output, "--report", tmp_path / "none" / "x.json"), ("there is no folder",)),
        ((rows, "-o", problems, *own), ("would be written into the input",)),
        ((rows, "-o", output, "--against", ","), ("`against` names no benchmark",)),
        ((rows, "-o", output, "--against", "humanevil"), ("no benchmark `humanevil`; did you mean `humaneval`?",)),
        ((rows, "-o", output, "--against", f"humaneval,{same}"), ("both called HumanEval", "NAME=FILE")),
        ((rows, "-o", output, *own, "--match-rate", "1.5"), ("`match_rate` must lie in (0, 1], got 1.5",)),
        ((rows, "-o", output, *own, "--text-field", "code"), ("there is no document in",)),
        ((rows, "-o", output, *own, "--no-run-code", "--execute-without-jail"), ("give one of them",)),
    ]:
        err = type_in("decontaminate", *arguments, status=2).err
        assert is_one_mistake(err, *messages), (arguments, err)
        assert not output.exists()
