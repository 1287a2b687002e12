"""A pipeline: the stages of a recipe in order, what of them can be reused, and the run of the rest."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any, Protocol, Self

from hornbook.errors import ConfigError, DamagedArtifactError
from hornbook.pipeline.manifest import hash_file
from hornbook.pipeline.stage import Artifact, Context, FileHash, Progress, Stage
from hornbook.pipeline.store import Store, fingerprint_of


def with_inputs(*last: Stage) -> tuple[Stage, ...]:
    """These stages and all that they need, each after its inputs."""
    ordered: dict[int, Stage] = {}

    def add(stage: Stage) -> None:
        if id(stage) not in ordered:
            for source in stage.inputs.values():
                add(source)
            ordered[id(stage)] = stage

    for stage in last:
        add(stage)
    return tuple(ordered.values())


@dataclass(frozen=True)
class Pipeline:
    """The stages of a recipe, each after its inputs.

    Raises:
        ConfigError: Two stages share a name, or a stage reads one that does not come before it.
    """

    recipe: str
    stages: tuple[Stage, ...]

    def __post_init__(self) -> None:
        seen: dict[str, Stage] = {}
        for stage in self.stages:
            if stage.name in seen:
                raise ConfigError(f"the recipe `{self.recipe}` has two stages named `{stage.name}`")
            for source in stage.inputs.values():
                if seen.get(source.name) is not source:
                    raise ConfigError(f"`{stage.name}` reads `{source.name}`, which does not come before it")
            seen[stage.name] = stage

    @classmethod
    def ending_in(cls, recipe: str, *last: Stage, seed: int = 0) -> Self:
        """The pipeline of these stages and all that they need, each after its inputs; all get the seed."""
        return cls(recipe, with_inputs(*last)).mapped(lambda stage: replace(stage, seed=seed))

    def stage(self, name: str) -> Stage:
        """The stage of that name.

        Raises:
            ConfigError: There is none; the message lists the names.
        """
        for stage in self.stages:
            if stage.name == name:
                return stage
        names = ", ".join(stage.name for stage in self.stages)
        raise ConfigError(f"the recipe `{self.recipe}` has no stage `{name}`; its stages: {names}")

    def with_config(self, name: str, config: Any) -> "Pipeline":
        """The same pipeline with another config for one stage; the stages that read it follow."""
        self.stage(name)
        return self.mapped(lambda stage: replace(stage, config=config) if stage.name == name else stage)

    def mapped(self, change: Callable[[Stage], Stage]) -> Self:
        """The same pipeline with `change` made to each stage; the stages that read it follow. Names must stay."""
        renewed: dict[str, Stage] = {}
        for stage in self.stages:
            inputs = {key: renewed[source.name] for key, source in stage.inputs.items()}
            renewed[stage.name] = replace(change(stage), inputs=inputs)
        return type(self)(self.recipe, tuple(renewed.values()))

    def until(self, name: str) -> "Pipeline":
        """Only the stage `name` and those that it needs."""
        needed = {name}
        for stage in reversed(self.stages):
            if stage.name in needed:
                needed |= {source.name for source in stage.inputs.values()}
        self.stage(name)
        return Pipeline(self.recipe, tuple(stage for stage in self.stages if stage.name in needed))

    def require_settings(self) -> None:
        """Make sure that a person has given all that the stages cannot run without.

        Raises:
            ConfigError: Something is missing; the message says what to type.
        """
        missing = [setting for stage in self.stages for setting in stage.estimated().missing]
        if missing:
            settings = " ".join(f"--set {setting}" for setting in missing)
            raise ConfigError(
                f"the recipe `{self.recipe}` cannot run without a setting that is missing; add {settings}"
            )

    def fingerprints(self, sha256_of: FileHash = hash_file) -> dict[str, str]:
        """Stage's name → fingerprint, in the pipeline's order.

        Args:
            sha256_of: Hashes external files: `Store.sha256_of`.

        Raises:
            MissingInputError: External data that a stage reads is not there.
        """
        digests: dict[str, str] = {}
        for stage in self.stages:
            inputs = {key: digests[source.name] for key, source in stage.inputs.items()}
            digests[stage.name] = fingerprint_of(stage, inputs, sha256_of)
        return digests


class Reuse(StrEnum):
    """Whether a stage's output is there already."""

    REUSED = "reused"
    MISSING = "missing"
    DAMAGED = "damaged"
    OUTDATED = "outdated"
    """Made from other bytes of an input than those now in the store."""


