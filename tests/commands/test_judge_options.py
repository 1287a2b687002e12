"""`hornbook decontaminate --teacher`: over a real HTTP server, which answers as the labels of the labelled set say."""

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.commands.typed import KEY, is_one_mistake, read_json, type_in, write_lines
from tests.evaluation.scripted_endpoint import Asked, ScriptedEndpoint

from hornbook.decontamination.labelled_set import load_labelled_set

LABELLED, PAIRS = load_labelled_set()
FEW = [one.problem for one in LABELLED[:6]]
TASKS = {one.task_id for one in FEW}
RECORDS = [pair for pair in PAIRS if pair.task_id in TASKS]


def truth(asked: Asked) -> str:
    """Whether the record of the question is a leak of its problem."""
    found = next(pair for pair in RECORDS if pair.text.strip("\n") in asked.text)
    stated = next(one for one in FEW if (one.prompt + one.canonical_solution).strip("\n") in asked.text)
    return "Yes." if found.kind.is_leak and found.task_id == stated.task_id else "No."


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[ScriptedEndpoint]:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ScriptedEndpoint(truth, models=("tiny",), key=KEY) as running:
        yield running


@pytest.fixture
def place(tmp_path: Path) -> Path:
    write_lines(tmp_path / "rows.jsonl", [{"id": f"d{place}", "text": one.text} for place, one in enumerate(RECORDS)])
    fields = ("task_id", "prompt", "entry_point", "canonical_solution")
    test = "def check(candidate):\n    pass\n"
    problems = [{**{name: getattr(one, name) for name in fields}, "test": test} for one in FEW]
    write_lines(tmp_path / "problems.jsonl", problems)
    return tmp_path


def clean(place: Path, *more: str | Path, status: int = 0, rows: str = "rows.jsonl", output: str = "kept.jsonl") -> str:
    """The command that runs no code, so that there is much to judge."""
    where = ("--against", place / "problems.jsonl", "--cache", place / "cache.sqlite", "-o", place / output)
    decided = ("--decisions", (place / output).with_suffix(f".decisions{Path(output).suffix}"))
    given = ("decontaminate", place / rows, *where, "--no-run-code", "--id-field", "id", *decided, *more)
    printed = type_in(*given, status=status)
    return printed.err if status else printed.out


def test_the_answers_decide_where_no_code_could_tell_and_are_paid_once(endpoint: ScriptedEndpoint, place: Path) -> None:
    before = json.loads(clean(place, "--json", output="before.jsonl"))
    assert "judge" not in before
    report = place / "report.json"
    described = json.loads(clean(place, "--teacher", endpoint.url, "--report", report, "--json"))
    judged = described["judge"]
    assert judged["teacher"] == "tiny"
    assert judged["asked"] == len(endpoint.asked) == judged["same"] + judged["different"]
    assert min(judged["same"], judged["different"]) > 2
    assert described["account"]["run"][0]["stage"] == "decontaminate"
    counts = described["benchmarks"][0]["detectors"]["judge"]
    assert counts["num_documents"] == counts["num_decided"] == judged["same"]
    assert json.loads(report.read_text())["judge"] == judged
    pairs = read_json(place / "kept.judged.jsonl")
    assert len(pairs) == judged["asked"]
    decisions = {row["id"]: row for row in read_json(place / "kept.decisions.jsonl")}
    for pair in pairs:
        decision = decisions[pair["document_id"]]
        if pair["answer"] == "same problem":
            assert (decision["decision"], decision["detector"]) == ("leak", "judge")
            assert decision["evidence"] == "tiny says that both solve the same problem"
    kept = {row["id"] for row in read_json(place / "kept.jsonl")}
    assert kept == {name for name, row in decisions.items() if row["decision"] != "leak"}
    written = {path.name: path.read_bytes() for path in place.glob("kept*")}
    assert "more answers came from the cache" in clean(place, "--teacher", endpoint.url)
    assert len(endpoint.asked) == judged["asked"]
    assert {path.name: path.read_bytes() for path in place.glob("kept*")} == written


def test_parquet_stays_parquet_and_the_length_of_an_answer_can_be_set(endpoint: ScriptedEndpoint, place: Path) -> None:
    pq.write_table(pa.Table.from_pylist(read_json(place / "rows.jsonl")), place / "rows.parquet")
    said = clean(place, "--teacher", endpoint.url, "--answer-tokens", "99", rows="rows.parquet", output="kept.parquet")
    number = pq.read_table(place / "kept.judged.parquet").num_rows
    assert f"`tiny` was asked about {number} pairs: " in said
    assert len(endpoint.asked) == number > 0
    assert {asked.body["max_tokens"] for asked in endpoint.asked} == {99}
    assert {asked.body["temperature"] for asked in endpoint.asked} == {0}


def test_a_budget_ends_it_and_a_higher_one_goes_on(endpoint: ScriptedEndpoint, place: Path) -> None:
    err = clean(place, "--teacher", endpoint.url, "--budget", "4000tokens", status=2)
    assert "at most about" in " ".join(err.split())
    assert is_one_mistake(
        err.splitlines(keepends=True)[-1], "the budget of 4,000 tokens for `decontaminate` is used up", "--budget"
    )
    assert not (place / "kept.jsonl").exists()
    num_asked = len(endpoint.asked)
    clean(place, "--teacher", endpoint.url, "--budget", "1000000tokens")
    clean(place, "--teacher", endpoint.url, output="other.jsonl")
    bodies = {json.dumps(asked.body, sort_keys=True) for asked in endpoint.asked}
    assert len(bodies) == len(endpoint.asked) > num_asked > 0
    assert (place / "kept.jsonl").read_bytes() == (place / "other.jsonl").read_bytes()
