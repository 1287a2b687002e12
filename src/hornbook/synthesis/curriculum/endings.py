"""Write what is not a chain's own work: the guard or change of state that begins it, the `yield` that ends it."""

import random
from dataclasses import dataclass
from typing import Protocol

from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Form, Operation, fill, fill_code
from hornbook.synthesis.curriculum.task import Argument, Step, Task

INDENT = "    "


class Lines(Protocol):
    """What writes a solution: the lines so far, and names that are free."""

    rng: random.Random
    lines: list[str]

    def name(self, wanted: str, kind: Kind) -> str:
        """A name that is free."""

    def code(self, operation: Operation) -> str:
        """One of the operation's expressions."""

    def element(self, kind: Kind) -> str:
        """A loop variable."""


@dataclass(frozen=True)
class Opened:
    """What is left of a task once its beginning is written."""

    task: Task | None
    """The work on the value that the beginning hands on; none if there is no more to do."""
    value: str
    """The value handed on; empty if nothing is returned."""


def write_beginning(writer: Lines, task: Task) -> Opened:
    """Write the guard or the change of state with which the task begins, if it does."""
    first = task.steps[0]
    match first.operation.form:
        case Form.GUARD:
            _write_guard(writer, first, task.arguments[0].name)
            value = task.arguments[0].name
        case Form.STATE:
            value = _write_change(writer, first, task.arguments[0].name)
        case _:
            return Opened(task, "")
    if len(task.steps) == 1:
        return Opened(None, "" if task.gives is Kind.NOTHING else value)
    argument = Argument(value, first.operation.gives)
    return Opened(Task((argument, *task.arguments[1:]), task.steps[1:]), value)


def _write_guard(writer: Lines, step: Step, value: str) -> None:
    """A condition and what follows from it; now and then the condition or the message has a name of its own."""
    operation = step.operation
    names = {"x": value, "v": writer.element(operation.takes), **step.in_code()}
    condition, message = fill_code(writer.code(operation), names), names.get("m", "")
    way = writer.rng.random()
    if way < 0.06:
        name = writer.name("is_refused", Kind.FLAG)
        writer.lines.append(f"{name} = {condition}")
        condition = name
    writer.lines.append(f"if {condition}:")
    if message and way > 0.94:
        writer.lines.append(f"{INDENT}message = {message}")
        message = "message"
    writer.lines.append(f"{INDENT}{consequence(operation, message)}")


def consequence(operation: Operation, message: str) -> str:
    """The statement by which a guard refuses."""
    return f"raise {operation.refusal}({message})" if operation.refusal else "return None"


def _write_change(writer: Lines, step: Step, held: str) -> str:
    """Change the value that is held, where it is or by binding it anew; the value to go on with."""
    operation = step.operation
    names = {"x": held, **step.in_code()}
    in_place = bool(operation.blocks) and writer.rng.random() < 0.75
    if operation.state == "$x":
        return _write_reading(writer, operation, held)
    if not operation.state:
        if in_place:
            writer.lines.append(fill_code(writer.rng.choice(operation.blocks), names))
            return held
        changed = fill_code(writer.code(operation), names)
        if writer.rng.random() < 0.2:
            name = writer.name("changed", operation.gives)
            writer.lines.append(f"{name} = {changed}")
            changed = name
        writer.lines.append(f"{held} = {changed}")
        return held
    wanted = operation.result if writer.rng.random() < 0.85 else "answer"
    out = names["out"] = writer.name(wanted, operation.gives)
    answer, state = fill_code(writer.code(operation), names), fill_code(operation.state, names)
    if in_place:
        writer.lines.append(fill_code(writer.rng.choice(operation.blocks), names))
    elif writer.rng.random() < 0.3 and not _has_branches(answer):
        writer.lines.append(f"{out}, {held} = {answer}, {state}")
    else:
        writer.lines.extend((f"{out} = {answer}", f"{held} = {state}"))
    return out


def _write_reading(writer: Lines, operation: Operation, held: str) -> str:
    """Read what is held, at times under a name without `self`."""
    way = writer.rng.random()
    if way < 0.9:
        return held
    name = writer.name(held.removeprefix("self.") if way < 0.95 else operation.result, operation.gives)
    writer.lines.append(f"{name} = {held}")
    return name


def _has_branches(expression: str) -> bool:
    return " if " in expression


def write_yields(writer: Lines, step: Step, value: str, *, is_loop: bool) -> None:
    """Yield what the last operation makes of `value`: by a loop, or handing an iterable on as a whole."""
    operation = step.operation
    element = writer.element(operation.takes)
    names = {"x": value, "v": element, **step.in_code()}
    if operation.code and not is_loop:
        iterable = fill_code(writer.code(operation), names)
        writer.lines.append(f"yield from {iterable}")
        return
    block = writer.rng.choice(operation.blocks)
    wanted = operation.result if writer.rng.random() < 0.85 else writer.rng.choice(("value", "current", "following"))
    names["out"] = writer.name(wanted, operation.gives)
    if "\n---\n" not in block:
        writer.lines.append(fill_code(block, names))
        return
    start, update, *finish = block.split("\n---\n")
    writer.lines.extend(fill_code(part, names) for part in (start,) if part)
    writer.lines.append(f"for {element} in {value}:")
    writer.lines.extend(INDENT + line for line in fill_code(update, names).split("\n"))
    writer.lines.extend(fill_code(part, names) for part in finish)


def yielding_source(operation: Operation) -> str:
    """The body of a generator that does what an operation says, from its first block."""
    names = {"x": "x", "v": "v", "out": "out"} | {item.name: item.name for item in operation.parameters}
    if not operation.blocks:
        return f"    yield from {fill(operation.code[0], names)}\n"
    block = fill(operation.blocks[0], names)
    if "\n---\n" in block:
        start, update, *finish = block.split("\n---\n")
        loop = "\n".join(INDENT + line for line in update.split("\n"))
        block = "\n".join(part for part in (start, "for v in x:", loop, *finish) if part)
    return "".join(f"{INDENT}{line}\n" for line in block.split("\n"))
