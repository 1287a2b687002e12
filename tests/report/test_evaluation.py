import re
from pathlib import Path
from typing import Any

import pytest
from tests.report.evaluated import NO_JAIL
from tests.report.page import check_page, text_of

from hornbook.errors import MissingInputError
from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Workspace
from hornbook.report.scores import grade_line
from hornbook.report.stages import EvaluationReportConfig, evaluation_page, run_evaluation_report


@pytest.fixture(scope="module")
def page(evaluation: RunFolder) -> str:
    return (evaluation.path / "report" / "report.html").read_text(encoding="utf8")


@pytest.fixture(scope="module")
def sampled_page(sampled_evaluation: RunFolder) -> str:
    return (sampled_evaluation.path / "report" / "report.html").read_text(encoding="utf8")


def content_of(run: RunFolder) -> dict[str, Any]:
    return {one.anchor: one.content for one in evaluation_page(run.artifacts()["evaluate"]).sections}


def test_every_problem_of_every_benchmark_is_there_with_its_answer(evaluation: RunFolder) -> None:
    found = content_of(evaluation)
    measured, scores = found["measured"], found["scores"]["scores"]
    assert (measured["model"]["name"], measured["model"]["kind"]) == (
        "invented/Tiny-Coder-1.5B-Instruct",
        "endpoint, chat",
    )
    assert measured["sandbox"]["jailed"]
    assert {("memory", "512 MiB"), ("cpu time", "3 s")} <= set(measured["sandbox"]["limits"])
    assert [title for title, _ in found["grades"]] == ["HumanEval", "mine"]
    for index, (name, (_, grades)) in enumerate(zip(("humaneval", "mine"), found["grades"], strict=True)):
        problems = found[f"problems-{index}"]["problems"]
        assert [problem.task_id for problem in problems] == [f"{name}/{at}" for at in range(24)]
        passed = sum(problem.attempts[0].num_passed for problem in problems)
        assert passed == round(24 * scores[index]["pass_at_1"])
        assert (sum(grades["passed"]), sum(grades["failed"])) == (2 * passed, 2 * (24 - passed))
        assert (grades["num_gradings"], grades["num_graded"], grades["num_ungraded"]) == (48, 24, 3)
    [chart] = found["published"]
    assert chart["benchmark"] == "HumanEval"
    assert [row.model for row in chart["rows"] if row.ours] == [measured["model"]["name"]]


def test_the_page_is_well_formed_stands_alone_and_runs_nothing_of_a_model(page: str, sampled_page: str) -> None:
    assert len(re.findall(r'<details class="problem" id="p[01]-\d+"', page)) == 48
    assert re.search(r"\d+\.\d\u202f% \d+\.\d to \d+\.\d, 24 problems", text_of(page))
    for name in ("humaneval", "mine"):
        assert f" {name}, version 1: prompt as given, greedy. " in text_of(page)
    for written in (page, sampled_page):
        assert "b" not in check_page(written).tags
    assert "&lt;b&gt;ties&lt;/b&gt; keep their order" in page
    assert "&lt;i&gt;words&lt;/i&gt; is old" in page


def test_several_samples_a_missing_jail_and_what_is_not_shown_are_told(
    sampled_evaluation: RunFolder, page: str, sampled_page: str
) -> None:
    found = content_of(sampled_evaluation)
    [score] = found["scores"]["scores"]
    assert [k for k, _, _ in score["more_k"]] == [5, 10]
    assert all(low <= share <= high for _, share, (low, high) in score["more_k"])
    assert (score["truncated_prompts"], "grades" in found, found["measured"]["sandbox"]["backend"]) == (
        3,
        False,
        NO_JAIL,
    )
    assert 'class="warning"' not in page
    before, _, after = sampled_page.partition("<main>")
    assert 'class="warning"' in before
    text = text_of(after)
    assert "tests in a jail" not in text
    assert re.search(r"pass@10 \d+\.\d", text)
    assert re.search(r"[✓✗] \d+ of 10 samples passed", text)
    assert after.count('<details class="numbers sample">') == 12 * 5
    assert "… and 5 more samples" in text
    assert "3 prompts did not fit" in text
    assert "; 0.909 bits per byte of the solutions (0.909 to 0.909, without 3 too long for the model)" in text


def test_equal_artifacts_give_equal_bytes_and_without_an_evaluation_there_is_no_report(
    evaluation: RunFolder, page: str, tmp_path: Path
) -> None:
    artifacts = evaluation.artifacts()
    workspace = Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    run_evaluation_report(EvaluationReportConfig(), {"evaluate": artifacts["evaluate"]}, workspace)
    assert (tmp_path / "report.html").read_text(encoding="utf8") == page
    with pytest.raises(MissingInputError, match="`evaluate`"):
        run_evaluation_report(EvaluationReportConfig(), {"report": artifacts["report"]}, workspace)
    with pytest.raises(MissingInputError, match=r"has no metric `model\.name`"):
        evaluation_page(artifacts["report"])


def test_grades_are_told_in_a_line() -> None:
    found = {
        "mean_grade_percent": 61.2,
        "ci95": [55.0, 67.5],
        "auc": 0.912,
        "grader": "invented/Teacher",
        "ungraded": 0,
    }
    assert grade_line(found) == ("61.2 % (55.0 to 67.5) from invented/Teacher; agreement with the tests: AUC 0.91")
    assert grade_line({**found, "auc": None, "ungraded": 1_200}).endswith("Teacher; 1,200 gradings gave no grade")
