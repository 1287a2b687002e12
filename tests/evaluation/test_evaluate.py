import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.evaluation.scripted_model import ScriptedModel, workspace

from hornbook.artifacts.stage import Result
from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.errors import ConfigError, DamagedArtifactError, EndpointError, SandboxError
from hornbook.evaluation.evaluate import EvaluationSettings, describe_protocol, evaluate, open_sandbox
from hornbook.evaluation.grade import GradeConfig, GradingRequest
from hornbook.evaluation.models import CHAT_ENDPOINT, Request, SamplingConfig
from hornbook.evaluation.samples import GivenSamples
from hornbook.records import Completion, Grade, Outcome, Problem, Record, Timing, Verdict, records_of
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits
from hornbook.sandbox.unjailed import Unjailed

PROBLEMS = tuple(read_humaneval()[:12])
PROTOCOL = Protocol(name="humaneval", version=1, description="")
TWELVE = Benchmark(name="twelve", title="Twelve", protocol=PROTOCOL, problems=PROBLEMS, source="the package")
SETTINGS = EvaluationSettings(limits=Limits(cpu_seconds=1.0))
BROKEN = Problem(
    task_id="own/1", prompt="def f():\n", entry_point="g", canonical_solution="    pass\n", test="", category=""
)


def every_second(request: Request) -> str:
    """A model that knows every second solution."""
    knows = PROBLEMS.index(request.problem) % 2 == 0
    return (request.problem.canonical_solution if knows else "    return object()\n") + "\nprint('more')\n"


def table(folder: Path, name: str, record: type[Record]) -> list[Any]:
    return list(records_of(record, pq.read_table(folder / "out" / f"{name}.parquet")))


def outcomes(folder: Path, name: str = "twelve") -> list[Outcome]:
    return [verdict.outcome for verdict in table(folder, f"{name}-verdicts", Verdict)]


class ScriptedGrader:
    """Gives 9 to what starts like a solution that it knows and 2 to the rest; may answer without a grade."""

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
            if any(f"`{name}`" in text for name in self._without_grade):
                yield index, "I would rather not say."
            else:
                yield index, f"Assessment: read.\nGrade: {2 if 'return object()' in text else 9}"


def test_half_of_the_problems_solved_is_a_score_of_one_half(tmp_path: Path) -> None:
    notes: list[str] = []
    result = evaluate(SETTINGS, [TWELVE], ScriptedModel(every_second), workspace(tmp_path, notes))
    [score] = result.metrics["scores"]
    assert (score["benchmark"], score["pass@1"], score["passed"], score["num_problems"]) == ("twelve", 0.5, 6, 12)
    assert (score["title"], score["source"]) == ("Twelve", "the package")
    assert (score["protocol_name"], score["protocol_version"]) == ("humaneval", 1)
    assert "greedy" in score["protocol"]
    assert score["sandbox"]["backend"] == result.metrics["sandbox"]["backend"] == "bubblewrap"
    assert result.metrics["model"] == dataclasses.asdict(ScriptedModel(every_second).identity())
    assert result.metrics["sampling"] == {**dataclasses.asdict(SETTINGS.sampling), "num_samples": 1}
    assert result.metrics["grades"] == {}
    assert (result.kept, result.unit) == (12, "verdicts")
    assert notes == ["twelve: canonical solutions", "twelve: completions", "twelve: verdicts"]
    completions = table(tmp_path, "twelve-completions", Completion)
    assert [row.task_id for row in completions] == [problem.task_id for problem in PROBLEMS]
    assert [row.text for row in completions[::2]] == [problem.canonical_solution for problem in PROBLEMS[::2]]
    assert [outcome is Outcome.PASSED for outcome in outcomes(tmp_path)] == [True, False] * 6
    assert table(tmp_path, "twelve-problems", Problem) == list(PROBLEMS)
    times = table(tmp_path, "measured/twelve-times", Timing)
    assert [row.task_id for row in times] == [problem.task_id for problem in PROBLEMS]
    assert all(row.cpu_seconds > 0 for row in times)


def test_two_runs_write_the_same_bytes(tmp_path: Path) -> None:
    settings = dataclasses.replace(SETTINGS, grading=GradeConfig(num_gradings=2), grader="scripted")
    results = [
        evaluate(settings, [TWELVE], ScriptedModel(every_second, group_size=size), workspace(folder), ScriptedGrader())
        for folder, size in ((tmp_path / "first", 3), (tmp_path / "second", 5))
    ]
    assert results[0] == results[1]
    first, second = (
        {path.name: path.read_bytes() for path in (tmp_path / name / "out").glob("*.parquet")}
        for name in ("first", "second")
    )
    assert sorted(first) == [f"twelve-{name}.parquet" for name in ("completions", "grades", "problems", "verdicts")]
    assert first == second


