"""`hornbook study`: what a model owes to leaks, to the seed of its training, to its data, to another model's data."""

import shlex
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import App, Group, Parameter

from hornbook.commands.one_stage import AsJson, Quiet, Seed, StoreFolder, print_json
from hornbook.decontamination.planted import PlantConfig
from hornbook.decontamination.trees import MATCH_RATES
from hornbook.errors import ConfigError, MissingInputError
from hornbook.pipeline import DEFAULT_STORE

if TYPE_CHECKING:
    from hornbook.pipeline.run import Pipeline, StageOutcome, StageStatus
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.stage import Progress, Stage
    from hornbook.recipes.contamination_study import StudySettings

app = App(name="study", help="Train several times and compare: what does a model owe to what?")
_STUDY, _PLANTED = Group("Study", sort_key=0), Group("Planted leaks", sort_key=1)
NumSeeds = Annotated[int, Parameter(group=_STUDY)]
StudyName = Annotated[str, Parameter(group=_STUDY)]
_HELD_OUT, _HUMANEVAL = "held-out", "humaneval"


def _read_rates(_hint: Any, tokens: Sequence[Any]) -> tuple[float, ...]:
    """The numbers of `0.95,0.9`."""
    text = str(tokens[0].value)
    try:
        return tuple(float(part) for part in text.split(","))
    except ValueError:
        raise ValueError(f"`--rates` takes numbers with commas between them, got {text!r}") from None


