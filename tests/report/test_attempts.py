from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from tests.report.evaluated import BODY, EvaluatedConfig, run_evaluation

from hornbook.artifacts.run import RunFolder
from hornbook.errors import MissingInputError
from hornbook.records import Completion, Problem, table_of
from hornbook.report.attempts import CHARACTERS_SHOWN, attempts_of, joined, shortened


@pytest.fixture(scope="module")
def found(evaluation: RunFolder) -> dict:
    return attempts_of("model", evaluation.artifacts()["evaluate"], "humaneval", 5)


def test_an_endless_text_is_shown_by_its_beginning() -> None:
    assert shortened("x" * CHARACTERS_SHOWN) == "x" * CHARACTERS_SHOWN
    assert shortened("x" * (CHARACTERS_SHOWN + 1_234)).endswith("x\n… 1,234 more characters")


def test_what_follows_the_function_is_kept_apart_from_what_was_run(found: dict) -> None:
    [sample] = found["humaneval/0"].shown
    assert sample.text == BODY
    assert sample.cut_off == "print(sort_words(['what', 'follows']))"
    assert sample.whole == ""


def test_an_answer_in_prose_is_shown_whole_beside_the_code_taken_from_it(found: dict) -> None:
    [sample] = found["humaneval/1"].shown
    assert sample.whole.startswith("Here is the function:")
    assert sample.cut_off == ""
    assert sample.text.startswith("    pass\n")


def test_verdict_time_stderr_and_grades_belong_to_their_sample(found: dict) -> None:
    [sample] = found["humaneval/3"].shown
    assert sample.cpu_seconds == pytest.approx(0.04)
    assert sample.stderr == "invented warning: <i>words</i> is old"
    assert len(sample.assessments) == 2
    assert found["humaneval/3"].mean_grade == sum(grading.grade for grading in sample.assessments) / 2


def test_all_samples_are_counted_and_the_first_ones_shown(sampled_evaluation: RunFolder) -> None:
    found = attempts_of("model", sampled_evaluation.artifacts()["evaluate"], "humaneval", 3)
    for attempts in found.values():
        assert attempts.num_samples == 10
        assert len(attempts.shown) == 3
        assert attempts.mean_grade is None
    assert sum(attempts.num_passed for attempts in found.values()) == 57


def test_a_completion_without_verdict_is_named(tmp_path: Path) -> None:
    artifact = run_evaluation(EvaluatedConfig(num_problems=3), tmp_path).artifacts()["evaluate"]
    completions = artifact.records("humaneval-completions", Completion)
    more = [*completions, replace(completions[0], sample_index=7)]
    pq.write_table(table_of(Completion, more), artifact.folder / "humaneval-completions.parquet")
    with pytest.raises(MissingInputError, match="no verdict on sample 7 of `humaneval/0`"):
        attempts_of("model", artifact, "humaneval", 5)


def test_a_problem_without_answer_is_named(found: dict, evaluation: RunFolder) -> None:
    problems = evaluation.artifacts()["evaluate"].records("humaneval-problems", Problem)
    assert [entry.task_id for entry in joined(problems, {"model": found})] == [p.task_id for p in problems]
    fewer = {task_id: attempts for task_id, attempts in found.items() if task_id != "humaneval/5"}
    with pytest.raises(MissingInputError, match="the evaluation of model lacks humaneval/5 and 0 more"):
        joined(problems, {"model": fewer})
