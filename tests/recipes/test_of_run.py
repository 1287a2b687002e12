from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.artifacts.override import apply_overrides
from hornbook.artifacts.run import Run, RunFolder, RunStage
from hornbook.artifacts.store import Store
from hornbook.errors import ConfigError, MissingInputError
from hornbook.recipes.laptop import laptop
from hornbook.recipes.of_run import pipeline_of

OVERRIDES = {"finetune.num_steps": "7"}
WHOLE = apply_overrides(laptop(4), OVERRIDES)
STAGES = tuple(
    RunStage(name=name, fingerprint=digest, seconds=1.0, reused=False) for name, digest in WHOLE.fingerprints().items()
)
RUN = Run(name="mine", recipe="laptop", seed=4, overrides=OVERRIDES, finished=True, stages=STAGES)


def folder_of(tmp_path: Path, run: Run) -> RunFolder:
    folder = RunFolder(Store(tmp_path), "mine")
    folder.begin(run)
    return folder


def test_the_pipeline_is_the_one_that_made_the_run(tmp_path: Path) -> None:
    pipeline = pipeline_of(folder_of(tmp_path, RUN), "evaluate-tuned")
    assert pipeline.stage("finetune").config.num_steps == 7
    made = WHOLE.fingerprints()
    assert pipeline.fingerprints() == {stage.name: made[stage.name] for stage in pipeline.stages}
    assert pipeline.stages[-1].name == "evaluate-tuned"


def test_a_run_that_has_not_come_so_far_is_refused(tmp_path: Path) -> None:
    stages = tuple(stage for stage in STAGES if stage.name != "finetune")
    with pytest.raises(MissingInputError, match="its stage `finetune` is not done") as caught:
        pipeline_of(folder_of(tmp_path, replace(RUN, stages=stages)), "evaluate-tuned")
    typed = f"hornbook run laptop --name mine --set finetune.num_steps=7 --seed 4 --store {tmp_path}"
    assert f"`{typed}` goes on with it" in str(caught.value)


def test_a_run_of_another_state_of_its_recipe_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="an earlier state of its recipe or of Hornbook: `finetune` would be made"):
        pipeline_of(folder_of(tmp_path, replace(RUN, overrides={})), "evaluate-tuned")


def test_what_is_no_run_of_a_recipe_is_refused(tmp_path: Path) -> None:
    run = Run(name="mine", recipe="evaluate", seed=0, command="hornbook evaluate laptop")
    with pytest.raises(
        ConfigError, match="`mine` is not the run of a recipe: it was made by `hornbook evaluate laptop`"
    ):
        pipeline_of(folder_of(tmp_path, run), "evaluate-tuned")


def test_a_recipe_without_the_stage_is_refused(tmp_path: Path) -> None:
    recipe = tmp_path / "short.py"
    recipe.write_text(
        "from hornbook.recipes.laptop import laptop\n\n\ndef recipe(seed):\n    return laptop(seed).until('pretrain')\n"
    )
    run = replace(RUN, recipe=str(recipe), overrides={})
    with pytest.raises(ConfigError, match=r"its recipe `.*short\.py` has no stage `evaluate-tuned`"):
        pipeline_of(folder_of(tmp_path, run), "evaluate-tuned")


def test_a_run_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MissingInputError, match="no run `mine`"):
        pipeline_of(RunFolder(Store(tmp_path), "mine"), "evaluate-tuned")
