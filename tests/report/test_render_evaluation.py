import re
from pathlib import Path

import pytest
from tests.report.evaluated import EvaluatedConfig, run_evaluation
from tests.report.page import parsed, text_of

from hornbook.artifacts.run import RunFolder
from hornbook.artifacts.stage import Workspace
from hornbook.errors import MissingInputError
from hornbook.report.gather_evaluation import EvaluationReportConfig
from hornbook.report.stages import run_evaluation_report


@pytest.fixture(scope="module")
def page(evaluation: RunFolder) -> str:
    return (evaluation.path / "report" / "report.html").read_text(encoding="utf8")


@pytest.fixture(scope="module")
def sampled_page(sampled_evaluation: RunFolder) -> str:
    return (sampled_evaluation.path / "report" / "report.html").read_text(encoding="utf8")


def test_the_page_is_well_formed_and_stands_alone(page: str, sampled_page: str) -> None:
    for written in (page, sampled_page):
        found = parsed(written)
        assert found.open == []
        assert len(found.ids) == len(set(found.ids))
        assert set(found.labels) <= set(found.ids)
        assert all(link.startswith("#") and link[1:] in found.ids for link in found.links if link != "data:,")


def test_hostile_answers_errors_and_assessments_are_shown_and_never_run(page: str) -> None:
    found = parsed(page)
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert "b" not in found.tags
    assert found.handlers == []
    assert "&lt;/script&gt;&lt;img src=x onerror=" in re.sub(r"</?i[^>]*>", "", page)
    assert "&lt;b&gt;ties&lt;/b&gt; keep their order" in page
    assert "&lt;i&gt;words&lt;/i&gt; is old" in page


def test_each_benchmark_has_its_list_and_the_sections_their_order(page: str, sampled_page: str) -> None:
    sections = re.findall(r'<section id="([^"]*)"', page)
    assert sections == ["scores", "beside", "grades", "measured", "problems-0", "problems-1"]
    assert re.findall(r'<section id="([^"]*)"', sampled_page) == ["scores", "beside", "measured", "problems-0"]
    assert len(re.findall(r'<details class="problem" id="p[01]-\d+"', page)) == 48


def test_score_interval_protocol_and_published_scores_stand_there(page: str) -> None:
    text = text_of(page)
    assert re.search(r"\d+\.\d\u202f% \d+\.\d to \d+\.\d, 24 problems", text)
    assert "humaneval, version 1: prompt as given, greedy." in text
    assert "phi-1 1.3B 50.6" in text
    assert "arXiv 2306.11644" in text


def test_without_a_jail_the_page_says_so_before_anything_else(page: str, sampled_page: str) -> None:
    assert 'class="warning"' not in page
    assert "in a jail" in text_of(page)
    before, _, _ = sampled_page.partition("<main>")
    assert "Programs ran without a jail" in before
    assert "tests in a jail" not in text_of(sampled_page)


def test_several_samples_are_counted_folded_and_bounded(sampled_page: str) -> None:
    text = text_of(sampled_page)
    assert re.search(r"pass@10 \d+\.\d", text)
    assert re.search(r"[✓✗] \d+ of 10 samples passed", text)
    assert sampled_page.count('<details class="numbers sample">') == 12 * 5
    assert "… and 5 more samples in the artifact’s tables." in text
    assert "3 prompts did not fit" in text


def test_a_model_that_is_called_base_is_not_taken_for_a_recipes_base(tmp_path: Path) -> None:
    config = EvaluatedConfig(model="base", benchmarks=("mine",), num_problems=2, graded=False)
    page = (run_evaluation(config, tmp_path).path / "report" / "report.html").read_text(encoding="utf8")
    assert "has read code and textbook passages" not in page
    assert 'class="chip' not in page


def test_equal_artifacts_give_equal_bytes(evaluation: RunFolder, page: str, tmp_path: Path) -> None:
    inputs = {"evaluate": evaluation.artifacts()["evaluate"]}
    workspace = Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    run_evaluation_report(EvaluationReportConfig(), inputs, workspace)
    assert (tmp_path / "report.html").read_text(encoding="utf8") == page


def test_without_an_evaluation_there_is_no_report(evaluation: RunFolder, tmp_path: Path) -> None:
    inputs = {"report": evaluation.artifacts()["report"]}
    workspace = Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    with pytest.raises(MissingInputError, match="needs the artifact `evaluate`"):
        run_evaluation_report(EvaluationReportConfig(), inputs, workspace)
