"""The pipeline behind `hornbook study contamination`: what does a run's model owe to exercises like the benchmark's?

    decontaminate → [plant → tokenize → finetune → evaluate] → similar → for each label: prune → tokenize → finetune →
    evaluate → study

The stages of the run itself are reused. The new ones differ from them only in what they read: the tokenizer, the
pretrained model, the configs and the seeds are the run's own.

Source: section 5 of the paper, table 3.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from hornbook.decontamination import study
from hornbook.decontamination.planted import PlantConfig
from hornbook.decontamination.study import NOTHING_GOES, PLANTED, RULE, PruneConfig, SimilarConfig, rate_label
from hornbook.decontamination.trees import MATCH_RATES
from hornbook.errors import ConfigError
from hornbook.evaluation.stages import HELD_OUT
from hornbook.pipeline.run import Pipeline
from hornbook.pipeline.stage import Stage, StageFunction
from hornbook.report import contamination as report
from hornbook.report.contamination import STUDY, StudyConfig, StudyRowConfig

NAME = "contamination-study"
LAST_OF_RUN = "evaluate-tuned"
"""The stage of a run that a study needs, with all before it."""
SIMILAR = "similar"
HUMANEVAL = "humaneval"


@dataclass(frozen=True, kw_only=True)
class StudySettings:
    """What a person asks of a study."""

    against: str
    """The benchmark: `held_out` or `humaneval`."""
    rates: tuple[float, ...] = MATCH_RATES
    planted: PlantConfig | None = None
    """Leaks that are put among the exercises first; None for the exercises as they are."""
    control: str = ""
    """A label: also train again without as many other exercises as it takes, drawn at random."""
    seed: int = 0
    """Of the leaks, the control and the intervals; training keeps the run's own."""

    def __post_init__(self) -> None:
        if self.against not in (HELD_OUT, HUMANEVAL):
            raise ConfigError(f"`against` must be held-out or {HUMANEVAL}, got {self.against!r}")
        if self.control and self.control not in self.labels:
            raise ConfigError(f"`control` must be one of {', '.join(self.labels)}, got {self.control!r}")

    @property
    def labels(self) -> tuple[str, ...]:
        """In the order in which they are shown."""
        return (*map(rate_label, self.rates), RULE, *((PLANTED,) if self.planted else ()))


def has_held_out(run: Pipeline) -> bool:
    """Whether a run keeps problems of its own from its training."""
    return "held_out" in run.stage(LAST_OF_RUN).inputs


def contamination_study(run: Pipeline, settings: StudySettings, same_as: Mapping[str, str] | None = None) -> Pipeline:
    """The pipeline of a study of a run, whose stages up to `evaluate-tuned` are given.

    One model does for all labels that are the `same_as` one (`equal_prunings` of the pairs that the stage `similar`
    finds); without it each label has its own.

    Raises:
        ConfigError: The run finetunes no model, or has no held-out problems and is studied against them.
    """
    if settings.against == HELD_OUT and not has_held_out(run):
        raise ConfigError(
            f"the recipe `{run.recipe}` keeps no problems from its training; study it with `--against {HUMANEVAL}`"
        )
    last = run.stage(LAST_OF_RUN)
    held_out = {"held_out": last.inputs["held_out"]} if settings.against == HELD_OUT else {}
    added: list[Stage] = []

    def add(name: str, function: StageFunction, config: Any, **inputs: Stage) -> Stage:
        added.append(Stage(name, function, config, study.VERSION, inputs, settings.seed))
        return added[-1]

    def evaluate(name: str, model: Stage) -> Stage:
        config = replace(last.config, benchmarks=(settings.against,))
        added.append(replace(last, name=name, config=config, inputs={**last.inputs, "model": model}))
        return added[-1]

    def train(label: str, documents: Stage) -> Stage:
        """As the run did it, on other documents; returns the evaluation."""
        tokenize, finetune = run.stage("tokenize"), run.stage("finetune")
        inputs = {**tokenize.inputs, "documents": documents}
        tokens = replace(tokenize, name=f"tokenize-{label}", inputs=inputs, estimate=None)
        model = replace(finetune, name=f"finetune-{label}", inputs={**finetune.inputs, "tokenize": tokens})
        added.extend([tokens, model])
        return evaluate(f"evaluate-{label}", model)

    def prune(name: str, config: PruneConfig) -> Stage:
        return train(name, add(f"prune-{name}", study.run_prune, config, documents=documents, similar=similar))

    asked = settings.against in last.config.benchmarks
    clean = last if asked else evaluate("evaluate-asked", run.stage("finetune"))
    documents, as_trained = run.stage("decontaminate"), clean
    if settings.planted:
        documents = add("plant", study.run_plant, settings.planted, decontaminate=documents, **held_out)
        as_trained = train("planted", documents)
    similar_config = SimilarConfig(rates=settings.rates, rule=run.stage("decontaminate").config)
    similar = add(SIMILAR, study.run_similar, similar_config, documents=documents, **held_out)

    same_as = same_as or {label: label for label in settings.labels}
    # Without the planted leaks the exercises are the run's own, and so is the model.
    evaluations = {NOTHING_GOES: as_trained, PLANTED: clean}
    rows = [StudyRowConfig(label=label, evaluation=same_as[label]) for label in settings.labels]
    for row in rows:
        if row.evaluation not in evaluations:
            evaluations[row.evaluation] = prune(row.evaluation, PruneConfig(label=row.evaluation))
    if settings.control and same_as[settings.control] != NOTHING_GOES:
        key = f"{settings.control}-control"
        evaluations[key] = prune(key, PruneConfig(label=settings.control, is_control=True))
        rows.append(StudyRowConfig(label=key, evaluation=key, control_of=settings.control))
    read = {key: evaluations[key] for key in (NOTHING_GOES, *(row.evaluation for row in rows))}
    config = StudyConfig(benchmark=settings.against, rows=tuple(rows))
    stage = Stage(STUDY, report.run_study, config, report.VERSION, {"similar": similar, **read}, settings.seed)
    return Pipeline(NAME, (*run.stages, *added, stage))
