import itertools
import re
from dataclasses import replace
from pathlib import Path

import pytest
from tests.report.page import parsed, text_of

from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Workspace
from hornbook.records import Value
from hornbook.report.facts import WHOLE_CHAIN, metric
from hornbook.report.lessons import by_turns, spread
from hornbook.report.run import NUM_CODE_SAMPLES, ReportConfig, ReportData, gather, render_html, run_report
from hornbook.report.scores import SandboxFacts


@pytest.fixture(scope="module")
def page(report_data: ReportData) -> str:
    return render_html(report_data)


def test_scores_are_grouped_by_benchmark_with_what_belongs_to_them(report_data: ReportData) -> None:
    assert [(score.benchmark, score.model) for score in report_data.scores] == [
        (benchmark, model) for benchmark in ("held-out exercises", "HumanEval") for model in ("base", "tuned")
    ]
    held_out, _, humaneval, _ = report_data.scores
    assert held_out.pass_at_1 == pytest.approx(2 / 6)
    low, high = held_out.ci95
    assert 0 < low < held_out.pass_at_1 < high < 1
    assert humaneval.num_problems == sum(number for _, number in humaneval.outcomes) == 164
    assert [score.truncated_prompts for score in report_data.scores] == [2, 2, 0, 0]
    assert report_data.beside is not None
    ours = [(row.model, round(row.score, 3)) for row in report_data.beside.rows if row.ours]
    assert ours == [("this run, tuned", 0.335), ("this run, base", 0.335)]


def test_what_goes_in_and_what_is_dropped_adds_up(report_data: ReportData) -> None:
    code, textbook, exercise = report_data.lanes
    assert [step.stage for step in code.steps] == ["corpus", "hygiene", "select"]
    for before, after in itertools.pairwise(code.steps):
        assert before.kept == after.kept + sum(number for _, number in after.dropped)
    assert (code.steps[1].dropped, code.steps[1].note) == ((("generated", 1),), "Masked: e-mail addresses (1).")
    assert [(step.kept, step.dropped) for step in textbook.steps] == [(3, ()), (2, (("wrong output", 1),))]
    assert [(step.kept, step.dropped) for step in exercise.steps] == [(40, ()), (39, (("a test failed", 1),))]
    deduplicated, clean = report_data.merged
    kept = sum(lane.steps[-1].kept for lane in report_data.lanes)
    for merged in (deduplicated, clean):
        assert kept == merged.step.kept + sum(number for _, number in merged.step.dropped)
        assert sum(number for _, number in merged.kept_by_kind) == merged.step.kept
        kept = merged.step.kept
    assert sum(corpus.num_documents for corpus in report_data.corpora) == kept


def test_code_is_shown_masked_from_the_most_to_the_least_valued(small_run: RunFolder, report_data: ReportData) -> None:
    artifacts = small_run.artifacts()
    values = {one.id: one.value for one in artifacts["classify"].records("values", Value)}
    kept = {one.text: values[one.id] for one in artifacts["select"].documents()}
    threshold = metric(artifacts["select"], "threshold")
    assert [excerpt.value for excerpt in report_data.code_kept] == sorted(
        (kept[excerpt.text] for excerpt in report_data.code_kept), reverse=True
    )
    below = [excerpt for excerpt in report_data.code_dropped if "threshold" in excerpt.dropped_because]
    assert len(report_data.code_kept) == len(below) == NUM_CODE_SAMPLES
    assert max(excerpt.value for excerpt in below) < threshold <= min(one.value for one in report_data.code_kept)
    *_, refused = report_data.code_dropped
    assert (refused.dropped_because, refused.lines) == ("generated", "invented/generated.py, lines 1 to 11")
    assert not any("lovelace" in one.text for one in (*report_data.code_kept, *report_data.code_dropped))


def test_the_classifier_is_shown_with_its_intervals_and_worst_mistakes(small_run: RunFolder, page: str) -> None:
    held_out = small_run.artifacts()["train-classifier"].manifest.metrics["held_out"]
    for figure in (held_out["spearman"], held_out["auc"]):
        low, high = figure["ci95"]
        assert f"<strong>{figure['value']:.2f}</strong> ({low:.2f} to {high:.2f})" in page
    shown = re.findall(r"of 5</span></p>.*?The reader: ([^<]+)</p>", page[page.index("disagree most") :], re.DOTALL)
    assert shown[: len(held_out["surprises"])] == [one["reason"] for one in held_out["surprises"]]


def test_answers_of_both_models_stand_beside_their_problem(report_data: ReportData) -> None:
    assert [one.task_id for one in report_data.humaneval] == [f"HumanEval/{number}" for number in range(164)]
    assert [attempts.model for attempts in report_data.humaneval[0].attempts] == ["base", "tuned"]
    [sample] = report_data.humaneval[0].attempts[0].shown
    assert sample.stderr == "DeprecationWarning: <b>invented</b>"
    assert sample.cut_off == "print('what follows the function')"
    sizes = {family.family: family.num_problems for family in report_data.families}
    assert sizes == {"strings": 3, "integers": 3}
    assert sum(number for family in report_data.families for model, number, _ in family.passed if model == "tuned") == 2


