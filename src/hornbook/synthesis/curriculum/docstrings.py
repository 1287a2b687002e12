"""Lay a task out as a docstring: in plain text or in one of the styles of sections, with or without examples.

Or as a comment, which people write for a model to complete.
"""

import itertools
import random
import re
import textwrap
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hornbook.synthesis.curriculum.trials import Trial

EXAMPLES = {"doctest": 45, "equation": 15, "sentence": 15, "none": 25}
"""How examples are shown → weight."""
SECTIONS = {"plain": 70, "phi": 10, "google": 8, "numpy": 6, "rest": 6}
"""How the docstring lists arguments → weight; `phi` is the style of the paper's sample."""
_WIDTHS = (72, 79, 88, 100)
_COMMENT_SHARE = 0.05
_ONE_LINE_SHARE = 0.15
_MAX_LINE = 120
_MAX_EXAMPLE = 70
"""Characters of a call or an outcome in a docstring."""
_UNFIT = re.compile(r"\.\d{7}|\\|'{3}|\"{3}")
"""Long fractions, and what means something else in a docstring."""


def write_comment(told: str, rng: random.Random) -> str | None:
    """The task as a comment that ends with a newline, of a small share of tasks."""
    if rng.random() >= _COMMENT_SHARE:
        return None
    return "".join(f"# {line}\n" for line in textwrap.wrap(told, rng.choice(_WIDTHS)))


def write_docstring(
    told: str,
    arguments: Mapping[str, str],
    returned: str,
    entry_point: str,
    trials: Sequence[Trial],
    rng: random.Random,
) -> tuple[str, str]:
    """The docstring with its quotes, indented; ends with a newline.

    Args:
        told: The task.
        arguments: Name → annotation.
        returned: Annotation of the result.
        entry_point: Name of the function.
        trials: Calls that examples may show.
        rng: Chooses how it is laid out.

    Returns:
        The style, such as `plain doctest`, and the docstring.
    """
    if rng.random() < _ONE_LINE_SHARE and len(told) <= _MAX_LINE:
        return "plain none", f'    """{told}"""\n'
    sections = rng.choices([*SECTIONS], [*SECTIONS.values()])[0]
    style = rng.choices([*EXAMPLES], [*EXAMPLES.values()])[0]
    width = rng.choice(_WIDTHS)
    quotes = '"""' if rng.random() < 0.85 else "'''"
    opening = rng.choice(("", "", " ", "\n"))
    separator = rng.choice(("\n", "\n\n"))
    is_short = rng.random() < 0.7
    shown = list(short_calls(entry_point, trials))[: rng.choice((1, 2, 2, 3))]
    examples = _examples(style, shown, rng)
    blocks = [textwrap.fill(told, width), *_sections(arguments, returned, sections)]
    blocks += ["\n".join(examples)] if examples else []
    text = (separator if sections == "plain" else "\n\n").join(blocks)
    inside = text if "\n" not in text and is_short else f"{opening}{text}\n"
    return f"{sections} {style}", textwrap.indent(f"{quotes}{inside}{quotes}", "    ") + "\n"


def _sections(arguments: Mapping[str, str], returned: str, style: str) -> list[str]:
    nouns = {name: _noun(one) for name, one in arguments.items()}
    match style:
        case "phi":
            listed = [f"    {name} ({arguments[name]}): {noun}" for name, noun in nouns.items()]
            return ["\n".join(["Parameters:", *listed]), f"Returns:\n    {returned}"]
        case "google":
            listed = [f"    {name}: {noun}." for name, noun in nouns.items()]
            noun = _noun(returned)
            return ["\n".join(["Args:", *listed]), f"Returns:\n    {noun[0].upper()}{noun[1:]}."]
        case "numpy":
            listed = [f"{name} : {one}" for name, one in arguments.items()]
            return ["\n".join(["Parameters", "----------", *listed]), f"Returns\n-------\n{returned}"]
        case "rest":
            return ["\n".join([*(f":param {name}: {noun}" for name, noun in nouns.items()), ":return: the result"])]
    return []


def short_calls(entry_point: str, trials: Sequence[Trial]) -> Iterator[tuple[str, str]]:
    """Calls with their outcomes, as far as both are short; every outcome once."""
    seen = set[str]()
    for trial in trials:
        call, outcome = trial.call(entry_point), repr(trial.outcome)
        is_short = max(len(call), len(outcome)) <= _MAX_EXAMPLE and not _UNFIT.search(f"{call} {outcome}")
        if not trial.is_error and is_short and outcome not in seen:
            seen.add(outcome)
            yield call, outcome


def _examples(style: str, shown: Sequence[tuple[str, str]], rng: random.Random) -> list[str]:
    """Lines that show calls with their outcomes."""
    sign = rng.choice(("==", "->", "=>", "➞"))
    heading = rng.choice(("Example:", "Examples:", "For example:"))
    verb = rng.choice(("returns", "should return", "gives"))
    match style:
        case "doctest":
            lines = [[f">>> {call}"] if outcome == "None" else [f">>> {call}", outcome] for call, outcome in shown]
            return list(itertools.chain.from_iterable(lines))
        case "equation" if shown:
            return [heading, *(f"{call} {sign} {outcome}" for call, outcome in shown)]
        case "sentence":
            return [f"For example, {call} {verb} {outcome}." for call, outcome in shown[:1]]
    return []


def _noun(type_: str) -> str:
    inside = re.fullmatch(r"[Ll]ist\[(\w+)\]", type_)
    nouns = {"int": "an integer", "float": "a number", "str": "a string", "bool": "True or False", "list": "a list"}
    plurals = {"int": "integers", "float": "numbers", "str": "strings", "bool": "truth values"}
    return f"a list of {plurals.get(inside[1], 'values')}" if inside else nouns.get(type_, f"a value of type {type_}")


def type_of_all(values: Sequence[Any]) -> str:
    """The annotation that fits all values: `Optional[int]`, `list[str]`."""
    if values and all(isinstance(value, tuple) for value in values):
        if len({len(value) for value in values}) > 1 or not values[0]:
            return "tuple"
        return f"tuple[{', '.join(type_of_all(column) for column in zip(*values, strict=True))}]"
    found = sorted({_type_of(value) for value in values} - {"None"})
    known = [one for one in found if "?" not in one] or ["list" if found and found[0].startswith("list") else "dict"]
    if {"int", "float"} == set(known):
        known = ["float"]
    name = known[0] if len(known) == 1 else " | ".join(known)
    return f"Optional[{name}]" if any(value is None for value in values) else name


def _type_of(value: Any) -> str:
    match value:
        case None:
            return "None"
        case list():
            return f"list[{type_of_all(value)}]" if value else "list[?]"
        case tuple():
            return type_of_all([value])
        case dict():
            return f"dict[{type_of_all([*value])}, {type_of_all([*value.values()])}]" if value else "dict[?]"
    return type(value).__name__
