"""Give the stages of a pipeline that ask a language model the way to it.

The model's name stands in a stage's config, since it determines what comes out; where the model answers, with which
key, and what it may spend are the affair of the command that runs the stage.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from hornbook.artifacts.pipeline import Pipeline
    from hornbook.artifacts.stage import Artifact, Result, Stage, Workspace
    from hornbook.teacher.account import Account
    from hornbook.teacher.opening import TeacherSettings


def with_teacher(pipeline: "Pipeline", settings: "TeacherSettings | None") -> "Pipeline":
    """The same pipeline, whose stages ask the teacher of the settings where their configs name a model.

    Raises:
        ConfigError: A config names a model, and there are no settings.
    """
    for stage in pipeline.stages:
        model = teacher_of(stage)
        if model and settings is None:
            raise ConfigError(
                f"`{stage.name}.teacher` is `{model}`, a language model: say where it answers with `--teacher URL`, "
                "the address of an OpenAI-compatible endpoint, or `--teacher FILE.gguf`"
            )
    return pipeline.mapped(lambda stage: _taught(stage, settings)) if settings is not None else pipeline


def teacher_of(stage: "Stage") -> str:
    """The language model that a stage's config names; empty where it needs none."""
    from hornbook.decontamination.stages import DecontaminateConfig
    from hornbook.synthesis.stages import teacher_named_in

    if isinstance(stage.config, DecontaminateConfig):
        return stage.config.teacher
    return teacher_named_in(stage.config)


def _taught(stage: "Stage", settings: "TeacherSettings") -> "Stage":
    model = teacher_of(stage)
    if not model:
        return stage

    @contextmanager
    def open_teacher() -> "Iterator[Account]":
        from hornbook.teacher.opening import open_account

        with open_account(replace(settings, model=model if settings.is_endpoint else ""), stage.name) as account:
            if account.name != model:
                raise ConfigError(
                    f"`{stage.name}.teacher` is `{model}`, and `{settings.address}` is `{account.name}`: "
                    f"`--set {stage.name}.teacher={account.name}` takes that one"
                )
            yield account

    def run_with_teacher(config: Any, inputs: "Mapping[str, Artifact]", workspace: "Workspace") -> "Result":
        return stage.run(config, inputs, workspace, open_teacher)  # type: ignore[call-arg]

    return replace(stage, run=run_with_teacher)
