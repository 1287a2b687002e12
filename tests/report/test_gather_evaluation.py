import pytest
from tests.report.evaluated import NO_JAIL

from hornbook.artifacts.run import RunFolder
from hornbook.errors import ConfigError, MissingInputError
from hornbook.report.evaluated import EvaluationData
from hornbook.report.gather_evaluation import EvaluationReportConfig, gather_evaluation


def gathered(run: RunFolder) -> EvaluationData:
    return gather_evaluation(run.artifacts()["evaluate"], EvaluationReportConfig())


def test_every_problem_of_every_benchmark_is_there_with_its_answer(evaluation: RunFolder) -> None:
    data = gathered(evaluation)
    assert [benchmark.name for benchmark in data.benchmarks] == ["humaneval", "mine"]
    for benchmark in data.benchmarks:
        assert [problem.task_id for problem in benchmark.problems] == [f"{benchmark.name}/{at}" for at in range(24)]
        assert all(len(problem.attempts) == 1 for problem in benchmark.problems)
        passed = sum(problem.attempts[0].num_passed for problem in benchmark.problems)
        assert passed == round(24 * benchmark.score.pass_at_1)


def test_model_protocol_sampling_and_sandbox_are_named(evaluation: RunFolder) -> None:
    data = gathered(evaluation)
    assert (data.model.name, data.model.kind) == ("invented/Tiny-Coder-1.5B-Instruct", "endpoint, chat")
    assert data.benchmarks[0].score.protocol_name == "humaneval, version 1"
    assert ("new tokens, at most", "300") in data.sampling
    assert data.sandbox.jailed
    assert ("memory", "512 MiB") in data.sandbox.limits
    assert ("cpu time", "3 s") in data.sandbox.limits


def test_published_scores_stand_beside_benchmarks_that_have_some(evaluation: RunFolder) -> None:
    humaneval, mine = gathered(evaluation).benchmarks
    assert humaneval.beside is not None
    assert [row.model for row in humaneval.beside.rows if row.ours] == ["invented/Tiny-Coder-1.5B-Instruct"]
    assert mine.beside is None


def test_grades_are_split_by_what_the_tests_said(evaluation: RunFolder) -> None:
    [benchmark, _] = gathered(evaluation).benchmarks
    grades = benchmark.grades
    assert grades is not None
    num_passed = round(24 * benchmark.score.pass_at_1)
    assert (sum(grades.passed), sum(grades.failed)) == (2 * num_passed, 2 * (24 - num_passed))
    assert (grades.num_gradings, grades.num_graded, grades.num_ungraded) == (48, 24, 3)
    assert [name.split(",")[0] for name, _ in grades.figures] == [
        "mean grade",
        "mean grade of answers that passed",
        "mean grade of answers that failed",
        "chance that a passed answer is graded above a failed one",
        "rank correlation with the tests (Kendall’s tau-b)",
        "spread between gradings of one answer",
    ]


def test_pass_at_k_comes_with_its_intervals_and_what_was_truncated(sampled_evaluation: RunFolder) -> None:
    data = gathered(sampled_evaluation)
    [benchmark] = data.benchmarks
    assert [k for k, _, _ in benchmark.score.more_k] == [5, 10]
    assert all(low <= share <= high for _, share, (low, high) in benchmark.score.more_k)
    assert benchmark.score.truncated_prompts == 3
    assert benchmark.grades is None
    assert (data.sandbox.backend, data.sandbox.jailed) == (NO_JAIL, False)


def test_no_samples_to_show_is_refused() -> None:
    with pytest.raises(ConfigError, match="`num_samples_shown` must be at least 1, got 0"):
        EvaluationReportConfig(num_samples_shown=0)


def test_another_artifact_is_refused(evaluation: RunFolder) -> None:
    with pytest.raises(MissingInputError, match=r"has no metric `model\.name`"):
        gather_evaluation(evaluation.artifacts()["report"], EvaluationReportConfig())