def test_an_evaluation_that_goes_on_asks_and_runs_nothing_again(tmp_path: Path) -> None:
    model = ScriptedModel(every_second, break_down_after=6)
    with pytest.raises(EndpointError, match="broke down"):
        evaluate(SETTINGS, [TWELVE], model, workspace(tmp_path))
    model.break_down_after = None
    first = evaluate(SETTINGS, [TWELVE], model, workspace(tmp_path))
    assert sorted(model.asked) == sorted((problem.task_id, 0) for problem in PROBLEMS)
    times = table(tmp_path, "measured/twelve-times", Timing)
    again = evaluate(SETTINGS, [TWELVE], model, workspace(tmp_path))
    assert len(model.asked) == 12
    assert first == again
    assert table(tmp_path, "measured/twelve-times", Timing) == times


def test_a_damaged_journal_is_named_and_no_score_made_of_it(tmp_path: Path) -> None:
    space = workspace(tmp_path)
    (space.scratch / "twelve-verdicts.jsonl").write_text('{"verdict":{}}\n{}\n')
    with pytest.raises(DamagedArtifactError, match=r"line 1 of the journal .*twelve-verdicts\.jsonl"):
        evaluate(SETTINGS, [TWELVE], ScriptedModel(every_second), space)


def test_where_a_benchmarks_own_solutions_fail_no_model_is_asked(tmp_path: Path) -> None:
    broken = dataclasses.replace(TWELVE, name="broken", title="Broken", problems=(*PROBLEMS[:2], BROKEN))
    model = ScriptedModel(every_second)
    with pytest.raises(SandboxError, match=r"1 of the 3 canonical solutions of `Broken` did not pass: own/1"):
        evaluate(SETTINGS, [TWELVE, broken], model, workspace(tmp_path))
    assert model.asked == []
    assert not [path for name in ("out", "scratch") for path in (tmp_path / name).iterdir()]


def test_each_benchmark_has_tables_and_a_score_of_its_own(tmp_path: Path) -> None:
    first = dataclasses.replace(TWELVE, name="first", problems=PROBLEMS[:2])
    second = dataclasses.replace(TWELVE, name="second", problems=PROBLEMS[2:3])
    model = ScriptedModel(every_second, num_truncated=1)
    result = evaluate(SETTINGS, [second, first], model, workspace(tmp_path))
    assert [(one["benchmark"], one["pass@1"]) for one in result.metrics["scores"]] == [("second", 1.0), ("first", 0.5)]
    assert result.metrics["truncated_prompts"] == {"second": 1, "first": 1}
    assert result.kept == 3
    assert [len(outcomes(tmp_path, name)) for name in ("first", "second")] == [2, 1]


def test_several_samples_give_pass_at_k(tmp_path: Path) -> None:
    settings = EvaluationSettings(sampling=SamplingConfig(temperature=0.5), num_samples=4, ks=(1, 2, 4, 5))

    def one_of_four(request: Request) -> str:
        return request.problem.canonical_solution if request.sample_index == 2 else "    return object()\n"

    benchmark = dataclasses.replace(TWELVE, problems=PROBLEMS[:2])
    result = evaluate(settings, [benchmark], ScriptedModel(one_of_four), workspace(tmp_path))
    [score] = result.metrics["scores"]
    assert [score.get(f"pass@{k}") for k in (1, 2, 4, 5)] == [0.25, 0.5, 1.0, None]
    assert "4 samples per problem" in score["protocol"]
    assert [(row.task_id, row.sample_index) for row in table(tmp_path, "twelve-verdicts", Verdict)] == [
        (problem.task_id, index) for problem in PROBLEMS[:2] for index in range(4)
    ]


def write_samples(path: Path, samples: Sequence[tuple[str, str]]) -> Path:
    path.write_text("".join(json.dumps({"task_id": name, "completion": text}) + "\n" for name, text in samples))
    return path


def test_given_samples_are_run_as_they_are(tmp_path: Path) -> None:
    path = write_samples(
        tmp_path / "samples.jsonl",
        [
            (PROBLEMS[1].task_id, PROBLEMS[1].canonical_solution + "\nraise SystemExit\n"),
            (PROBLEMS[0].task_id, PROBLEMS[0].canonical_solution),
            (PROBLEMS[1].task_id, PROBLEMS[1].canonical_solution),
        ],
    )
    benchmark = dataclasses.replace(TWELVE, problems=PROBLEMS[:2])
    samples = GivenSamples(path, benchmark)
    result = evaluate(SETTINGS, [benchmark], samples, workspace(tmp_path))
    assert outcomes(tmp_path) == [Outcome.RAISED, Outcome.PASSED, Outcome.PASSED]
    [score] = result.metrics["scores"]
    assert (score["pass@1"], score["num_samples"]) == (0.75, 1)
    assert score["protocol"].startswith("samples made elsewhere, run as they are; 1 s of CPU time")
    assert result.metrics["sampling"] == {}
    assert result.metrics["truncated_prompts"] == {}