@app.command
def contamination(
    run: Annotated[str, Parameter(help="Name of the run.")],
    /,
    *,
    rates: Annotated[
        tuple[float, ...],
        Parameter(converter=_read_rates, n_tokens=1, negative=(), group=_STUDY),
    ] = MATCH_RATES,
    against: Annotated[str | None, Parameter(group=_STUDY)] = None,
    control: Annotated[str, Parameter(group=_STUDY)] = "",
    name: Annotated[str | None, Parameter(group=_STUDY)] = None,
    planted: Annotated[PlantConfig | None, Parameter(name="*", group=_PLANTED)] = None,
    seed: Seed = 0,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Finetune a run's model again without the exercises that are similar to a benchmark's problems, and compare.

    For each match rate and for the rule of the run's own decontamination: what is removed, and both models on similar
    and other problems. What is there already is reused; a study that was killed continues.

    Parameters
    ----------
    rates
        Match rates of syntax trees from which on two are similar, with commas between them.
    against
        Benchmark: held-out (the default where the run has held-out problems) or humaneval.
    control
        Rate, `rule` or `planted`: also train without as many other exercises as it removes, drawn at random.
    name
        Name of the study; without it RUN-contamination.
    """
    from hornbook.evaluation.stages import HELD_OUT
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.recipes.contamination_study import LAST_OF_RUN, StudySettings, has_held_out
    from hornbook.report.contamination import STUDY, study_text

    kept = Store(store)
    pipeline = pipeline_of(RunFolder(kept, run), LAST_OF_RUN)
    benchmark = against or (_HELD_OUT if has_held_out(pipeline) else _HUMANEVAL)
    settings = StudySettings(
        against=HELD_OUT if benchmark == _HELD_OUT else benchmark,
        rates=rates,
        planted=planted,
        control=control,
        seed=seed,
    )
    folder = RunFolder(kept, name or f"{run}-contamination{'-planted' if planted else ''}")
    _run(pipeline, settings, folder, as_json=as_json, quiet=quiet)
    found = folder.artifacts()[STUDY].manifest.metrics
    if as_json:
        print_json(found)
    else:
        print(f"\n{study_text(found)}", end="")  # noqa: T201


@app.command
def seeds(
    run: Annotated[str, Parameter(help="Name of the run.")],
    /,
    *,
    num_seeds: NumSeeds = 5,
    name: Annotated[str | None, Parameter(group=_STUDY)] = None,
    store: StoreFolder = Path(DEFAULT_STORE),
    as_json: AsJson = False,
    quiet: Quiet = False,
) -> None:
    """Train a run's models again with other seeds, on the same data and problems: how far are the seeds apart?

    What is there already is reused; a study that was killed continues.

    Parameters
    ----------
    num_seeds
        Number of seeds of training, from 0 on; at least 2.
    name
        Name of the study; without it RUN-seeds.
    """
    from hornbook.pipeline.runs import RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.recipes.contamination_study import LAST_OF_RUN

    folder = RunFolder(Store(store), run)
    pipeline = seeds_study(pipeline_of(folder, LAST_OF_RUN), num_seeds)
    _run_arms(pipeline, store, name or f"{run}-seeds", as_json=as_json, quiet=quiet)


def _add_recipe(name: str, build: str, num_seeds: int, summary: str) -> None:
    """Add the command of a study that needs no run; `build` names its recipe as `module:function`."""

    def study(
        *,
        num_seeds: NumSeeds = num_seeds,
        name: StudyName = name,
        store: StoreFolder = Path(DEFAULT_STORE),
        as_json: AsJson = False,
        quiet: Quiet = False,
    ) -> None:
        _run_arms(resolve_name(f"hornbook.recipes.{build}")(num_seeds), store, name, as_json=as_json, quiet=quiet)

    study.__doc__ = f"""{summary}

    What is there already is reused; a study that was killed continues.

    Parameters
    ----------
    num_seeds
        Number of seeds of training, from 0 on; at least 2.
    name
        Name of the study.
    """
    app.command(study, name=name)


_add_recipe(
    "data-quality",
    "data_studies:data_quality",
    5,
    "Train on raw code, filtered code, and filtered code with textbooks; each before and after exercises.",
)
_add_recipe(
    "filter",
    "data_studies:code_filter",
    5,
    "Train on code that the classifier drops, on random code, and on code that it keeps.",
)
_add_recipe(
    "collapse",
    "collapse:collapse",
    3,
    "Train five generations, each on what the one before wrote, with 0, 10 and 50 % of the original exercises.",
)


def seeds_study(run: "Pipeline", num_seeds: int) -> "Pipeline":
    """The pipeline of a study of seeds: everything that depends on a training of the run, once for each seed."""
    from hornbook.pipeline.run import Pipeline
    from hornbook.report.arms import compare_arms

    last = run.stages[-1]
    evaluations = {("tuned", seed): [_with_seed(last, seed, {})] for seed in range(num_seeds)}
    question = "How far is one training from the next, on the same data and problems?"
    return Pipeline.ending_in("seeds", compare_arms(evaluations, title="seeds", question=question), seed=last.seed)


def _with_seed(stage: "Stage", seed: int, made: "dict[str, Stage]") -> "Stage":
    """The stage with all trainings before it under this seed; a stage without one stays the same."""
    from hornbook.training.config import TrainConfig

    if stage.name not in made:
        inputs = {name: _with_seed(one, seed, made) for name, one in stage.inputs.items()}
        config = replace(stage.config, seed=seed) if isinstance(stage.config, TrainConfig) else stage.config
        is_same = config is stage.config and all(one is stage.inputs[name] for name, one in inputs.items())
        changed = replace(stage, name=f"{stage.name}-{seed}", config=config, inputs=inputs)
        made[stage.name] = stage if is_same else changed
    return made[stage.name]


def _run_arms(pipeline: "Pipeline", store: Path, name: str, *, as_json: bool, quiet: bool) -> None:
    """Run a pipeline that ends in a comparison of arms, and print it."""
    from hornbook.display import TerminalObserver, make_console
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run, RunFolder
    from hornbook.pipeline.store import Store
    from hornbook.report.arms import ARMS, PAGE, arms_text

    folder = RunFolder(Store(store), name)
    folder.store.open_for_writing()
    if folder.exists() and folder.read().recipe != pipeline.recipe:
        raise ConfigError(f"`{folder.path.name}` is the name of another run; choose one for the study with --name")
    command = shlex.join(["hornbook", *sys.argv[1:]])
    folder.begin(Run(name=folder.path.name, recipe=pipeline.recipe, seed=0, command=command))
    with TerminalObserver(make_console(stderr=as_json, quiet=quiet), folder) as observer:
        run_pipeline(pipeline, folder.store, observer)
    folder.finish()
    found = folder.artifacts()[ARMS].manifest.metrics
    if as_json:
        print_json(found)
    else:
        print(f"\n{arms_text(found)}\nreport: {folder.path / PAGE}")  # noqa: T201


def _run(of_run: "Pipeline", settings: "StudySettings", folder: "RunFolder", *, as_json: bool, quiet: bool) -> None:
    """First find what is similar, so that a model is trained again only where other exercises go."""
    from hornbook.decontamination.study import SimilarPair, equal_prunings
    from hornbook.display import TerminalObserver, make_console, show_progress
    from hornbook.pipeline.run import run as run_pipeline
    from hornbook.pipeline.runs import Run
    from hornbook.recipes.contamination_study import NAME, SIMILAR, contamination_study

    folder.store.open_for_writing()
    if folder.exists() and folder.read().recipe != NAME:
        raise ConfigError(f"`{folder.path.name}` is the name of another run; choose one for the study with --name")
    console = make_console(stderr=as_json, quiet=quiet)
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
    pipeline = apply_overrides(find_recipe(run.recipe)(run.seed, run.sources), run.overrides)
    if until not in {stage.name for stage in pipeline.stages}:
        raise ConfigError(f"the run `{run.name}` cannot be used: its recipe `{run.recipe}` has no stage `{until}`")
    pipeline = pipeline.until(until)
    made = {stage.name: stage.fingerprint for stage in run.stages}
    again = f"{run.typed} {shlex.join(['--name', run.name, '--store', str(folder.store.root)])}"
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
