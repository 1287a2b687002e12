"""Write a function's body in another idiom: loops for comprehensions, branches for conditional expressions.

Reads:  the text of a Python module.
Writes: the same module with another body of one function; all above the body stays as it is.

Only such changes are made as leave the function's outputs alone for values of ordinary types.
"""

import ast
import copy
import textwrap
from collections.abc import Iterator, Sequence

from hornbook.decontamination.functions import parse

_FRESH = ("gathered", "collected", "gathered_too", "collected_too")
_LAZY = frozenset({"any", "all", "next", "iter", "map", "filter"})


def in_another_idiom(text: str, entry_point: str) -> str | None:
    """The module with another body of the entry point; None where no such change is possible."""
    module = parse(text)
    functions = [
        node
        for node in ast.walk(module or ast.Module([], []))
        if isinstance(node, ast.FunctionDef) and node.name == entry_point
    ]
    if not functions or functions[0].end_lineno is None:
        return None
    function = functions[0]
    start = 1 if ast.get_docstring(function, clean=False) is not None else 0
    body = function.body[start:]
    if not body:
        return None
    changed = _Body(function).rewritten(body)
    before = ast.unparse(ast.Module(body, []))
    after = ast.unparse(ast.fix_missing_locations(ast.Module(changed, [])))
    lines = text.splitlines(keepends=True)
    first = body[0].lineno
    if after == before or first == function.lineno:
        return None
    indented = textwrap.indent(after, " " * body[0].col_offset) + "\n"
    new = "".join(lines[: first - 1]) + indented + "".join(lines[function.end_lineno :])
    return new if parse(new) is not None else None


class _Body:
    """The rewriting of one function's statements."""

    def __init__(self, function: ast.FunctionDef) -> None:
        comprehended = {id(node) for one in ast.walk(function) if _is_comprehension(one) for node in ast.walk(one)}
        named = [node for node in ast.walk(function) if isinstance(node, ast.Name | ast.arg)]
        self._names = {node.arg if isinstance(node, ast.arg) else node.id for node in named}
        self._outside = {
            node.arg if isinstance(node, ast.arg) else node.id for node in named if id(node) not in comprehended
        }
        self._plain = {
            target.id
            for node in ast.walk(function)
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant)
            for target in node.targets
            if isinstance(target, ast.Name)
        }
        self._fresh = [name for name in _FRESH if name not in self._names]

    def rewritten(self, body: Sequence[ast.stmt]) -> list[ast.stmt]:
        """New statements; the given ones are left as they are."""
        changed = [new for statement in copy.deepcopy(list(body)) for new in self._statement(statement)]
        return list(_other_return(changed))

    def _statement(self, statement: ast.stmt) -> Iterator[ast.stmt]:
        match statement:
            case ast.Return(value=ast.IfExp(test=test, body=yes, orelse=no)):
                yield ast.If(test=test, body=[ast.Return(yes)], orelse=[])
                yield from self._statement(ast.Return(no))
            case ast.Assign(targets=[ast.Name() as target], value=ast.IfExp(test=test, body=yes, orelse=no)):
                branches = [ast.Assign([copy.deepcopy(target)], value) for value in (yes, no)]
                yield ast.If(test=test, body=[branches[0]], orelse=[branches[1]])
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value) if name in self._plain:
                total = ast.BinOp(ast.Name(name, ast.Load()), op, value)
                yield ast.Assign([ast.Name(name, ast.Store())], total)
            case ast.Return() | ast.Assign():
                yield from self._without_comprehension(statement)
            case ast.For() | ast.While() | ast.If():
                for field in ("body", "orelse"):
                    inner = [new for one in getattr(statement, field) for new in self._statement(one)]
                    setattr(statement, field, inner)
                yield statement
            case _:
                yield statement

    def _without_comprehension(self, statement: ast.Return | ast.Assign) -> Iterator[ast.stmt]:
        """A loop that gathers what the outermost comprehension holds, then the statement."""
        found = _outermost(statement.value) if statement.value is not None else None
        if found is None or not self._fresh or not self._may_be_loop(found):
            yield statement
            return
        name = self._fresh.pop(0)
        yield ast.Assign([ast.Name(name, ast.Store())], ast.List([], ast.Load()))
        append = ast.Attribute(ast.Name(name, ast.Load()), "append", ast.Load())
        [source] = found.generators
        inner: ast.stmt = ast.Expr(ast.Call(append, [found.elt], []))
        for test in reversed(source.ifs):
            inner = ast.If(test=test, body=[inner], orelse=[])
        yield ast.For(target=source.target, iter=source.iter, body=[inner], orelse=[])
        _Put(found, ast.Name(name, ast.Load())).generic_visit(statement)
        yield statement

    def _may_be_loop(self, found: ast.ListComp | ast.GeneratorExp) -> bool:
        """Whether its variables mean nothing outside of it, where a loop would change them."""
        own = {node.id for node in ast.walk(found.generators[0].target) if isinstance(node, ast.Name)}
        return len(found.generators) == 1 and not found.generators[0].is_async and not own & self._outside


class _Put(ast.NodeTransformer):
    def __init__(self, old: ast.AST, new: ast.AST) -> None:
        self._old = old
        self._new = new

    def visit(self, node: ast.AST) -> ast.AST:
        """Exchange one node, and leave all others."""
        return self._new if node is self._old else self.generic_visit(node)


def _outermost(expression: ast.expr) -> ast.ListComp | ast.GeneratorExp | None:
    """The comprehension that is evaluated for certain, once and wholly; None where there is none, or it is not sure."""
    match expression:
        case ast.ListComp() | ast.GeneratorExp():
            return expression
        case ast.Call(func=ast.Name(id=name)) if name in _LAZY:
            return None
        case ast.Call(func=function, args=[first, *_]):
            return _outermost(first) or (_outermost(function.value) if isinstance(function, ast.Attribute) else None)
        case ast.BinOp(left=left, right=right):
            return _outermost(left) or _outermost(right)
        case ast.Subscript(value=value) | ast.Attribute(value=value) | ast.UnaryOp(operand=value):
            return _outermost(value)
    return None


def _other_return(body: Sequence[ast.stmt]) -> Iterator[ast.stmt]:
    """A value named right before it is returned is returned outright, and the other way round."""
    match body:
        case [
            *before,
            ast.Assign(targets=[ast.Name(id=name)], value=value),
            ast.Return(value=ast.Name(id=returned)),
        ] if name == returned:
            yield from (*before, ast.Return(value))
        case [*before, ast.Return(value=ast.expr() as value)] if not isinstance(value, ast.Name | ast.Constant):
            name = next(one for one in ("answer", "final_answer", "answer_at_last") if one not in ast.unparse(value))
            yield from (
                *before,
                ast.Assign([ast.Name(name, ast.Store())], value),
                ast.Return(ast.Name(name, ast.Load())),
            )
        case _:
            yield from body


def _is_comprehension(node: ast.AST) -> bool:
    return isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp)
