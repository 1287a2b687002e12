"""Read what a function takes from its header, without running it.

A kind says of a parameter what values it takes: by its annotation, else by known arguments, else by its name.
"""

import ast
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.python_code.functions import definition_of
from hornbook.python_code.parse import parse_expression

_NAMES_OF_KINDS = {
    "int": "int",
    "float": "float complex Number Real",
    "str": "str",
    "bool": "bool",
    "bytes": "bytes",
    "none": "None",
    "any": "object Any Hashable",
    "list": "list List Sequence MutableSequence Iterable Collection",
    "dict": "dict Dict Mapping MutableMapping",
    "tuple": "tuple Tuple",
    "set": "set Set AbstractSet",
    "frozenset": "frozenset FrozenSet",
    "date": "date",
    "datetime": "datetime",
    "decimal": "Decimal",
}
_KIND_OF_NAME = {name: kind for kind, names in _NAMES_OF_KINDS.items() for name in names.split()}
_BY_NAME = (
    (r"(?:matrix|grid|board|rows|points|intervals)", "list[list[int]]"),
    (r"(?:words|strings|names|sentences|lines|strs|texts)", "list[str]"),
    (r"(?:numbers|nums|arr|array|lst|list\w*|\w+_list|items|values|data|scores|elements|sequence)", "list[int]"),
    (r"(?:text|s|string|word|sentence|name|char|letter|message|phrase|str\d?|s\d|\w+_str|password|email|line)", "str"),
    (r"(?:d|dict\w*|mapping|counts|\w+_dict|inventory|table)", "dict[str, int]"),
    (r"(?:n|m|k|num|number|a|b|c|x|y|z|i|j|count|size|limit|target|index|age|year|month|day|\w+_count)", "int"),
    (r"(?:price|rate|ratio|amount|radius|temperature|weight|height|width|length)", "float"),
)  # fmt: skip
_NUMBERS = ("int", "float", "bool")
_ROWS = ("list", "tuple", "tuple of any length")


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


def read_parameters(code: str, name: str, known: Sequence[Mapping[str, Any]] = ()) -> list[Parameter] | None:
    """The parameters in order; None if the module defines no such function.

    `*rest` and `**named` are left out: they may be empty. Of a class they are those of `__init__`, without `self`.

    Args:
        code: A module.
        name: Defined at its margin.
        known: Arguments of known calls: for each call, the value by the parameter's name, or by its place as text.
    """
    definition = definition_of(code, name)
    if not isinstance(definition, ast.ClassDef):
        return None if definition is None else _parameters(definition.args, known)
    makers = [one for one in definition.body if isinstance(one, ast.FunctionDef) and one.name == "__init__"]
    return _parameters(makers[0].args, known)[1:] if makers else []


def read_kind(annotation: str) -> Kind | None:
    """The kind that an annotation's text stands for; None if its values cannot be made."""
    expression = parse_expression(annotation)
    return None if expression is None else kind_of_annotation(expression)


def kind_of_annotation(node: ast.expr) -> Kind | None:
    """The kind that an annotation stands for; None if its values cannot be made: a class, a function."""
    match node:
        case ast.Constant(value=None):
            return Kind("none")
        case ast.Constant(value=str(text)):
            return read_kind(text)
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _union([left, right])
        case ast.Subscript(value=outer, slice=inside):
            return _subscripted(_last_name(outer), list(inside.elts) if isinstance(inside, ast.Tuple) else [inside])
    name = _KIND_OF_NAME.get(_last_name(node))
    return Kind(name) if name else None


