"""Make inputs for a function of which none are known, by its type hints or by trying.

Reads:  a function's syntax tree.
Writes: groups of argument lists as Python source: each group takes the parameters for values of other types.
"""

import ast
import random
from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from hornbook.decontamination.benchmark_inputs import argument_source
from hornbook.decontamination.functions import parse

_INTEGERS = [5, 3, 2, 8, 12, 1, 7, 10, 0, 25, 4]
_TEXTS = ["hello", "Good day", "a1b2", "level", "one two three", "x", "", "Banana", "3, 4 and 5"]
_FLOATS = [2.5, 0.5, 3.0, 10.25, 1.0, 7.75]
_LISTS = [[3, 1, 2], [5, -2, 0, 5], [1, 2, 3, 4], [], [7, 7, 4, 10, 9, 2], [12], [-1, 8, 3]]
_VALUES: Mapping[str, Sequence[Any]] = {
    "int": _INTEGERS,
    "str": _TEXTS,
    "float": _FLOATS,
    "complex": _FLOATS,
    "bool": [True, False],
    "list": _LISTS,
    "sequence": _LISTS,
    "iterable": _LISTS,
    "collection": _LISTS,
    "tuple": [tuple(one) for one in _LISTS],
    "set": [set(one) for one in _LISTS],
    "dict": [{"a": 1, "b": 2}, {"x": 5}, {}, {"p": 3, "q": 3, "r": 10}],
    "mapping": [{"a": 1, "b": 2}, {"x": 5}, {}, {"p": 3, "q": 3, "r": 10}],
    "any": _INTEGERS,
    "object": _INTEGERS,
    "none": [None],
}
"""By the name of a type, in small letters."""
_TRIED: Sequence[Sequence[Any]] = (
    _LISTS,
    _INTEGERS,
    _TEXTS,
    [["apple", "fig", "kiwi"], ["b", "a"], ["one"], [], ["to", "be", "to", "Be"]],
    [[[1, 2], [3, 4]], [[5]], [[1, 2, 3], [4, 5, 6], [7, 8, 9]], [[0, 1], [1, 0]]],
    _VALUES["dict"],
    _FLOATS,
)
"""For a parameter without a hint, in this order."""
_MAX_TRIED_PARAMETERS = 3
_MAX_GROUPS = 49


def typical_inputs(function: ast.FunctionDef, num_inputs: int, rng: random.Random) -> list[list[str]]:
    """Small values of the types that the parameters name; without names, of types that they may have.

    Args:
        function: Its parameters with defaults are left at these, but for the first.
        num_inputs: Most of a group.
        rng: What is drawn from.

    Returns:
        The groups, the likeliest first; one where all types are named. None where a parameter names a type that cannot
        be made, where there are too many without a name, or none to be given.
    """
    arguments = function.args
    by_place = [*arguments.posonlyargs, *arguments.args]
    needed = by_place[: len(by_place) - len(arguments.defaults)] or by_place[:1]
    num_tried = sum(one.annotation is None for one in needed)
    keywords = any(default is None for default in arguments.kw_defaults)
    if not needed or keywords or num_tried > _MAX_TRIED_PARAMETERS:
        return []
    choices = [_TRIED if one.annotation is None else (_column(one.annotation),) for one in needed]
    if not all(column for columns in choices for column in columns):
        return []
    return [_group(columns, num_inputs, rng) for columns in list(_by_likeness(choices))[:_MAX_GROUPS]]


def _by_likeness(choices: Sequence[Sequence[Sequence[Any]]]) -> Iterator[Sequence[Sequence[Any]]]:
    """All ways to choose a column for each parameter, those of early ones first."""
    for places in sorted(product(*map(range, map(len, choices))), key=lambda places: (sum(places), places)):
        yield [columns[place] for columns, place in zip(choices, places, strict=True)]


def _group(columns: Sequence[Sequence[Any]], num_inputs: int, rng: random.Random) -> list[str]:
    """The first values of all columns together, then drawn ones."""
    rows = [[column[place % len(column)] for column in columns] for place in range(max(map(len, columns)))]
    rows += [[rng.choice(column) for column in columns] for _ in range(num_inputs)]
    return list(dict.fromkeys(map(argument_source, rows)))[:num_inputs]


def _column(annotation: ast.expr) -> list[Any]:
    """Values of the type that is named; none if they cannot be made."""
    match annotation:
        case ast.Constant(value=None):
            return [None]
        case ast.Constant(value=str(text)):
            module = parse(text)
            only = module.body[0] if module and len(module.body) == 1 else None
            return _column(only.value) if isinstance(only, ast.Expr) else []
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return [*_column(left), *_column(right)]
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return list(_VALUES.get(name.lower(), []))
        case ast.Subscript(value=ast.Name(id=name) | ast.Attribute(attr=name), slice=inside):
            nodes = list(inside.elts) if isinstance(inside, ast.Tuple) else [inside]
            return _of(name.lower(), nodes)
    return []


def _of(outer: str, nodes: Sequence[ast.expr]) -> list[Any]:
    """Values of a type of other types: `list[str]`, `tuple[int, str]`, `Optional[int]`."""
    is_any_length = isinstance(nodes[-1], ast.Constant) and nodes[-1].value is Ellipsis
    columns = [_column(node) for node in (nodes[:1] if is_any_length else nodes)]
    if not all(columns):
        return []
    if outer in ("optional", "union"):
        return [one for column in columns for one in column] + ([None] if outer == "optional" else [])
    if outer in ("dict", "mapping"):
        keys, items = columns[0], columns[-1]
        return [dict(zip(keys[:size], items[-size:], strict=False)) for size in (2, 1, 3)] + [{}]
    if outer == "tuple" and not is_any_length:
        rows = range(max(map(len, columns)))
        return [tuple(column[place % len(column)] for column in columns) for place in rows]
    if outer not in ("list", "sequence", "iterable", "collection", "tuple", "set"):
        return []
    items = columns[0]
    lists = [items[:3], items[3:5], items[:1], [*items[:2], *items[:1]], items[1:5], items[::-1]]
    if outer == "set":
        return [set(one) for one in lists] if not isinstance(items[0], list | dict | set) else []
    return [tuple(one) if outer == "tuple" else one for one in lists]
