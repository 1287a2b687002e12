"""`hornbook run` and `hornbook plan`: run a recipe, alone or on every rank of `torchrun`, or say what a run would take.

On several processes the first walks the pipeline and is alone in writing to the store; when it comes to a training it
calls the others, which do nothing else. All must see the store, for instance on a shared disk.
"""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Group, Parameter

from hornbook.commands.one_stage import EXECUTION, AsJson, RunExecution, StoreFolder, print_json, show_run
from hornbook.commands.teacher import Teacher, TeacherOptions, naming_a_budget
from hornbook.errors import ConfigError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.pipeline.run import Pipeline
    from hornbook.teacher.account import Account

_RECIPE, _HARDWARE = Group("Recipe", sort_key=0), Group("Hardware", sort_key=1)
Recipe = Annotated[str, Parameter(help="Name of a recipe, or path of a recipe file that ends in .py.")]
CallRanks = Callable[[Any], None]


@Parameter(name="*", group=_RECIPE)
@dataclass(frozen=True, kw_only=True)
class RecipeOptions:
    """What a recipe starts from, and what is changed in it."""

    source: tuple[str, ...] = ()
    """File, folder or URL of code that the recipe reads; may be repeated."""
    overrides: Annotated[tuple[str, ...], Parameter(name="--set")] = ()
    """STAGE.FIELD=VALUE: change one field of a stage's config; may be repeated."""
    until: str | None = None
    """Stop after this stage."""
    seed: Annotated[int, Parameter(group=EXECUTION)] = 0
    """Seed of every random choice."""

    def pipeline(self, recipe: str) -> "Pipeline":
        """The pipeline that was typed.

        Raises:
            ConfigError: A name or a value cannot be used.
        """
        from hornbook.pipeline.override import apply_overrides, parse_overrides
        from hornbook.recipes.find import find_recipe

        made = apply_overrides(find_recipe(recipe)(self.seed, self.source), parse_overrides(self.overrides))
        return made.until(self.until) if self.until else made


_OPTIONS, _EXECUTION, _TEACHER = RecipeOptions(), RunExecution(), TeacherOptions()


def run(
    recipe: Recipe,
    /,
    *,
    options: RecipeOptions = _OPTIONS,
    name: Annotated[str | None, Parameter(group=_RECIPE)] = None,
    is_replaced: Annotated[bool, Parameter(name="--replace", negative=(), group=_RECIPE)] = False,
    teacher: Teacher = _TEACHER,
    execution: RunExecution = _EXECUTION,
) -> None:
    """Run a recipe. What an earlier run made is reused; a run that was killed continues.

    Under torchrun every rank runs this command, and all share the work of training.

    Parameters
    ----------
    name
        Name of the run; without it the recipe's.
    is_replaced
        Let the run take the name of an earlier one with other settings.
    """
    from hornbook.display import TerminalObserver, make_console
    from hornbook.parallel import open_engine
    from hornbook.pipeline.override import parse_overrides
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run, RunFolder
    from hornbook.pipeline.stage import Context
    from hornbook.pipeline.store import Store

    pipeline = options.pipeline(recipe)
    pipeline.require_settings()
    open_teacher = teacher_for(pipeline, teacher, execution.store)

    def run_all(call_ranks: CallRanks | None) -> None:
        opened = Store(execution.store)
        folder = RunFolder(opened, name or pipeline.recipe)
        opened.open_for_writing()
        record = Run(
            name=folder.path.name,
            recipe=recipe,
            seed=options.seed,
            sources=options.source,
            overrides=parse_overrides(options.overrides),
            until=options.until,
        )
        context = Context(open_engine(execution.engine, execution.ray_address), open_teacher, call_ranks)
        console = make_console(stderr=execution.as_json, quiet=execution.quiet)
        with folder.recording(record, is_replaced=is_replaced):
            line = f"[bold]hornbook run {recipe}[/]  {len(pipeline.stages)} stages, store {execution.store}"
            console.print(line, highlight=False)
            with naming_a_budget(), TerminalObserver(console, folder) as observer:
                run_pipeline(pipeline, opened, observer, context)
        show_run(folder, as_json=execution.as_json)

    _run_on_ranks(os.environ, run_all)


def plan(
    recipe: Recipe,
    /,
    *,
    options: RecipeOptions = _OPTIONS,
    gpu: Annotated[str | None, Parameter(group=_HARDWARE)] = None,
    num_gpus: Annotated[int, Parameter(group=_HARDWARE)] = 8,
    utilisation: Annotated[float, Parameter(group=_HARDWARE)] = 0.55,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
) -> None:
    """Say what a run would take, and run nothing: stages reused, tokens, FLOPs, GPU-hours, memory, disk, price.

    Parameters
    ----------
    gpu
        GPU whose hours and memory are counted: h100, a100, …
    num_gpus
        Number of GPUs.
    utilisation
        Share of the GPU's peak that training is expected to reach.
    """
    from hornbook.display import make_console
    from hornbook.pipeline.plan import make_plan, print_plan
    from hornbook.pipeline.store import Store
    from hornbook.training.estimate import find_hardware, paper_hardware

    hardware = find_hardware(gpu or "h100", num_gpus=num_gpus, utilisation=utilisation)
    reference = paper_hardware()
    pipeline = options.pipeline(recipe)
    made = make_plan(pipeline, Store(store), hardware, None if hardware.gpu == reference.gpu else reference)
    if as_json:
        print_json(made.as_json())
    else:
        print_plan(made, make_console(), gpus=True if gpu else None)


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


def teacher_for(pipeline: "Pipeline", options: TeacherOptions, store: Path) -> Any:
    """What opens the teacher for the stages whose configs name a model; None where no teacher was typed.

    The model's name stands in a stage's config, since it determines what comes out; where the model answers, with which
    key, and what it may spend are the affair of the command that runs the stage.

    Raises:
        ConfigError: A config names a model, and no teacher was typed; or one was, and no config names a model.
    """
    if options.teacher_model:
        raise ConfigError(
            "a recipe names the model in a stage's config: `--set STAGE.teacher=NAME`, not `--teacher-model`"
        )
    named = [stage for stage in pipeline.stages if stage.teacher]
    if not options.teacher:
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
