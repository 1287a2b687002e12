"""unconventional-50: problems that neither real code nor exercise books hold, written for this project.

For measuring alone: no curriculum and no stage that makes training data may read them (`unconventional_50/README.md`).

Reads:  `unconventional_50/problems.jsonl`, or another file of its format.
Source: after Gunasekar et al. 2023, section 4, whose own 50 problems are not public.
"""

import importlib.resources
from pathlib import Path

from hornbook.benchmarks.benchmark import Benchmark, Protocol
from hornbook.benchmarks.problems import refuse_repeats
from hornbook.benchmarks.rows import read_rows
from hornbook.records import Problem

PROTOCOL = Protocol(
    name="unconventional-50",
    version=1,
    description="prompt as given, answer cut at the function's end, graded by unit tests",
)
"""The paper lets a language model grade the answers and runs no tests. These problems have tests; a grader can read the
answers as well."""


def find_unconventional() -> Benchmark:
    """The 50 problems that come with Hornbook, with their protocol."""
    with importlib.resources.as_file(
        importlib.resources.files("hornbook.benchmarks") / "unconventional_50" / "problems.jsonl"
    ) as path:
        problems = read_unconventional(path)
    return Benchmark(
        name="unconventional-50",
        title="unconventional-50",
        protocol=PROTOCOL,
        problems=tuple(problems),
        source="comes with Hornbook",
    )


def read_unconventional(path: Path) -> list[Problem]:
    """HumanEval's format with `difficulty`, which becomes the problem's category.

    Raises:
        MissingInputError: The file is missing, damaged or not in this format; names the line.
    """
    problems = [
        Problem(
            task_id=row.text("task_id"),
            prompt=row.text("prompt"),
            entry_point=row.text("entry_point"),
            canonical_solution=row.text("canonical_solution"),
            test=row.text("test"),
            category=row.text("difficulty"),
        )
        for row in read_rows(path)
    ]
    refuse_repeats(problems, str(path))
    return problems
