"""Read schemas: plain functions whose parameters are holes or arguments, with several tellings in the docstring.

The docstring's lines each tell the whole task, and a line that is indented continues the one above; what begins with
`names:` lists names for the function. In both, `{p}` and the like stand for holes, `{xs}` and the like for arguments,
`{x}` for what an item is called (`lexicon.Said`).
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from string import Formatter

from hornbook.errors import ConfigError

ITEM_KINDS = ("int", "str", "float")
"""What T can be."""
RESULT_KINDS = {"int": ("int", "str", "float"), "str": ("int", "str"), "float": ("float", "int")}
"""What U can be for each T."""
_HOLES = ("Predicate", "Relation", "Map", "Measure", "Operation", "Fold", "Reorder", "Choice")


@dataclass(frozen=True)
class Parameter:
    """A parameter of a schema."""

    name: str
    type: str
    """As written: `list[T]`, `Predicate[T]`, `Map[Char, str]`."""
    choices: tuple[str, ...] = ()
    """Values of a `Choice`, as Python writes them."""

    @property
    def is_hole(self) -> bool:
        """Whether it is filled from the lexicon or by a constant."""
        return self.type.partition("[")[0] in _HOLES

    def role(self, item: str, result: str) -> str:
        """The role of the lexicon that fills it: `int`, `int>str`; for kinds that T and U are."""
        hole, _, inside = self.type.partition("[")
        takes, _, gives = inside.removesuffix("]").partition(", ")
        kinds = {"T": item, "U": result}
        takes, gives = kinds.get(takes, takes), kinds.get(gives, gives)
        match hole:
            case "Measure":
                gives = "float" if takes == "float" else "int"
            case "Relation":
                takes = f"{takes},{takes}"
            case "Operation":
                takes, gives = f"{takes},{takes}", takes
            case "Fold" | "Reorder":
                takes, gives = f"list[{takes}]", "list" if hole == "Reorder" else "any"
        return f"{takes}>{gives}" if gives else takes


@dataclass(frozen=True)
class Schema:
    """A program with holes."""

    name: str
    family: str
    source: str
    """The function's body, without its docstring, as a whole function."""
    helpers: tuple[str, ...]
    """Sources of the module's private functions and classes that it names."""
    parameters: tuple[Parameter, ...]
    tellings: tuple[str, ...]
    names: tuple[str, ...]
    is_new: bool = False
    """Whether training never shows these tellings."""

    @property
    def holes(self) -> tuple[Parameter, ...]:
        """What is filled when a task is drawn."""
        return tuple(one for one in self.parameters if one.is_hole)

    @property
    def arguments(self) -> tuple[Parameter, ...]:
        """What the written function takes."""
        return tuple(one for one in self.parameters if not one.is_hole)

    @cached_property
    def kinds(self) -> tuple[tuple[str, str], ...]:
        """What T and U can be together; ("", "") where the schema has neither."""
        types = {word for one in self.parameters for word in re.findall(r"\w+", one.type)}
        items = ITEM_KINDS if "T" in types else ("",)
        return tuple(
            (item, result) for item in items for result in (RESULT_KINDS[item or "int"] if "U" in types else ("",))
        )


def read_schemas(source: str, family: str) -> Iterator[Schema]:
    """The schemas of a module: its public functions; private functions and classes are helpers, shown above them.

    Raises:
        ConfigError: One of them has no telling.
    """
    definitions = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef | ast.ClassDef)]
    helpers = {one.name: ast.get_source_segment(source, one) or "" for one in definitions if one.name.startswith("_")}
    for one in definitions:
        if isinstance(one, ast.FunctionDef) and not one.name.startswith("_"):
            yield _read_schema(one, family, helpers)


def _read_schema(function: ast.FunctionDef, family: str, helpers: Mapping[str, str]) -> Schema:
    docstring = re.sub(r"\n +", " ", ast.get_docstring(function) or "")
    told = [line.strip() for line in docstring.splitlines()]
    names = [name for text in told if text.startswith("names:") for name in text.removeprefix("names:").split()]
    tellings = tuple(text for text in told if text and not text.startswith("names:"))
    if not tellings:
        raise ConfigError(f"the schema `{function.name}` needs a docstring that tells the task")
    known = {argument.arg for argument in function.args.args} | {"x"}
    fields = {str(field) for text in (*tellings, *names) for _, field, _, _ in Formatter().parse(text) if field}
    if unknown := sorted(fields - known):
        raise ConfigError(f"the schema `{function.name}` tells of {', '.join(unknown)}, which is no parameter of it")
    function.body = function.body[1:]
    called = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    return Schema(
        name=function.name,
        family=family,
        source=ast.unparse(_Plain().visit(function)),
        helpers=tuple(text for name, text in helpers.items() if name in called),
        parameters=tuple(_read_parameters(function)),
        tellings=tellings,
        names=tuple(names) or (function.name,),
    )


def _read_parameters(function: ast.FunctionDef) -> Iterator[Parameter]:
    arguments = function.args.args
    num_without = len(arguments) - len(function.args.defaults)
    for argument, default in zip(arguments, [*[None] * num_without, *function.args.defaults], strict=True):
        choices = tuple(map(ast.unparse, default.elts)) if isinstance(default, ast.Tuple) else ()
        annotation = ast.unparse(argument.annotation) if argument.annotation else ""
        yield Parameter(argument.arg, annotation, choices)


class _Plain(ast.NodeTransformer):
    """Takes the annotations of variables away, which are there for the type checker."""

    def visit_AnnAssign(self, node: ast.AnnAssign) -> ast.AST:
        assert node.value is not None
        return ast.copy_location(ast.Assign([node.target], node.value), node)
