"""What a model solved, beside the exercises that are most like it."""

from pathlib import Path

from tests.curation.conftest import artifact, workspace

from hornbook.evaluation.memoriser import Nearest
from hornbook.records import Completion, Outcome, Problem, Verdict
from hornbook.report.page import Page, draw_page
from hornbook.report.sections import PageSection
from hornbook.report.solved import solved_of


def test_solved_problems_stand_beside_the_exercises_that_are_most_like_them(tmp_path: Path) -> None:
    problems = [
        Problem(task_id=name, prompt=f"def {name}():\n", entry_point=name, canonical_solution="", test="", category="")
        for name in ("one", "two", "three")
    ]

    def evaluated(role: str, *outcomes: tuple[str, int, Outcome]) -> None:
        written = workspace(tmp_path / role)
        written.write_records("humaneval-problems", Problem, problems)
        completions = (
            Completion(task_id=task, sample_index=at, raw="", text=f"    {role} {at}") for task, at, _ in outcomes
        )
        written.write_records("humaneval-completions", Completion, completions)
        verdicts = (
            Verdict(task_id=task, sample_index=at, outcome=one, detail="", stderr="") for task, at, one in outcomes
        )
        written.write_records("humaneval-verdicts", Verdict, verdicts)

    evaluated("evaluate-tuned", ("one", 0, Outcome.PASSED), ("two", 0, Outcome.WRONG), ("three", 0, Outcome.WRONG))
    evaluated("evaluate-sampled", ("one", 0, Outcome.WRONG), ("two", 0, Outcome.WRONG), ("two", 1, Outcome.PASSED))
    near = [("humaneval", "two", "<b>like two</b>"), ("held_out", "two", "of another set"), ("humaneval", "one", "x")]
    workspace(tmp_path / "evaluate-memoriser").write_records(
        "nearest",
        Nearest,
        [Nearest(benchmark=one, task_id=task, exercise_id="e", similarity=0.5, text=text) for one, task, text in near],
    )
    names = ("evaluate-tuned", "evaluate-sampled", "evaluate-memoriser")
    found = solved_of({name: artifact(tmp_path / name) for name in names})
    assert found is not None
    assert [one["task_id"] for one in found] == ["one", "two"]
    assert found[1]["answers"] == [
        {"model": "tuned, sampled", "passed": 1, "num_samples": 2, "text": "    evaluate-sampled 1"}
    ]
    assert [one["text"] for one in found[1]["nearest"]] == ["<b>like two</b>"]
    section = PageSection(anchor="solved", title="Solved", template="solved", content=found)
    lead = {"trainings": [], "tuned": None, "base": None, "scores": []}
    drawn = draw_page(
        Page(kind="", heading="", lead=lead, notes=[], sandbox=None, sections=[section], made_from="nothing")
    )
    assert "tuned, sampled: 1 of 2 passed" in drawn
    assert "<b>like" not in drawn
    assert solved_of({"evaluate-tuned": artifact(tmp_path / "evaluate-tuned")}) is None
