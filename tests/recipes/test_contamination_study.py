from dataclasses import replace

import pytest
from tests.recipes import tiny_phi

from hornbook.decontamination.planted import PlantConfig
from hornbook.decontamination.study import NOTHING_GOES
from hornbook.errors import ConfigError
from hornbook.pipeline.run import Pipeline
from hornbook.recipes.contamination_study import LAST_OF_RUN, StudySettings, contamination_study, has_held_out
from hornbook.recipes.laptop import laptop

RUN = laptop(3).until(LAST_OF_RUN)
SETTINGS = StudySettings(against="held_out", rates=(0.95, 0.8), seed=11)


def added(pipeline: Pipeline, run: Pipeline = RUN) -> list[str]:
    return [stage.name for stage in pipeline.stages if stage.name not in {one.name for one in run.stages}]


def chain(label: str) -> list[str]:
    return [f"{step}-{label}" for step in ("prune", "tokenize", "finetune", "evaluate")]


def test_the_stages_of_the_run_are_reused_and_those_of_each_label_come_after() -> None:
    pipeline = contamination_study(RUN, SETTINGS)
    assert added(pipeline) == ["similar", *chain("0.95"), *chain("0.8"), *chain("rule"), "study"]
    made, study = RUN.fingerprints(), pipeline.fingerprints()
    assert {name: study[name] for name in made} == made


def test_a_model_is_trained_again_as_the_run_trained_it_on_other_documents() -> None:
    pipeline = contamination_study(RUN, SETTINGS)
    for name in ("tokenize", "finetune"):
        first, again = pipeline.stage(name), pipeline.stage(f"{name}-0.8")
        assert (again.config, again.seed, again.version) == (first.config, first.seed, first.version)
    assert pipeline.stage("finetune-0.8").inputs["base"] is RUN.stage("pretrain")
    assert pipeline.stage("tokenize-0.8").inputs["tokenizer"] is RUN.stage("tokenizer")
    assert pipeline.stage("tokenize-0.8").inputs["documents"].name == "prune-0.8"
    assert pipeline.stage("evaluate-0.8").config.benchmarks == ("held_out",)
    assert pipeline.stage("similar").seed == 11


def test_labels_by_which_the_same_goes_share_a_model_and_where_nothing_goes_none_is_trained() -> None:
    pipeline = contamination_study(RUN, SETTINGS, {"0.95": NOTHING_GOES, "0.8": "0.8", "rule": "0.8"})
    assert added(pipeline) == ["similar", *chain("0.8"), "study"]
    study = pipeline.stage("study")
    rows = [(row.label, row.evaluation) for row in study.config.rows]
    assert rows == [("0.95", "as_trained"), ("0.8", "0.8"), ("rule", "0.8")]
    inputs = {key: stage.name for key, stage in study.inputs.items()}
    assert inputs == {"similar": "similar", "as_trained": "evaluate-tuned", "0.8": "evaluate-0.8"}


def test_with_planted_leaks_the_model_as_trained_has_read_them_and_without_them_it_is_the_runs() -> None:
    settings = replace(SETTINGS, planted=PlantConfig(num_leaks=8))
    pipeline = contamination_study(RUN, settings)
    assert added(pipeline)[:4] == ["plant", "tokenize-planted", "finetune-planted", "evaluate-planted"]
    assert "prune-planted" not in added(pipeline)
    inputs = pipeline.stage("study").inputs
    assert (inputs["as_trained"].name, inputs["planted"].name) == ("evaluate-planted", "evaluate-tuned")
    assert pipeline.stage("prune-0.8").inputs["documents"].name == "plant"
    assert pipeline.stage("similar").inputs["documents"].name == "plant"
    before = contamination_study(RUN, settings).until("similar")
    assert "finetune-planted" not in added(before)


def test_a_control_is_trained_again_beside_the_label_and_not_where_nothing_goes() -> None:
    settings = replace(SETTINGS, control="0.8")
    pipeline = contamination_study(RUN, settings)
    assert added(pipeline) == ["similar", *chain("0.95"), *chain("0.8"), *chain("rule"), *chain("0.8-control"), "study"]
    assert pipeline.stage("prune-0.8-control").config.is_control
    assert not pipeline.stage("prune-0.8").config.is_control
    study = pipeline.stage("study")
    last = study.config.rows[-1]
    assert (last.label, last.control_of) == ("0.8-control", "0.8")
    assert study.inputs[last.evaluation].name == "evaluate-0.8-control"
    nothing = contamination_study(RUN, settings, {"0.95": NOTHING_GOES, "0.8": NOTHING_GOES, "rule": "rule"})
    assert added(nothing) == ["similar", *chain("rule"), "study"]


def test_a_benchmark_that_the_run_did_not_ask_is_asked_of_its_model() -> None:
    phi = tiny_phi.recipe(0).until(LAST_OF_RUN)
    settings = replace(SETTINGS, against="humaneval")
    assert not has_held_out(phi)
    pipeline = contamination_study(phi, settings)
    assert added(pipeline, phi)[:2] == ["evaluate-asked", "similar"]
    assert pipeline.stage("study").inputs["as_trained"].name == "evaluate-asked"
    assert "held_out" not in pipeline.stage("similar").inputs
    asked = contamination_study(RUN, settings)
    assert asked.stage("study").inputs["as_trained"].name == "evaluate-tuned"


def test_what_cannot_be_studied_is_refused_with_what_to_do() -> None:
    with pytest.raises(ConfigError, match="keeps no problems from its training; study it with `--against humaneval`"):
        contamination_study(tiny_phi.recipe(0).until(LAST_OF_RUN), SETTINGS)
    with pytest.raises(ConfigError, match="`against` must be held-out or humaneval, got 'mbpp'"):
        StudySettings(against="mbpp")
    with pytest.raises(ConfigError, match=r"`control` must be one of 0\.95, 0\.8, rule, got '0\.7'"):
        replace(SETTINGS, control="0.7")
