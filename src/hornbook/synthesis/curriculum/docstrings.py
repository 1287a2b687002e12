"""Lay a description out as a docstring, in the styles that real code uses."""

import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, Kind, source_of
from hornbook.synthesis.curriculum.phrases import Description, described
from hornbook.synthesis.curriculum.task import Argument, Shape, Task
from hornbook.synthesis.curriculum.trials import Shown

WIDTH = 92
INDENT = "    "

_TYPING_NAMES = ("Dict", "Iterator", "List", "Optional", "Set", "Tuple")


class DocstringStyle(StrEnum):
    """How a docstring is laid out."""

    SUMMARY = "summary"
    DOCTEST = "summary and doctest"
    PARAMETERS = "Parameters and Returns"
    GOOGLE = "Args and Returns"
    REST = "reST fields"
    EXAMPLE = "prose with an example"
    STEPS = "numbered steps"
    COMPARISON = "summary and comparisons"


@dataclass(frozen=True)
class _Page:
    """What a layout may use."""

    task: Task
    name: str
    description: Description
    examples: Sequence[Shown]
    rng: random.Random


def write_prompt(
    task: Task,
    name: str,
    description: Description,
    examples: Sequence[Shown],
    style: DocstringStyle,
    rng: random.Random,
) -> str:
    """Imports if any, signature and docstring; the last line is that of the closing quotes."""
    is_old = rng.random() < 0.12
    annotations = [_annotation(argument, is_old) for argument in task.arguments]
    gives = WORDS_OF_KIND[task.gives]
    result = gives.typing_annotation if is_old else gives.annotation
    if task.may_be_none and task.gives is not Kind.MAYBE:
        result = f"Optional[{result}]" if is_old else f"{result} | None"
    listed = [f"{argument.name}: {text}" for argument, text in zip(task.arguments, annotations, strict=True)]
    page = _Page(task, name, description, examples, rng)
    lines = _LAYOUTS[style](page)
    imports = _imports((*annotations, result), is_old=is_old)
    if task.owner is None:
        return f"{imports}def {name}({', '.join(listed)}) -> {result}:\n{_quoted(lines, rng)}"
    header = f"def {name}({', '.join(['self', *listed[1:]])}) -> {result}:\n{_quoted(lines, rng)}"
    owner = task.owner
    opening = f'class {owner.name}:\n{INDENT}"""{owner.docstring}"""\n\n'
    initial = (
        f"def __init__(self, {owner.attribute}: {annotations[0]}) -> None:\n{INDENT}{owner.held} = {owner.copied}\n\n"
    )
    return f"{imports}{opening}{textwrap.indent(initial + header, INDENT)}"


def fitting_style(style: DocstringStyle, task: Task, examples: Sequence[Shown]) -> DocstringStyle:
    """The style itself where it suits the task and what can be shown of it, or else a plain summary."""
    needs_example = (DocstringStyle.DOCTEST, DocstringStyle.COMPARISON, DocstringStyle.EXAMPLE)
    needs_arguments = (DocstringStyle.PARAMETERS, DocstringStyle.GOOGLE, DocstringStyle.REST)
    if style in needs_example and not examples:
        return DocstringStyle.SUMMARY
    if style in needs_example and task.shape in (Shape.GENERATOR, Shape.METHOD):
        return DocstringStyle.DOCTEST  # What is shown is no plain call.
    if style in needs_arguments and (not task.parameters or task.gives is Kind.NOTHING):
        return DocstringStyle.SUMMARY
    if style is DocstringStyle.STEPS and (len(task.steps) == 1 or task.shape is Shape.METHOD):
        return DocstringStyle.SUMMARY  # A step of a method would be taken for a change of its object.
    return style


def _imports(annotations: Sequence[str], *, is_old: bool) -> str:
    """The import that the annotations need, and the blank lines behind it."""
    used = [name for name in _TYPING_NAMES if any(f"{name}[" in text for text in annotations)]
    if used == ["Iterator"] and not is_old:
        return "from collections.abc import Iterator\n\n\n"
    return f"from typing import {', '.join(used)}\n\n\n" if used else ""


def _annotation(argument: Argument, is_old: bool) -> str:
    words = WORDS_OF_KIND[argument.kind]
    return words.typing_annotation if is_old else words.annotation


