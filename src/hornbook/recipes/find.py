"""Find a recipe by the name or the file that a person typed."""

import difflib
import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import hornbook.recipes
from hornbook.errors import ConfigError
from hornbook.pipeline.run import Pipeline

Recipe = Callable[[int], Pipeline]
"""A recipe takes the seed and returns the pipeline."""

_NO_RECIPES = ("contamination_study", "evaluation", "find")
"""Files beside the recipes: pipelines that need a model or a run, and this one."""


def list_recipes() -> list[str]:
    """The names of the recipes that come with Hornbook, as typed on the command line."""
    names = [module.name for module in pkgutil.iter_modules(hornbook.recipes.__path__)]
    return sorted(name.replace("_", "-") for name in names if name not in _NO_RECIPES)


def find_recipe(name: str) -> Recipe:
    """The recipe of that name, or the function `recipe` of a Python file.

    Args:
        name: `laptop`, or a path that ends in `.py` to a file that defines `recipe(seed: int) -> Pipeline`.

    Raises:
        ConfigError: There is no such recipe or file, or the file defines no `recipe`. Later, when it is called: it
            returns no pipeline.
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

    def recipe(seed: int) -> Pipeline:
        pipeline = function(seed)
        if not isinstance(pipeline, Pipeline):
            raise ConfigError(f"`{name}(seed)` of {described} must return a Pipeline, got {type(pipeline).__name__}")
        return pipeline

    return recipe
