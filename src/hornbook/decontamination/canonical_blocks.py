"""Bring the statements of a block to the form that its idioms share: branches, guards, loops with a counter.

A branch that leaves comes first and alone (`if c: return a` before the rest, no `else`), the shorter one of two before
the longer one, and whether a test is told by its opposite follows from that.
"""

import ast

from hornbook.decontamination.canonical_expressions import (
    as_test,
    called,
    loaded,
    negated,
    negative,
    same,
    size,
    stored,
    walked,
)
from hornbook.decontamination.canonical_loops import Loop, looped

_LEAVES = (ast.Return, ast.Raise, ast.Break, ast.Continue)


def simplified(block: list[ast.stmt], *, in_loop: bool) -> list[ast.stmt]:
    """A block whose inner blocks are canonical. `in_loop` says that it is the whole body of a loop."""
    statements = [new for statement in block for new in canonical_statements(statement)]
    rest: list[ast.stmt] = []
    for at, statement in reversed(list(enumerate(statements))):
        if isinstance(statement, _LEAVES):
            rest = [] if in_loop and isinstance(statement, ast.Continue) else [statement]
        elif isinstance(statement, ast.If):
            rest = _branched(statement, rest, in_loop=in_loop)
        elif isinstance(statement, Loop):
            rest = looped(statement, rest, statements[:at])
        elif not isinstance(statement, ast.Pass):
            rest = _returned(statement, rest)
    return rest


def _returned(statement: ast.stmt, rest: list[ast.stmt]) -> list[ast.stmt]:
    """`y = e; return y` as `return e`."""
    match statement, rest:
        case ast.Assign(targets=[ast.Name(id=name)], value=value), [ast.Return(value=ast.Name(id=returned))]:
            if name == returned:
                return [ast.Return(value=value)]
    return [statement, *rest]


def leaves(block: list[ast.stmt]) -> bool:
    """Whether what stands after the block is never reached from its end."""
    return bool(block) and isinstance(block[-1], _LEAVES)


def canonical_statements(statement: ast.stmt) -> list[ast.stmt]:
    """One statement without regard to its neighbours."""
    match statement:
        case ast.AnnAssign(target=target, value=value):
            return [ast.Assign(targets=[target], value=value)] if value is not None else []
        case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)) if _independent(
            targets, values
        ):
            return [ast.Assign(targets=[target], value=value) for target, value in zip(targets, values, strict=True)]
        case ast.Return(value=ast.IfExp(test=test, body=body, orelse=other)):
            return [ast.If(test=test, body=[ast.Return(value=body)], orelse=[]), ast.Return(value=other)]
        case ast.Assign(targets=targets, value=ast.IfExp(test=test, body=body, orelse=other)):
            yes, no = (ast.Assign(targets=targets, value=value) for value in (body, other))
            return [ast.If(test=test, body=[yes], orelse=[no])]
        case ast.AugAssign(target=target, op=op, value=ast.IfExp(test=test, body=body, orelse=other)):
            added, left = (ast.AugAssign(target=target, op=op, value=value) for value in (body, other))
            nothing = isinstance(other, ast.Constant) and not other.value
            return [ast.If(test=test, body=[added], orelse=[] if nothing else [left])]
        case ast.Expr(value=ast.Call(func=ast.Attribute(attr="append") as function, args=[ast.IfExp() as choice])):
            first, second = (
                ast.Expr(ast.Call(func=function, args=[value], keywords=[])) for value in (choice.body, choice.orelse)
            )
            return [ast.If(test=choice.test, body=[first], orelse=[second])]
        case ast.Assign(targets=[target], value=ast.BinOp(left=left, op=op, right=right)):
            return [_augmented(target, left, op, right) or statement]
        case ast.Assign(targets=[ast.Name() as target], value=ast.Call(func=ast.Name(id="max" | "min" as name))):
            return [_kept_extreme(statement, target, name)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="sort"), keywords=keywords)):
            value = ast.Call(func=loaded("sorted"), args=[loaded(name)], keywords=keywords)
            return [ast.Assign(targets=[stored(name)], value=value)]
        case ast.AugAssign(target=target, op=ast.Add(), value=ast.List(elts=elements)) if elements:
            return [appended(target, element) for element in elements]
        case ast.AugAssign(target=target, op=ast.Add(), value=ast.JoinedStr(values=[value])):
            return [ast.AugAssign(target=target, op=ast.Add(), value=value)]
        case ast.Expr(value=ast.Call(func=ast.Attribute(value=target, attr="extend"), args=[items])):
            return [ast.For(target=stored(" item"), iter=items, body=[appended(target, loaded(" item"))], orelse=[])]
        case ast.Expr(value=ast.YieldFrom(value=items)):
            given = ast.Expr(value=ast.Yield(value=loaded(" item")))
            return [ast.For(target=stored(" item"), iter=items, body=[given], orelse=[])]
        case ast.Expr(value=ast.Constant()):
            return []
    return [statement]


