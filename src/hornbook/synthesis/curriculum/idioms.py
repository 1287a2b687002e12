"""Write a task's solution in Python, in several idioms: one expression, named steps, loops, `map` and `filter`."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from hornbook.errors import ConfigError
from hornbook.synthesis.curriculum.comprehension import Comprehension, is_generator, lazily
from hornbook.synthesis.curriculum.endings import write_beginning, write_yields, yielding_source
from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind
from hornbook.synthesis.curriculum.operation import Form, Operation, fill, fill_code, is_name
from hornbook.synthesis.curriculum.task import Step, Task

LINE_LENGTH = 88
INDENT = "    "
FIRST_SHARE = 0.75


class Idiom(StrEnum):
    """A way to write a solution."""

    EXPRESSION = "expression"
    STEPS = "steps"
    LOOPS = "loops"
    FUNCTIONAL = "functional"
    REBINDING = "rebinding"


def parse_idioms(field: str, value: tuple[str, ...]) -> tuple[Idiom, ...]:
    """The idioms of these names.

    Raises:
        ConfigError: There are none, or not all are known; the message names the config's field.
    """
    known = [idiom.value for idiom in Idiom]
    if not value or not set(value) <= set(known):
        raise ConfigError(f"`{field}` must be some of {', '.join(known)}, got {value!r}")
    return tuple(map(Idiom, value))


@dataclass
class _Writer:
    """The lines written so far, and the names that they use."""

    rng: random.Random
    taken: set[str]
    lines: list[str] = field(default_factory=list)

    def name(self, wanted: str, kind: Kind) -> str:
        """A name that no argument and no earlier line uses."""
        for candidate in (wanted, WORDS_OF_KIND[kind].fallback_name, f"{wanted}_now", f"{wanted}_2", f"{wanted}_3"):
            if candidate not in self.taken:
                self.taken.add(candidate)
                return candidate
        raise AssertionError(f"no free name for {wanted!r}")

    def code(self, operation: Operation) -> str:
        """One of the operation's expressions, the first and plainest one most often."""
        return operation.code[0] if self.rng.random() < FIRST_SHARE else self.rng.choice(operation.code)

    def element(self, kind: Kind) -> str:
        """A loop variable; it may be used again by the next loop."""
        choices = [name for name in WORDS_OF_KIND[kind].element_names if name not in self.taken]
        return self.rng.choice(choices) if choices else "element"


def write_solution(task: Task, name: str, idiom: Idiom, rng: random.Random) -> str | None:
    """The function's body, indented by four spaces, with a final newline; none if the idiom does not suit the task."""
    names = {name, *(argument.name for argument in task.arguments)}
    writer = _Writer(rng, names.union(*(step.operation.local_names for step in task.steps)))
    opened = write_beginning(writer, task)
    value: str | None = opened.value
    if opened.task is not None:
        yields = opened.task.steps[-1].operation.form is Form.YIELD
        value = _write_generator(writer, opened.task, idiom) if yields else _WRITERS[idiom](writer, opened.task)
    if value is None:
        return None
    if value:
        writer.lines.append(f"return {value}")
    body = "\n".join(writer.lines)
    lines = body.split("\n")
    if any(len(line) > LINE_LENGTH for line in lines):
        return None
    return "".join(f"{INDENT}{line}\n" if line else "\n" for line in lines)


def _write_generator(writer: _Writer, task: Task, idiom: Idiom) -> str | None:
    """A function that yields; the iterator to return, where it returns one instead, or else the empty string."""
    *steps, last = task.steps
    before = Task(task.arguments, tuple(steps))
    if idiom is Idiom.LOOPS and last.operation.blocks:
        return _write_loops(writer, task)
    value = _WRITERS[idiom](writer, before) if steps else task.arguments[0].name
    if value is None or (idiom is Idiom.FUNCTIONAL and not steps):
        return None
    hands_on = last.operation.code[:1] == ("$x",)
    if hands_on and idiom in (Idiom.FUNCTIONAL, Idiom.EXPRESSION):
        lazy = lazily(value)
        if lazy or idiom is Idiom.FUNCTIONAL:
            return lazy
    is_loop = not last.operation.code or (idiom is not Idiom.EXPRESSION and writer.rng.random() < 0.75)
    if not is_name(value) and not hands_on:
        name = writer.name(steps[-1].operation.result, last.operation.takes)
        writer.lines.append(f"{name} = {value}")
        value = name
    write_yields(writer, last, value, is_loop=is_loop and bool(last.operation.blocks))
    return ""