def test_training_shows_what_was_spent_and_how_the_loss_went(small_run: RunFolder, report_data: ReportData) -> None:
    assert [training.name for training in report_data.trainings] == ["pretrain", "finetune"]
    for training in report_data.trainings:
        assert training.num_tokens == 6 * 2 * 16
        assert [step for step, _ in training.train_loss] == [1, 2, 3, 4, 5, 6]
        assert training.held_out_loss[-1][0] == 6
        last = small_run.artifacts()[training.name].manifest.metrics["validation_loss"]
        assert training.held_out_loss[-1][1] == pytest.approx(last, abs=1e-3)


def test_lineage_names_every_stage_in_the_order_of_the_data(small_run: RunFolder, report_data: ReportData) -> None:
    assert [stage.stage for stage in report_data.stages] == list(WHOLE_CHAIN)
    stages = {stage.stage: stage for stage in report_data.stages}
    assert dict(stages["select"].inputs)["documents"] == stages["hygiene"].fingerprint
    artifacts = small_run.artifacts()
    del artifacts["report"]
    assert gather(dict(reversed(artifacts.items())), ReportConfig(recipe="small")) == report_data


def test_a_partial_run_leaves_parts_out_and_says_which_stages(partial_run: RunFolder) -> None:
    page = (partial_run.path / "report" / "report.html").read_text()
    assert re.findall(r'<section id="([^"]*)"', page) == ["data", "filter", "making"]
    assert f"Not part of this run: {', '.join(WHOLE_CHAIN[6:])}." in page
    assert parsed(page).open == []


def test_the_page_is_well_formed_stands_alone_and_runs_nothing_of_a_model(page: str) -> None:
    found = parsed(page)
    assert found.open == []
    assert len(found.ids) == len(set(found.ids))
    assert set(found.labels) <= set(found.ids)
    assert all(link.startswith("#") and link[1:] in found.ids for link in found.links if link != "data:,")
    assert found.tags.count("script") == 1
    assert "img" not in found.tags
    assert found.handlers == []
    assert "&lt;/script&gt;&lt;img src=x onerror=" in re.sub(r"</?i[^>]*>", "", page)
    assert not re.search(r"url\(|@import", page)


def test_equal_artifacts_give_equal_bytes(small_run: RunFolder, tmp_path: Path) -> None:
    artifacts = small_run.artifacts()
    written = artifacts.pop("report").path("report.html").read_bytes()
    workspace = Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    run_report(ReportConfig(recipe="small"), artifacts, workspace)
    assert (tmp_path / "report.html").read_bytes() == written


def test_scores_stand_there_with_interval_and_number_of_problems(page: str, report_data: ReportData) -> None:
    text = text_of(page)
    for score in report_data.scores:
        low, high = (f"{100 * end:.1f}" for end in score.ci95)
        figure = f"{100 * score.pass_at_1:.1f}\u202f% {low} to {high}, {score.num_problems} problems"
        assert f"{score.model} {figure}" in text
    assert "base: 2 prompts did not fit" in text
    assert re.search(r"phi-1 1.3B .*50\.6.* this run, tuned 33\.5 this run, base 33\.5", text)


def test_a_part_that_did_not_take_place_has_no_section(page: str, report_data: ReportData) -> None:
    anchors = ("scores", "lessons", "held-out", "contamination")
    nothing = dict.fromkeys(("scores", "passages", "exercises", "families", "held_out", "humaneval"), ())
    without = render_html(replace(report_data, **nothing, contamination=None))  # type: ignore[arg-type]
    assert parsed(without).open == []
    for anchor in anchors:
        assert f'<section id="{anchor}"' in page
        assert f'<section id="{anchor}"' not in without
        assert f'href="#{anchor}"' not in without


def test_what_ran_without_a_jail_is_said_before_any_score(page: str, report_data: ReportData) -> None:
    assert 'class="warning"' not in page
    unjailed = SandboxFacts(backend="none: <b>nothing</b>", jailed=False, limits=())
    before, _, after = render_html(replace(report_data, sandbox=unjailed, humaneval=())).partition("<main>")
    assert "none: &lt;b&gt;nothing&lt;/b&gt;" in before
    assert "tests in a jail" not in after


def test_items_are_spread_evenly_and_groups_take_turns() -> None:
    assert spread(range(101), 5) == [0, 25, 50, 75, 100]
    assert (spread([1, 2], 5), spread([1, 2, 3], 1), spread([1, 2, 3], 0)) == ([1, 2], [1], [])
    groups = ["a"] * 10 + ["b"] * 2 + ["c"]
    assert [groups[index] for index in by_turns(groups, 5)] == ["a", "b", "c", "a", "b"]
    assert sorted(by_turns(["a"] * 4, 4)) == [0, 1, 2, 3]
    assert by_turns([], 4) == by_turns(groups, 0) == []
