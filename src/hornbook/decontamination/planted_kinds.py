"""Give a problem away in one of five ways, from its own text to a solution that shares neither words nor shape with it.

Reads:  problems with their solutions and tests.
Writes: texts, made by rule; which of them still solve their problem.

Nothing of a benchmark stands here: every leak is made when it is asked for.
"""

import ast
import random
from collections.abc import Sequence
from enum import StrEnum

from hornbook.decontamination.functions import parse
from hornbook.decontamination.planted_idioms import in_another_idiom
from hornbook.decontamination.planted_names import renamed
from hornbook.decontamination.planted_words import reworded, saying_nothing
from hornbook.records import Outcome, Problem
from hornbook.sandbox.program import Program, Sandbox


class LeakKind(StrEnum):
    """How a leak gives a problem away."""

    VERBATIM = "verbatim"
    """The prompt with the canonical solution."""
    RENAMED = "renamed"
    """The same with other names of functions, arguments and variables."""
    REWORDED = "reworded"
    """Other names, and docstrings in other words, the sentences in another order and without examples."""
    CODE_ONLY = "code-only"
    """Other names, and docstrings that say nothing."""
    RESTRUCTURED = "restructured"
    """Reworded, with the code in another idiom: by choice hard for trees."""


def leak_text(problem: Problem, kind: LeakKind, generator: random.Random) -> str | None:
    """A module that gives the problem away; None where this kind is not possible, which no chance decides.

    Args:
        problem: With its solution.
        kind: How it is given away.
        generator: Draws names and docstrings: equal seeds, equal texts.
    """
    text, name = problem.prompt + problem.canonical_solution, problem.entry_point
    told: str | None = text
    match kind:
        case LeakKind.VERBATIM:
            return text
        case LeakKind.REWORDED:
            told = reworded(text, name)
        case LeakKind.CODE_ONLY:
            told = saying_nothing(text, generator)
        case LeakKind.RESTRUCTURED:
            other = in_another_idiom(text, name)
            told = reworded(other, name) if other is not None else None
    return renamed(told, name, generator) if told is not None else None


def still_solving(leaks: Sequence[tuple[Problem, str]], sandbox: Sandbox) -> list[bool]:
    """Which of the texts pass the test of their problem.

    Args:
        leaks: Each problem with a text of `leak_text`.
        sandbox: Entered.

    Raises:
        SandboxError: The sandbox broke down.
    """
    reports = sandbox.run([Program(_with_test(problem, text)) for problem, text in leaks])
    return [report.outcome is Outcome.PASSED for report in reports]


def _with_test(problem: Problem, text: str) -> str:
    """The text with the test behind it, which may call any function of the problem by its old name."""
    old, new = _functions(problem.prompt + problem.canonical_solution), _functions(text)
    known = "".join(f"{before} = {after}\n" for before, after in zip(old, new, strict=False) if before != after)
    return f"{text}\n{known}\n{problem.test}\ncheck({problem.entry_point})\n"


def _functions(text: str) -> list[str]:
    module = parse(text)
    return [node.name for node in module.body if isinstance(node, ast.FunctionDef)] if module is not None else []
