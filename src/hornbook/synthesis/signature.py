"""What a function takes, read from its header without running it.

A kind says of a parameter what values it takes: by its annotation, else by the examples' arguments, else by its name.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.prompted.code_blocks import parse_code

_NAMES = {
    "int": "int",
    "float": "float",
    "str": "str",
    "bool": "bool",
    "bytes": "bytes",
    "None": "none",
    "object": "any",
    "Any": "any",
    "Hashable": "any",
    "Number": "float",
    "Real": "float",
    "list": "list",
    "List": "list",
    "Sequence": "list",
    "MutableSequence": "list",
    "Iterable": "list",
    "Collection": "list",
    "dict": "dict",
    "Dict": "dict",
    "Mapping": "dict",
    "MutableMapping": "dict",
    "tuple": "tuple",
    "Tuple": "tuple",
    "set": "set",
    "Set": "set",
    "AbstractSet": "set",
    "frozenset": "frozenset",
    "FrozenSet": "frozenset",
    "date": "date",
    "datetime": "datetime",
    "Decimal": "decimal",
}
_BY_NAME = (
    (r"(?:matrix|grid|board|rows|points|intervals)", "list[list[int]]"),
    (r"(?:words|strings|names|sentences|lines|strs|texts)", "list[str]"),
    (r"(?:numbers|nums|arr|array|lst|list\w*|\w+_list|items|values|data|scores|elements|sequence)", "list[int]"),
    (r"(?:text|s|string|word|sentence|name|char|letter|message|phrase|str\d?|s\d|\w+_str|password|email|line)", "str"),
    (r"(?:d|dict\w*|mapping|counts|\w+_dict|inventory|table)", "dict[str, int]"),
    (r"(?:n|m|k|num|number|a|b|c|x|y|z|i|j|count|size|limit|target|index|age|year|month|day|\w+_count)", "int"),
    (r"(?:price|rate|ratio|amount|radius|temperature|weight|height|width|length)", "float"),
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """What values a parameter takes."""

    name: str
    """`int`, `float`, `str`, `bool`, `list`, `dict`, `tuple`, `tuple of any length`, `union`, `literal`, …"""
    of: tuple["Kind", ...] = ()
    """The kinds of its items; of a union its members. Empty: of any kind."""
    values: tuple[Any, ...] = ()
    """Of a literal: the values."""


@dataclass(frozen=True)
class Parameter:
    """A parameter of the function."""

    name: str
    kind: Kind | None
    """None: nothing says what it takes."""
    is_required: bool
    is_keyword_only: bool


def read_parameters(code: str, name: str, seen: Sequence[dict[str, Any]] = ()) -> list[Parameter] | None:
    """The parameters in order; None if the module defines no such function.

    `*rest` and `**named` are left out: they may be empty. Of a class they are those of `__init__`, without `self`.

    Args:
        code: A module.
        name: Defined at its margin.
        seen: Examples' arguments: for each example, the value by the parameter's name, or by its place as text.
    """
    module = parse_code(code)
    for statement in module.body if module else []:
        if isinstance(statement, ast.FunctionDef | ast.AsyncFunctionDef) and statement.name == name:
            return _parameters(statement.args, seen)
        if isinstance(statement, ast.ClassDef) and statement.name == name:
            makers = [one for one in statement.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
            return _parameters(makers[0].args, seen)[1:] if makers else []
    return None


def last_function(prompt: str, solution: str) -> str:
    """The function or class that a prompt leaves for its solution to finish; empty if there is none."""
    module = parse_code(prompt + solution)
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    num_lines = len(prompt.rstrip().split("\n"))
    for statement in reversed(module.body if module else []):
        if isinstance(statement, kinds) and statement.lineno <= num_lines:
            return statement.name
    found = re.findall(r"^(?:async def|def|class)[ \t]+(\w+)", prompt, re.MULTILINE)
    return found[-1] if found else ""


def _parameters(arguments: ast.arguments, seen: Sequence[dict[str, Any]]) -> list[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    found = []
    for place, argument in enumerate(positional):
        kind = _kind_of(argument, str(place), seen)
        found.append(Parameter(argument.arg, kind, is_required=place < first_default, is_keyword_only=False))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        kind = _kind_of(argument, argument.arg, seen)
        found.append(Parameter(argument.arg, kind, is_required=default is None, is_keyword_only=True))
    return found


def _kind_of(argument: ast.arg, place: str, seen: Sequence[dict[str, Any]]) -> Kind | None:
    annotated = read_annotation(argument.annotation) if argument.annotation is not None else None
    values = [example[key] for example in seen for key in (argument.arg, place) if key in example]
    shown = _kind_of_values(values)
    if annotated is not None and annotated.name != "any":
        is_bare = annotated.name in ("list", "dict", "tuple", "set") and not annotated.of
        return shown if is_bare and shown is not None and shown.name.startswith(annotated.name) else annotated
    if shown is not None:
        return shown
    if argument.annotation is not None:
        return annotated
    return next((read_text(text) for pattern, text in _BY_NAME if re.fullmatch(pattern, argument.arg)), None)


def read_text(text: str) -> Kind | None:
    """The kind that an annotation's text stands for; None if its values cannot be made."""
    module = parse_code(text)
    first = module.body[0] if module and len(module.body) == 1 else None
    return read_annotation(first.value) if isinstance(first, ast.Expr) else None


