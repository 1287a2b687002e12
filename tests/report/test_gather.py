import itertools
from pathlib import Path

import pytest

from hornbook.artifacts.run import RunFolder
from hornbook.artifacts.stage import Artifact
from hornbook.errors import ConfigError, MissingInputError
from hornbook.report.data import ReportData
from hornbook.report.facts import WHOLE_CHAIN, metric
from hornbook.report.gather import ReportConfig, gather


@pytest.fixture(scope="module")
def data(small_run: RunFolder) -> ReportData:
    artifacts = small_run.artifacts()
    del artifacts["report"]
    return gather(artifacts, ReportConfig(recipe="small", num_held_out=4))


def test_scores_of_both_models_stand_beside_each_other(data: ReportData) -> None:
    assert [(score.benchmark, score.model) for score in data.scores] == [
        ("held-out exercises", "base"),
        ("held-out exercises", "tuned"),
        ("HumanEval", "base"),
        ("HumanEval", "tuned"),
    ]
    assert data.scores[0].pass_at_1 == pytest.approx(2 / 6)
    assert data.scores[2].num_problems == 164
    assert sum(number for _, number in data.scores[2].outcomes) == 164


def test_what_goes_in_and_what_is_put_aside_adds_up(data: ReportData) -> None:
    code, textbook, exercise = data.lanes
    assert [step.stage for step in code.steps] == ["corpus", "hygiene", "select"]
    for before, after in itertools.pairwise(code.steps):
        assert before.kept == after.kept + sum(number for _, number in after.dropped)
    assert [(step.kept, step.dropped) for step in textbook.steps] == [(3, ()), (2, (("wrong output", 1),))]
    assert [(step.kept, step.dropped) for step in exercise.steps] == [(40, ()), (39, (("a test failed", 1),))]
    assert exercise.steps[0].note == "6 more are held out as problems."
    deduplicated, clean = data.merged
    assert deduplicated.step.kept + sum(number for _, number in deduplicated.step.dropped) == sum(
        lane.steps[-1].kept for lane in data.lanes
    )
    for merged in data.merged:
        assert sum(number for _, number in merged.kept_by_kind) == merged.step.kept
    assert deduplicated.step.kept == clean.step.kept + sum(number for _, number in clean.step.dropped)
    assert sum(corpus.num_documents for corpus in data.corpora) == clean.step.kept


def test_code_is_shown_from_the_most_to_the_least_valued(data: ReportData) -> None:
    below = [excerpt for excerpt in data.code_dropped if "threshold" in excerpt.dropped_because]
    for excerpts in (data.code_kept, below):
        values = [excerpt.value for excerpt in excerpts]
        assert len(values) == 4
        assert values == sorted(values, reverse=True)
    assert data.calibration is not None
    assert data.calibration.threshold is not None
    assert min(excerpt.value for excerpt in data.code_kept) >= data.calibration.threshold


def test_code_that_hygiene_refused_is_shown_with_its_reason(data: ReportData) -> None:
    *_, refused = data.code_dropped
    assert (refused.dropped_because, refused.lines) == ("generated", "invented/generated.py, lines 1 to 11")
    assert all("DO NOT EDIT" not in excerpt.text for excerpt in data.code_kept)


def test_what_was_masked_is_counted_and_shown_masked(small_run: RunFolder) -> None:
    artifacts = small_run.artifacts()
    del artifacts["report"]
    data = gather(artifacts, ReportConfig(num_code_samples=100))
    hygiene = data.lanes[0].steps[1]
    assert (hygiene.dropped, hygiene.note) == ((("generated", 1),), "Masked: e-mail addresses (1).")
    shown = [excerpt.text for excerpt in (*data.code_kept, *data.code_dropped) if "Written by" in excerpt.text]
    assert len(shown) == 1
    assert shown[0].startswith("# Written by <EMAIL>.\n")


