"""Turn a task into a short script that a passage can show: values, the code that works on them, what it prints."""

import ast
import contextlib
import io
import random
import re
import textwrap
from collections.abc import Sequence
from typing import Any

from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.names import name_plainly
from hornbook.synthesis.curriculum.task import Shape, Task
from hornbook.synthesis.curriculum.trials import IMPORT_ISLICE, show

INDENT = "    "


def write_script(
    task: Task, given: Sequence[Any], idiom: Idiom, rng: random.Random, refused: Sequence[Any] | None = None
) -> str | None:
    """A script that runs the task on `given` and prints its result; none if the idiom does not suit the task.

    A function's body stands on its own; a generator, guarded function or method is defined, then used. What a guarded
    function does with `refused` is shown as well.
    """
    if task.shape is Shape.FUNCTION:
        return _flat_script(task, given, idiom, rng)
    definition = write_definition(task, idiom, rng)
    if definition is None:
        return None
    return f"{definition}\n{_use(task, given, refused)}"


def settings_of(task: Task, given: Sequence[Any]) -> list[str]:
    """The lines that name the values."""
    if task.owner is not None:
        return [f"{task.owner.variable} = {task.owner.name}({source_of(given[0])})"]
    return [f"{item.name} = {source_of(value)}" for item, value in zip(task.arguments, given, strict=True)]


def _flat_script(task: Task, given: Sequence[Any], idiom: Idiom, rng: random.Random) -> str | None:
    body = write_solution(task, "", idiom, rng)
    if body is None:
        return None
    lines = [line.removeprefix(INDENT) for line in body.rstrip("\n").split("\n")]
    value = lines.pop().removeprefix("return ")
    return "\n".join([*settings_of(task, given), *lines, f"print({value})"]) + "\n"


def write_definition(task: Task, idiom: Idiom, rng: random.Random) -> str | None:
    """The function or class itself, without annotations and docstring."""
    name = name_plainly(task)
    body = write_solution(task, name, idiom, rng)
    if body is None:
        return None
    listed = ", ".join(argument.name for argument in task.parameters)
    owner = task.owner
    if owner is None:
        return f"def {name}({listed}):\n{body}"
    initial = f"def __init__(self, {owner.attribute}):\n{INDENT}{owner.held} = {owner.copied}\n\n"
    method = f"def {name}({', '.join(['self', listed] if listed else ['self'])}):\n{body}"
    return f"class {owner.name}:\n{textwrap.indent(initial + method, INDENT)}"


def _use(task: Task, given: Sequence[Any], refused: Sequence[Any] | None) -> str:
    name = name_plainly(task)
    if task.owner is not None:
        return "\n".join([*settings_of(task, given), *call_method(task, given[1:])]) + "\n"
    imported = f"{IMPORT_ISLICE}\n\n" if task.shape is Shape.GENERATOR and task.steps[-1].operation.is_endless else ""
    lines = [f"print({show(task, name, given, None).expression})"]
    if refused is not None and task.may_be_none:
        lines.append(f"print({show(task, name, refused, None).expression})")
    elif refused is not None:
        lines += ["try:", f"{INDENT}{show(task, name, refused, None).expression}"]
        lines += [f"except {task.steps[0].operation.refusal} as error:", f'{INDENT}print("refused:", error)']
    return f"{imported}{chr(10).join(lines)}\n"


def call_method(task: Task, given: Sequence[Any]) -> list[str]:
    """Lines that call the method once and print what it answers and what the object then holds."""
    assert task.owner is not None
    called = f"{task.owner.variable}.{name_plainly(task)}({', '.join(map(source_of, given))})"
    held = f"print({task.owner.variable}.{task.owner.attribute})"
    if task.gives is Kind.NOTHING:
        return [called, held]
    is_reader = task.steps[0].operation.state == "$x"
    return [f"print({called})"] if is_reader else [f"print({called})", held]


def printed(code: str) -> str:
    """What a piece of the curriculum's own code prints."""
    shown = io.StringIO()
    with contextlib.redirect_stdout(shown):
        exec(code, {})
    return shown.getvalue()


def names_after(code: str) -> dict[str, Any]:
    """The variables after a piece of the curriculum's own code."""
    names: dict[str, Any] = {}
    exec(code, names)
    return names


def outline(code: str) -> str:
    """A piece of code without its names: what is left when variables are called otherwise."""
    return re.sub(r"(?<!\.)\b[a-z_]+\b(?!\()", "name", code)


def watch_loop(script: str) -> str | None:
    """A script whose first loop prints its variables at the end of each turn; none without a loop."""
    loops = [node for node in ast.parse(script).body if isinstance(node, ast.For | ast.While)]
    if not loops or any(isinstance(node, ast.Return | ast.FunctionDef) for node in ast.walk(loops[0])):
        return None
    names = tuple(dict.fromkeys(_changed_in(loops[0])))
    if not 2 <= len(names) <= 3:
        return None
    lines = script.rstrip("\n").split("\n")
    listed = ", ".join(part for name in names for part in (f'"{name} ="', name))
    assert loops[0].end_lineno is not None
    lines.insert(loops[0].end_lineno, f"{INDENT}print({listed})")
    return "\n".join(lines) + "\n"


def _changed_in(loop: ast.For | ast.While) -> list[str]:
    """The variables that a loop binds or changes, in the order of their first change."""
    found: list[str] = []
    inner: set[str] = set()
    for node in ast.walk(loop):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                found.append(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                found.append(name)
            case ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add" | "extend")):
                found.append(name)
            case ast.comprehension(target=target):
                inner |= {name.id for name in ast.walk(target) if isinstance(name, ast.Name)}
    return [name for name in found if name not in inner and name != "_"]
