"""Find the pipeline of a run again: by the recipe, the seed and the changes that its record names."""

import shlex
from pathlib import Path

from hornbook.artifacts import DEFAULT_STORE
from hornbook.artifacts.override import apply_overrides
from hornbook.artifacts.pipeline import Pipeline
from hornbook.artifacts.run import Run, RunFolder
from hornbook.errors import ConfigError, MissingInputError
from hornbook.recipes.find import find_recipe, list_recipes


def pipeline_of(folder: RunFolder, until: str) -> Pipeline:
    """The stages of a run up to one of them, with those that it needs.

    Args:
        folder: Of the run.
        until: The stage's name.

    Raises:
        MissingInputError: There is no such run, or it has not come to the stage.
        ConfigError: It is no run of a recipe, its recipe has no such stage, or the recipe is not what it was.
    """
    run = folder.read()
    if not run.recipe.endswith(".py") and run.recipe not in list_recipes():
        raise ConfigError(f"`{run.name}` is not the run of a recipe: it was made by `{run.command or run.recipe}`")
    pipeline = apply_overrides(find_recipe(run.recipe)(run.seed), run.overrides)
    if until not in {stage.name for stage in pipeline.stages}:
        raise ConfigError(f"the run `{run.name}` cannot be used: its recipe `{run.recipe}` has no stage `{until}`")
    pipeline = pipeline.until(until)
    made = {stage.name: stage.fingerprint for stage in run.stages}
    again = _command(run, folder)
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


def _command(run: Run, folder: RunFolder) -> str:
    """What is typed to run it again as it was."""
    changes = [part for key, value in run.overrides.items() for part in ("--set", f"{key}={value}")]
    seed = ["--seed", str(run.seed)] if run.seed else []
    root = folder.store.root
    store = [] if root == Path(DEFAULT_STORE) else ["--store", str(root)]
    return shlex.join(["hornbook", "run", run.recipe, "--name", run.name, *changes, *seed, *store])
