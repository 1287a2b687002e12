"""Cut one function out of a module's source: its imports and docstring as the prompt, its body as the solution."""

import ast
import builtins
import re
from dataclasses import dataclass

from hornbook.python_code.functions import bound_names, read_names
from hornbook.python_code.parse import first_line_of
from hornbook.synthesis.curriculum.docstrings import DocstringStyle
from hornbook.synthesis.prompted.commission import Reason, Rejection

_STYLES = (
    (DocstringStyle.REST, re.compile(r"^\s*:(param|return)", re.MULTILINE)),
    (DocstringStyle.GOOGLE, re.compile(r"^\s*Args:", re.MULTILINE)),
    (DocstringStyle.PARAMETERS, re.compile(r"^\s*(Parameters|Returns):?\s*$", re.MULTILINE)),
    (DocstringStyle.STEPS, re.compile(r"^\s*1\. .*\n(.*\n)*?\s*2\. ", re.MULTILINE)),
    (DocstringStyle.DOCTEST, re.compile(r"^\s*>>> ", re.MULTILINE)),
    (DocstringStyle.COMPARISON, re.compile(r"\w\(.*\) == ")),
    (DocstringStyle.EXAMPLE, re.compile(r"\b[Ee]xample\b|\bfor instance\b")),
)
"""Looked for in this order."""


@dataclass(frozen=True, slots=True)
class FunctionSource:
    """A function with the imports that it uses; `prompt + solution` is a whole module."""

    function: ast.FunctionDef
    imports: tuple[ast.Import | ast.ImportFrom, ...]
    prompt: str
    solution: str


def cut_function(code: str, tree: ast.Module, function: ast.FunctionDef) -> FunctionSource | Rejection:
    """Cut `function` out of `code`.

    Args:
        code: The module's source; ends with a newline.
        tree: Its syntax tree.
        function: One of the tree's functions.

    Returns:
        The parts, or a rejection: no docstring with lines of its own, no body, or code is needed that stands outside.
    """
    docstring = function.body[0]
    if ast.get_docstring(function) is None or not (ast.get_docstring(function) or "").strip():
        return Rejection(Reason.NO_DOCSTRING)
    end = docstring.end_lineno or docstring.lineno
    if len(function.body) == 1:
        return Rejection(Reason.PLACEHOLDER, "nothing follows the docstring")
    if function.body[1].lineno <= end or docstring.lineno == function.lineno:
        return Rejection(Reason.NO_DOCSTRING, "the docstring has no line of its own")
    if function.body[0].col_offset != 4:
        return Rejection(Reason.NO_PYTHON, "the body is not indented by four spaces")
    used = {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}
    imports = tuple(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) and _binds(node, used))
    lines = code.split("\n")
    first = first_line_of(function)
    head = "".join(f"{ast.unparse(_narrowed(node, used))}\n" for node in imports)
    body = "\n".join(lines[end : function.end_lineno])
    imported = {_bound_name(alias) for node in imports for alias in node.names}
    redefined = set().union(*(bound_names(node) for node in tree.body if node is not function))
    known = imported | (set(dir(builtins)) - redefined)
    unknown = read_names("\n".join(lines[first - 1 : function.end_lineno]) + "\n") - known
    needed = unknown & redefined or (set() if "*" in imported else unknown)
    if needed:
        return Rejection(Reason.DEPENDS, ", ".join(sorted(needed)))
    return FunctionSource(
        function=function,
        imports=imports,
        prompt=f"{head}\n\n" * bool(head) + "\n".join(line.rstrip() for line in lines[first - 1 : end]) + "\n",
        solution="\n".join(line.rstrip() for line in body.split("\n")).lstrip("\n") + "\n",
    )


def style_of_docstring(docstring: str) -> str:
    """The layout that a docstring has, in the curriculum's words."""
    for style, pattern in _STYLES:
        if pattern.search(docstring):
            return style.value
    return DocstringStyle.SUMMARY.value


def _binds(node: ast.Import | ast.ImportFrom, used: set[str]) -> bool:
    return any(_bound_name(alias) in used or alias.name == "*" for alias in node.names)


def _narrowed(node: ast.Import | ast.ImportFrom, used: set[str]) -> ast.Import | ast.ImportFrom:
    """The import without the names that are not used."""
    names = [alias for alias in node.names if _bound_name(alias) in used or alias.name == "*"]
    if isinstance(node, ast.Import):
        return ast.Import(names=names)
    return ast.ImportFrom(module=node.module, names=names, level=node.level)


def _bound_name(alias: ast.alias) -> str:
    return alias.asname or alias.name.split(".")[0]
