"""Find the functions of a record that can be called with a problem's inputs, without running anything.

A method or a nested function cannot be called by itself and is left out.
"""

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.decontamination.benchmark_inputs import Behaviour, arguments_of
from hornbook.decontamination.functions import FENCED_CODE, parse

_ORDERED = frozenset({"list", "tuple"})
_NUMBER = frozenset({"int", "float", "bool"})
_KINDS = {
    "list": _ORDERED,
    "tuple": _ORDERED,
    "sequence": _ORDERED | {"str"},
    "mutablesequence": _ORDERED,
    "set": frozenset({"set", "frozenset"}),
    "frozenset": frozenset({"set", "frozenset"}),
    "dict": frozenset({"dict"}),
    "mapping": frozenset({"dict"}),
    "str": frozenset({"str"}),
    "int": _NUMBER,
    "float": _NUMBER,
    "bool": frozenset({"bool", "int"}),
}


@dataclass(frozen=True, kw_only=True)
class RecordFunction:
    """A function at the top of a record's module."""

    name: str
    fewest: int
    """Arguments by their place that it needs."""
    most: int | None
    """That it takes; None where there is no end."""
    kinds: tuple[frozenset[str] | None, ...]
    """Names of types that its parameters take, by their place; None where nothing is known."""

    def takes_number(self, number: int) -> bool:
        """Whether so many arguments may be given to it by their place."""
        return self.fewest <= number and (self.most is None or number <= self.most)

    def takes(self, arguments: Sequence[Any]) -> bool:
        """Whether so many arguments of such types may be given to it."""
        if not self.takes_number(len(arguments)):
            return False
        pairs = zip(arguments, self.kinds, strict=False)
        return all(kinds is None or value is None or type(value).__name__ in kinds for value, kinds in pairs)


def modules_in(text: str) -> list[str]:
    """The record itself where it is a module, else its fenced blocks that are."""
    if parse(text) is not None:
        return [text]
    return [block for block in FENCED_CODE.findall(text) if parse(block) is not None]


def functions_of(modules: Sequence[str]) -> list[RecordFunction]:
    """The top-level functions by name; the last definition of a name counts, as it does when the modules run."""
    found: dict[str, RecordFunction] = {}
    for module in modules:
        tree = parse(module)
        assert tree is not None
        for node in tree.body:
            if isinstance(node, ast.FunctionDef):
                found[node.name] = _function(node)
    return list(found.values())


def candidates(records: Sequence[str], behaviours: Sequence[Behaviour]) -> Iterator[tuple[int, int]]:
    """Pairs of a record and a problem where a function's parameters fit the first inputs, by number and outer types."""
    firsts = [[arguments_of(text) for text in behaviour.inputs[:3]] for behaviour in behaviours]
    for number, text in enumerate(records):
        functions = functions_of(modules_in(text))
        for place, first in enumerate(firsts):
            if first and any(all(map(function.takes, first)) for function in functions):
                yield number, place


def _function(node: ast.FunctionDef) -> RecordFunction:
    arguments = node.args
    by_place = [*arguments.posonlyargs, *arguments.args]
    needs_keyword = any(default is None for default in arguments.kw_defaults)
    kinds = tuple(_kinds(one.annotation) for one in by_place)
    most = -1 if needs_keyword else None if arguments.vararg else len(by_place)
    return RecordFunction(name=node.name, fewest=len(by_place) - len(arguments.defaults), most=most, kinds=kinds)


def _kinds(annotation: ast.expr | None) -> frozenset[str] | None:
    """The types that an annotation names, those that it may be mistaken for included; None if it may be any."""
    match annotation:
        case ast.Subscript(value=outer):
            return _kinds(outer)
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return _KINDS.get(name.lower())
        case ast.Constant(value=str(text)):
            module = parse(text)
            if module is not None and len(module.body) == 1 and isinstance(module.body[0], ast.Expr):
                return _kinds(module.body[0].value)
    return None
