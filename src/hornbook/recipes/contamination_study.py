"""The pipeline behind `hornbook study contamination`: what does a run's model owe to exercises like the benchmark's?

    decontaminate → [plant → tokenize → finetune → evaluate] → similar → for each label: prune → tokenize → finetune →
    evaluate → study

The stages of the run itself are reused. The new ones differ from them only in what they read: the tokenizer, the
pretrained model, the configs and the seeds are the run's own.

Source: section 5 of the paper, table 3.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from hornbook.artifacts.pipeline import Pipeline
from hornbook.artifacts.stage import Stage, StageFunction
from hornbook.decontamination import study_stages as decontamination
from hornbook.decontamination.planted import PlantConfig
from hornbook.decontamination.study import NOTHING_GOES, rate_label
from hornbook.decontamination.study_rule import RULE
from hornbook.decontamination.study_stages import PLANTED, PruneConfig, SimilarConfig
from hornbook.decontamination.tree_index import MATCH_RATES
from hornbook.errors import ConfigError
from hornbook.evaluation.stages import HELD_OUT
from hornbook.report import study_stage as report
from hornbook.report.study_stage import STUDY, StudyConfig, StudyRowConfig

NAME = "contamination-study"
LAST_OF_RUN = "evaluate-tuned"
"""The stage of a run that a study needs, with all before it."""
SIMILAR = "similar"
HUMANEVAL = "humaneval"
_NEEDED = ("decontaminate", "tokenize", "finetune")


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
        """Refuse a benchmark that no run can be studied against, and a control of no label.

        Raises:
            ConfigError: Names the field and the value.
        """
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
    """The pipeline of a study.

    Args:
        run: The stages of a run up to `evaluate-tuned`.
        settings: What was asked.
        same_as: Label → the label by which the same exercises go, so that one model does for both, or `NOTHING_GOES`
            (`equal_prunings` of the pairs that the stage `similar` finds); None to train again for each label.

    Raises:
        ConfigError: The run finetunes no model, or has no held-out problems and is studied against them.
    """
    for name in _NEEDED:
        run.stage(name)
    if settings.against == HELD_OUT and not has_held_out(run):
        raise ConfigError(
            f"the recipe `{run.recipe}` keeps no problems from its training; study it with `--against {HUMANEVAL}`"
        )
    same_as = same_as or {label: label for label in settings.labels}
    study = _Study(run, settings)
    added = [*study.before_pruning()]
    evaluations: dict[str, Stage] = {}
    for label in dict.fromkeys(same_as[label] for label in settings.labels):
        if label not in (NOTHING_GOES, PLANTED):
            chain = [*study.pruned(label)]
            evaluations[label] = chain[-1]
            added += chain
    # Without the leaks the exercises are the run's own, and so is the model.
    evaluations |= {NOTHING_GOES: study.as_trained, PLANTED: study.clean}
    control: list[StudyRowConfig] = []
    if settings.control and same_as[settings.control] != NOTHING_GOES:
        label = f"{settings.control}-control"
        chain = [*study.pruned(settings.control, is_control=True)]
        evaluations[label] = chain[-1]
        added += chain
        control.append(StudyRowConfig(label=label, evaluation=label, control_of=settings.control))
    keys = {label: "as_trained" if same_as[label] == NOTHING_GOES else same_as[label] for label in settings.labels}
    rows = tuple(StudyRowConfig(label=label, evaluation=keys[label]) for label in settings.labels)
    inputs = {keys[label]: evaluations[same_as[label]] for label in settings.labels}
    inputs |= {row.evaluation: evaluations[row.evaluation] for row in control}
    last = Stage(
        STUDY,
        report.run_study,
        StudyConfig(benchmark=settings.against, rows=(*rows, *control)),
        report.VERSION,
        {"similar": study.similar, "as_trained": study.as_trained, **inputs},
        settings.seed,
    )
    return Pipeline(NAME, (*run.stages, *added, last))


class _Study:
    """The stages of a study, made from those of the run."""

    def __init__(self, run: Pipeline, settings: StudySettings) -> None:
        self._run = run
        self._settings = settings
        evaluated = run.stage(LAST_OF_RUN)
        self._held_out = {"held_out": evaluated.inputs["held_out"]} if settings.against == HELD_OUT else {}
        self.clean = evaluated
        if settings.against not in evaluated.config.benchmarks:
            self.clean = self._evaluate("evaluate-asked", run.stage("finetune"))
        self._documents = run.stage("decontaminate")
        self.as_trained = self.clean
        self._planting: list[Stage] = []
        if settings.planted:
            self._documents = self._stage(
                "plant", decontamination.run_plant, settings.planted, decontaminate=self._documents
            )
            trained = self._trained("planted", self._documents)
            self.as_trained = trained[-1]
            self._planting = [self._documents, *trained]
        rule = run.stage("decontaminate").config
        config = SimilarConfig(rates=settings.rates, rule=rule)
        self.similar = self._stage(SIMILAR, decontamination.run_similar, config, documents=self._documents)

    def before_pruning(self) -> Iterator[Stage]:
        """What is new, in order, up to the stage `similar`."""
        if self.clean is not self._run.stage(LAST_OF_RUN):
            yield self.clean
        yield from self._planting
        yield self.similar

    def pruned(self, label: str, *, is_control: bool = False) -> Iterator[Stage]:
        """The stages that train and evaluate a model without the exercises of a label, or without as many others."""
        name = f"{label}-control" if is_control else label
        documents = Stage(
            f"prune-{name}",
            decontamination.run_prune,
            PruneConfig(label=label, is_control=is_control),
            decontamination.VERSION,
            {"documents": self._documents, "similar": self.similar},
            self._settings.seed,
        )
        yield documents
        yield from self._trained(name, documents)

    def _trained(self, label: str, documents: Stage) -> list[Stage]:
        """As the run did it, on other documents."""
        tokenize, finetune = self._run.stage("tokenize"), self._run.stage("finetune")
        tokens = replace(
            tokenize, name=f"tokenize-{label}", inputs={**tokenize.inputs, "decontaminate": documents}, estimate=None
        )
        model = replace(finetune, name=f"finetune-{label}", inputs={**finetune.inputs, "tokenize": tokens})
        return [tokens, model, self._evaluate(f"evaluate-{label}", model)]

    def _evaluate(self, name: str, model: Stage) -> Stage:
        stage = self._run.stage(LAST_OF_RUN)
        config = replace(stage.config, benchmarks=(self._settings.against,))
        return replace(stage, name=name, config=config, inputs={**stage.inputs, "model": model})

    def _stage(self, name: str, run: StageFunction, config: Any, **inputs: Stage) -> Stage:
        """A stage that compares documents with the problems."""
        version = decontamination.VERSION
        return Stage(name, run, config, version, {**inputs, **self._held_out}, self._settings.seed)