def test_held_out_answers_hold_solved_and_failed_ones_and_families_all(data: ReportData) -> None:
    assert [problem.attempts[-1].solved for problem in data.held_out].count(True) == 2
    assert len(data.held_out) == 4
    assert [(family.family, family.num_problems) for family in data.families] == [("strings", 3), ("integers", 3)]
    assert sum(passed for family in data.families for model, passed, _ in family.passed if model == "tuned") == 2
    assert [problem.task_id for problem in data.humaneval] == [f"HumanEval/{number}" for number in range(164)]


def test_sandbox_prompts_and_what_programs_wrote_are_kept(data: ReportData) -> None:
    assert data.sandbox is not None
    assert data.sandbox.jailed
    assert [score.truncated_prompts for score in data.scores] == [2, 2, 0, 0]
    [sample] = data.humaneval[0].attempts[0].shown
    assert sample.stderr == "DeprecationWarning: <b>invented</b>"
    assert sample.cut_off == "print('what follows the function')"
    assert sample.cpu_seconds is None


def test_the_scores_of_the_run_stand_among_published_ones(data: ReportData) -> None:
    assert data.beside is not None
    ours = [(row.model, row.ours, round(row.score, 3)) for row in data.beside.rows if row.ours]
    assert ours == [("this run, tuned", "tuned", 0.335), ("this run, base", "base", 0.335)]


def test_training_shows_what_was_spent_and_how_the_loss_went(data: ReportData) -> None:
    assert [training.name for training in data.trainings] == ["pretrain", "finetune"]
    for training in data.trainings:
        assert training.num_tokens == 6 * 2 * 16
        assert len(training.train_loss) == 6
        assert training.held_out_loss[-1][0] == 6


def test_nothing_of_the_chain_is_missing_from_a_whole_run(data: ReportData) -> None:
    assert data.absent == ()
    assert [stage.name for stage in data.stages] == list(WHOLE_CHAIN)
    assert all(stage.inputs for stage in data.stages if stage.name not in {"corpus", "textbooks", "exercises"})
    assert dict(data.environment)


def test_the_order_of_the_artifacts_does_not_matter(small_run: RunFolder, data: ReportData) -> None:
    artifacts = small_run.artifacts()
    del artifacts["report"]
    backwards = dict(reversed(artifacts.items()))
    assert gather(backwards, ReportConfig(recipe="small", num_held_out=4)) == data


def test_a_partial_run_leaves_parts_out_and_says_which_stages(partial_run: RunFolder) -> None:
    artifacts = partial_run.artifacts()
    del artifacts["report"]
    data = gather(artifacts, ReportConfig())
    assert data.absent == WHOLE_CHAIN[5:]
    assert [lane.kind for lane in data.lanes] == ["code"]
    assert data.calibration is not None
    empty = (data.scores, data.merged, data.corpora, data.passages, data.exercises, data.trainings, data.humaneval)
    assert empty == ((), (), (), (), (), (), ())
    assert data.contamination is None


def test_a_stage_that_lacks_a_metric_is_named(small_run: RunFolder) -> None:
    artifact: Artifact = small_run.artifacts()["tokenize"]
    with pytest.raises(MissingInputError, match=r"the stage `tokenize` has no metric `pretrain.speed`"):
        metric(artifact, "pretrain", "speed")


def test_a_negative_number_of_samples_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"`num_passages` must not be negative, got -1"):
        ReportConfig(num_passages=-1)


def test_the_report_of_equal_artifacts_has_equal_bytes(small_run: RunFolder, tmp_path: Path) -> None:
    from hornbook.artifacts.stage import Workspace
    from hornbook.report.stages import run_report

    artifacts = small_run.artifacts()
    written = artifacts.pop("report").path("report.html").read_bytes()
    run_report(
        ReportConfig(recipe="small"), artifacts, Workspace(tmp_path, tmp_path, 0, lambda done, total, note="": None)
    )
    assert (tmp_path / "report.html").read_bytes() == written
    assert len(written) < 3_000_000
