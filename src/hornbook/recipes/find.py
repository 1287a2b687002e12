"""Find a recipe by the name or the file that a person typed."""

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any, Protocol

import hornbook.recipes
from hornbook.errors import ConfigError
from hornbook.pipeline.run import Pipeline


class Recipe(Protocol):
    """Makes the pipeline of a seed, and of the sources that a person named."""

    def __call__(self, seed: int, source: Sequence[str] = ()) -> Pipeline:
        """The pipeline.

        Raises:
            ConfigError: The recipe reads no source and one is given, or it needs one; or it returns no pipeline.
        """


_NO_RECIPES = ("collapse", "contamination_study", "data_studies", "evaluation", "find")
"""Files beside the recipes: pipelines that need a model or a run, and this one."""


def list_recipes() -> list[str]:
    """The names of the recipes that come with Hornbook, as typed on the command line."""
    names = [module.name for module in pkgutil.iter_modules(hornbook.recipes.__path__)]
    return sorted(name.replace("_", "-") for name in names if name not in _NO_RECIPES)


def find_recipe(name: str) -> Recipe:
    """The recipe of that name, or the function `recipe` of a Python file.

    Args:
        name: `laptop`, or a path that ends in `.py` to a file that defines `recipe(seed: int) -> Pipeline`. A recipe
            with a parameter `source: tuple[str, ...]` gets there what a person named with `--source`.

    Raises:
        ConfigError: There is no such recipe or file, or the file defines no `recipe`.
    """
    if name.endswith(".py"):
        return _function_of(_load(Path(name)), "recipe", f"the file `{name}`")
    known = list_recipes()
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean `{near[0]}`?" if near else f"the recipes: {', '.join(known)}"
        raise ConfigError(f"no recipe `{name}`; {hint} A recipe of your own is a path that ends in .py")
    module_name = name.replace("-", "_")
    return _function_of(importlib.import_module(f"hornbook.recipes.{module_name}"), module_name, f"`{name}`")


def _load(path: Path) -> ModuleType:
    if not path.is_file():
        raise ConfigError(f"no recipe file `{path}`")
    spec = importlib.util.spec_from_file_location(f"hornbook_recipe_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise ConfigError(f"`{path}` cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
    except (SyntaxError, ImportError, NameError, TypeError) as error:
        raise ConfigError(f"the recipe file `{path}` does not load: {type(error).__name__}: {error}") from error
    return module


def _function_of(module: ModuleType, name: str, described: str) -> Recipe:
    function = getattr(module, name, None)
    if not callable(function):
        raise ConfigError(f"{described} defines no function `{name}(seed)` that returns a Pipeline")

    parameters = inspect.signature(function).parameters

    def recipe(seed: int, source: Sequence[str] = ()) -> Pipeline:
        sources: dict[str, Any] = {"source": tuple(source)} if source else {}
        if source and "source" not in parameters:
            raise ConfigError(f"{described} reads no source: `{name}` has no parameter `source`; leave out `--source`")
        if not source and "source" in parameters and parameters["source"].default is inspect.Parameter.empty:
            raise ConfigError(f"{described} needs a source: name it with `--source INPUT`")
        pipeline = function(seed=seed, **sources) if "seed" in parameters else function(seed, **sources)
        if not isinstance(pipeline, Pipeline):
            raise ConfigError(f"`{name}(seed)` of {described} must return a Pipeline, got {type(pipeline).__name__}")
        return pipeline

    return recipe
