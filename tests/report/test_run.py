import itertools
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.report.page import check_page, parsed, text_of

from hornbook.pipeline.runs import RunFolder
from hornbook.pipeline.stage import Artifact, Workspace
from hornbook.records import Dropped, Value
from hornbook.report.data_flow import Training, metric
from hornbook.report.page import Page, draw_page
from hornbook.report.sections import ROLES, SECTIONS, by_role
from hornbook.report.stages import ReportConfig, page_of, run_report
from hornbook.report.synthesis import by_turns, spread

Content = dict[str, Any]
WHOLE_CHAIN = [role for role in ROLES if role not in ("code", "evaluate")]
POSSIBLE = [section for section in SECTIONS if section.anchor != "solved"]
"""The small run has no memoriser, and so no list of the exercises that are nearest to what it solved."""


@pytest.fixture(scope="module")
def page(small_page: Page) -> str:
    return draw_page(small_page)


def test_scores_are_grouped_by_benchmark_with_what_belongs_to_them(found: Content, page: str) -> None:
    scores = found["scores"]["scores"]
    assert [(score["benchmark"], score["model"]) for score in scores] == [
        (benchmark, model) for benchmark in ("held-out exercises", "HumanEval") for model in ("base", "tuned")
    ]
    assert scores[0]["pass_at_1"] == pytest.approx(2 / 6)
    assert scores[2]["num_problems"] == sum(number for _, number in scores[2]["outcomes"]) == 24
    assert [score["truncated_prompts"] for score in scores] == [2, 2, 0, 0]
    ours = [(row.model, round(row.score, 3)) for row in found["humaneval"]["published"]["rows"] if row.ours]
    assert ours == [("this run, tuned", 0.333), ("this run, base", 0.333)]
    text = text_of(page)
    for score in scores:
        low, high = (f"{100 * end:.1f}" for end in score["ci95"])
        figure = f"{100 * score['pass_at_1']:.1f}\u202f% {low} to {high}, {score['num_problems']} problems"
        assert f"{score['model']} {figure}" in text
    assert "base: 2 prompts did not fit" in text
    assert re.search(r"phi-1 1.3B .*50\.6.* this run, tuned 33\.3 this run, base 33\.3", text)


def test_what_goes_in_and_what_is_dropped_adds_up(found: Content) -> None:
    flow = found["data"]
    code, textbook, exercise = (lane["steps"] for lane in flow["lanes"])
    assert [step.title for step in code] == ["Collected", "Passed the filters", "Selected by value"]
    for before, after in itertools.pairwise(code):
        assert before.kept == after.kept + sum(number for _, number in after.dropped)
    assert (code[1].dropped, code[1].note) == ((("generated", 1),), "Masked: e-mail addresses (1).")
    assert [(step.kept, step.dropped) for step in textbook] == [(3, ()), (2, (("wrong output", 1),))]
    assert [(step.kept, step.dropped) for step in exercise] == [(40, ()), (39, (("a test failed", 1),))]
    kept = sum(lane["steps"][-1].kept for lane in flow["lanes"])
    for merged in flow["merged"]:
        assert kept == merged.kept + sum(number for _, number in merged.dropped)
        assert sum(number for _, number in merged.kept_by_kind) == merged.kept
        kept = merged.kept
    assert sum(part["num_documents"] for part in flow["training_sets"]) == kept


def test_code_is_shown_masked_from_the_most_to_the_least_valued(small_run: RunFolder, found: Content) -> None:
    shown = found["curation"]["found"]
    artifacts = small_run.artifacts()
    values = {one.id: one.value for one in artifacts["classify"].records("values", Value)}
    kept = {one.text: values[one.id] for one in artifacts["select"].documents()}
    threshold = metric(artifacts["select"], "threshold")
    expected = sorted((kept[one["document"].text] for one in shown["kept"]), reverse=True)
    assert [one["value"] for one in shown["kept"]] == expected
    below = [one for one in shown["dropped"] if "threshold" in one["dropped_because"]]
    assert len(shown["kept"]) == len(below) == 4
    assert max(one["value"] for one in below) < threshold <= min(one["value"] for one in shown["kept"])
    *_, refused = shown["dropped"]
    assert (refused["dropped_because"], refused["metadata"]["path"]) == ("generated", "invented/generated.py")
    assert not any("lovelace" in one["document"].text for one in (*shown["kept"], *shown["dropped"]))


