"""Make inputs for a function, without running it: by its header and known inputs, or by known inputs alone.

Reads:  a function's source, or argument lists as Python source.
Writes: argument lists. Equal generators make equal ones.
"""

import ast
import random
from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import product
from typing import Any

from hornbook.python_code.drawing import corner, draw
from hornbook.python_code.habits import habits_of, look_at, num_broken
from hornbook.python_code.parameters import Parameter, kind_of_annotation, read_kind, read_parameters
from hornbook.python_code.similar_values import similar_value
from hornbook.python_code.values import (
    Code,
    argument_source,
    arguments_of,
    has_keywords,
    named_arguments,
    value_source,
)

_MOST_CORNERS = 5
_TRIES_PER_INPUT = 6
_NEAR_TRIES_PER_INPUT, _WIDE_TRIES_PER_INPUT = 8, 12
_SOUGHT = frozenset({"target", "value", "element", "item", "key", "x", "elem", "number", "word", "char", "substring"})
_TRIED = ("list[int]", "int", "str", "list[str]", "list[list[int]]", "dict[str, int]", "float")
"""For a parameter without a hint, the likeliest first."""
_MAX_TRIED_PARAMETERS, _MAX_GROUPS = 3, 49
_WHOLE_SHARE = 0.3
"""How often an argument is one that another input has there."""
_OTHER_SHARE = 0.1
"""How often it is the value of another argument, if these are of one type."""
_FEW_CHANGED_SHARE = 0.6
"""How often one argument alone is changed."""
_FEWEST_CHARACTERS, _MOST_WIDE_CHARACTERS = 60, 200
"""So long an input may be though all known ones are shorter."""


def make_inputs(code: str, name: str, known: Sequence[str], num_inputs: int, seed: int) -> list[str]:
    """Make argument lists from a function's header and from known inputs, such as those of its docstring's examples.

    First come the known ones, then corner cases (empty, zero, one), then in turn a known one with something changed,
    which stays close to what the function is for, and values drawn by kind. They are all different, and fewer where the
    function takes few, none where nothing is known.

    Args:
        code: A module; it is parsed and never run.
        name: Of a function or class.
        known: Argument lists as Python source.
        num_inputs: Most inputs.
        seed: Of the drawing.
    """
    rows = [row for row in map(named_arguments, known) if row is not None]
    parameters = read_parameters(code, name, rows)
    found = dict.fromkeys(known)
    if parameters is None:
        return list(found)[:num_inputs]
    needed = [one for one in parameters if one.is_required]
    can_be_drawn = all(one.kind is not None for one in needed)
    rng = random.Random(f"{seed} {name} {code}")
    if can_be_drawn:
        for number in range(_MOST_CORNERS if needed else 1):
            corners = {one.name: corner(one.kind, one.name, number) for one in needed if one.kind}
            found[_written(corners, parameters)] = None
    for turn in range(num_inputs * _TRIES_PER_INPUT):
        if len(found) >= num_inputs or not (rows or can_be_drawn):
            break
        near = rows and (turn % 2 == 0 or not can_be_drawn)
        found[_written(_changed(rows, rng) if near else _drawn(parameters, rng), parameters)] = None
    return list(found)[:num_inputs]


def typical_inputs(function: ast.FunctionDef, num_inputs: int, rng: random.Random) -> list[list[str]]:
    """Make values of the annotated types; of the likeliest types where there are no annotations.

    Parameters with defaults keep these, except for the first.

    Returns:
        Groups of argument lists, the likeliest first, each with other types of the parameters: one group where all
        types are annotated; none where values of an annotated type cannot be made, where too many annotations are
        missing, or where no argument can be given.
    """
    arguments = function.args
    by_place = [*arguments.posonlyargs, *arguments.args]
    needed = by_place[: len(by_place) - len(arguments.defaults)] or by_place[:1]
    has_keywords_only = any(default is None for default in arguments.kw_defaults)
    num_tried = sum(one.annotation is None for one in needed)
    if not needed or has_keywords_only or num_tried > _MAX_TRIED_PARAMETERS:
        return []
    choices = [
        list(map(read_kind, _TRIED)) if one.annotation is None else [kind_of_annotation(one.annotation)]
        for one in needed
    ]
    by_likeness = sorted(product(*map(range, map(len, choices))), key=lambda places: (sum(places), places))
    groups = []
    for places in by_likeness[:_MAX_GROUPS]:
        kinds = [kinds[place] for kinds, place in zip(choices, places, strict=True)]
        if None in kinds:
            return []
        rows = [
            [draw(kind, one.arg, rng) for kind, one in zip(kinds, needed, strict=True) if kind]
            for _ in range(2 * num_inputs)
        ]
        groups.append(list(dict.fromkeys(map(argument_source, rows)))[:num_inputs])
    return groups


