import gzip
import socket
from pathlib import Path

import pytest
from tests.commands.typed import KEY, PROBLEMS, is_one_mistake, type_in, write_lines, write_samples
from tests.evaluation.scripted_endpoint import ScriptedEndpoint

from hornbook.pipeline.runs import Run, RunFolder
from hornbook.pipeline.store import Store


def closed_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def mistake(*arguments: str | Path, says: tuple[str, ...]) -> None:
    err = type_in("evaluate", *arguments, status=2).err
    assert is_one_mistake(err, *says), err


def test_what_is_no_model_or_endpoint_is_named(
    tmp_path: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    down = f"http://127.0.0.1:{closed_port()}"
    monkeypatch.setenv("MY_KEY", "sk-wrong-one")
    for arguments, says in (
        ((tmp_path,), ("config.json",)),
        (("laptob",), ("`laptob`", str(store), "owner/model")),
        ((), ("MODEL", "--samples")),
        (("laptop", "--samples", "x.jsonl"), ("not both",)),
        ((down,), (f"{down}/v1/models",)),
        ((endpoint.url, "--api", "talk"), ("`--api`", "'talk'")),
        # A wrong key is not repeated, though the server does.
        ((endpoint.url, "--api-key-env", "MY_KEY"), ("401", "Bearer …")),
        ((endpoint.url, "--grader-key-env", "NO_KEY"), ("`NO_KEY`", "`--grader-key-env`")),
    ):
        mistake(*arguments, "--store", store, says=says)
    assert not store.exists()


def test_a_grader_that_does_not_answer_and_wrong_solutions_are_named_before_a_model_is_asked(
    tmp_path: Path, own: Path, store: Path, endpoint: ScriptedEndpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    down = f"http://127.0.0.1:{closed_port()}"
    mistake(endpoint.url, "-b", own, "--grader", down, "--store", store, says=(f"{down}/v1/models",))
    mistake(endpoint.url, "-b", own, "-b", own, "--store", store, says=("`own` is named twice",))
    broken = write_lines(tmp_path / "own.jsonl", [*PROBLEMS[1:], {**PROBLEMS[0], "canonical_solution": "    return\n"}])
    mistake(endpoint.url, "-b", broken, "--store", store, says=("1 of the 8 canonical solutions", "own/0 wrong"))
    assert endpoint.asked == []
    assert type_in("show", "owner-Tiny-Coder-evaluated", "--store", store, "--json").json["scores"] == []


def test_samples_and_benchmarks_that_cannot_be_had_are_named_with_the_line(
    tmp_path: Path, own: Path, store: Path
) -> None:
    whole = write_samples(tmp_path / "samples.jsonl", range(8))
    half, packed = tmp_path / "half.jsonl", tmp_path / "packed.jsonl.gz"
    for path, content, says in (
        (half, whole.read_bytes().replace(b"own/3", b"own/33"), ("line 4", "'own/33'", "'own/3")),
        (half, whole.read_bytes()[: whole.stat().st_size * 2 // 3], ("line 6", "cut off?")),
        (packed, gzip.compress(whole.read_bytes())[:-30], (f"`{packed}`", "damaged")),
    ):
        path.write_bytes(content)
        mistake("--samples", path, "-b", own, "--store", store, says=says)
    half.write_bytes(own.read_bytes()[: own.stat().st_size * 2 // 3])
    for spec, says in (
        (str(half), ("line 6 of the benchmark", "cut off?")),
        (f"humaneval={half}", ("line 6 of the benchmark",)),
        ("humanevil", ("`humaneval`", "NAME=PATH")),
        ("held-out", ("`held-out`", "run as MODEL")),
    ):
        mistake("http://127.0.0.1:9", "-b", spec, "--store", store, says=says)
    mistake("gone", "-b", "held_out", "--store", store, says=("no run `gone`",))
    assert not store.exists()


def test_values_that_cannot_be_are_refused_by_name(tmp_path: Path, own: Path, store: Path) -> None:
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    for more, says in (
        (("--num-samples", "2"), ("`num_samples`", "`temperature`")),
        (("--temperature", "inf"), ("`temperature`", "inf")),
        (("--top-p", "0"), ("`top_p`", "0")),
        (("--memory-bytes", "5000000"), ("`memory_bytes`",)),
        (("--name", "a/b"), ("'a/b'", "--name")),
        (("-b", "humaneval"), ("`--samples`", "2 are named")),
        (("--output", tmp_path / "gone" / "x.jsonl"), ("`--output`", "gone/x.jsonl")),
    ):
        mistake("--samples", samples, "-b", own, "--store", store, *more, says=says)
    assert not store.exists()


def test_the_name_of_a_run_is_not_taken_for_its_evaluation(tmp_path: Path, own: Path, store: Path) -> None:
    opened = Store(store)
    opened.open_for_writing()
    RunFolder(opened, "laptop").begin(Run(name="laptop", recipe="laptop", seed=0))
    samples = write_samples(tmp_path / "samples.jsonl", range(8))
    mistake("--samples", samples, "-b", own, "--name", "laptop", "--store", store, says=("`laptop`", "--name"))
    assert RunFolder(opened, "laptop").read().recipe == "laptop"
    mistake("laptop", "-b", own, "--store", store, says=("`laptop` has no model", "`tokenizer`"))
