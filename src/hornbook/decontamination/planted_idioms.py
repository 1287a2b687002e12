"""Write a function's body in another idiom: comprehensions as loops, `for` as `while`, comparisons turned round.

Reads:  the text of a Python module.
Writes: the same module with another body of one function, and without comments.

What it computes stays the same but for the order of evaluation and what is evaluated late: it has to be tested.
"""

import ast
import itertools
from collections.abc import Iterator

from hornbook.decontamination.syntax_trees import match_rate
from hornbook.python_code.functions import tree_of
from hornbook.python_code.parse import parse_code

MOST_MATCH_RATE = 0.8
"""Of the new syntax tree and the old one, not reached. Source: section 5 of the paper (the least of its thresholds)."""
_MIRRORED = {"Lt": ast.Gt, "Gt": ast.Lt, "LtE": ast.GtE, "GtE": ast.LtE, "Eq": ast.Eq, "NotEq": ast.NotEq}


def in_another_idiom(text: str, entry_point: str) -> str | None:
    """The module with another body of the entry point; None where no change brings its tree far enough from the old."""
    module = parse_code(text)
    nodes = ast.walk(module) if module is not None else ()
    function = next((one for one in nodes if isinstance(one, ast.FunctionDef) and one.name == entry_point), None)
    if module is None or function is None:
        return None
    before = tree_of(function)
    fresh = (f"made_up_{number}" for number in itertools.count())
    function.body = _block(function.body, fresh)
    _Mirror().visit(function)
    is_far = match_rate(before, tree_of(function)) < MOST_MATCH_RATE
    return ast.unparse(ast.fix_missing_locations(module)) + "\n" if is_far else None


def _block(statements: list[ast.stmt], fresh: Iterator[str]) -> list[ast.stmt]:
    """Statements that do the same; `fresh` gives names that nobody else uses."""
    return [new for statement in statements for new in _statement(statement, fresh)]


def _statement(statement: ast.stmt, fresh: Iterator[str]) -> list[ast.stmt]:
    match statement:
        case ast.For(orelse=[]):
            return _counted(statement, fresh)
        case ast.If(orelse=[_, *_]):
            branches = _block(statement.orelse, fresh), _block(statement.body, fresh)
            return [ast.If(ast.UnaryOp(ast.Not(), statement.test), *branches)]
        case ast.Return(value=ast.IfExp(test=test, body=body, orelse=orelse)):
            return [ast.If(test, _statement(ast.Return(body), fresh), []), *_statement(ast.Return(orelse), fresh)]
        case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
            name = next(fresh)
            assigned = ast.Assign([ast.Name(name, ast.Store())], value)
            return [*_statement(assigned, fresh), ast.Return(ast.Name(name, ast.Load()))]
        case ast.Assign():
            hoisting = _Hoisting(fresh)
            statement.value = hoisting.visit(statement.value)
            return [*hoisting.before, statement]
        case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
            total = ast.BinOp(ast.Name(name, ast.Load()), op, value)
            return [ast.Assign([ast.Name(name, ast.Store())], total)]
    for field in ("body", "orelse", "finalbody"):
        if getattr(statement, field, None):
            setattr(statement, field, _block(getattr(statement, field), fresh))
    return [statement]


def _counted(loop: ast.For, fresh: Iterator[str]) -> list[ast.stmt]:
    """A `for` as a `while` over places. The place moves on first, so that `continue` keeps its meaning."""
    items, place = next(fresh), next(fresh)
    head = ast.parse(
        f"{items} = list({ast.unparse(loop.iter)})\n{place} = 0\nwhile {place} < len({items}):\n"
        f"    {ast.unparse(loop.target)} = {items}[{place}]\n    {place} = {place} + 1\n"
    ).body
    around = head[-1]
    assert isinstance(around, ast.While)
    around.body += _block(loop.body, fresh)
    return head


class _Mirror(ast.NodeTransformer):
    """Turns comparisons round: `a < b` becomes `b > a`."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        name = type(node.ops[0]).__name__
        if len(node.ops) == 1 and name in _MIRRORED:
            return ast.Compare(left=node.comparators[0], ops=[_MIRRORED[name]()], comparators=[node.left])
        return node


class _Hoisting(ast.NodeTransformer):
    """Replaces comprehensions by lists, sets and dictionaries that loops before the statement fill."""

    def __init__(self, fresh: Iterator[str]) -> None:
        self._fresh = fresh
        self.before: list[ast.stmt] = []

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.Lambda | ast.IfExp | ast.BoolOp):
            return node
        super().generic_visit(node)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
            return self._filled(node)
        return node

    def _filled(self, node: ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp) -> ast.AST:
        name = next(self._fresh)
        empty = {ast.SetComp: "set()", ast.DictComp: "{}"}.get(type(node), "[]")
        if isinstance(node, ast.DictComp):
            filling = f"{name}[{ast.unparse(node.key)}] = {ast.unparse(node.value)}"
        else:
            filling = f"{name}.{'add' if empty == 'set()' else 'append'}({ast.unparse(node.elt)})"
        body = ast.parse(filling).body
        for generator in reversed(node.generators):
            for test in reversed(generator.ifs):
                body = [ast.If(test, body, [])]
            body = [ast.For(generator.target, generator.iter, body, [])]
        self.before += [*ast.parse(f"{name} = {empty}").body, *body]
        return ast.Name(name, ast.Load())
