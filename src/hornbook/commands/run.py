"""`hornbook run`: run a recipe, alone or on every rank of `torchrun`.

On several processes the first walks the pipeline and is alone in writing to the store; when it comes to a training it
calls the others, which do nothing else. All must see the store, for instance on a shared disk.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.input_options import EngineOption, RayOption
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
    from hornbook.teacher.account import Account

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
CallRanks = Callable[[Any], None]


@with_teacher_flags
def run(
    recipe: RecipeArgument,
    overrides: SetOption = None,
    until: UntilOption = None,
    name: Annotated[
        str | None, typer.Option("--name", metavar="RUN", help="The run's name; the recipe's where none is given.")
    ] = None,
    is_replaced: Annotated[
        bool, typer.Option("--replace", help="Let the run take the name of an earlier one with other settings.")
    ] = False,
    store: StoreOption = Path(DEFAULT_STORE),
    seed: SeedOption = 0,
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    teacher: OptionalTeacherOption = None,
    flags: TeacherOptions = DEFAULT_FLAGS,
) -> None:
    """Run a recipe. What an earlier run made is reused; a run that was killed goes on where it was.

    Under torchrun every rank runs this command, and all share the work of training.
    """
    from hornbook.display import TerminalObserver, make_console
    from hornbook.parallel import open_engine
    from hornbook.pipeline.override import parse_overrides
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run, RunFolder
    from hornbook.pipeline.stage import Context
    from hornbook.pipeline.store import Store
    from hornbook.report.summary import print_summary

    pipeline = make_pipeline(recipe, overrides, until, seed)
    pipeline.require_settings()
    if flags.teacher_model:
        raise ConfigError(
            "a recipe names the model in a stage's config: `--set STAGE.teacher=NAME`, not `--teacher-model`"
        )
    options = None if teacher is None else replace(flags, teacher=teacher)
    open_teacher = teacher_for(pipeline, options, store)

    def run_all(call_ranks: CallRanks | None) -> None:
        opened = Store(store)
        folder = RunFolder(opened, name or pipeline.recipe)
        opened.open_for_writing()
        changes = parse_overrides(overrides or [])
        record = Run(name=folder.path.name, recipe=recipe, seed=seed, overrides=changes, until=until)
        context = Context(open_engine(engine, ray_address), open_teacher, call_ranks)
        console = make_console()
        with folder.recording(record, is_replaced=is_replaced):
            line = f"[bold]hornbook run {recipe}[/]  {len(pipeline.stages)} stages, store {store}"
            console.print(line, highlight=False)
            with naming_a_budget(), TerminalObserver(console, folder) as observer:
                run_pipeline(pipeline, opened, observer, context)
        print_summary(folder, console)

    _run_on_ranks(os.environ, run_all)


def make_pipeline(recipe: str, overrides: list[str] | None, until: str | None, seed: int) -> "Pipeline":
    """The pipeline that was typed.

    Raises:
        ConfigError: A name or a value cannot be used.
    """
    from hornbook.pipeline.override import apply_overrides, parse_overrides
    from hornbook.recipes.find import find_recipe

    pipeline = apply_overrides(find_recipe(recipe)(seed), parse_overrides(overrides or []))
    return pipeline.until(until) if until else pipeline


def _run_on_ranks(environment: Mapping[str, str], run_all: Callable[[CallRanks | None], None]) -> None:
    """Call `run_all` on the first process; on the others take part in its trainings until it ends."""
    if environment.get("WORLD_SIZE", "1") == "1":
        run_all(None)
        return
    from hornbook.training.parallel import gathered_followers, joined_ranks
    from hornbook.training.stages import take_part

    with joined_ranks(environment) as ranks, gathered_followers(ranks) as followers:
        if ranks.is_first:
            run_all(followers.call)
        else:
            followers.serve(take_part)


def teacher_for(pipeline: "Pipeline", options: TeacherOptions | None, store: Path) -> Any:
    """What opens the teacher for the stages whose configs name a model; None where nobody named a teacher.

    The model's name stands in a stage's config, since it determines what comes out; where the model answers, with which
    key, and what it may spend are the affair of the command that runs the stage.

    Raises:
        ConfigError: A config names a model, and there are no options; or there are some, and no config names a model.
    """
    named = [stage for stage in pipeline.stages if stage.teacher]
    if options is None:
        if named:
            raise ConfigError(
                f"`{named[0].name}.teacher` is `{named[0].teacher}`, a language model: say where it answers with "
                "`--teacher URL`, the address of an OpenAI-compatible endpoint, or `--teacher FILE.gguf`"
            )
        return None
    if not named:
        able = [f"--set {stage.name}.teacher=NAME" for stage in pipeline.stages if hasattr(stage.config, "teacher")]
        hint = f"name the model in one: {' or '.join(able)}" if able else "leave it out"
        raise ConfigError(f"no stage of the recipe `{pipeline.recipe}` asks the teacher `{options.teacher}`; {hint}")

    @contextmanager
    def open_teacher(model: str, stage: str) -> "Iterator[Account]":
        chosen = replace(options, teacher_model=model if options.is_endpoint else "")
        with chosen.open(stage, store, store) as account:
            if account.name != model:
                raise ConfigError(
                    f"`{stage}.teacher` is `{model}`, and `{options.teacher}` is `{account.name}`: "
                    f"`--set {stage}.teacher={account.name}` takes that one"
                )
            yield account

    return open_teacher
