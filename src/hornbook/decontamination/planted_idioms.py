"""Write a function's body in another idiom: comprehensions and loops, `for` as `while`, comparisons turned round.

Reads:  the text of a Python module.
Writes: the same module with another body of one function, and without comments.

What it computes stays the same but for the order of evaluation and what is evaluated late: it has to be tested.
"""

import ast
import copy
import itertools
from collections.abc import Iterator

from hornbook.decontamination.functions import parse
from hornbook.decontamination.syntax_trees import match_rate, tree_of

MOST_MATCH_RATE = 0.8
"""Of the new syntax tree and the old one, not reached. Source: section 5 of the paper (the least of its thresholds)."""


def in_another_idiom(text: str, entry_point: str) -> str | None:
    """The module with another body of the entry point; None where no change brings its tree far enough from the old."""
    module = parse(text)
    functions = [
        node
        for node in ast.walk(module or ast.Module([], []))
        if isinstance(node, ast.FunctionDef) and node.name == entry_point
    ]
    if module is None or not functions:
        return None
    function = functions[0]
    before = tree_of(function)
    function.body = _Idioms().block(copy.deepcopy(function.body))
    _Mirror().visit(function)
    if match_rate(before, tree_of(function)) >= MOST_MATCH_RATE:
        return None
    return ast.unparse(ast.fix_missing_locations(module)) + "\n"


class _Idioms:
    """Rewrites blocks of statements; names that it makes up are unlike any that people write."""

    def __init__(self) -> None:
        self._fresh = (f"made_up_{number}" for number in itertools.count())

    def block(self, statements: list[ast.stmt]) -> list[ast.stmt]:
        """A new block that does the same."""
        return [new for statement in self._gathered(statements) for new in statement]

    def _gathered(self, statements: list[ast.stmt]) -> Iterator[list[ast.stmt]]:
        """What stands for each statement; a list that a loop appends to becomes a comprehension."""
        index = 0
        while index < len(statements):
            both = statements[index : index + 2]
            match both:
                case [ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[])), ast.For(orelse=[]) as loop]:
                    gathered = _appended(loop, name)
                    if gathered is not None:
                        yield [ast.Assign([ast.Name(name, ast.Store())], gathered)]
                        index += 2
                        continue
            yield self._statement(both[0])
            index += 1

    def _statement(self, statement: ast.stmt) -> list[ast.stmt]:
        match statement:
            case ast.For(orelse=[]):
                return self._counted(statement)
            case ast.If(orelse=[_, *_]):
                branches = self.block(statement.orelse), self.block(statement.body)
                return [ast.If(_negated(statement.test), *branches)]
            case ast.Return(value=ast.IfExp(test=test, body=body, orelse=orelse)):
                first, second = ast.Return(body), ast.Return(orelse)
                return [ast.If(test, self._statement(first), []), *self._statement(second)]
            case ast.Return(value=ast.expr() as value) if not isinstance(value, ast.Name | ast.Constant):
                name = next(self._fresh)
                assigned = ast.Assign([ast.Name(name, ast.Store())], value)
                return [*self._statement(assigned), ast.Return(ast.Name(name, ast.Load()))]
            case ast.Assign():
                hoisting = _Hoisting(self._fresh)
                statement.value = hoisting.visit(statement.value)
                return [*hoisting.before, statement]
            case ast.AugAssign(target=ast.Name(id=name), op=op, value=value):
                total = ast.BinOp(ast.Name(name, ast.Load()), op, value)
                return [ast.Assign([ast.Name(name, ast.Store())], total)]
        for field in ("body", "orelse", "finalbody"):
            if getattr(statement, field, None):
                setattr(statement, field, self.block(getattr(statement, field)))
        return [statement]

    def _counted(self, loop: ast.For) -> list[ast.stmt]:
        """A `for` as a `while` over places. The place moves on first, so that `continue` keeps its meaning."""
        items, place = next(self._fresh), next(self._fresh)
        head = ast.parse(
            f"{items} = list({ast.unparse(loop.iter)})\n{place} = 0\nwhile {place} < len({items}):\n"
            f"    {ast.unparse(loop.target)} = {items}[{place}]\n    {place} = {place} + 1\n"
        ).body
        around = head[-1]
        assert isinstance(around, ast.While)
        around.body += self.block(loop.body)
        return head


class _Mirror(ast.NodeTransformer):
    """Turns comparisons round: `a < b` becomes `b > a`."""

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _MIRRORED:
                return ast.Compare(left=right, ops=[_MIRRORED[type(op)]()], comparators=[left])
        return node


_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.Gt,
    ast.Gt: ast.Lt,
    ast.LtE: ast.GtE,
    ast.GtE: ast.LtE,
    ast.Eq: ast.Eq,
    ast.NotEq: ast.NotEq,
}


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


def _appended(loop: ast.For, name: str) -> ast.ListComp | None:
    """The comprehension that says the same as a loop which does nothing but append to a list of this name."""
    tests: list[ast.expr] = []
    body = loop.body
    while len(body) == 1 and isinstance(body[0], ast.If) and not body[0].orelse:
        tests.append(body[0].test)
        body = body[0].body
    match body:
        case [
            ast.Expr(ast.Call(func=ast.Attribute(value=ast.Name(id=owner), attr="append"), args=[item], keywords=[]))
        ]:
            if owner == name and not any(isinstance(one, ast.Name) and one.id == name for one in ast.walk(item)):
                return ast.ListComp(item, [ast.comprehension(loop.target, loop.iter, tests, 0)])
    return None


def _negated(test: ast.expr) -> ast.expr:
    return (
        test.operand if isinstance(test, ast.UnaryOp) and isinstance(test.op, ast.Not) else ast.UnaryOp(ast.Not(), test)
    )
