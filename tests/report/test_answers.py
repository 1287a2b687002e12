from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.report.evaluated import BODY, EvaluatedConfig, run_evaluation

from hornbook.errors import MissingInputError
from hornbook.pipeline.runs import RunFolder
from hornbook.records import Completion, Problem, table_of
from hornbook.report.answers import (
    CHARACTERS_SHOWN,
    Answer,
    Attempts,
    ProblemAnswers,
    attempts_of,
    explorer_of,
    family_scores,
    joined,
    some_of,
)


def answer(outcome: str, detail: str = "") -> Answer:
    nothing = {"text": "", "cut_off": "", "whole": "", "stderr": ""}
    return Answer(**nothing, cpu_seconds=None, assessments=(), outcome=outcome, detail=detail)


def problem(number: int, family: str = "", num_samples: int = 0, **outcomes: str) -> ProblemAnswers:
    """Each model with its first outcomes; as many more that failed as `num_samples` says."""
    attempts = [
        Attempts(
            model=model,
            num_samples=num_samples or len(of_model.split()),
            num_passed=of_model.split().count("passed"),
            mean_grade=None,
            shown=list(map(answer, of_model.split())),
        )
        for model, of_model in outcomes.items()
    ]
    names = {"task_id": f"invented/{number:03d}", "entry_point": f"f_{number}", "category": family}
    return ProblemAnswers(**names, prompt="", canonical_solution="", attempts=attempts)


PROBLEMS = [
    problem(n, family, base="wrong" if n % 10 else "passed", tuned="passed" if n % 5 else "wrong")
    for n, family in enumerate(("lists", "strings", "digits") * 20)
]


def test_a_sample_is_shown_with_what_was_run_and_cut_off_its_time_its_stderr_and_its_grades(
    evaluation: RunFolder, sampled_evaluation: RunFolder
) -> None:
    found = attempts_of("model", evaluation.artifacts()["evaluate"], "humaneval", 5)
    [sample] = found["humaneval/0"].shown
    assert (sample.text, sample.cut_off, sample.whole) == (BODY, "print(sort_words(['what', 'follows']))", "")
    [prose] = found["humaneval/1"].shown
    assert (prose.text[:9], prose.whole[:21], prose.cut_off) == ("    pass\n", "Here is the function:", "")
    [sample] = found["humaneval/3"].shown
    assert (sample.cpu_seconds, sample.stderr) == (pytest.approx(0.04), "invented warning: <i>words</i> is old")
    assert found["humaneval/3"].mean_grade == sum(grading.grade for grading in sample.assessments) / 2
    artifact = sampled_evaluation.artifacts()["evaluate"]
    found = attempts_of("model", artifact, "humaneval", 3)
    assert {(attempts.num_samples, len(attempts.shown)) for attempts in found.values()} == {(10, 3)}
    passed = artifact.arrow("humaneval-verdicts").column("outcome").to_pylist().count("passed")
    assert sum(attempts.num_passed for attempts in found.values()) == passed


def test_lacking_verdicts_and_answers_are_named_and_an_endless_text_is_shown_by_its_beginning(tmp_path: Path) -> None:
    artifact = run_evaluation(EvaluatedConfig(num_problems=3), tmp_path).artifacts()["evaluate"]
    problems = artifact.records("humaneval-problems", Problem)
    attempts = attempts_of("model", artifact, "humaneval", 5)
    assert [entry.task_id for entry in joined(problems, {"model": attempts})] == [one.task_id for one in problems]
    with pytest.raises(MissingInputError, match="lacks humaneval/1 and 1 more"):
        joined(problems, {"model": {"humaneval/0": attempts["humaneval/0"]}})
    first, *rest = artifact.records("humaneval-completions", Completion)
    file = artifact.folder / "humaneval-completions" / "00000.parquet"
    pq.write_table(table_of(Completion, [replace(first, text="x" * (CHARACTERS_SHOWN + 1_234)), *rest]), file)
    assert (
        attempts_of("model", artifact, "humaneval", 5)["humaneval/0"].shown[0].text[-24:] == "\n… 1,234 more characters"
    )
    pq.write_table(table_of(Completion, [first, *rest, replace(first, sample_index=7)]), file)
    with pytest.raises(MissingInputError, match="no verdict on sample 7 of `humaneval/0`"):
        attempts_of("model", artifact, "humaneval", 5)


def test_families_sum_up_every_sample_that_each_model_solved() -> None:
    scores = {score["family"]: score for score in family_scores(PROBLEMS)}
    assert list(scores) == ["lists", "strings", "digits"]
    assert (scores["lists"]["num_problems"], scores["lists"]["passed"]) == (20, [("base", 2, 20), ("tuned", 16, 20)])
    [score] = family_scores([problem(n, "lists", 4, base="wrong", tuned="passed") for n in range(3)])
    assert score["passed"] == [("base", 0, 12), ("tuned", 3, 12)]


def test_half_of_the_problems_shown_are_failed_ones_of_every_family_where_there_are_as_many() -> None:
    shown = some_of(PROBLEMS, 12)
    failed = [entry for entry in shown if not entry.attempts[-1].solved]
    assert (len(shown), len(failed)) == (12, 6)
    assert {entry.category for entry in failed} == {"lists", "strings", "digits"}
    assert [entry.task_id for entry in shown] == sorted(entry.task_id for entry in shown)
    for outcome in ("passed", "wrong"):
        assert len(some_of([problem(n, "lists", tuned=outcome) for n in range(20)], 8)) == 8
    assert len(some_of(PROBLEMS[:3], 8)) == 3


def test_problems_are_filtered_by_outcome_by_how_many_passed_and_by_who_passed() -> None:
    for samples, labels in (
        (("wrong", "raised", "wrong", "passed"), ["passed 1", "wrong 2", "raised 1"]),
        (("passed passed", "wrong passed", "wrong wrong"), ["every sample passed 1", "some passed 1", "none passed 1"]),
    ):
        found = explorer_of("p", [problem(at, model=of_one) for at, of_one in enumerate(samples)])
        assert [label for _, label in found["choices"]] == ["all", *labels]
        for key, label in found["choices"][1:]:
            assert label.endswith(f" {sum(key in entry.keys for entry in found['problems'])}")
    assert [entry.share for entry in found["problems"]] == [1.0, 0.5, 0.0]
    assert [entry.solved_by for entry in found["problems"]] == [["model"], ["model"], []]
    failed = problem(7, base="wrong", tuned="passed")
    long = replace(failed.attempts[0], shown=[answer("wrong", "NameError: 'x'" + "!" * 1000)])
    found = explorer_of("p", [replace(failed, attempts=(long, failed.attempts[1]))])
    assert [key for key, _ in found["choices"]] == ["", "tuned:pass", "tuned:fail", "base:pass", "base:fail"]
    [entry] = found["problems"]
    assert {"tuned:pass", "base:fail"} <= set(entry.keys)
    assert all(text in entry.search for text in ("invented/007", "f_7", "nameerror"))
    assert len(entry.search) < 300
