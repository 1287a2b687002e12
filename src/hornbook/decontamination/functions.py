"""Find the functions in a text: a module, or prose with fenced code."""

import ast
import inspect
import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from hornbook.python_code.fences import LINE, read_blocks
from hornbook.python_code.functions import FunctionNode, tree_of
from hornbook.python_code.parse import parse_code
from hornbook.records import Problem

_STATEMENT_FIELDS = ("body", "orelse", "handlers", "finalbody", "cases")


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """A function, method or nested function. It holds no syntax tree, only its written form."""

    name: str
    docstring: str
    """The first string that stands alone in its body; empty where there is none."""
    tree: str
    """`python_code.functions.tree_of` the definition."""
    first_line: int
    """Line of the `def`, without decorators; 1-based, in its module or fenced block."""
    window: tuple[int, int]
    """Its first character in the text, and the one after its last line."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadText:
    """A text with its functions, parsed once for all detectors."""

    text: str
    modules: tuple[str, ...]
    """The text itself where it is a Python module, else its fenced blocks that are."""
    functions: tuple[Function, ...]
    """Outer ones before those inside them."""


def read_text(text: str) -> ReadText:
    """Find the functions of a module, or of the fenced blocks of a text that does not parse."""
    module = parse_code(text)
    if module is not None:
        return ReadText(text=text, modules=(text,), functions=tuple(_walk(module, text, 0)))
    modules: list[str] = []
    functions: list[Function] = []
    for block in read_blocks(text):
        source = text[block.start : block.end]
        tree = parse_code(source) if block.may_be_code else None
        if tree is not None:
            modules.append(source)
            functions += _walk(tree, source, block.start)
    return ReadText(text=text, modules=tuple(modules), functions=tuple(functions))


def solution_of(problem: Problem) -> Function | None:
    """The function that solves a problem, by its canonical solution; None where there is none that parses.

    Where the entry point is a class, it is the method that the prompt leaves open: the last one that it begins.
    """
    functions = read_text(problem.prompt + problem.canonical_solution).functions
    named = next((function for function in functions if function.name == problem.entry_point), None)
    is_class = problem.entry_point and f"class {problem.entry_point}" in problem.prompt
    if named is not None or not is_class:
        return named
    begun = [function for function in functions if function.first_line <= problem.prompt.count("\n")]
    return max(begun, key=lambda function: function.first_line, default=None)


def _walk(node: ast.AST, source: str, start: int) -> Iterator[Function]:
    """The functions among the statements under a node, level by level; `start` is where the source stands in a text."""
    level = [node]
    starts = list(itertools.accumulate(map(len, LINE.findall(source)), initial=start))
    while level:
        below: list[ast.AST] = []
        for parent in level:
            for name in _STATEMENT_FIELDS:
                below.extend(getattr(parent, name, None) or ())
        for child in below:
            if isinstance(child, FunctionNode):
                yield _function(child, starts)
        level = below


def _function(node: FunctionNode, starts: Sequence[int]) -> Function:
    strings = [
        one.value.value for one in node.body if isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant)
    ]
    return Function(
        name=node.name,
        docstring=next((inspect.cleandoc(text) for text in strings if isinstance(text, str)), ""),
        tree=tree_of(node),
        first_line=node.lineno,
        window=(starts[node.lineno - 1], starts[node.end_lineno or node.lineno]),
    )
