"""Tell a problem's solution with other names for its functions, arguments and variables.

Reads:  the text of a Python module.
Writes: the same module with other identifiers; its layout stays where names alone can be exchanged.

What is bound in another way than by an assignment, an argument or a `def` (an import, `except … as`, a method) keeps
its name, and so do attributes, builtins and `self`.
"""

import ast
import builtins
import random
import re
from collections.abc import Iterator, Mapping, Sequence

from hornbook.decontamination.functions import parse

_FUNCTION_NAMES = tuple(
    f"{verb}_{noun}"
    for verb in ("work_out", "find", "make", "give", "get", "obtain", "build", "produce")
    for noun in ("answer", "outcome", "reply", "solution", "output")
)
_VARIABLE_NAMES = (
    *("alpha", "amount", "basket", "beta", "block", "candidate", "chunk", "current", "element", "entry", "given"),
    *("goal", "info", "known", "left", "material", "member", "number_seen", "obj", "outcome_so_far", "piece", "pool"),
    *("portion", "quantity", "rest", "right", "seen", "source", "stuff", "subject", "thing", "unit", "what", "whole"),
)
_KEPT = frozenset({"self", "cls", *dir(builtins)})


def renamed(text: str, entry_point: str, generator: random.Random) -> str | None:
    """The module with other names; None where it does not parse or binds no name that may change.

    Args:
        text: A module.
        entry_point: Its function; where a docstring names it, the new name is put there too.
        generator: Draws the names: equal seeds, equal texts.
    """
    module = parse(text)
    names = _names_for(module, generator) if module is not None else {}
    if module is None or not names:
        return None
    edited = _edited(text, module, names, entry_point)
    expected = ast.fix_missing_locations(_Renaming(names, entry_point).visit(module))
    found = parse(edited)
    if found is not None and ast.dump(found) == ast.dump(expected):
        return edited
    return ast.unparse(expected) + "\n"  # A name within an f-string, say, has no place of its own before Python 3.12.


def _names_for(module: ast.Module, generator: random.Random) -> dict[str, str]:
    """Old → new, in the order in which the names are first met."""
    methods = {id(statement) for node in ast.walk(module) if isinstance(node, ast.ClassDef) for statement in node.body}
    functions = [
        node.name
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and id(node) not in methods
    ]
    variables = [
        node.arg if isinstance(node, ast.arg) else node.id
        for node in ast.walk(module)
        if isinstance(node, ast.arg) or (isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store))
    ]
    kept: set[str] = {*_KEPT, *_bound_otherwise(module)}
    taken: set[str] = {*kept, *re.findall(r"\w+", ast.unparse(module))}
    functions = [name for name in dict.fromkeys(functions) if name not in kept]
    variables = [name for name in dict.fromkeys(variables) if name not in kept and name not in functions]
    return {
        **dict(zip(functions, _draw(_FUNCTION_NAMES, len(functions), taken, generator), strict=True)),
        **dict(zip(variables, _draw(_VARIABLE_NAMES, len(variables), taken, generator), strict=True)),
    }


def _draw(pool: Sequence[str], number: int, taken: set[str], generator: random.Random) -> list[str]:
    free = [name for name in pool if name not in taken]
    generator.shuffle(free)
    rounds = number // max(len(free), 1) + 1
    return [name if at == 0 else f"{name}_{at + 1}" for at in range(rounds) for name in free][:number]


def _bound_otherwise(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                yield from ((alias.asname or alias.name).partition(".")[0] for alias in aliases)
            case ast.Global(names=names) | ast.Nonlocal(names=names):
                yield from names
            case ast.ExceptHandler(name=str(name)) | ast.MatchAs(name=str(name)) | ast.MatchStar(name=str(name)):
                yield name
            case ast.MatchMapping(rest=str(name)):
                yield name
            case ast.ClassDef(name=name, body=body):
                yield name
                yield from (target.id for target in _class_variables(body))


def _class_variables(body: Sequence[ast.stmt]) -> Iterator[ast.Name]:
    for statement in body:
        targets = statement.targets if isinstance(statement, ast.Assign) else [getattr(statement, "target", None)]
        yield from (target for target in targets if isinstance(target, ast.Name))


class _Renaming(ast.NodeTransformer):
    """What must come out, as a tree: identifiers changed, and the entry point's name in docstrings."""

    def __init__(self, names: Mapping[str, str], entry_point: str) -> None:
        self._names = names
        self._entry_point = entry_point

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return ast.Name(id=self._names.get(node.id, node.id), ctx=node.ctx)

    def visit_arg(self, node: ast.arg) -> ast.AST:
        self.generic_visit(node)
        node.arg = self._names.get(node.arg, node.arg)
        return node

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id in self._names:
            for keyword in node.keywords:
                keyword.arg = self._names.get(keyword.arg, keyword.arg) if keyword.arg else None
        self.generic_visit(node)
        return node

    def visit_FunctionDef(self, node: ast.FunctionDef) -> ast.AST:
        self.generic_visit(node)
        node.name = self._names.get(node.name, node.name)
        return node

    def visit_Expr(self, node: ast.Expr) -> ast.AST:
        if isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            node.value.value = _in_words(node.value.value, self._names, self._entry_point)
            return node
        return self.generic_visit(node)


def _edited(text: str, module: ast.Module, names: Mapping[str, str], entry_point: str) -> str:
    """The text with the names exchanged where they stand, from the last one to the first."""
    lines = [line.encode() for line in text.splitlines(keepends=True)]
    edits: list[tuple[int, int, int, bytes]] = []  # line, first byte, byte after the last, what stands there then
    for node in ast.walk(module):
        match node:
            case ast.Name(id=name) | ast.arg(arg=name):
                if name in names:
                    first = node.col_offset
                    edits.append((node.lineno, first, first + len(name.encode()), names[name].encode()))
            case ast.FunctionDef(name=name):
                if name in names:
                    start = lines[node.lineno - 1].find(name.encode(), node.col_offset + len("def "))
                    edits.append((node.lineno, start, start + len(name.encode()), names[name].encode()))
            case ast.Call(func=ast.Name(id=function)) if function in names:
                for keyword in node.keywords:
                    if keyword.arg is not None and keyword.arg in names:
                        first = keyword.col_offset
                        last = first + len(keyword.arg.encode())
                        edits.append((keyword.lineno, first, last, names[keyword.arg].encode()))
            case ast.Expr(value=ast.Constant(value=str())):
                for number in range(node.lineno, (node.end_lineno or node.lineno) + 1):
                    line = lines[number - 1]
                    edits.append((number, 0, len(line), _in_words(line.decode(), names, entry_point).encode()))
    for number, first, last, new in sorted(set(edits), reverse=True):
        line = lines[number - 1]
        lines[number - 1] = line[:first] + new + line[last:]
    return b"".join(lines).decode(errors="replace")


def _in_words(text: str, names: Mapping[str, str], entry_point: str) -> str:
    """A docstring's text with the new names where they are marked as names; the entry point's also where it has a `_`."""
    for old, new in names.items():
        name = re.escape(old)
        if old == entry_point:
            text = re.sub(rf"\b{name}\b" if "_" in old else rf"\b{name}(?=\()|(?<=`){name}(?=`)", new, text)
        else:
            text = re.sub(rf"(?<=`){name}(?=`)|(?m:^([ \t]*){name}(?=:| \())", rf"\g<1>{new}", text)
    return text