def _quoted(lines: list[str], rng: random.Random) -> str:
    if len(lines) == 1 and len(lines[0]) <= WIDTH:
        return f'{INDENT}"""{lines[0]}"""\n'
    opens_alone = rng.random() < 0.25
    first = f'{INDENT}"""\n' if opens_alone else f'{INDENT}"""{lines[0]}\n'
    rest = lines if opens_alone else lines[1:]
    body = "".join(f"{INDENT}{line}\n" if line else "\n" for line in rest)
    return f'{first}{body}{INDENT}"""\n'


def _wrapped(sentences: Sequence[str]) -> list[str]:
    return textwrap.wrap(" ".join(sentences), WIDTH, break_long_words=False, break_on_hyphens=False)


def _summary(page: _Page) -> list[str]:
    return _wrapped(page.description.sentences)


def _doctest(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), ""]
    said: set[str] = set()
    for shown in page.examples:
        lines += [f">>> {line}" for line in shown.before if line not in said]
        said |= {line for line in shown.before if line.startswith("from ")}
        # A set prints its members in no fixed order, so it is compared instead.
        is_set = isinstance(shown.value, set)
        lines += [f">>> {shown.expression} == {source_of(shown.value)}", "True"] if is_set else []
        lines += [] if is_set else [f">>> {shown.expression}", repr(shown.value)]
    return lines


def _comparison(page: _Page) -> list[str]:
    joint = page.rng.choice(("==", "->", "=>"))
    return [
        *_wrapped(page.description.sentences),
        *(f"{shown.expression} {joint} {source_of(shown.value)}" for shown in page.examples),
    ]


def _example(page: _Page) -> list[str]:
    shown = page.examples[0]
    lead = page.rng.choice(("For example,", "Example:", "So"))
    verb = "==" if lead == "Example:" else page.rng.choice(("gives", "returns"))
    verb = "gives" if verb == "returns" and page.task.shape is Shape.GENERATOR else verb
    return [
        *_wrapped(page.description.sentences),
        f"{lead} {shown.expression} {verb} {source_of(shown.value)}.",
    ]


def _parameters(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), "", "Parameters:"]
    lines += [
        f"{item.name} ({WORDS_OF_KIND[item.kind].annotation}): {_capital(described(item))}."
        for item in page.task.parameters
    ]
    return [
        *lines,
        "",
        _result_heading(page.task),
        *_hanging(f"{_result_type(page.task)}: {_capital(page.description.result)}.", ""),
    ]


def _google(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), "", "Args:"]
    lines += [f"{INDENT}{item.name}: {_capital(described(item))}." for item in page.task.parameters]
    return [*lines, "", _result_heading(page.task), *_hanging(f"{_capital(page.description.result)}.", INDENT)]


def _rest(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), ""]
    lines += [f":param {item.name}: {described(item)}" for item in page.task.parameters]
    field = "yield" if page.task.shape is Shape.GENERATOR else "return"
    return [*lines, *_hanging(f":{field}: {page.description.result}", "")]


def _result_type(task: Task) -> str:
    annotation = WORDS_OF_KIND[task.gives].annotation
    if task.shape is Shape.GENERATOR:
        return annotation.removeprefix("Iterator[").removesuffix("]")
    return f"{annotation} | None" if task.may_be_none else annotation


def _result_heading(task: Task) -> str:
    return "Yields:" if task.shape is Shape.GENERATOR else "Returns:"


def _steps(page: _Page) -> list[str]:
    lead = page.rng.choice(("Follow these steps:", "Do the following:", "In this order:"))
    lines = [lead]
    for place, step in enumerate(page.description.steps, 1):
        lines += _hanging(f"{place}. {_capital(step)}.", "")
    notes = page.description.sentences[page.description.num_actions :]
    return [*lines, *_wrapped(notes)] if notes else lines


def _hanging(text: str, indent: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent + INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _capital(text: str) -> str:
    return text[0].upper() + text[1:]


_LAYOUTS = {
    DocstringStyle.SUMMARY: _summary,
    DocstringStyle.DOCTEST: _doctest,
    DocstringStyle.PARAMETERS: _parameters,
    DocstringStyle.GOOGLE: _google,
    DocstringStyle.REST: _rest,
    DocstringStyle.EXAMPLE: _example,
    DocstringStyle.STEPS: _steps,
    DocstringStyle.COMPARISON: _comparison,
}
