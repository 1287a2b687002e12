from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.evaluation.invented_leaks import benchmark_metrics, leak_metrics, manifest
from tests.report.found_leaks import ASKED, RETOLD, TOLD, Near
from tests.report.page import parsed, text_of

from hornbook.artifacts.run import RunFolder
from hornbook.artifacts.stage import Artifact, Workspace
from hornbook.errors import MissingInputError
from hornbook.report.contamination import contamination_of
from hornbook.report.data import Contamination, NearProblem, ReportData
from hornbook.report.render import render_html

ROW = Near(
    document_id="exercise-0",
    benchmark="HumanEval",
    task_id="Invented/0",
    detector="behaviour",
    score=1.0,
    evidence="equal on all inputs",
    decision="leak",
    document_excerpt=RETOLD,
    problem_excerpt=ASKED,
)


def found_in(folder: Path, rows: list[Near], number: int = 12, **metrics: Any) -> Contamination:
    """What the page shows of a run of nothing but `decontaminate`."""
    workspace = Workspace(folder, folder, 0, lambda done, total, note="": None)
    workspace.write_records("nearest", Near, rows)
    whole = leak_metrics(benchmark_metrics("humaneval", "HumanEval", 164)) | metrics
    found = contamination_of({"decontaminate": Artifact(folder, manifest(whole))}, number)
    assert found is not None
    return found


def near(folder: Path, rows: list[Near], number: int = 12) -> tuple[NearProblem, ...]:
    return found_in(folder, rows, number).nearest


def section_of(data: ReportData) -> str:
    page = render_html(data)
    assert parsed(page).open == []
    return page[page.index('<section id="contamination"') : page.index('<section id="making"')]


def test_the_planted_leak_of_a_run_is_shown_with_both_texts_and_its_score_without_it(small_run: RunFolder) -> None:
    artifacts = small_run.artifacts()
    del artifacts["report"]
    found = contamination_of(artifacts, 12)
    assert found is not None
    assert found.leaks.dropped == (("behaviour of held-out exercises", 1),)
    [problem] = found.nearest
    assert (problem.task_id, problem.decision) == ("hornbook/0000", "leak")
    assert "add_39" in problem.documents[0].text
    assert "add_39" in problem.text
    scores = {(score.benchmark, score.model): score for score in found.clean}
    assert len(scores) == 4
    tuned = scores["held-out exercises", "tuned"]
    assert tuned.clean is not None
    assert (tuned.full.pass_at_1, tuned.full.num_problems) == (pytest.approx(2 / 6), 6)
    assert (tuned.clean.pass_at_1, tuned.clean.num_problems) == (pytest.approx(1 / 5), 5)
    assert scores["HumanEval", "base"].num_leaked == 0


def test_without_decontaminate_there_is_nothing() -> None:
    assert contamination_of({}, 12) is None


def test_what_several_detectors_see_in_one_document_stands_together(tmp_path: Path) -> None:
    words = replace(ROW, detector="n-gram", score=0.7, evidence="shares a phrase", document_excerpt="elsewhere")
    other = replace(ROW, document_id="exercise-1", decision="cleared")
    [problem] = near(tmp_path, [other, ROW, words])
    assert [document.document_id for document in problem.documents] == ["exercise-0", "exercise-1"]
    assert [match.detector for match in problem.documents[0].matches] == ["behaviour", "n-gram"]
    assert problem.documents[0].text == RETOLD
    assert problem.decision == "leak"


def test_a_document_that_one_detector_gives_away_is_a_leak_whatever_the_others_say(tmp_path: Path) -> None:
    words = replace(ROW, detector="n-gram", decision="cleared")
    [problem] = near(tmp_path, [words, ROW])
    assert (problem.decision, problem.documents[0].decision) == ("leak", "leak")


def test_three_documents_of_a_problem_are_shown_and_the_others_counted(tmp_path: Path) -> None:
    [problem] = near(tmp_path, [replace(ROW, document_id=f"exercise-{number}") for number in range(5)])
    assert [document.document_id for document in problem.documents] == ["exercise-0", "exercise-1", "exercise-2"]
    assert problem.num_more == 2