@dataclass(frozen=True)
class StageStatus:
    """What is known of a stage before it runs."""

    stage: Stage
    fingerprint: str
    reuse: Reuse
    artifact: Artifact | None
    detail: str


@dataclass(frozen=True)
class StageOutcome:
    """A stage that has its artifact."""

    stage: Stage
    artifact: Artifact
    reused: bool


class Observer(Protocol):
    """Who watches a run: the terminal, a log, a test."""

    def on_start(self, status: StageStatus, index: int, total: int) -> Progress:
        """A stage begins to be built; the returned object hears how far it is."""

    def on_finish(self, outcome: StageOutcome, index: int, total: int) -> None:
        """A stage has its artifact, built or reused."""


def inspect(pipeline: Pipeline, store: Store) -> list[StageStatus]:
    """Say for each stage whether its artifact can be reused. Reads and verifies, writes nothing."""
    statuses: dict[str, StageStatus] = {}
    digests = pipeline.fingerprints(store.sha256_of)
    for stage in pipeline.stages:
        inputs = {key: statuses[source.name].artifact for key, source in stage.inputs.items()}
        statuses[stage.name] = _status(stage, digests[stage.name], inputs, store)
    return list(statuses.values())


def run(
    pipeline: Pipeline, store: Store, observer: Observer, context: Context | None = None
) -> dict[str, StageOutcome]:
    """Give every stage its artifact, reusing what is there and whole.

    Args:
        pipeline: What to run.
        store: Where artifacts lie.
        observer: Hears of each stage.
        context: Engine, teacher and ranks that stages are given; None for this machine alone.

    Returns:
        Stage's name → outcome, in the pipeline's order.

    Raises:
        ConfigError: A stage needs a setting that is not given; nothing has run.
    """
    pipeline.require_settings()
    outcomes: dict[str, StageOutcome] = {}
    digests = pipeline.fingerprints(store.sha256_of)
    total = len(pipeline.stages)
    for index, stage in enumerate(pipeline.stages, start=1):
        inputs = {key: outcomes[source.name].artifact for key, source in stage.inputs.items()}
        status = _status(stage, digests[stage.name], inputs, store)
        if status.artifact is not None and status.reuse is Reuse.REUSED:
            outcome = StageOutcome(stage, status.artifact, reused=True)
        else:
            progress = observer.on_start(status, index, total)
            if status.reuse is not Reuse.MISSING:
                store.discard(stage.name, status.fingerprint)
            outcome = StageOutcome(
                stage, store.build(stage, inputs, progress, context, status.fingerprint), reused=False
            )
        outcomes[stage.name] = outcome
        observer.on_finish(outcome, index, total)
    return outcomes


def _status(stage: Stage, digest: str, inputs: Mapping[str, Artifact | None], store: Store) -> StageStatus:
    try:
        artifact = store.find(stage.name, digest)
    except DamagedArtifactError as error:
        return StageStatus(stage, digest, Reuse.DAMAGED, None, str(error))
    if artifact is None:
        return StageStatus(stage, digest, Reuse.MISSING, None, "")
    for key, source in inputs.items():
        if source is not None and artifact.manifest.input_contents.get(key) != source.manifest.content_digest:
            detail = f"`{artifact.folder.name}` was made from other bytes of `{source.manifest.stage}`"
            return StageStatus(stage, digest, Reuse.OUTDATED, artifact, detail)
    return StageStatus(stage, digest, Reuse.REUSED, artifact, "")