def appended(target: ast.expr, element: ast.expr) -> ast.stmt:
    """`target.append(element)`."""
    return ast.Expr(
        value=ast.Call(func=ast.Attribute(value=target, attr="append", ctx=ast.Load()), args=[element], keywords=[])
    )


def kept(target: ast.expr, name: str, value: ast.expr) -> ast.AugAssign:
    """`target = max(target, value)`, written like an augmented assignment."""
    return ast.AugAssign(target=target, op=called(name), value=value)  # type: ignore[arg-type]


def _independent(targets: list[ast.expr], values: list[ast.expr]) -> bool:
    if len(targets) != len(values) or any(isinstance(node, ast.Starred) for node in [*targets, *values]):
        return False
    if not all(isinstance(target, ast.Name) for target in targets):
        return False
    written = {target.id for target in targets if isinstance(target, ast.Name)}
    return not any(isinstance(node, ast.Name) and node.id in written for value in values for node in walked(value))


def _augmented(target: ast.expr, left: ast.expr, op: ast.operator, right: ast.expr) -> ast.stmt | None:
    """`x = x + e` as `x += e`, the other way round only where the order cannot matter; `d[k] = d.get(k, 0) + e` too."""
    number = isinstance(left, ast.Constant) and not isinstance(left.value, str | bytes)
    if same(target, right) and (isinstance(op, ast.Mult) or (isinstance(op, ast.Add) and number)):
        return ast.AugAssign(target=target, op=op, value=left)  # type: ignore[arg-type]
    match target, left:
        case ast.Subscript(value=items, slice=key), ast.Call(
            func=ast.Attribute(value=owner, attr="get"), args=[wanted, _]
        ) if same(owner, items) and same(wanted, key):
            return ast.AugAssign(target=target, op=op, value=right)
    return ast.AugAssign(target=target, op=op, value=right) if same(target, left) else None  # type: ignore[arg-type]


def _kept_extreme(statement: ast.stmt, target: ast.Name, name: str) -> ast.stmt:
    match statement:
        case ast.Assign(value=ast.Call(args=[first, second], keywords=[])):
            if same(target, first):
                return kept(target, name, second)
            if same(target, second):
                return kept(target, name, first)
    return statement


def _branched(node: ast.If, rest: list[ast.stmt], *, in_loop: bool) -> list[ast.stmt]:
    test, body, other = as_test(node.test), node.body, node.orelse
    if in_loop and not rest:
        body, other = (
            block[:-1] if block and isinstance(block[-1], ast.Continue) else block for block in (body, other)
        )
    elif in_loop and body and isinstance(body[-1], ast.Continue):
        body, other, rest = body[:-1], [*other, *rest], []
    match rest:
        case [ast.Return(value=ast.Name(id=name))] if _assigns(body, name) or (_assigns(other, name) and other):
            body = _returning(body, name)
            other = _returning(other, name) if other else other
    if not leaves(body) and leaves(other):
        test, body, other = negated(test), other, body
    if leaves(body):
        other, rest = [], [*other, *rest]
        if leaves(rest) and _comes_later(test, body, rest):
            test, body, rest = negated(test), rest, body
    elif other and (not body or _comes_later(test, body, other)):
        test, body, other = negated(test), other, body
    if not body:
        return rest
    match body:
        case [ast.If(test=inner, body=inner_body, orelse=[])] if not other:
            test, body = _both(ast.And(), test, inner), inner_body
    return _known(ast.If(test=test, body=body, orelse=other), rest)