def test_the_classifier_is_shown_with_its_intervals_and_worst_mistakes(small_run: RunFolder, page: str) -> None:
    held_out = small_run.artifacts()["train-classifier"].manifest.metrics["held_out"]
    for figure in (held_out["spearman"], held_out["auc"]):
        low, high = figure["ci95"]
        assert f"<strong>{figure['value']:.2f}</strong> ({low:.2f} to {high:.2f})" in page
    shown = re.findall(r"of 5</span></p>.*?The reader: ([^<]+)</p>", page[page.index("disagree most") :], re.DOTALL)
    assert shown[: len(held_out["surprises"])] == [one["reason"] for one in held_out["surprises"]]


def test_answers_of_both_models_stand_beside_their_problem(found: Content) -> None:
    humaneval = found["humaneval"]["explorer"]["problems"]
    assert [one.task_id for one in humaneval] == [f"HumanEval/{number}" for number in range(24)]
    assert [attempts.model for attempts in humaneval[0].attempts] == ["base", "tuned"]
    [sample] = humaneval[0].attempts[0].shown
    assert sample.stderr == "DeprecationWarning: <b>invented</b>"
    assert sample.cut_off == "print('what follows the function')"
    families = found["held-out"]["families"]
    assert {family["family"]: family["num_problems"] for family in families} == {"strings": 3, "integers": 3}
    assert sum({one[0]: one[1] for one in family["passed"]}["tuned"] for family in families) == 2


def test_training_shows_what_was_spent_and_how_the_loss_went(small_run: RunFolder, found: Content) -> None:
    trainings: tuple[Training, ...] = found["training"]["trainings"]
    assert [training.name for training in trainings] == ["pretrain", "finetune"]
    for training in trainings:
        assert training.num_tokens == 6 * 2 * 16
        assert [step for step, _ in training.train_loss] == [1, 2, 3, 4, 5, 6]
        assert training.validation_loss[-1][0] == 6
        metrics = small_run.artifacts()[training.name].manifest.metrics
        last = metrics.get("validation_loss", metrics.get("held_out_loss"))
        assert training.validation_loss[-1][1] == pytest.approx(last, abs=1e-3)


def test_lineage_names_every_stage_in_the_order_of_the_data(
    small_run: RunFolder, small_page: Page, found: Content
) -> None:
    stages = {stage.stage: stage for stage in found["making"]["stages"]}
    assert list(stages) == WHOLE_CHAIN
    assert dict(stages["select"].inputs)["documents"] == stages["filters"].fingerprint
    artifacts = small_run.artifacts()
    del artifacts["report"]
    assert page_of(dict(reversed(artifacts.items())), ReportConfig(recipe="small")) == small_page
    extra = artifacts["select"].manifest
    extra = replace(extra, stage="mine", fingerprint="0" * 64, inputs={"documents": extra.fingerprint})
    roles = list(by_role({**artifacts, "mine": replace(artifacts["select"], manifest=extra)}))
    assert roles[roles.index("select") + 1] == "mine"
    assert [role for role in roles if role != "mine"] == WHOLE_CHAIN


def test_a_partial_run_leaves_parts_out_and_says_which_stages(partial_run: RunFolder) -> None:
    page = (partial_run.path / "report" / "report.html").read_text()
    assert re.findall(r'<section id="([^"]*)"', page) == ["data", "curation", "making"]
    assert f"Not part of this run: {', '.join(WHOLE_CHAIN[6:])}." in page
    assert parsed(page).open == []


def test_the_page_is_well_formed_stands_alone_and_runs_nothing_of_a_model(page: str) -> None:
    check_page(page)
    assert "&lt;/script&gt;&lt;img src=x onerror=" in re.sub(r"</?i[^>]*>", "", page)
    assert not re.search(r"url\(|@import", page)


def test_equal_artifacts_give_equal_bytes(small_run: RunFolder, tmp_path: Path) -> None:
    artifacts = small_run.artifacts()
    written = artifacts.pop("report").path("report.html").read_bytes()
    workspace = Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    run_report(ReportConfig(recipe="small"), artifacts, workspace)
    assert (tmp_path / "report.html").read_bytes() == written