def test_each_benchmark_has_its_share_and_each_decision_its_turn(tmp_path: Path) -> None:
    decisions = ["clean", "clean", "cleared", "leak", "leak", "leak"]
    rows = [
        replace(ROW, benchmark=benchmark, task_id=f"{benchmark}/{number}", decision=decision)
        for benchmark in ("HumanEval", "mbpp")
        for number, decision in enumerate(decisions)
    ]
    found = near(tmp_path, rows, 8)
    assert [(problem.task_id, problem.decision) for problem in found[:4]] == [
        ("HumanEval/3", "leak"),
        ("HumanEval/4", "leak"),
        ("HumanEval/2", "cleared"),
        ("HumanEval/0", "clean"),
    ]
    assert [problem.benchmark for problem in found[4:]] == ["mbpp"] * 4
    assert near(tmp_path, rows, 0) == ()
    assert near(tmp_path, []) == ()


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (RETOLD, "code"),
        ("    @cached\n    def area(self):\n", "code"),
        (TOLD, "passage"),
        ("Return from the shop.\nimport fees, class rules and what's left are listed.", "prose"),
    ],
)
def test_code_is_drawn_as_code_and_prose_as_prose(tmp_path: Path, text: str, form: str) -> None:
    [problem] = near(tmp_path, [replace(ROW, document_excerpt=text)])
    assert problem.documents[0].form == form


def test_metrics_of_an_older_version_are_refused(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    workspace.write_records("nearest", Near, [])
    old = Artifact(tmp_path, manifest({"humaneval": {"num_problems": 164}}))
    with pytest.raises(MissingInputError, match="the stage `decontaminate` has no metric `benchmarks`"):
        contamination_of({"decontaminate": old}, 12)


def test_the_section_has_what_each_detector_found_and_decided(report_data: ReportData) -> None:
    text = text_of(section_of(report_data))
    assert "101 documents were compared with the benchmarks before training; 11 were put aside." in text
    assert "HumanEval 164 problems, 93 of which behaviour can tell; 2 documents give away 2 of them" in text
    assert "behaviour 2 2 2 n-gram 107 13 0" in text
    assert "Held-out exercises 300 problems, 300 of which behaviour can tell; none of them leaked" in text
    assert "−7 behaviour of HumanEval" in text


def test_the_section_has_recall_and_precision_with_intervals_and_flagged_records_by_kind(
    report_data: ReportData,
) -> None:
    section = section_of(report_data)
    text = text_of(section)
    assert "40 problems written for this, with 160 leaks and 160 clean records" in text
    assert "n-gram 0.60 15.6\u202f% 10.8 to 22.1 39.1\u202f% 28.1 to 51.3" in text
    assert "code embedding 0.95 0.0\u202f% 0.0 to 2.3 nothing flagged" in text
    assert "13-gram (the paper&#39;s) 23 2 0 0 0 36 2 0" in text
    assert "rule 40 40 39 38 0 1 0 0" in text
    assert section.count('<tr class="ours"><th scope="row">rule</th>') == 2


def test_the_score_without_leaked_problems_stands_beside_the_whole_one(report_data: ReportData) -> None:
    text = text_of(section_of(report_data))
    assert "HumanEval tuned 3.7\u202f% 1.7 to 7.8, 164 problems 3.1\u202f% 1.3 to 7.0, 162 problems" in text
    assert "No leaking document was found for any of the 300 problems of held-out exercises" in text
    assert text.count("No leaking document was found") == 1


def test_where_nothing_leaked_a_line_stands_in_place_of_the_table(report_data: ReportData) -> None:
    assert report_data.contamination is not None
    clean = tuple(replace(score, clean=score.full) for score in report_data.contamination.clean)
    section = section_of(replace(report_data, contamination=replace(report_data.contamination, clean=clean)))
    assert "clean-scores" not in section
    text = text_of(section)
    assert "any of the 164 problems of HumanEval: its scores stand as they are. No leaking document" in text
    assert text.count("No leaking document") == 2


def test_where_every_problem_leaked_no_rate_is_shown(report_data: ReportData) -> None:
    assert report_data.contamination is not None
    clean = tuple(replace(score, clean=None) for score in report_data.contamination.clean)
    section = section_of(replace(report_data, contamination=replace(report_data.contamination, clean=clean)))
    assert section.count("no problem is left") == len(clean)


def test_without_a_calibration_or_scores_or_neighbours_the_section_does_without(
    tmp_path: Path, report_data: ReportData
) -> None:
    found = found_in(tmp_path, [], calibration=None)
    text = text_of(section_of(replace(report_data, contamination=found)))
    for title in ("How good the search is", "The score without what leaked", "Problem by problem"):
        assert title not in text
    assert "90 documents were compared with the benchmarks before training; none were put aside." in text


def test_neighbours_stand_beside_their_problem_with_evidence_and_decision(report_data: ReportData) -> None:
    section = section_of(report_data)
    text = text_of(section)
    assert "Invented/3 behaviour, n-gram a leak, put aside" in text
    assert "Invented/4 n-gram cleared: its code does something else" in text
    assert "behaviour 1.00 `harvest`: equal on 11 of 11 inputs, 7 different outputs" in text
    assert "… and 4 more documents in the artifact’s table." in text
    assert "&lt;b&gt;largest&lt;/b&gt;" in section
    assert "<script" not in section