def near_inputs(known: Sequence[str], num_inputs: int, rng: random.Random) -> dict[str, int]:
    """Mix known inputs, place by place, to others that stay within their domain as far as can be told.

    Known argument lists with keywords are not used. Fewer are made where few can be made.

    Returns:
        Argument list, none of them known → number of habits of the known ones that it breaks (`habits.num_broken`), the
        fewest first.
    """
    rows = _rows(known)
    if not rows:
        return {}
    groups = {len(row): [other for other in rows if len(other) == len(row)] for row in rows}
    habits = {size: habits_of(list(map(look_at, group))) for size, group in groups.items()}
    kin = {size: [dict(enumerate(row)) for row in group] for size, group in groups.items()}
    max_characters = max(_FEWEST_CHARACTERS, *(len(text) * 5 // 4 for text in known))
    ours = set(map(argument_source, rows))
    made: dict[str, int] = {}
    for _ in range(num_inputs * _NEAR_TRIES_PER_INPUT):
        size = len(rng.choice(rows))
        changed = list(_changed(kin[size], rng).values())
        text = argument_source(changed)
        if text not in ours and text not in made and len(text) <= max_characters:
            made[text] = num_broken(look_at(changed), habits[size])
    return dict(sorted(made.items(), key=lambda item: item[1])[:num_inputs])


def wide_inputs(known: Sequence[str], num_inputs: int, rng: random.Random) -> list[str]:
    """Make values of the known types that go beyond the habits of the known inputs.

    A benchmark's inputs are narrow: texts without a sign, words of one letter, small numbers. Another task may agree
    with the problem on all of these, and differ beyond them. But at the end of a domain a right solution may differ,
    too: habits that look meant stay (`Habits.meant`). Known argument lists with keywords are not used.

    Returns:
        Argument lists, none of them known, those with small numbers first; with as many arguments as most of the known
        ones.
    """
    rows = _rows(known)
    if not rows:
        return []
    [(size, _)] = Counter(map(len, rows)).most_common(1)
    rows = [row for row in rows if len(row) == size]
    habits = habits_of(list(map(look_at, rows))).meant()
    made: dict[str, float] = {}
    for _ in range(num_inputs * _WIDE_TRIES_PER_INPUT):
        if len(made) >= num_inputs:
            break
        row = list(rng.choice(rows))
        for place in [rng.randrange(size)] if rng.random() < 1 - _FEW_CHANGED_SHARE else range(size):
            row[place] = similar_value(row[place], [other[place] for other in rows], rng, is_wide=True)
        text = argument_source(row)
        if text not in known and len(text) <= _MOST_WIDE_CHARACTERS and not num_broken(look_at(row), habits):
            made[text] = _largest(row)
    return sorted(made, key=made.__getitem__)


def _rows(known: Sequence[str]) -> list[list[Any]]:
    return [row for row in (arguments_of(text) for text in known if not has_keywords(text)) if row]


def _changed(rows: Sequence[Mapping[Any, Any]], rng: random.Random) -> dict[Any, Any]:
    """The arguments of one of the calls with one or more of them changed."""
    row = rng.choice(rows)
    changed = dict(row)
    if not row:
        return changed
    number = 1 if rng.random() < _FEW_CHANGED_SHARE else rng.randint(1, len(row))
    for place in rng.sample(list(row), number):
        column = [other[place] for other in rows if place in other]
        others = [value for value in row.values() if type(value) is type(row[place])]
        drawn = rng.random()
        if drawn < _OTHER_SHARE and len(others) > 1:
            changed[place] = rng.choice(others)
        elif drawn < _WHOLE_SHARE:
            changed[place] = rng.choice(column)
        else:
            changed[place] = similar_value(row[place], column, rng)
    return changed


def _drawn(parameters: Sequence[Parameter], rng: random.Random) -> dict[str, Any]:
    """Values for what is required, now and then for what is not; a sought item is often one that is there."""
    arguments: dict[str, Any] = {}
    container: Any = None
    for parameter in parameters:
        if parameter.kind is None or (not parameter.is_required and rng.random() < 0.5):
            continue
        value = draw(parameter.kind, parameter.name, rng)
        if container and parameter.name in _SOUGHT and rng.random() < 0.7:
            sought = rng.choice(list(container))
            value = sought if type(sought) is type(value) else value
        if container is None and isinstance(value, list | str | dict) and not isinstance(value, Code):
            container = value
        arguments[parameter.name] = value
    return arguments


def _written(arguments: Mapping[str, Any], parameters: Sequence[Parameter]) -> str:
    """The argument list: what can be given by its place is, as far as none before it is left out."""
    parts, is_by_place = [], True
    for place, parameter in enumerate(parameters):
        key = str(place) if str(place) in arguments else parameter.name
        if key not in arguments:
            is_by_place = False
            continue
        text = value_source(arguments[key])
        parts.append(text if is_by_place and not parameter.is_keyword_only else f"{parameter.name}={text}")
    known = {str(place) for place in range(len(parameters))}
    further = [value_source(value) for key, value in arguments.items() if key.isdigit() and key not in known]
    return ", ".join([*parts, *further] if is_by_place else parts)


def _largest(value: Any) -> float:
    """The greatest magnitude of the numbers in a value."""
    if isinstance(value, int | float):
        return abs(value)
    if isinstance(value, dict):
        return max((_largest(one) for pair in value.items() for one in pair), default=0.0)
    return max(map(_largest, value), default=0.0) if isinstance(value, list | tuple | set) else 0.0
