"""`hornbook run`: run a recipe, alone or on every rank of `torchrun`.

On several processes the first walks the pipeline and is alone in writing to the store; when it comes to a training it
calls the others, which do nothing else. All must see the store, for instance on a shared disk.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.teacher_options import (
    DEFAULT_FLAGS,
    OptionalTeacherOption,
    TeacherOptions,
    naming_a_budget,
    with_teacher_flags,
)
from hornbook.errors import ConfigError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.pipeline.run import Pipeline
    from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
    from hornbook.teacher.account import Account
    from hornbook.training.parallel import Followers

RecipeArgument = Annotated[str, typer.Argument(help="A recipe's name, or the path of a recipe file ending in .py.")]
StoreOption = Annotated[
    Path, typer.Option("--store", metavar="DIR", envvar="HORNBOOK_STORE", help="Where artifacts and runs are kept.")
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="STAGE.FIELD=VALUE", help="Change one field of a stage's config; may be repeated."),
]
UntilOption = Annotated[str | None, typer.Option("--until", metavar="STAGE", help="Stop after this stage.")]
SeedOption = Annotated[int, typer.Option("--seed", help="The seed of every random choice.")]


@dataclass(frozen=True)
class TrainingCall:
    """What the other processes must know to take part in a training."""

    config: Any
    tokens: Path
    base: Path | None
    seed: int


@with_teacher_flags
def run(
    recipe: RecipeArgument,
    overrides: SetOption = None,
    until: UntilOption = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="RUN", help="The run's name; the recipe's where none is given.")
    ] = None,
    store: StoreOption = Path(DEFAULT_STORE),
    seed: SeedOption = 0,
    teacher: OptionalTeacherOption = None,
    flags: TeacherOptions = DEFAULT_FLAGS,
) -> None:
    """Run a recipe. What an earlier run made is reused; a run that was killed goes on where it was.

    Under torchrun every rank runs this command, and all share the work of training.
    """
    from hornbook.display import TerminalObserver, make_console
    from hornbook.pipeline.override import parse_overrides
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run, RunFolder
    from hornbook.pipeline.stage import Context
    from hornbook.pipeline.store import Store
    from hornbook.report.summary import print_summary

    pipeline = make_pipeline(recipe, overrides, until, seed)
    pipeline.require_settings()  # before an earlier run of this name is forgotten
    if flags.teacher_model:
        raise ConfigError(
            "a recipe names the model in a stage's config: `--set STAGE.teacher=NAME`, not `--teacher-model`"
        )
    options = None if teacher is None else replace(flags, teacher=teacher)
    context = Context(open_teacher=None if options is None else teacher_opener(options, store))
    pipeline = with_teacher(pipeline, options, store)

    def run_all(pipeline: "Pipeline") -> None:
        opened = Store(store)
        folder = RunFolder(opened, name or pipeline.recipe)
        opened.open_for_writing()
        changes = parse_overrides(overrides or [])
        folder.begin(Run(name=folder.path.name, recipe=recipe, seed=seed, overrides=changes, until=until))
        console = make_console()
        console.print(f"[bold]hornbook run {recipe}[/]  {len(pipeline.stages)} stages, store {store}", highlight=False)
        with naming_a_budget(), TerminalObserver(console, folder) as observer:
            run_pipeline(pipeline, opened, observer, context)
        folder.finish()
        print_summary(folder, console)

    _run_on_ranks(os.environ, pipeline, run_all)


def make_pipeline(recipe: str, overrides: list[str] | None, until: str | None, seed: int) -> "Pipeline":
    """The pipeline that was typed.

    Raises:
        ConfigError: A name or a value cannot be used.
    """
    from hornbook.pipeline.override import apply_overrides, parse_overrides
    from hornbook.recipes.find import find_recipe

    pipeline = apply_overrides(find_recipe(recipe)(seed), parse_overrides(overrides or []))
    return pipeline.until(until) if until else pipeline


def _run_on_ranks(environment: Mapping[str, str], pipeline: "Pipeline", run_all: "Callable[[Pipeline], None]") -> None:
    """Call `run_all` on the first process; on the others take part in its trainings until it ends."""
    if environment.get("WORLD_SIZE", "1") == "1":
        run_all(pipeline)
        return
    from hornbook.training.parallel import gathered_followers, joined_ranks

    with joined_ranks(environment) as ranks, gathered_followers(ranks) as followers:
        if ranks.is_first:
            run_all(pipeline.mapped(lambda stage: _shared(stage, followers)))
        else:
            followers.serve(_take_part)


def _shared(stage: "Stage", followers: "Followers") -> "Stage":
    """A training stage that calls the others; any other stage as it is."""
    from hornbook.training.stages import run_train

    if stage.run is not run_train:
        return stage

    def call_and_train(config: Any, inputs: "Mapping[str, Artifact]", workspace: "Workspace") -> "Result":
        base = inputs.get("base")
        tokens = inputs["tokenize"].path(config.dataset).resolve()
        followers.call(TrainingCall(config, tokens, None if base is None else base.folder.resolve(), workspace.seed))
        return run_train(config, inputs, workspace)

    return replace(stage, run=call_and_train)


def _take_part(call: TrainingCall) -> None:
    from hornbook.training.stages import train_folder

    nowhere = Path("/nonexistent")  # only the first process writes
    train_folder(call.config, call.tokens, call.base, nowhere, nowhere, call.seed, _say_nothing)


def _say_nothing(done: int, total: int, note: str = "") -> None:
    """The first process speaks for all."""


def with_teacher(pipeline: "Pipeline", options: TeacherOptions | None, store: Path) -> "Pipeline":
    """The same pipeline, whose stages ask the teacher of the options where their configs name a model.

    The model's name stands in a stage's config, since it determines what comes out; where the model answers, with which
    key, and what it may spend are the affair of the command that runs the stage.

    Raises:
        ConfigError: A config names a model, and there are no options.
    """
    for stage in pipeline.stages:
        model = teacher_of(stage)
        if model and options is None:
            raise ConfigError(
                f"`{stage.name}.teacher` is `{model}`, a language model: say where it answers with `--teacher URL`, "
                "the address of an OpenAI-compatible endpoint, or `--teacher FILE.gguf`"
            )
    return pipeline if options is None else pipeline.mapped(lambda stage: _taught(stage, options, store))


def teacher_of(stage: "Stage") -> str:
    """The language model that a stage's config names; empty where it needs none."""
    from hornbook.decontamination.stage import DecontaminateConfig
    from hornbook.synthesis.stages import teacher_named_in

    if isinstance(stage.config, DecontaminateConfig):
        return stage.config.teacher
    return teacher_named_in(stage.config)


def teacher_opener(options: TeacherOptions, store: Path) -> "Callable[[str, str], AbstractContextManager[Account]]":
    """What opens the language model of this name for the stage of this name; for `Context.open_teacher`."""

    @contextmanager
    def open_teacher(model: str, stage: str) -> "Iterator[Account]":
        named = replace(options, teacher_model=model if options.is_endpoint else "")
        with named.open(stage, store, store) as account:
            if account.name != model:
                raise ConfigError(
                    f"`{stage}.teacher` is `{model}`, and `{options.teacher}` is `{account.name}`: "
                    f"`--set {stage}.teacher={account.name}` takes that one"
                )
            yield account

    return open_teacher


def _taught(stage: "Stage", options: TeacherOptions, store: Path) -> "Stage":
    from hornbook.decontamination.stage import run_decontaminate

    model = teacher_of(stage)
    if not model or stage.run is run_decontaminate:  # That one opens the teacher of its context.
        return stage

    def run_with_teacher(config: Any, inputs: "Mapping[str, Artifact]", workspace: "Workspace") -> "Result":
        opened = partial(teacher_opener(options, store), model, stage.name)
        return stage.run(config, inputs, workspace, opened)  # type: ignore[call-arg]

    return replace(stage, run=run_with_teacher)
