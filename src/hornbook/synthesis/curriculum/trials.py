"""Try a solution: how it is called, what shows an example of it, and the source of a test."""

import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.outcomes import NUM_TAKEN, Called, Refused
from hornbook.synthesis.curriculum.task import Shape, Task

IMPORT_ISLICE = "from itertools import islice"
_MESSAGE_OF = """def message_of(function, *arguments):
    try:
        function(*arguments)
    except {exception} as error:
        return str(error)


"""
Evaluate = Callable[[Task, Sequence[Any]], Any]


@dataclass(frozen=True)
class Shown:
    """An example: lines that prepare it, an expression, and the value that it really has."""

    before: tuple[str, ...]
    expression: str
    value: Any

    @property
    def length(self) -> int:
        """Characters of the example on one line."""
        return len(self.expression) + len(source_of(self.value))


def call(name: str, arguments: Sequence[Any]) -> str:
    """A call as source."""
    return f"{name}({', '.join(map(source_of, arguments))})"


def show(task: Task, name: str, arguments: Sequence[Any], outcome: Any) -> Shown:
    """What a docstring would show of one run; `name` is that of the function or method."""
    match task.shape:
        case Shape.GENERATOR if task.steps[-1].operation.is_endless:
            return Shown((IMPORT_ISLICE,), f"list(islice({call(name, arguments)}, {NUM_TAKEN}))", outcome)
        case Shape.GENERATOR:
            return Shown((), f"list({call(name, arguments)})", outcome)
        case Shape.METHOD:
            return _show_method(task, name, arguments, outcome)
        case _:
            return Shown((), call(name, arguments), outcome)


def _show_method(task: Task, name: str, arguments: Sequence[Any], outcome: Called) -> Shown:
    assert task.owner is not None
    made, variable = call(task.owner.name, arguments[:1]), task.owner.variable
    called = call(name, arguments[1:])
    if task.gives is Kind.NOTHING:
        before = (f"{variable} = {made}", f"{variable}.{called}")
        return Shown(before, f"{variable}.{task.owner.attribute}", outcome.held)
    if outcome.held == arguments[0]:
        return Shown((), f"{made}.{called}", outcome.answer)
    return Shown((f"{variable} = {made}",), f"{variable}.{called}", outcome.answer)


def value_of(task: Task, outcome: Any) -> Any:
    """The value that an outcome is about: the answer, or what is held where a method answers nothing."""
    if isinstance(outcome, Called):
        return outcome.held if task.gives is Kind.NOTHING else outcome.answer
    return outcome


def try_out(task: Task, name: str, candidate: Any, arguments: Sequence[Any]) -> Any:
    """Run a compiled solution as its task is run: the function, or the class of which it is the method `name`."""
    match task.shape:
        case Shape.GENERATOR:
            return list(islice(candidate(*arguments), NUM_TAKEN if task.steps[-1].operation.is_endless else None))
        case Shape.GUARDED:
            try:
                return candidate(*arguments)
            except (ValueError, TypeError) as error:
                return Refused(type(error).__name__, str(error))
        case Shape.METHOD:
            assert task.owner is not None
            made = candidate(arguments[0])
            answer = getattr(made, name)(*arguments[1:])
            return Called(answer, getattr(made, task.owner.attribute))
        case _:
            return candidate(*arguments)


def write_test(
    task: Task, name: str, inputs: Sequence[tuple[Any, ...]], outcomes: Sequence[Any], evaluate: Evaluate
) -> str:
    """Source that defines `check(candidate)`, as in HumanEval."""
    head, lines = "", []
    if task.shape is Shape.GENERATOR and task.steps[-1].operation.is_endless:
        head = f"{IMPORT_ISLICE}\n\n\n"
    for place, (arguments, outcome) in enumerate(zip(inputs, outcomes, strict=True)):
        if isinstance(outcome, Called):
            others = inputs[(place + 1) % len(inputs)][1:]
            lines.append("\n".join(_method_lines(task, name, arguments, others, outcome, evaluate)))
        elif isinstance(outcome, Refused):
            head = _MESSAGE_OF.replace("{exception}", outcome.exception)
            listed = ", ".join(["candidate", *map(source_of, arguments)])
            lines.append(f"assert message_of({listed}) == {source_of(outcome.message)}")
        else:
            sign = "is" if outcome is None else "=="
            lines.append(f"assert {show(task, 'candidate', arguments, outcome).expression} {sign} {source_of(outcome)}")
    body = textwrap.indent("\n".join(dict.fromkeys(lines)), "    ")
    return f"{head}def check(candidate):\n{body}\n"


def _method_lines(
    task: Task, name: str, arguments: Sequence[Any], others: Sequence[Any], outcome: Called, evaluate: Evaluate
) -> list[str]:
    """Make an object and call its method twice, with the arguments of another trial the second time."""
    assert task.owner is not None
    variable, attribute = task.owner.variable, task.owner.attribute
    lines = [f"{variable} = {call('candidate', arguments[:1])}"]
    calls = [(arguments[1:], outcome)]
    if outcome.held != arguments[0]:
        try:
            second = evaluate(task, (outcome.held, *others))
        except (ValueError, IndexError, OverflowError, ZeroDivisionError):
            second = None
        if second is not None:
            calls.append((others, second))
    for given, result in calls:
        called = f"{variable}.{call(name, given)}"
        if task.gives is Kind.NOTHING:
            lines.append(called)
        else:
            lines.append(f"assert {called} == {source_of(result.answer)}")
        lines.append(f"assert {variable}.{attribute} == {source_of(result.held)}")
    return lines


def choose_telling(inputs: Sequence[tuple[Any, ...]], outputs: Sequence[Any], count: int) -> list[int]:
    """The places of a corner case, which comes first, of a refusal, and of inputs with different results."""
    different = {repr(given): place for place, given in enumerate(inputs)}
    order = [
        0,
        *(place for place in sorted(different.values(), reverse=True) if repr(inputs[place]) != repr(inputs[0])),
    ]
    refused = [place for place in order if outputs[place] is None or isinstance(outputs[place], Refused)]
    order = order[:1] + refused[:1] + order[1:]
    seen: set[str] = set()
    chosen: list[int] = []
    for place in order:
        if source_of(outputs[place]) not in seen:
            seen.add(source_of(outputs[place]))
            chosen.append(place)
    return (chosen + [place for place in order if place not in chosen])[:count]
