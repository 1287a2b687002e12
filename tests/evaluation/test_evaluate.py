import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.evaluation.scripted_model import ScriptedModel, workspace
from tests.evaluation.small import benchmark, problem

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError, EndpointError, SandboxError
from hornbook.evaluation.evaluate import EvaluationSettings, describe_protocol, evaluate, open_sandbox
from hornbook.evaluation.grade import MAX_ATTEMPTS, GradeConfig, GradingRequest
from hornbook.evaluation.models import CHAT_ENDPOINT, Request, SamplingConfig
from hornbook.evaluation.samples import GivenSamples
from hornbook.pipeline.stage import Result
from hornbook.records import Completion, Grade, Outcome, Problem, Record, Timing, Verdict, records_of
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits
from hornbook.sandbox.unjailed import Unjailed

PROBLEMS = tuple(read_humaneval()[:8])
EIGHT = benchmark(PROBLEMS, "eight")
SETTINGS = EvaluationSettings(limits=Limits(cpu_seconds=1.0))


def every_second(request: Request) -> str:
    """A model that knows every second solution."""
    knows = PROBLEMS.index(request.problem) % 2 == 0
    return (request.problem.canonical_solution if knows else "    return object()\n") + "\nprint('more')\n"


def table(folder: Path, name: str, record: type[Record]) -> list[Any]:
    return list(records_of(record, pq.read_table(folder / "out" / name)))


class ScriptedGrader:
    """Gives 2 to what does nothing and 9 to the rest; may answer without a grade."""

    def __init__(self, *, without_grade: Sequence[str] = (), break_down_after: int | None = None) -> None:
        self.asked: list[GradingRequest] = []
        self._without_grade = without_grade
        self.break_down_after = break_down_after

    def __call__(self, requests: Sequence[GradingRequest]) -> Iterator[tuple[int, str]]:
        for index, request in reversed(list(enumerate(requests))):
            if len(self.asked) == self.break_down_after:
                raise EndpointError("the grader broke down")
            self.asked.append(request)
            text = request.messages[-1]["content"]
            if any(f"`{name}" in text for name in self._without_grade):
                yield index, "I would rather not say."
            else:
                yield index, f"Assessment: read.\nGrade: {2 if 'return object()' in text else 9}"


def graded(folder: Path, grader: ScriptedGrader, *, num_gradings: int = 2, name: str = "a teacher") -> Result:
    settings = dataclasses.replace(SETTINGS, grading=GradeConfig(num_gradings=num_gradings), grader=name)
    return evaluate(settings, [EIGHT], ScriptedModel(every_second), workspace(folder), grader)


def test_half_of_the_problems_solved_is_a_score_of_one_half(tmp_path: Path) -> None:
    other = dataclasses.replace(EIGHT, name="other", problems=PROBLEMS[2:3])
    model = ScriptedModel(every_second, num_truncated=1)
    result = evaluate(SETTINGS, [EIGHT, other], model, workspace(tmp_path))
    score, second = result.metrics["scores"]
    assert (score["benchmark"], score["pass@1"], score["passed"], score["num_problems"]) == ("eight", 0.5, 4, 8)
    assert (second["benchmark"], second["pass@1"], second["num_problems"]) == ("other", 1.0, 1)
    assert (score["bits_per_byte"], score["bits_per_byte_ci95"]) == (8.0, [8.0, 8.0])
    assert (score["title"], score["source"]) == ("Eight", "here")
    assert (score["protocol_name"], score["protocol_version"]) == ("eight", 1)
    assert score["sandbox"]["backend"] == result.metrics["sandbox"]["backend"] == "bubblewrap"
    assert result.metrics["model"] == dataclasses.asdict(model.identity())
    assert result.metrics["sampling"] == {**dataclasses.asdict(SETTINGS.sampling), "num_samples": 1}
    assert (result.kept, result.metrics["grades"]) == (9, {})
    assert result.metrics["truncated_prompts"] == {"eight": 1, "other": 1}
    completions = table(tmp_path, "eight-completions", Completion)
    assert [row.task_id for row in completions] == [one.task_id for one in PROBLEMS]
    assert [row.text for row in completions[::2]] == [one.canonical_solution for one in PROBLEMS[::2]]
    verdicts = table(tmp_path, "eight-verdicts", Verdict)
    assert [row.outcome is Outcome.PASSED for row in verdicts] == [True, False] * 4
    assert table(tmp_path, "eight-problems", Problem) == list(PROBLEMS)
    times = table(tmp_path, "measured/eight-times", Timing)
    assert [row.task_id for row in times if row.cpu_seconds > 0] == [one.task_id for one in PROBLEMS]


def test_an_evaluation_that_broke_down_twice_ends_like_an_undisturbed_one_and_does_nothing_again(
    tmp_path: Path,
) -> None:
    settings = dataclasses.replace(SETTINGS, grading=GradeConfig(num_gradings=2), grader="a teacher")
    model, grader = ScriptedModel(every_second, break_down_after=6), ScriptedGrader(break_down_after=5)
    for _ in range(2):
        with pytest.raises(EndpointError, match="broke down"):
            evaluate(settings, [EIGHT], model, workspace(tmp_path / "broken"), grader)
        model.break_down_after = None
    times = table(tmp_path / "broken", "measured/eight-times", Timing)
    grader.break_down_after = None
    results = [evaluate(settings, [EIGHT], model, workspace(tmp_path / "broken"), grader)]
    assert sorted(model.asked) == sorted((one.task_id, 0) for one in PROBLEMS)
    assert len(grader.asked) == 16
    assert table(tmp_path / "broken", "measured/eight-times", Timing) == times
    whole = ScriptedModel(every_second, group_size=5)
    results.append(evaluate(settings, [EIGHT], whole, workspace(tmp_path / "whole"), ScriptedGrader()))
    assert results[0] == results[1]
    first, second = (
        {path.parent.name: path.read_bytes() for path in (tmp_path / name / "out").glob("*/*.parquet")}
        for name in ("broken", "whole")
    )
    assert sorted(first) == [f"eight-{name}" for name in ("completions", "grades", "problems", "verdicts")]
    assert first == second