def graded(folder: Path, grader: ScriptedGrader, *, num_gradings: int = 2, name: str = "a teacher") -> Result:
    settings = dataclasses.replace(SETTINGS, grading=GradeConfig(num_gradings=num_gradings), grader=name)
    return evaluate(settings, [TWELVE], ScriptedModel(every_second), workspace(folder), grader)


def test_a_graders_marks_stand_beside_the_verdicts(tmp_path: Path) -> None:
    grader = ScriptedGrader()
    found = graded(tmp_path, grader).metrics["grades"]["twelve"]
    assert len(grader.asked) == len({request.seed for request in grader.asked}) == 24
    assert (found["grader"], found["ungraded"]) == ("a teacher", 0)
    assert "2 gradings per completion" in found["protocol"]
    assert (found["mean_grade_percent"], found["auc"], found["kendall_tau_b"]) == (55.0, 1.0, 1.0)
    assert (found["mean_grade_passed"], found["mean_grade_failed"], found["grading_spread"]) == (9.0, 2.0, 0.0)
    grades = table(tmp_path, "twelve-grades", Grade)
    assert [(row.task_id, row.grading_index) for row in grades] == [
        (problem.task_id, index) for problem in PROBLEMS for index in range(2)
    ]
    assert {row.assessment for row in grades} == {"read."}


def test_a_model_that_grades_itself_is_named_so(tmp_path: Path) -> None:
    found = graded(tmp_path, ScriptedGrader(), num_gradings=1, name="scripted").metrics["grades"]["twelve"]
    assert found["grader"] == "scripted, the graded model itself"


def test_an_answer_without_a_grade_is_no_grade_of_zero(tmp_path: Path) -> None:
    grader = ScriptedGrader(without_grade=[PROBLEMS[0].entry_point])
    found = graded(tmp_path, grader, num_gradings=1).metrics["grades"]["twelve"]
    assert len(grader.asked) == 11 + GradeConfig().max_attempts
    assert (found["ungraded"], found["num_ungraded"], found["num_passed"]) == (1, 1, 5)
    assert found["mean_grade_passed"] == 9.0
    assert len(table(tmp_path, "twelve-grades", Grade)) == 11


def test_a_grader_that_never_grades_is_an_error_and_no_score(tmp_path: Path) -> None:
    grader = ScriptedGrader(without_grade=[problem.entry_point for problem in PROBLEMS])
    with pytest.raises(EndpointError, match=r"the grader `a teacher` answered 12 times without a grade.*--grader"):
        graded(tmp_path, grader, num_gradings=1)


def test_grades_that_were_given_before_a_grader_broke_down_are_kept(tmp_path: Path) -> None:
    grader = ScriptedGrader(break_down_after=7)
    with pytest.raises(EndpointError, match="broke down"):
        graded(tmp_path, grader)
    grader.break_down_after = None
    result = graded(tmp_path, grader)
    assert len(grader.asked) == 24
    assert result == graded(tmp_path / "undisturbed", ScriptedGrader())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"num_samples": 0}, "`num_samples`.*0"),
        ({"num_samples": 2}, "`num_samples` above 1 needs a `temperature`"),
        ({"ks": ()}, "`k`"),
        ({"ks": (1, 0)}, "`k`.*0"),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        EvaluationSettings(**changes)


def test_a_benchmark_that_needs_more_time_gets_it() -> None:
    slow = dataclasses.replace(TWELVE, protocol=dataclasses.replace(PROTOCOL, min_cpu_seconds=30.0))
    assert open_sandbox(SETTINGS, slow).limits == Limits(cpu_seconds=30.0, wall_seconds=150.0)
    assert open_sandbox(SETTINGS, TWELVE).limits == Limits(cpu_seconds=1.0)
    generous = EvaluationSettings(limits=Limits(cpu_seconds=60.0, wall_seconds=400.0))
    assert open_sandbox(generous, slow).limits == generous.limits
    assert "30 s of CPU time and 512 MiB" in describe_protocol(SETTINGS, slow, ScriptedModel(every_second))


def test_only_who_asks_for_it_does_without_a_jail() -> None:
    assert isinstance(open_sandbox(SETTINGS, TWELVE), Jail)
    assert isinstance(open_sandbox(dataclasses.replace(SETTINGS, jailed=False), TWELVE), Unjailed)


def test_the_protocol_says_how_a_model_was_asked() -> None:
    drawn = EvaluationSettings(sampling=SamplingConfig(temperature=0.8, top_p=0.95, max_new_tokens=77), num_samples=20)
    chat = describe_protocol(drawn, TWELVE, ScriptedModel(every_second, kind=CHAT_ENDPOINT))
    assert chat.startswith("chat: ")
    assert "temperature 0.8, top-p 0.95, 20 samples per problem, at most 77 new tokens; 3 s of CPU" in chat
    stopped = dataclasses.replace(TWELVE, protocol=dataclasses.replace(PROTOCOL, stop_strings=("\nif",)))
    said = describe_protocol(SETTINGS, stopped, ScriptedModel(every_second))
    assert said.startswith("prompt as given, cut at the first stop string; greedy, 1 sample per problem")