def _write_expression(writer: _Writer, task: Task) -> str | None:
    """One expression, without any named step."""
    value = task.arguments[0].name
    run = Comprehension(value)
    for step in task.steps:
        operation = step.operation
        if not operation.code:
            return None
        if operation.form in (Form.MAP, Form.FILTER):
            run.add(step, writer)
            continue
        template = writer.code(operation)
        value = run.close_into(template) if operation.form is Form.FOLD else run.close()
        if template.count("$x") > 1 and not is_name(value):
            return None
        value = _apply(template, value, step, writer)
        run = Comprehension(value)
    return run.close()


def _write_steps(writer: _Writer, task: Task) -> str | None:
    """Each operation on a line of its own, with a name for each intermediate value."""
    value = task.arguments[0].name
    for place, step in enumerate(task.steps):
        expression = _single(writer, value, step)
        is_last = place == len(task.steps) - 1
        if expression is not None and is_last and len(task.steps) > 1:
            return expression
        out = writer.name(step.operation.result, step.operation.gives)
        if expression is None:
            _write_block(writer, step, value, out, 0)
        else:
            writer.lines.append(f"{out} = {expression}")
        value = out
    return value


def _write_rebinding(writer: _Writer, task: Task) -> str | None:
    """As steps, but one variable per kind that is bound anew."""
    value = task.arguments[0].name
    names: dict[Kind, str] = {}
    for step in task.steps:
        kind = step.operation.gives
        if kind not in names:
            names[kind] = writer.name("result" if not names else WORDS_OF_KIND[kind].fallback_name, kind)
        out = names[kind]
        expression = _single(writer, value, step)
        if expression is None:
            if out == value:
                return None
            _write_block(writer, step, value, out, 0)
        else:
            writer.lines.append(f"{out} = {expression}")
        value = out
    return value


def _single(writer: _Writer, value: str, step: Step) -> str | None:
    operation = step.operation
    if not operation.code:
        return None
    if operation.form in (Form.MAP, Form.FILTER):
        run = Comprehension(value)
        run.add(step, writer)
        return run.close()
    return _apply(writer.code(operation), value, step, writer)


def _write_functional(writer: _Writer, task: Task) -> str | None:
    """`map` and `filter` with small functions; suits tasks that change or keep members."""
    if not any(step.operation.form in (Form.MAP, Form.FILTER) for step in task.steps):
        return None
    value = task.arguments[0].name
    is_lazy = False
    for step in task.steps:
        operation = step.operation
        if operation.form in (Form.MAP, Form.FILTER):
            element = writer.element(operation.takes)
            body = fill_code(operation.code[0], {"v": element, **step.in_code()})
            function = f"lambda {element}: {body}"
            for plain in ("len", "abs", "str"):
                function = plain if body == f"{plain}({element})" else function
            value = f"{operation.form.value}({function}, {value})"
            is_lazy = True
            continue
        if not operation.code:
            return None
        template = operation.code[0]
        if is_lazy and not (operation.form is Form.FOLD and "len(" not in template and " for " not in template):
            value = f"list({value})"
        if template.count("$x") > 1 and not is_name(value):
            name = writer.name(f"{_noun_of(step.operation.takes)}", step.operation.takes)
            writer.lines.append(f"{name} = {value}")
            value = name
        value = _apply(template, value, step, writer)
        is_lazy = False
    return f"list({value})" if is_lazy else value


def _noun_of(kind: Kind) -> str:
    return WORDS_OF_KIND[kind].fallback_name


def _write_loops(writer: _Writer, task: Task) -> str | None:
    """Loops and conditions; changes and filters that follow each other share one loop."""
    value = task.arguments[0].name
    place = 0
    while place < len(task.steps):
        end = place
        while end < len(task.steps) and task.steps[end].operation.form in (Form.MAP, Form.FILTER):
            end += 1
        if end > place or (end < len(task.steps) and _is_loop(task.steps[end].operation)):
            fold = task.steps[end] if end < len(task.steps) and _is_loop(task.steps[end].operation) else None
            value = _write_loop(writer, value, task.steps[place:end], fold)
            place = end + (fold is not None)
            continue
        step = task.steps[place]
        if step.operation.form is Form.YIELD:
            write_yields(writer, step, value, is_loop=True)
            return ""
        out = writer.name(step.operation.result, step.operation.gives)
        if step.operation.blocks and step.operation.form is Form.WHOLE:
            _write_block(writer, step, value, out, writer.rng.randrange(len(step.operation.blocks)))
        else:
            writer.lines.append(f"{out} = {_apply(step.operation.code[0], value, step, writer)}")
        value = out
        place += 1
    return "" if task.steps[-1].operation.form is Form.YIELD else value


