from dataclasses import replace
from pathlib import Path

import pytest

from hornbook.commands.study import pipeline_of
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline.override import apply_overrides
from hornbook.pipeline.runs import Run, RunFolder, RunStage
from hornbook.pipeline.store import Store
from hornbook.recipes.laptop import laptop

OVERRIDES = {"finetune.num_steps": "7"}
WHOLE = apply_overrides(laptop(4), OVERRIDES)
STAGES = tuple(
    RunStage(name=name, fingerprint=digest, seconds=1.0, reused=False) for name, digest in WHOLE.fingerprints().items()
)
RUN = Run(name="mine", recipe="laptop", seed=4, overrides=OVERRIDES, finished=True, stages=STAGES)


def folder_of(tmp_path: Path, run: Run) -> RunFolder:
    folder = RunFolder(Store(tmp_path), "mine")
    if folder.exists():
        folder.remove()
    folder.begin(run)
    return folder


def test_the_pipeline_is_the_one_that_made_the_run(tmp_path: Path) -> None:
    pipeline = pipeline_of(folder_of(tmp_path, RUN), "evaluate-tuned")
    assert pipeline.stage("finetune").config.num_steps == 7
    made = WHOLE.fingerprints()
    assert pipeline.fingerprints() == {stage.name: made[stage.name] for stage in pipeline.stages}
    assert pipeline.stages[-1].name == "evaluate-tuned"


def test_a_run_that_has_not_come_so_far_or_is_another_is_refused_with_what_to_type(tmp_path: Path) -> None:
    unfinished = replace(RUN, stages=tuple(stage for stage in STAGES if stage.name != "finetune"))
    typed = f"hornbook run laptop --seed 4 --set finetune.num_steps=7 --name mine --store {tmp_path}"
    recipe = tmp_path / "short.py"
    recipe.write_text(
        "from hornbook.recipes.laptop import laptop\n\n\ndef recipe(seed):\n    return laptop(seed).until('pretrain')\n"
    )
    evaluated = Run(name="mine", recipe="evaluate", seed=0, command="hornbook evaluate laptop")
    for run, error, words in (
        (unfinished, MissingInputError, typed),
        (replace(RUN, overrides={}), ConfigError, "`finetune` would be"),
        (evaluated, ConfigError, "hornbook evaluate laptop"),
        (replace(RUN, recipe=str(recipe), overrides={}), ConfigError, "no stage `evaluate-tuned`"),
    ):
        with pytest.raises(error) as caught:
            pipeline_of(folder_of(tmp_path, run), "evaluate-tuned")
        assert words in str(caught.value)
