"""Train the models of a run again with other seeds, on the same data, and say how far the seeds are apart."""

from dataclasses import replace

from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Stage
from hornbook.report.arms import compare_arms
from hornbook.training.config import TrainConfig

NAME = "seeds"
LAST_OF_RUN = "evaluate-tuned"


def seeds_study(run: Pipeline, num_seeds: int) -> Pipeline:
    """The pipeline of a study of a run: everything that depends on a training, once for each seed from 0 on."""
    last = run.stage(LAST_OF_RUN)
    evaluations = {("tuned", seed): _with_seed(last, seed, {}) for seed in range(num_seeds)}
    return Pipeline.ending_in(NAME, compare_arms(evaluations), seed=last.seed)


def _with_seed(stage: Stage, seed: int, made: dict[str, Stage]) -> Stage:
    """The stage with all trainings before it under this seed; a stage without one stays the same."""
    if stage.name not in made:
        inputs = {name: _with_seed(one, seed, made) for name, one in stage.inputs.items()}
        config = replace(stage.config, seed=seed) if isinstance(stage.config, TrainConfig) else stage.config
        is_same = config is stage.config and all(one is stage.inputs[name] for name, one in inputs.items())
        changed = replace(stage, name=f"{stage.name}-{seed}", config=config, inputs=inputs)
        made[stage.name] = stage if is_same else changed
    return made[stage.name]