def _is_loop(operation: Operation) -> bool:
    """Whether an operation is written as a loop over members, which the changes and filters before it can share."""
    return operation.form in (Form.FOLD, Form.YIELD) and any("\n---\n" in block for block in operation.blocks)


def _write_block(writer: _Writer, step: Step, value: str, out: str, which: int) -> None:
    operation = step.operation
    if operation.form is Form.FOLD:
        _write_fold(writer, value, step, out, which)
        return
    block = fill_code(operation.blocks[which], {"x": value, "out": out, **step.in_code()})
    writer.lines.extend(["", block] if block.startswith("def ") and writer.lines else [block])


def _write_fold(writer: _Writer, value: str, step: Step, out: str, which: int) -> None:
    element = writer.element(step.operation.takes)
    start, update, *finish = step.operation.blocks[which].split("\n---\n")
    names = {"out": out, "v": element, **step.in_code()}
    writer.lines.append(fill_code(start, names))
    writer.lines.append(f"for {element} in {value}:")
    writer.lines.append(_indented(fill_code(update, names), 1))
    writer.lines.extend(fill_code(part, names) for part in finish)


def _write_loop(writer: _Writer, value: str, run: tuple[Step, ...], fold: Step | None) -> str:
    last = fold if fold is not None else run[-1]
    element = writer.element((*run, last)[0].operation.takes)
    out = writer.name(last.operation.result, last.operation.gives)
    start, update, *finish = ("$out = []", "$out.append($v)")
    if fold is not None:
        blocks = [block for block in fold.operation.blocks if "\n---\n" in block]
        start, update, *finish = writer.rng.choice(blocks).split("\n---\n")
    if start:
        writer.lines.append(fill_code(start, {"out": out, **last.in_code()}))
    writer.lines.append(f"for {element} in {value}:")
    depth = 1
    current = element
    for step in run:
        template = writer.code(step.operation)
        if template.count("$v") > 1 and current != element:
            writer.lines.append(f"{INDENT * depth}{element} = {current}")
            current = element
        filled = fill_code(template, {"v": current, **step.in_code()})
        if step.operation.form is Form.FILTER:
            writer.lines.append(f"{INDENT * depth}if {filled}:")
            depth += 1
        else:
            current = filled
    if current != element and (update.count("$v") > 1):
        writer.lines.append(f"{INDENT * depth}{element} = {current}")
        current = element
    writer.lines.append(_indented(fill_code(update, {"out": out, "v": current, **last.in_code()}), depth))
    writer.lines.extend(fill_code(part, {"out": out, **last.in_code()}) for part in finish)
    return out


def _indented(block: str, depth: int) -> str:
    return "\n".join(INDENT * depth + line for line in block.split("\n"))


def _apply(template: str, value: str, step: Step, writer: _Writer) -> str:
    element = writer.element(step.operation.takes)
    if is_generator(value) and "($x)" not in template:
        value = f"({value})"
        return fill(template, {"x": value, "v": element, **step.in_code()})
    return fill_code(template, {"x": value, "v": element, **step.in_code()})


_WRITERS: dict[Idiom, Callable[[_Writer, Task], str | None]] = {
    Idiom.EXPRESSION: _write_expression,
    Idiom.STEPS: _write_steps,
    Idiom.LOOPS: _write_loops,
    Idiom.FUNCTIONAL: _write_functional,
    Idiom.REBINDING: _write_rebinding,
}


def reference_source(operation: Operation) -> str:
    """A function `run(x, …)` that computes an operation on its own, from its first expression or block."""
    names = ", ".join(["x", *(parameter.name for parameter in operation.parameters)])
    places = {"x": "x", "v": "v", "out": "out"} | {parameter.name: parameter.name for parameter in operation.parameters}
    if operation.form is Form.YIELD:
        body = yielding_source(operation)
    elif operation.form is Form.STATE:
        answer = fill(operation.code[0], places)
        body = f"    return {answer}, {fill(operation.state, places) if operation.state else answer}\n"
    elif operation.form is Form.MAP:
        body = f"    return [{fill(operation.code[0], places)} for v in x]\n"
    elif operation.form is Form.FILTER:
        body = f"    return [v for v in x if {fill(operation.code[0], places)}]\n"
    elif operation.code:
        body = f"    return {fill(operation.code[0], places)}\n"
    else:
        block = fill(operation.blocks[0], places)
        if operation.form is Form.FOLD:
            start, update, *finish = block.split("\n---\n")
            block = "\n".join([start, "for v in x:", _indented(update, 1), *finish])
        body = _indented(block, 1) + "\n    return out\n"
    return f"def run({names}):\n{body}"
