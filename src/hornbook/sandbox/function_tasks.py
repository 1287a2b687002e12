"""Ask `sandbox/probes/calls.py` what a function does with given inputs, and read what became of it."""

from collections.abc import Sequence
from typing import Any

from hornbook.records import Outcome
from hornbook.sandbox.jail_tasks import Answer
from hornbook.sandbox.program import Report

_CHARACTERS_OF_ALL_VALUES = 12_000
_FEWEST_CHARACTERS, _MOST_CHARACTERS = 120, 600


def function_task(code: str, name: str, inputs: Sequence[str]) -> dict[str, Any]:
    """What `sandbox/probes/calls.py` is to see of a function: its calls, once."""
    room = _CHARACTERS_OF_ALL_VALUES // max(len(inputs), 1)
    return {
        "code": code,
        "name": name,
        "test": "",
        "examples": [],
        "inputs": list(inputs),
        "max_characters": max(_FEWEST_CHARACTERS, min(room, _MOST_CHARACTERS)),
        "twice": False,
    }


def outcome_of(answer: Answer) -> tuple[Outcome, str]:
    """What became of a task, and the detail."""
    if isinstance(answer, Report):
        outcome = Outcome.RAISED if answer.outcome is Outcome.PASSED else answer.outcome
        return outcome, answer.detail or "what it printed hides what was seen of it"
    return Outcome(answer["outcome"]), answer["detail"]
