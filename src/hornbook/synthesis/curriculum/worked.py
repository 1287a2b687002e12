"""Worked examples: an operation applied to a telling value, the code that does it, and what it printed."""

import random
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.idioms import Idiom
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.outcomes import Refused
from hornbook.synthesis.curriculum.scripts import outline, printed, write_script
from hornbook.synthesis.curriculum.task import Shape, Task
from hornbook.synthesis.curriculum.trials import value_of

MAX_SHOWN = 60
"""Characters of a value that an example starts from."""
MAX_PRINTED = 120
"""Characters of its result."""


@dataclass(frozen=True)
class Worked:
    """An example of a task: the lines that compute it, ready to run, and what they print."""

    task: Task
    given: tuple[Any, ...]
    others: tuple[tuple[Any, ...], ...]
    """Further values that suit the task as well, none of them refused."""
    code: str
    shown: str
    empty: tuple[str, str] | None
    """An empty value and the result for it, as text; none if the value has no empty form."""
    second: str
    """Other code for the same result; empty if there is none."""


def work_out(reference: Reference, task: Task, rng: random.Random) -> Worked | None:
    """A worked example with a telling, short value; the code is run and its output is what is shown."""
    inputs = draw_arguments(task, 12, rng)
    outputs = reference.outputs(task, inputs)
    if outputs is None:
        return None
    results = {place: value_of(task, outcome) for place, outcome in enumerate(outputs)}
    refused = [inputs[at] for at, result in results.items() if _is_refusal(task, result) and len(repr(inputs[at])) < 40]
    telling = [
        at
        for at, result in results.items()
        if at
        and not _is_refusal(task, result)
        and len(repr(inputs[at])) <= MAX_SHOWN
        and len(repr(result)) <= MAX_PRINTED
        and inputs[at][0]
        and result not in ("", [], {}, set())
    ]
    telling = [at for at in telling if results[at] != inputs[at][0]] or telling
    found = [at for at in telling if results[at]]
    telling = found if found and rng.random() < 0.8 else telling
    if not telling:
        return None
    given = inputs[rng.choice(telling)]
    others = tuple(inputs[at] for at in telling if inputs[at] != given)
    bad = rng.choice(refused) if refused else None
    first = write_script(task, given, rng.choice((Idiom.STEPS, Idiom.STEPS, Idiom.LOOPS)), rng, bad)
    second = write_script(task, given, rng.choice((Idiom.LOOPS, Idiom.FUNCTIONAL, Idiom.REBINDING)), rng, bad)
    if first is None:
        return None
    shown = printed(first)
    if second is None or outline(second) == outline(first) or printed(second) != shown:
        second = ""
    return Worked(task, given, others, first, shown, _empty_case(reference, task, given), second)


def _is_refusal(task: Task, result: Any) -> bool:
    return isinstance(result, Refused) or (result is None and task.may_be_none)


def _empty_case(reference: Reference, task: Task, given: tuple[Any, ...]) -> tuple[str, str] | None:
    first = task.arguments[0]
    if task.shape is not Shape.FUNCTION:
        return None
    empty = {Kind.TEXT: "", Kind.NUMBERS: [], Kind.WORDS: [], Kind.COUNTS: {}, Kind.PAIRS: [], Kind.SET: set()}.get(
        first.kind
    )
    if format_of(first.kind, first.properties) is not None:
        return None
    if empty is None:
        return None
    return repr(empty), source_of(reference.evaluate(task, (empty, *given[1:])))