def kind_texts(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """The kind of each argument over all inputs, as `sandbox/probes/probes.py` reads it: `list[num]`, `dict[str, any]`.

    The rows, the arguments of each input, have one length.
    """
    return tuple(_text_of([kind_of_values(column)]) for column in zip(*rows, strict=True))


def kind_of_values(values: Iterable[Any]) -> Kind | None:
    """The kind of which all these values are."""
    kinds = list(dict.fromkeys(kind for kind in map(_kind_of_value, values) if kind is not None))
    known = [kind for kind in kinds if kind.of or kind.name not in ("list", "dict", "set")] or kinds
    if not known:
        return None
    return known[0] if len(known) == 1 else Kind("union", tuple(known))


def _parameters(arguments: ast.arguments, known: Sequence[Mapping[str, Any]]) -> list[Parameter]:
    positional = [*arguments.posonlyargs, *arguments.args]
    first_default = len(positional) - len(arguments.defaults)
    found = []
    for place, argument in enumerate(positional):
        kind = _kind_of_parameter(argument, str(place), known)
        found.append(Parameter(argument.arg, kind, is_required=place < first_default, is_keyword_only=False))
    for argument, default in zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True):
        kind = _kind_of_parameter(argument, argument.arg, known)
        found.append(Parameter(argument.arg, kind, is_required=default is None, is_keyword_only=True))
    return found


def _kind_of_parameter(argument: ast.arg, place: str, known: Sequence[Mapping[str, Any]]) -> Kind | None:
    annotated = kind_of_annotation(argument.annotation) if argument.annotation is not None else None
    shown = kind_of_values(call[key] for call in known for key in (argument.arg, place) if key in call)
    if annotated is not None and annotated.name != "any":
        is_bare = annotated.name in ("list", "dict", "tuple", "set") and not annotated.of
        return shown if is_bare and shown is not None and shown.name.startswith(annotated.name) else annotated
    if shown is not None:
        return shown
    if argument.annotation is not None:
        return annotated
    return next((read_kind(text) for pattern, text in _BY_NAME if re.fullmatch(pattern, argument.arg)), None)


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
    kind = _KIND_OF_NAME.get(name)
    if kind not in ("list", "dict", "tuple", "set", "frozenset"):
        return None
    has_any_length = kind == "tuple" and len(items) == 2 and isinstance(items[1], ast.Constant)
    of = [kind_of_annotation(item) or _type_variable(item) for item in (items[:1] if has_any_length else items)]
    known = tuple(one for one in of if one is not None)
    return Kind("tuple of any length" if has_any_length else kind, known) if len(known) == len(of) else None


def _type_variable(node: ast.expr) -> Kind | None:
    """A single capital letter is commonly a type variable: any kind will do."""
    return Kind("int") if isinstance(node, ast.Name) and len(node.id) == 1 and node.id.isupper() else None


def _union(members: Sequence[ast.expr]) -> Kind | None:
    kinds = [kind for kind in map(kind_of_annotation, members) if kind is not None]
    flat = [inner for kind in kinds for inner in (kind.of if kind.name == "union" else (kind,))]
    return Kind("union", tuple(flat)) if flat else None


def _kind_of_value(value: Any) -> Kind | None:
    name = "none" if value is None else type(value).__name__
    if name in ("list", "set", "frozenset"):
        inner = kind_of_values(sorted(value, key=repr) if name != "list" else value)
        return Kind(name, (inner,) if inner else ())
    if name == "tuple":
        return Kind("tuple", tuple(_kind_of_value(item) or Kind("int") for item in value))
    if name == "dict":
        key, item = kind_of_values(value), kind_of_values(value.values())
        return Kind(name, (key, item) if key and item else ())
    return Kind(name) if name in _NAMES_OF_KINDS else None


def _text_of(kinds: Sequence[Kind | None]) -> str:
    """The text of what takes all of these kinds; None among them is of any kind."""
    members = [one for kind in kinds if kind for one in (kind.of if kind.name == "union" else (kind,))]
    held = [kind for kind in members if kind.name != "none"]
    names = {"num" if kind.name in _NUMBERS else "list" if kind.name in _ROWS else kind.name for kind in held}
    names = {name.removeprefix("frozen") for name in names}
    if len(names) != 1 or None in kinds:
        return "any" if held or not members else "None"
    [name] = names
    if name in ("list", "set"):
        return f"{name}[{_text_of([item for kind in held for item in kind.of])}]"
    if name == "dict":
        pairs = [kind.of for kind in held if kind.of]
        return f"dict[{_text_of([key for key, _ in pairs])}, {_text_of([item for _, item in pairs])}]"
    return name if name in ("num", "str") else "any"