@pytest.mark.parametrize("missing", [*WHOLE_CHAIN[::2], "verify", "both evaluations", "all but collect"])
def test_whatever_stage_a_recipe_lacks_the_report_shows_the_rest(
    small_run: RunFolder, small_page: Page, missing: str
) -> None:
    artifacts = small_run.artifacts()
    del artifacts["report"]
    absent = {
        "both evaluations": {"evaluate-base", "evaluate-tuned"},
        "all but collect": set(WHOLE_CHAIN) - {"collect"},
    }.get(missing, {missing})
    left = {name: one for name, one in artifacts.items() if name not in absent}
    page = page_of(left, ReportConfig(recipe="small"))
    assert [section.anchor for section in page.sections] == [
        section.anchor for section in SECTIONS if not section.needs or set(section.needs) & set(WHOLE_CHAIN) - absent
    ]
    assert page.notes == [f"Not part of this run: {', '.join(role for role in WHOLE_CHAIN if role in absent)}."]
    drawn = draw_page(page)
    assert parsed(drawn).open == []
    assert ("Each solution has passed its own tests." in drawn) == ("verify" not in absent)
    assert [f'href="#{section.anchor}"' in drawn for section in small_page.sections] == [
        section.anchor in {shown.anchor for shown in page.sections} for section in small_page.sections
    ]


@pytest.mark.parametrize("stage", ["filters", "train-classifier", "select", "verify", "decontaminate", "finetune"])
def test_a_stage_of_ones_own_under_a_known_name_does_not_stop_the_report(
    small_run: RunFolder, tmp_path: Path, stage: str
) -> None:
    artifacts = small_run.artifacts()
    del artifacts["report"]
    manifest = replace(artifacts[stage].manifest, metrics={"mine": 1})
    page = page_of({**artifacts, stage: Artifact(tmp_path, manifest)}, ReportConfig(recipe="small"))
    sections = {section.anchor: section.content for section in page.sections}
    assert manifest in sections["making"]["stages"]
    assert {"scores", "data", "synthesis", "training", "humaneval"} <= set(sections)
    assert len(sections) + len(page.notes) == len(POSSIBLE)
    assert parsed(draw_page(page)).open == []


def test_a_table_of_ones_own_with_other_columns_costs_its_section_alone(small_run: RunFolder, tmp_path: Path) -> None:
    artifacts = small_run.artifacts()
    del artifacts["report"], artifacts["verify"]
    odd = Dropped(id="a", reason="b", detail="c")
    Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None).write_records("exercises", Dropped, [odd])
    artifacts["exercises"] = Artifact(tmp_path, artifacts["exercises"].manifest)
    page = page_of(artifacts, ReportConfig(recipe="small"))
    assert {section.anchor for section in page.sections} == {one.anchor for one in POSSIBLE} - {"synthesis"}
    assert page.notes[1].startswith("“Textbooks and exercises” is not shown: there is no ")


def test_what_ran_without_a_jail_is_said_before_any_score(page: str, small_page: Page) -> None:
    assert 'class="warning"' not in page
    unjailed = {"backend": "none: <b>nothing</b>", "jailed": False, "limits": []}
    scores = replace(small_page.sections[0], content={**small_page.sections[0].content, "sandbox": unjailed})
    before, _, after = draw_page(replace(small_page, sandbox=unjailed, sections=[scores])).partition("<main>")
    assert "none: &lt;b&gt;nothing&lt;/b&gt;" in before
    assert "tests in a jail" not in after


def test_items_are_spread_evenly_and_groups_take_turns() -> None:
    assert spread(range(101), 5) == [0, 25, 50, 75, 100]
    assert (spread([1, 2], 5), spread([1, 2, 3], 1), spread([1, 2, 3], 0)) == ([1, 2], [1], [])
    groups = ["a"] * 10 + ["b"] * 2 + ["c"]
    assert [groups[index] for index in by_turns(groups, 5)] == ["a", "b", "c", "a", "b"]
    assert sorted(by_turns(["a"] * 4, 4)) == [0, 1, 2, 3]
    assert by_turns([], 4) == by_turns(groups, 0) == []