def test_where_a_benchmarks_own_solutions_fail_no_model_is_asked(tmp_path: Path) -> None:
    bad = problem(entry_point="g", canonical_solution="    pass\n")
    broken = dataclasses.replace(EIGHT, name="broken", title="Broken", problems=(*PROBLEMS[:2], bad))
    model = ScriptedModel(every_second)
    with pytest.raises(SandboxError, match=r"1 of the 3 .*`Broken`.*own/1"):
        evaluate(SETTINGS, [EIGHT, broken], model, workspace(tmp_path))
    assert model.asked == []
    assert not [path for name in ("out", "scratch") for path in (tmp_path / name).iterdir()]


def test_given_samples_are_run_as_they_are(tmp_path: Path) -> None:
    texts = [(1, "\nraise SystemExit\n"), (0, ""), (1, "")]
    lines = [
        json.dumps({"task_id": PROBLEMS[at].task_id, "completion": PROBLEMS[at].canonical_solution + more})
        for at, more in texts
    ]
    path = tmp_path / "samples.jsonl"
    path.write_text("\n".join(lines))
    two = benchmark(PROBLEMS[:2])
    result = evaluate(SETTINGS, [two], GivenSamples(path, two), workspace(tmp_path))
    outcomes = [row.outcome for row in table(tmp_path, "own-verdicts", Verdict)]
    assert outcomes == [Outcome.RAISED, Outcome.PASSED, Outcome.PASSED]
    [score] = result.metrics["scores"]
    assert (score["pass@1"], score["num_samples"], "bits_per_byte" in score) == (0.75, 1, False)
    assert "1 s of CPU time and 512 MiB" in score["protocol"]
    assert (result.metrics["sampling"], result.metrics["truncated_prompts"]) == ({}, {})


def test_a_graders_marks_stand_beside_the_verdicts(tmp_path: Path) -> None:
    grader = ScriptedGrader(without_grade=[PROBLEMS[0].entry_point])
    found = graded(tmp_path, grader).metrics["grades"]["eight"]
    assert len(grader.asked) == len({request.seed for request in grader.asked}) == 14 + 2 * MAX_ATTEMPTS
    assert (found["grader"], found["ungraded"], found["num_ungraded"]) == ("a teacher", 2, 1)
    assert (found["mean_grade_percent"], found["auc"], found["kendall_tau_b"]) == (50.0, 1.0, 1.0)
    assert (found["mean_grade_passed"], found["mean_grade_failed"], found["grading_spread"]) == (9.0, 2.0, 0.0)
    assert "2 gradings" in found["protocol"]
    grades = table(tmp_path, "eight-grades", Grade)
    assert [(row.task_id, row.grading_index) for row in grades] == [
        (one.task_id, index) for one in PROBLEMS[1:] for index in range(2)
    ]
    itself = graded(tmp_path / "itself", ScriptedGrader(), num_gradings=1, name="scripted").metrics["grades"]["eight"]
    assert itself["grader"] == "scripted, the graded model itself"
    never = ScriptedGrader(without_grade=[""])
    with pytest.raises(EndpointError, match="`a teacher` answered 8 times"):
        graded(tmp_path / "never", never, num_gradings=1)


def test_a_benchmark_that_needs_more_time_gets_it_and_only_who_asks_does_without_a_jail() -> None:
    slow = benchmark(PROBLEMS, min_cpu_seconds=30.0)
    assert open_sandbox(SETTINGS, slow).limits == Limits(cpu_seconds=30.0, wall_seconds=150.0)
    assert open_sandbox(SETTINGS, EIGHT).limits == Limits(cpu_seconds=1.0)
    generous = EvaluationSettings(limits=Limits(cpu_seconds=60.0, wall_seconds=400.0))
    assert open_sandbox(generous, slow).limits == generous.limits
    assert "30 s of CPU time and 512 MiB" in describe_protocol(SETTINGS, slow, ScriptedModel(every_second))
    assert isinstance(open_sandbox(SETTINGS, EIGHT), Jail)
    assert isinstance(open_sandbox(dataclasses.replace(SETTINGS, jailed=False), EIGHT), Unjailed)


def test_the_protocol_says_how_a_model_was_asked_and_settings_that_cannot_be_are_refused() -> None:
    for num_samples in (0, 2):  # Two samples are drawn, which needs a temperature.
        with pytest.raises(ConfigError, match="`num_samples`"):
            EvaluationSettings(num_samples=num_samples)
    drawn = EvaluationSettings(sampling=SamplingConfig(temperature=0.8, top_p=0.95, max_new_tokens=77), num_samples=20)
    chat = describe_protocol(drawn, EIGHT, ScriptedModel(every_second, kind=CHAT_ENDPOINT))
    assert chat.startswith("chat: ")
    assert all(part in chat for part in ("temperature 0.8", "top-p 0.95", "20 samples", "77 new tokens"))
    stopped = benchmark(PROBLEMS, stop_strings=("\nif",))
    for one, cut in ((stopped, "first stop string"), (EIGHT, "function's end")):
        said = describe_protocol(SETTINGS, one, ScriptedModel(every_second))
        assert all(part in said for part in (cut, "greedy", "1 sample"))
