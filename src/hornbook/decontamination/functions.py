"""Find the functions in a text: a module, or prose with fenced code."""

import ast
import inspect
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from hornbook.records import Problem

FENCED_CODE = re.compile(r"^[ \t]*```(?:python|py)?[ \t]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, kw_only=True)
class Function:
    """A function definition, a method or a nested one included."""

    node: ast.FunctionDef | ast.AsyncFunctionDef
    docstring: str
    """The first string that stands alone in its body, usually the docstring; empty where there is none."""
    source: str
    """The module that it stands in."""

    @property
    def text(self) -> str:
        """Its lines of source, without decorators."""
        return "\n".join(self.source.split("\n")[self.node.lineno - 1 : self.node.end_lineno])


def functions_in(text: str) -> list[Function]:
    """All functions of a text, outer ones before those inside them; none where nothing parses.

    A text that is no Python module is searched for fenced blocks, and each block that parses is taken as a module.
    """
    tree = parse(text)
    if tree is not None:
        return list(_walk(tree, text))
    blocks = [(block, parse(block)) for block in FENCED_CODE.findall(text)]
    return [function for block, tree in blocks if tree is not None for function in _walk(tree, block)]


def solution_of(problem: Problem) -> Function | None:
    """The function that solves a problem, by its canonical solution; None where it does not parse."""
    functions = functions_in(problem.prompt + problem.canonical_solution)
    return next((function for function in functions if function.node.name == problem.entry_point), None)


def parse(text: str) -> ast.Module | None:
    """The text's syntax tree, or None; warnings about odd literals are none of our business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _walk(tree: ast.AST, source: str) -> Iterator[Function]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield Function(node=node, docstring=_first_string(node), source=source)


def _first_string(node: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    for statement in node.body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str(text))):
                return inspect.cleandoc(text)
    return ""
