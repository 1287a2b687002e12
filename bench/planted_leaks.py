"""Leaks of a benchmark's problems, so many of each kind, to see which of them a decontamination finds.

Reads:  problems with their solutions and tests.
Writes: texts that each give another problem away; each passes its problem's own test.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from hornbook.decontamination.planted import LeakKind, leak_text, still_solving
from hornbook.records import Problem
from hornbook.sandbox.program import Sandbox


@dataclass(frozen=True, slots=True, kw_only=True)
class PlantedLeak:
    """A text that gives a problem away."""

    task_id: str
    kind: LeakKind
    text: str
    """A module."""


def plant_leaks(problems: Sequence[Problem], num_of_each: int, seed: int, sandbox: Sandbox) -> list[PlantedLeak]:
    """So many leaks of each kind, by kind, all of different problems: a pure function of the problems and `seed`.

    A problem of which no leak of a kind can be made, or whose leak does not pass its test, is left to the other kinds.

    Raises:
        ValueError: There are too few problems.
        SandboxError: The sandbox broke down.
    """
    waiting = list(problems)
    random.Random(seed).shuffle(waiting)
    leaks: list[PlantedLeak] = []
    for kind in LeakKind:
        unfit: list[Problem] = []
        wanted = len(leaks) + num_of_each
        while len(leaks) < wanted:
            if not waiting:
                raise ValueError(f"there are too few problems for {num_of_each} leaks of the kind `{kind}`")
            problem = waiting.pop(0)
            text = leak_text(problem, kind, random.Random(f"{seed}:{kind}:{problem.task_id}"))
            if text is not None and all(still_solving([(problem, text)], sandbox)):
                leaks.append(PlantedLeak(task_id=problem.task_id, kind=kind, text=text))
            else:
                unfit.append(problem)
        waiting = [*unfit, *waiting]
    return leaks
