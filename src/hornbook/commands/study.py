"""`hornbook study contamination`: what a run's model owes to exercises that are similar to a benchmark's problems."""

import json
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.run import StoreOption
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.pipeline.run import Pipeline, StageOutcome, StageStatus
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.stage import Progress
    from hornbook.recipes.contamination_study import StudySettings

app = typer.Typer(help="Study a finished run: what does its model owe to what?", no_args_is_help=True)

_HELD_OUT, _HUMANEVAL = "held-out", "humaneval"


@app.callback()
def study() -> None:
    """There is one subcommand, and it keeps its name."""


@app.command()
def contamination(
    run: Annotated[str, typer.Argument(help="The run's name.", metavar="RUN", show_default=False)],
    rates: Annotated[
        str,
        typer.Option("--rates", metavar="RATE,RATE,…", help="Match rates of syntax trees that make two similar."),
    ] = "0.95,0.9,0.85,0.8",
    against: Annotated[
        str | None,
        typer.Option(
            "--against",
            help="The benchmark: held-out (where the run has held-out problems), or humaneval.",
            show_default=False,
        ),
    ] = None,
    plant: Annotated[
        int,
        typer.Option("--plant", metavar="N", min=0, help="Put N leaks among the exercises, to show what a study sees."),
    ] = 0,
    copies: Annotated[
        int,
        typer.Option("--copies", metavar="N", min=1, help="How often each planted leak stands among the exercises."),
    ] = 1,
    control: Annotated[
        str,
        typer.Option(
            "--control",
            metavar="LABEL",
            help="Also train again without as many other exercises as this rate, `rule` or `planted` takes.",
            show_default=False,
        ),
    ] = "",
    name: Annotated[
        str | None,
        typer.Option("--name", metavar="RUN", help="The study's own name; made of the run's where none is given."),
    ] = None,
    store: StoreOption = Path(DEFAULT_STORE),
    seed: Annotated[int, typer.Option("--seed", help="Of the leaks and of the bootstrap.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Finetune a run's model anew without the exercises that are similar to a benchmark's problems, and compare.

    For each match rate and for the rule of the run's own decontamination: what goes, and both models on similar and
    other problems. What is there already is reused; a study that was killed goes on.
    """
    from hornbook.decontamination.planted import PlantConfig
    from hornbook.evaluation.stages import HELD_OUT
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.recipes.contamination_study import LAST_OF_RUN, StudySettings, has_held_out
    from hornbook.report.contamination import STUDY, study_text

    kept = Store(store)
    pipeline = pipeline_of(RunFolder(kept, run), LAST_OF_RUN)
    if copies > 1 and not plant:
        raise ConfigError(f"`--copies {copies}` says how often each leak of `--plant` stands there")
    benchmark = against or (_HELD_OUT if has_held_out(pipeline) else _HUMANEVAL)
    settings = StudySettings(
        against=HELD_OUT if benchmark == _HELD_OUT else benchmark,
        rates=_read_rates(rates),
        planted=PlantConfig(num_leaks=plant, num_copies=copies) if plant else None,
        control=control,
        seed=seed,
    )
    folder = RunFolder(kept, name or f"{run}-contamination{'-planted' if plant else ''}")
    _run(pipeline, settings, folder, quiet=as_json)
    found = folder.artifacts()[STUDY].manifest.metrics
    typer.echo(json.dumps(found, indent=2) if as_json else f"\n{study_text(found)}", nl=as_json)


def _run(of_run: "Pipeline", settings: "StudySettings", folder: "RunFolder", *, quiet: bool) -> None:
    """First find what is similar, so that a model is trained again only where other exercises go."""
    from hornbook.decontamination.study import SimilarPair, equal_prunings
    from hornbook.display import TerminalObserver, make_console, show_progress
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run
    from hornbook.recipes.contamination_study import NAME, SIMILAR, contamination_study

    folder.store.open_for_writing()
    if folder.exists() and folder.read().recipe != NAME:
        raise ConfigError(f"`{folder.path.name}` is the name of another run; choose one for the study with --name")
    console = make_console(stderr=quiet)
    looking = contamination_study(of_run, settings).until(SIMILAR)
    with show_progress(console, "looking for similar exercises") as progress:
        outcome = run_pipeline(looking, folder.store, _Watched(progress))[SIMILAR]
    same_as = equal_prunings(outcome.artifact.records("similar", SimilarPair), settings.labels)
    command = shlex.join(["hornbook", *sys.argv[1:]])
    folder.begin(Run(name=folder.path.name, recipe=NAME, seed=settings.seed, command=command))
    with TerminalObserver(console, folder) as observer:
        run_pipeline(contamination_study(of_run, settings, same_as), folder.store, observer)
    folder.finish()


class _Watched:
    """Watches a part of a run without a line for each stage, since all of them come again."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress

    def on_start(self, status: "StageStatus", index: int, total: int) -> "Progress":
        """Show how far the stage is."""
        del status, index, total
        return self._progress

    def on_finish(self, outcome: "StageOutcome", index: int, total: int) -> None:
        """Say nothing."""


def _read_rates(text: str) -> tuple[float, ...]:
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ConfigError(f"`--rates` takes numbers with commas between them, got {text!r}") from None


def pipeline_of(folder: "RunFolder", until: str) -> "Pipeline":
    """The stages of a run up to the one of this name, with those that it needs.

    Raises:
        MissingInputError: There is no such run, or it has not come to the stage.
        ConfigError: It is no run of a recipe, its recipe has no such stage, or the recipe is not what it was.
    """
    from hornbook.pipeline.override import apply_overrides
    from hornbook.recipes.find import find_recipe, list_recipes

    run = folder.read()
    if not run.recipe.endswith(".py") and run.recipe not in list_recipes():
        raise ConfigError(f"`{run.name}` is not the run of a recipe: it was made by `{run.command or run.recipe}`")
    pipeline = apply_overrides(find_recipe(run.recipe)(run.seed), run.overrides)
    if until not in {stage.name for stage in pipeline.stages}:
        raise ConfigError(f"the run `{run.name}` cannot be used: its recipe `{run.recipe}` has no stage `{until}`")
    pipeline = pipeline.until(until)
    made = {stage.name: stage.fingerprint for stage in run.stages}
    changes = [part for key, value in run.overrides.items() for part in ("--set", f"{key}={value}")]
    words = ["hornbook", "run", run.recipe, "--name", run.name, *changes, "--seed", str(run.seed)]
    again = shlex.join([*words, "--store", str(folder.store.root)])
    for name, fingerprint in pipeline.fingerprints().items():
        if name not in made:
            raise MissingInputError(
                f"the run `{run.name}` is not finished: its stage `{name}` is not done; `{again}` goes on with it"
            )
        if made[name] != fingerprint:
            raise ConfigError(
                f"the run `{run.name}` was made by an earlier state of its recipe or of Hornbook: `{name}` would be "
                f"made anew; `{again}` runs it again"
            )
    return pipeline
