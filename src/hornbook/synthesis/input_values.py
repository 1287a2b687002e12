"""Make inputs for a function from its header and its docstring's examples, without running it.

Inputs are argument lists as Python source, such as `[1, 2], k=3`, so that every call gets values of its own. First the
examples' own, then corner cases (empty, zero, one), then by turns an example with something changed, which stays close
to what the function is for, and values drawn by kind. Deterministic by the seed.
"""

import ast
import random
from collections.abc import Sequence
from typing import Any

from hornbook.synthesis.drawing import Code, corner, draw, render
from hornbook.synthesis.examples import argument_lists, docstring_of, read_examples
from hornbook.synthesis.signature import Parameter, read_parameters

_MOST_CORNERS = 5
_TRIES_PER_INPUT = 6
_SOUGHT = frozenset({"target", "value", "element", "item", "key", "x", "elem", "number", "word", "char", "substring"})

_Arguments = dict[str, Any]
"""By the parameter's name, or by its place as text."""


def make_inputs(code: str, name: str, num_inputs: int, seed: int) -> list[str]:
    """Argument lists for the function, all different; fewer than asked for if it takes few, none if nothing is known.

    Args:
        code: A module; it is parsed and never run.
        name: Of its function or class.
        num_inputs: At most so many.
        seed: Of the drawing; equal seeds give equal inputs.
    """
    given = argument_lists(read_examples(docstring_of(code, name), name), name)
    seen = [arguments for arguments in map(_literals, given) if arguments is not None]
    parameters = read_parameters(code, name, seen)
    found = dict.fromkeys(given)
    if parameters is None:
        return list(found)[:num_inputs]
    needed = [one for one in parameters if one.is_required]
    can_be_drawn = all(one.kind is not None for one in needed)
    rng = random.Random(f"{seed} {name} {code}")
    if can_be_drawn:
        for number in range(_MOST_CORNERS if needed else 1):
            found[_written({one.name: _corner(one, number) for one in needed}, parameters)] = None
    for turn in range(num_inputs * _TRIES_PER_INPUT):
        if len(found) >= num_inputs or not (seen or can_be_drawn):
            break
        if seen and (turn % 2 == 0 or not can_be_drawn):
            arguments = _changed(rng.choice(seen), rng)
        else:
            arguments = _drawn(parameters, rng)
        found[_written(arguments, parameters)] = None
    return list(found)[:num_inputs]


def _literals(arguments: str) -> _Arguments | None:
    """The values of an argument list; None if one of them is no literal."""
    call = ast.parse(f"f({arguments})", mode="eval").body
    assert isinstance(call, ast.Call)
    try:
        values: _Arguments = {str(place): ast.literal_eval(value) for place, value in enumerate(call.args)}
        values.update({one.arg: ast.literal_eval(one.value) for one in call.keywords if one.arg})
    except (ValueError, TypeError, SyntaxError, RecursionError):
        return None
    return values


def _written(arguments: _Arguments, parameters: Sequence[Parameter]) -> str:
    """The argument list: what can be given by its place is, as far as none before it is left out."""
    parts, is_by_place = [], True
    for place, parameter in enumerate(parameters):
        key = str(place) if str(place) in arguments else parameter.name
        if key not in arguments:
            is_by_place = False
            continue
        text = render(arguments[key])
        parts.append(text if is_by_place and not parameter.is_keyword_only else f"{parameter.name}={text}")
    known = {str(place) for place in range(len(parameters))}
    further = [render(value) for key, value in arguments.items() if key.isdigit() and key not in known]
    return ", ".join([*parts, *further] if is_by_place else parts)


def _corner(parameter: Parameter, number: int) -> Any:
    assert parameter.kind is not None
    return corner(parameter.kind, parameter.name, number)


def _drawn(parameters: Sequence[Parameter], rng: random.Random) -> _Arguments:
    """Values for what is required, now and then for what is not; a sought item is often one that is there."""
    arguments: _Arguments = {}
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


def _changed(arguments: _Arguments, rng: random.Random) -> _Arguments:
    """The arguments with one or two of them changed a little."""
    changed = dict(arguments)
    for key in rng.sample(sorted(arguments), min(len(arguments), rng.choice([1, 1, 2]))):
        changed[key] = _neighbour(arguments[key], rng)
    return changed


def _neighbour(value: Any, rng: random.Random) -> Any:
    """A value of the same shape that is near."""
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        near = value + rng.choice([-2, -1, 1, 2, 3, 7])
        return near if near >= 0 or value < 0 else abs(near)
    if isinstance(value, float):
        return round(value + rng.choice([-1.0, -0.5, 0.5, 1.0, 2.25]), 6)
    if isinstance(value, str):
        return "".join(_neighbour_items(list(value), rng))
    if isinstance(value, list | tuple):
        return type(value)(_neighbour_items(list(value), rng))
    if isinstance(value, set | frozenset):
        items = sorted(value, key=repr)
        return type(value)(items[:-1] if rng.random() < 0.5 else [*items, *(_neighbour(one, rng) for one in items[:1])])
    if isinstance(value, dict):
        return {key: _neighbour(item, rng) if rng.random() < 0.5 else item for key, item in value.items()}
    return value


def _neighbour_items(items: list[Any], rng: random.Random) -> list[Any]:
    """Fewer, more, in another order, or one of them changed. A letter is changed for another one of the text."""
    if not items:
        return items
    place, way = rng.randrange(len(items)), rng.randrange(5)
    if way == 0:
        return items[:place] + items[place + 1 :]
    if way == 1:
        return [*items, items[place]]
    if way == 2:
        return items[::-1]
    if way == 3:
        return rng.sample(items, len(items))
    is_letter = isinstance(items[place], str) and len(items[place]) == 1
    items[place] = (items[place].swapcase() if rng.random() < 0.5 else rng.choice(items)) if is_letter else _neighbour(
        items[place], rng
    )  # fmt: skip
    return items
