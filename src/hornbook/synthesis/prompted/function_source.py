"""Cut one function out of a module's source: its imports and docstring as the prompt, its body as the solution."""

import ast
import builtins
import re
import symtable
from collections.abc import Iterable
from dataclasses import dataclass

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
    used = _names_used(function)
    needed = sorted(used & _names_of_others(tree, function))
    if needed:
        return Rejection(Reason.DEPENDS, ", ".join(needed))
    imports = tuple(node for node in tree.body if isinstance(node, ast.Import | ast.ImportFrom) and _binds(node, used))
    lines = code.split("\n")
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    head = "".join(f"{ast.unparse(_narrowed(node, used))}\n" for node in imports)
    body = "\n".join(lines[end : function.end_lineno])
    unknown = _unknown_names("\n".join(lines[first - 1 : function.end_lineno]) + "\n", imports)
    if unknown:
        return Rejection(Reason.DEPENDS, ", ".join(unknown))
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


def _names_used(function: ast.FunctionDef) -> set[str]:
    return {node.id for node in ast.walk(function) if isinstance(node, ast.Name)}


def _names_of_others(tree: ast.Module, function: ast.FunctionDef) -> set[str]:
    """The names that the module's other definitions and assignments bind."""
    names: set[str] = set()
    for node in tree.body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) and node is not function:
            names.add(node.name)
        elif isinstance(node, ast.Assign | ast.AnnAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            names |= {part.id for target in targets for part in ast.walk(target) if isinstance(part, ast.Name)}
    own = {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
    local = {node.id for node in ast.walk(function) if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    return names - own - local - {function.name}


def _unknown_names(code: str, imports: Iterable[ast.Import | ast.ImportFrom]) -> list[str]:
    """The names that a function reads and that neither it, nor the imports, nor Python defines."""
    known = {_bound_name(alias) for node in imports for alias in node.names}
    if "*" in known:
        return []
    try:
        tables = [symtable.symtable(code, "answer", "exec")]
    except SyntaxError:  # What Python finds only when it compiles: that the code does not run will be seen.
        return []
    read: set[str] = set()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        is_module = table.get_type() == "module"
        for symbol in table.get_symbols():
            if is_module and symbol.is_assigned():
                known.add(symbol.get_name())
            elif symbol.is_referenced() and (is_module or symbol.is_global()):
                read.add(symbol.get_name())
    return sorted(read - known - set(dir(builtins)))


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
