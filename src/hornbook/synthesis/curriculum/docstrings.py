"""Lay a description out as a docstring, in the styles that real code uses."""

import random
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hornbook.synthesis.curriculum.kinds import WORDS_OF_KIND, source_of
from hornbook.synthesis.curriculum.phrases import Description, described
from hornbook.synthesis.curriculum.task import Argument, Task

WIDTH = 92
INDENT = "    "

Example = tuple[tuple[Any, ...], Any]
"""Arguments and the result that they really give."""


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
    examples: Sequence[Example]
    rng: random.Random


def write_prompt(
    task: Task,
    name: str,
    description: Description,
    examples: Sequence[Example],
    style: DocstringStyle,
    rng: random.Random,
) -> str:
    """Imports if any, signature and docstring; the last line is that of the closing quotes."""
    is_old = rng.random() < 0.12
    annotations = [_annotation(argument, is_old) for argument in task.arguments]
    gives = WORDS_OF_KIND[task.gives]
    result = gives.typing_annotation if is_old else gives.annotation
    listed = ", ".join(f"{argument.name}: {text}" for argument, text in zip(task.arguments, annotations, strict=True))
    signature = f"def {name}({listed}) -> {result}:"
    used = [
        typing
        for typing in ("Dict", "List", "Set", "Tuple")
        if any(f"{typing}[" in text for text in (*annotations, result))
    ]
    imports = f"from typing import {', '.join(used)}\n\n\n" if used else ""
    lines = _LAYOUTS[style](_Page(task, name, description, examples, rng))
    return f"{imports}{signature}\n{_quoted(lines, rng)}"


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


def call(name: str, arguments: tuple[Any, ...]) -> str:
    """A call as source."""
    return f"{name}({', '.join(map(source_of, arguments))})"


def _summary(page: _Page) -> list[str]:
    return _wrapped(page.description.sentences)


def _doctest(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), ""]
    for arguments, result in page.examples:
        asked = call(page.name, arguments)
        # A set prints its members in no fixed order, so it is compared instead.
        is_set = isinstance(result, set)
        lines += [f">>> {asked} == {source_of(result)}", "True"] if is_set else [f">>> {asked}", repr(result)]
    return lines


def _comparison(page: _Page) -> list[str]:
    joint = page.rng.choice(("==", "->", "=>"))
    return [
        *_wrapped(page.description.sentences),
        *(f"{call(page.name, given)} {joint} {source_of(result)}" for given, result in page.examples),
    ]


def _example(page: _Page) -> list[str]:
    arguments, result = page.examples[0]
    lead = page.rng.choice(("For example,", "Example:", "So"))
    verb = "==" if lead == "Example:" else page.rng.choice(("gives", "returns"))
    return [
        *_wrapped(page.description.sentences),
        f"{lead} {call(page.name, arguments)} {verb} {source_of(result)}.",
    ]


def _parameters(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), "", "Parameters:"]
    lines += [
        f"{item.name} ({WORDS_OF_KIND[item.kind].annotation}): {_capital(described(item))}."
        for item in page.task.arguments
    ]
    return [
        *lines,
        "",
        "Returns:",
        *_hanging(f"{WORDS_OF_KIND[page.task.gives].annotation}: {_capital(page.description.result)}.", ""),
    ]


def _google(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), "", "Args:"]
    lines += [f"{INDENT}{item.name}: {_capital(described(item))}." for item in page.task.arguments]
    return [*lines, "", "Returns:", *_hanging(f"{_capital(page.description.result)}.", INDENT)]


def _rest(page: _Page) -> list[str]:
    lines = [*_wrapped(page.description.sentences), ""]
    lines += [f":param {item.name}: {described(item)}" for item in page.task.arguments]
    return [*lines, *_hanging(f":return: {page.description.result}", "")]


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