def read_annotation(node: ast.expr) -> Kind | None:
    """The kind that an annotation stands for; None if its values cannot be made: a class, a function."""
    if isinstance(node, ast.Constant):
        return Kind("none") if node.value is None else read_text(node.value) if isinstance(node.value, str) else None
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        return _union([node.left, node.right])
    if isinstance(node, ast.Subscript):
        items = list(node.slice.elts) if isinstance(node.slice, ast.Tuple) else [node.slice]
        return _subscripted(_last_name(node.value), items)
    name = _last_name(node)
    return Kind(_NAMES[name]) if name in _NAMES else None


def _last_name(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def _subscripted(name: str, items: list[ast.expr]) -> Kind | None:
    if name == "Optional":
        return _union([*items, ast.Constant(None)])
    if name == "Union":
        return _union(items)
    if name == "Literal":
        values = tuple(item.value for item in items if isinstance(item, ast.Constant))
        return Kind("literal", values=values) if values else None
    kind = _NAMES.get(name)
    if kind not in ("list", "dict", "tuple", "set", "frozenset"):
        return None
    has_any_length = kind == "tuple" and len(items) == 2 and isinstance(items[1], ast.Constant)
    of = [read_annotation(item) or _type_variable(item) for item in (items[:1] if has_any_length else items)]
    if any(one is None for one in of):
        return None
    return Kind("tuple of any length" if has_any_length else kind, tuple(one for one in of if one is not None))


def _type_variable(node: ast.expr) -> Kind | None:
    """A single capital letter is commonly a type variable: any kind will do."""
    return Kind("int") if isinstance(node, ast.Name) and len(node.id) == 1 and node.id.isupper() else None


def _union(members: Sequence[ast.expr]) -> Kind | None:
    kinds = [kind for kind in map(read_annotation, members) if kind is not None]
    flat = [inner for kind in kinds for inner in (kind.of if kind.name == "union" else (kind,))]
    return Kind("union", tuple(flat)) if flat else None


def _kind_of_values(values: Sequence[Any]) -> Kind | None:
    """The kind of which all these values are."""
    kinds = list(dict.fromkeys(kind for kind in map(_kind_of_value, values) if kind is not None))
    known = [kind for kind in kinds if kind.of or kind.name not in ("list", "dict", "set")] or kinds
    if not known:
        return None
    return known[0] if len(known) == 1 else Kind("union", tuple(known))


def _kind_of_value(value: Any) -> Kind | None:
    name = "none" if value is None else type(value).__name__
    if name in ("list", "set", "frozenset"):
        inner = _kind_of_values(sorted(value, key=repr) if name != "list" else value)
        return Kind(name, (inner,) if inner else ())
    if name == "tuple":
        inners = [_kind_of_value(item) or Kind("int") for item in value]
        return Kind("tuple", tuple(inners))
    if name == "dict":
        key, item = _kind_of_values(list(value)), _kind_of_values(list(value.values()))
        return Kind(name, (key, item) if key and item else ())
    return Kind(name) if name in set(_NAMES.values()) else None
