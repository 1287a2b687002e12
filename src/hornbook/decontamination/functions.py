"""Find the functions in a text: a module, or prose with fenced code."""

import ast
import inspect
import re
import warnings
from collections.abc import Iterator
from dataclasses import dataclass

from hornbook.decontamination.syntax_trees import tree_of
from hornbook.records import Problem

FENCED_CODE = re.compile(r"^[ \t]*```(?:python|py)?[ \t]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)

_STATEMENT_FIELDS = ("body", "orelse", "handlers", "finalbody", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function definition, a method or a nested one included. Holds no syntax tree, only its written form."""

    name: str
    docstring: str
    """The first string that stands alone in its body, usually the docstring; empty where there is none."""
    tree: str
    """`syntax_trees.tree_of` the definition."""
    source: str
    """The module that it stands in."""
    first_line: int
    """1-based; of the `def`, without decorators."""
    last_line: int
    docstring_lines: tuple[int, int]
    """First and last line of that string, if it is on lines of its own; otherwise (0, 0)."""

    @property
    def code(self) -> str:
        """Its lines of source without the docstring."""
        first, last = self.docstring_lines
        return "\n".join(
            line
            for number, line in enumerate(self.source.split("\n"), start=1)
            if self.first_line <= number <= self.last_line and not first <= number <= last
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A text with the functions in it, read once for all detectors."""

    text: str
    functions: tuple[Function, ...]

    def window_of(self, function: Function) -> tuple[int, int]:
        """Where one of its functions stands: its first character, and the one after the last."""
        start = self.text.find(function.source)
        lines = function.source.split("\n")
        first = start + sum(len(line) + 1 for line in lines[: function.first_line - 1])
        last = first + sum(len(line) + 1 for line in lines[function.first_line - 1 : function.last_line])
        return first, min(last, len(self.text))


def read_text(text: str) -> ReadText:
    """Find the functions of a text."""
    return ReadText(text=text, functions=tuple(functions_in(text)))


def functions_in(text: str) -> list[Function]:
    """All functions of a text, outer ones before those inside them; none where nothing parses.

    A text that is no Python module is searched for fenced blocks, and each block that parses is taken as a module.
    """
    module = parse(text)
    if module is not None:
        return list(_walk(module, text))
    blocks = [(block, parse(block)) for block in FENCED_CODE.findall(text)]
    return [function for block, module in blocks if module is not None for function in _walk(module, block)]


def solution_of(problem: Problem) -> Function | None:
    """The function that solves a problem, by its canonical solution; None where it does not parse.

    Where the entry point is a class, it is the method that the prompt leaves open: the last one that it begins.
    """
    functions = functions_in(problem.prompt + problem.canonical_solution)
    named = next((function for function in functions if function.name == problem.entry_point), None)
    if named is not None or f"class {problem.entry_point}" not in problem.prompt:
        return named
    begun = [function for function in functions if function.first_line <= problem.prompt.count("\n")]
    return max(begun, key=lambda function: function.first_line, default=None)


def parse(text: str) -> ast.Module | None:
    """The text's syntax tree, or None; warnings about odd literals are none of our business."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return ast.parse(text)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _walk(node: ast.AST, source: str) -> Iterator[Function]:
    """The functions among the statements under a node, level by level."""
    level = [node]
    while level:
        below: list[ast.AST] = []
        for parent in level:
            for name in _STATEMENT_FIELDS:
                below.extend(getattr(parent, name, None) or ())
        for child in below:
            if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef):
                yield _function(child, source)
        level = below


def _function(node: ast.FunctionDef | ast.AsyncFunctionDef, source: str) -> Function:
    docstring, lines = "", (0, 0)
    for statement in node.body:
        match statement:
            case ast.Expr(value=ast.Constant(value=str(text)), lineno=first, end_lineno=last):
                docstring = inspect.cleandoc(text)
                if len(node.body) > 1 and first > node.lineno and last is not None:
                    lines = (first, last)
                break
    return Function(
        name=node.name,
        docstring=docstring,
        tree=tree_of(node),
        source=source,
        first_line=node.lineno,
        last_line=node.end_lineno or node.lineno,
        docstring_lines=lines,
    )