def _comes_later(test: ast.expr, body: list[ast.stmt], other: list[ast.stmt]) -> bool:
    mine, others = size(*body), size(*other)
    return others < mine or (others == mine and negative(test))


def _both(op: ast.boolop, first: ast.expr, second: ast.expr) -> ast.expr:
    values: list[ast.expr] = []
    for value in (first, second):
        values.extend(value.values if isinstance(value, ast.BoolOp) and type(value.op) is type(op) else [value])
    return ast.BoolOp(op=op, values=values)


def _assigns(block: list[ast.stmt], name: str) -> bool:
    match block:
        case [*_, ast.Assign(targets=[ast.Name(id=target)])]:
            return target == name
    return False


def _returning(block: list[ast.stmt], name: str) -> list[ast.stmt]:
    match block:
        case [*first, ast.Assign(targets=[ast.Name(id=target)], value=value)] if target == name:
            return [*first, ast.Return(value=value)]
    return block if leaves(block) else [*block, ast.Return(value=loaded(name))]


def _known(node: ast.If, rest: list[ast.stmt]) -> list[ast.stmt]:
    """Branches that say what an expression says: a truth value, an extreme so far, a count."""
    match [node, *rest]:
        case [
            ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool(yes)))]),
            ast.Return(value=ast.Constant(value=bool(no))),
        ] if yes != no:
            return [ast.Return(value=test if yes else negated(test))]
        case [
            ast.If(test=test, body=[ast.Return(value=ast.Constant(value=bool(yes)))]),
            ast.Return(value=ast.Compare() | ast.BoolOp() | ast.UnaryOp(op=ast.Not()) as other),
        ]:
            both = _both(ast.Or(), test, other) if yes else _both(ast.And(), negated(test), other)
            return [ast.Return(value=both)]
        case [
            ast.If(test=ast.Constant() | ast.Compare() | ast.BoolOp() | ast.UnaryOp(), body=[ast.Return(value=first)]),
            ast.Return(value=second),
        ] if same(first, second):
            return rest
    return _known_extreme(node, rest) or _known_count(node, rest) or [node, *rest]


def _known_extreme(node: ast.If, rest: list[ast.stmt]) -> list[ast.stmt]:
    """`if x > best: best = x` as `best = max(best, x)`; nothing for what is no such thing."""
    match node:
        case ast.If(
            test=ast.Compare(left=ast.Name() as best, ops=[ast.Is()], comparators=[ast.Constant(value=None)]),
            body=[ast.Assign(targets=[target], value=value)],
            orelse=[ast.AugAssign(target=ast.Name() as extreme, op=ast.Call(), value=other)],
        ) if same(best, extreme) and same(best, target) and same(value, other):
            return [*node.orelse, *rest]
        case ast.If(test=test, body=[ast.Assign(targets=[ast.Name() as best], value=value)], orelse=[]):
            if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
                test = test.values[-1]
            match test:
                case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE()], comparators=[right]):
                    if same(best, left) and same(value, right):
                        return [kept(best, "max", value), *rest]
                    if same(best, right) and same(value, left):
                        return [kept(best, "min", value), *rest]
    return []


def _known_count(node: ast.If, rest: list[ast.stmt]) -> list[ast.stmt]:
    """`d[k] += e` without the question whether `k` is in `d`; nothing for what is no such thing."""
    match node:
        case ast.If(test=ast.Compare(left=key, ops=[ast.In() | ast.NotIn() as op], comparators=[items])):
            known, new = (node.body, node.orelse) if isinstance(op, ast.In) else (node.orelse, node.body)
            match known, new, rest:
                case [ast.AugAssign(target=ast.Subscript() as place)], [ast.Assign(targets=[first])], _:
                    if same(place, first) and same(place.value, items) and same(place.slice, key):
                        return [*known, *rest]
                case [], [ast.Assign(targets=[ast.Subscript() as first])], [ast.AugAssign(target=place), *_]:
                    if same(place, first) and same(first.value, items) and same(first.slice, key):
                        return rest
    return []
