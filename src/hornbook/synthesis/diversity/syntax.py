"""The shape of code: its syntax tree without names, constants, type hints, docstrings and imports.

Two modules have the same shape where their trees have the same kinds of nodes in pre-order: the same rule by which the
decontamination compares functions, here for the whole module.
"""

import ast
import re
import textwrap
import warnings
from dataclasses import dataclass

from hornbook.synthesis.diversity.keys import key_of

FENCE = re.compile(r"^[ \t]*```[ \t]*(?:python|py|python3)?[ \t]*\n(.*?)^[ \t]*```", re.DOTALL | re.MULTILINE)
"""A fenced block without a language, or in Python."""

_ONE_BRANCH = (
    ast.If,
    ast.IfExp,
    ast.For,
    ast.AsyncFor,
    ast.While,
    ast.comprehension,
    ast.ExceptHandler,
    ast.match_case,
)
_HINTS = {"ctx", "annotation", "returns", "decorator_list", "type_comment", "type_params"}
_IDENTIFIERS = {"id", "arg", "attr", "name", "asname", "module", "kind", "is_async", "conversion", "simple", "level"}
_KINDS = sorted(
    (kind for kind in vars(ast).values() if isinstance(kind, type) and issubclass(kind, ast.AST)),
    key=lambda kind: kind.__name__,
)
_IMPORTS = (ast.Import, ast.ImportFrom)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_REMARKABLE = (*_IMPORTS, *_FUNCTIONS, *_ONE_BRANCH, ast.BoolOp)
_LOOKED_AT = {
    kind: (
        number.to_bytes(2, "little"),
        tuple(name for name in reversed(kind._fields) if name not in _HINTS | _IDENTIFIERS),
        issubclass(kind, _REMARKABLE),
    )
    for number, kind in enumerate(_KINDS)
}
"""For each kind of node its mark in a shape, the fields that hold what it is made of, the last first, and whether it is
an import, a function or a branch. One look for each node, because trees are most of the monitor's time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Syntax:
    """What a module's syntax tree says."""

    shape: int
    """Equal shapes, equal keys."""
    functions: tuple[str, ...]
    """Names of the functions that it defines, methods and nested ones included, in order."""
    imports: tuple[str, ...]
    """Top-level modules that it imports, each once, in order; `.` for what lies beside it."""
    num_branches: int
    """Decisions: `if`, loops, `for` and `if` of comprehensions, handlers, cases, and each further side of `and`, `or`.

    Cyclomatic complexity less one.
    """
    docstring: str
    """The first function's that has one, else the module's; empty where there is none."""


def read_syntax(source: str) -> Syntax | None:
    """Read a module; None where it does not parse. Deterministic in one version of Python."""
    module = _parse(source)
    if module is None:
        return None
    marks: list[bytes] = []
    functions: list[ast.FunctionDef | ast.AsyncFunctionDef] = []
    imports: dict[str, None] = {}
    num_branches = 0
    stack: list[ast.AST] = [module]
    while stack:
        node = stack.pop()
        mark, fields, is_remarkable = _LOOKED_AT[type(node)]
        if is_remarkable:
            if isinstance(node, _IMPORTS):
                imports.update(dict.fromkeys(_roots(node)))
                continue
            if isinstance(node, _FUNCTIONS):
                functions.append(node)
            num_branches += _branches(node)
        marks.append(mark)
        for name in fields:
            value = getattr(node, name, None)
            if isinstance(value, list):
                stack.extend(item for item in reversed(value) if isinstance(item, ast.AST) and not _is_docstring(item))
            elif isinstance(value, ast.AST):
                stack.append(value)
    return Syntax(
        shape=key_of(b"".join(marks)),
        functions=tuple(function.name for function in functions),
        imports=tuple(imports),
        num_branches=num_branches,
        docstring=next((text for node in [*functions, module] if (text := ast.get_docstring(node))), ""),
    )


def code_blocks(prose: str) -> list[str]:
    """The fenced blocks of a text that are Python, or name no language; those of an interactive session without it."""
    return [_without_prompts(textwrap.dedent(block)) for block in FENCE.findall(prose)]


def _parse(source: str) -> ast.Module | None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Odd escapes in strings.
        try:
            return ast.parse(source)
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            return None


def _branches(node: ast.AST) -> int:
    if isinstance(node, ast.BoolOp):
        return len(node.values) - 1
    if isinstance(node, ast.comprehension):
        return 1 + len(node.ifs)
    return int(isinstance(node, _ONE_BRANCH))


def _is_docstring(node: ast.AST) -> bool:
    return type(node) is ast.Expr and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)


def _roots(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return ["." if node.level else (node.module or "").partition(".")[0]]


def _without_prompts(block: str) -> str:
    """The lines behind `>>>` and `...` alone, where the block shows a session."""
    lines = block.split("\n")
    if not any(line.startswith(">>>") for line in lines):
        return block
    return "\n".join(line[4:] for line in lines if line.startswith((">>>", "...")))
