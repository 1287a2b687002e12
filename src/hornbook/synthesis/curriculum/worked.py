"""Worked examples: an operation applied to a telling value, the code that does it, and what it printed."""

import contextlib
import io
import random
import re
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.task import Task

MAX_SHOWN = 60
"""Characters of a value that an example starts from."""
MAX_PRINTED = 120
"""Characters of its result."""


@dataclass(frozen=True)
class Worked:
    """An example of an operation: the lines that compute it, ready to run, and what they print."""

    task: Task
    given: tuple[Any, ...]
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
    telling = [
        given
        for given, result in zip(inputs[1:], outputs[1:], strict=True)
        if len(repr(given)) <= MAX_SHOWN and len(repr(result)) <= MAX_PRINTED
        if given[0] and result not in ("", [], {}, set())
    ]
    changed = [given for given in telling if reference.evaluate(task, given) != given[0]]
    telling = changed or telling
    found = [given for given in telling if reference.evaluate(task, given)]
    telling = found if found and rng.random() < 0.8 else telling
    if not telling:
        return None
    given = rng.choice(telling)
    first = _code(task, given, rng.choice((Idiom.STEPS, Idiom.STEPS, Idiom.LOOPS)), rng)
    second = _code(task, given, rng.choice((Idiom.LOOPS, Idiom.FUNCTIONAL, Idiom.REBINDING)), rng)
    if first is None:
        return None
    shown = printed(first)
    if second is None or _outline(second) == _outline(first) or printed(second) != shown:
        second = ""
    return Worked(task, given, first, shown, _empty_case(reference, task, given), second)


def _code(task: Task, given: tuple[Any, ...], idiom: Idiom, rng: random.Random) -> str | None:
    body = write_solution(task, "", idiom, rng)
    if body is None:
        return None
    lines = [line.removeprefix("    ") for line in body.rstrip("\n").split("\n")]
    value = lines.pop().removeprefix("return ")
    setting = [f"{item.name} = {argument!r}" for item, argument in zip(task.arguments, given, strict=True)]
    return "\n".join([*setting, *lines, f"print({value})"]) + "\n"


def _outline(code: str) -> str:
    """A piece of code without its names: what is left when variables are called otherwise."""
    return re.sub(r"(?<!\.)\b[a-z_]+\b(?!\()", "name", code)


def printed(code: str) -> str:
    """What a piece of the curriculum's own code prints."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(code, {})
    return shown.getvalue()


def _empty_case(reference: Reference, task: Task, given: tuple[Any, ...]) -> tuple[str, str] | None:
    first = task.arguments[0]
    empty = {Kind.TEXT: "", Kind.NUMBERS: [], Kind.WORDS: [], Kind.COUNTS: {}, Kind.PAIRS: [], Kind.SET: set()}.get(
        first.kind
    )
    if format_of(first.kind, first.properties) is not None:
        return None
    if empty is None:
        return None
    return repr(empty), source_of(reference.evaluate(task, (empty, *given[1:])))


def names_after(code: str) -> dict[str, Any]:
    """The variables after a piece of the curriculum's own code."""
    names: dict[str, Any] = {}
    exec(code, names)
    return names
