"""Rewrite a program into one that does the same: the ways in which people write a loop, a guard, a result.

Each rewriting takes the body of a function and returns another one, or None where it does not apply. What a rewriting
must keep is checked by running both (`compose.py`).
"""

import ast
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from hornbook.synthesis.curriculum.task import expression, simplified, unparsed, with_expressions

Body = list[ast.stmt]
_LONG = 55
"""Characters of a condition that people would give a name."""


def _parse(text: str) -> Body:
    return ast.parse(text).body


def _filtered(loop: ast.For) -> tuple[str, Body]:
    """The clauses of a comprehension that goes as the loop does, and what is done for each item."""
    clauses = f"for {unparsed(loop.target)} in {unparsed(loop.iter)}"
    match loop.body:
        case [ast.If(orelse=[]) as only]:
            return f"{clauses} if {unparsed(only.test)}", only.body
    return clauses, loop.body


def comprehension(body: Body) -> Body | None:
    """A list or sum that a loop builds, as a comprehension."""
    match body:
        case [ast.Assign([ast.Name(name)], start), ast.For(orelse=[]) as loop, ast.Return(ast.Name(given))]:
            if name != given or [node.id for node in ast.walk(loop) if isinstance(node, ast.Name)].count(name) > 1:
                return None  # It is not what is built, or what is built decides what is added.
            clauses, inner = _filtered(loop)
            match start, inner:
                case ast.List([]), [ast.Expr(ast.Call(ast.Attribute(ast.Name(used), "append"), [value]))]:
                    return _parse(f"return [{unparsed(value)} {clauses}]") if used == name else None
                case ast.Constant(0), [ast.AugAssign(ast.Name(used), ast.Add(), value)]:
                    return _parse(f"return sum({unparsed(value)} {clauses})") if used == name else None
    return None


def _decision(body: Body) -> tuple[ast.For, ast.expr, bool] | None:
    """A loop that returns a truth value as soon as a condition holds, with the opposite behind it.

    Returns:
        The loop, its condition, and the value that it returns at once.
    """
    match body:
        case [
            ast.For(orelse=[], body=[ast.If(test, [ast.Return(ast.Constant(bool() as at_once))], [])]) as loop,
            ast.Return(ast.Constant(bool() as at_end)),
        ] if at_once != at_end:
            return loop, test, at_once
    return None


def quantifier(body: Body) -> Body | None:
    """A loop that returns a truth value, as `any` or `all`."""
    found = _decision(body)
    if found is None:
        return None
    loop, test, at_once = found
    clauses = f"for {unparsed(loop.target)} in {unparsed(loop.iter)}"
    match test:
        case _ if at_once:
            return _parse(f"return any({unparsed(test)} {clauses})")
        case ast.UnaryOp(ast.Not(), inner):
            return _parse(f"return all({unparsed(inner)} {clauses})")
    return _parse(f"return not any({unparsed(test)} {clauses})")


def flag(body: Body) -> Body | None:
    """A loop that returns a truth value, with a variable and `break`."""
    found = _decision(body)
    if found is None:
        return None
    loop, test, at_once = found
    loop.body = [ast.If(test, _parse(f"found = {at_once}\nbreak"), [])]
    return [*_parse(f"found = {not at_once}"), loop, *_parse("return found")]


def next_item(body: Body) -> Body | None:
    """A loop that returns the first item, as `next`."""
    match body:
        case [ast.For(orelse=[], body=[ast.If(orelse=[], body=[ast.Return(ast.expr() as value)])]) as loop,
              ast.Return(ast.expr() as default)]:  # fmt: skip
            if isinstance(value, ast.Constant) and isinstance(value.value, bool):
                return None
            clauses, _ = _filtered(loop)
            return _parse(f"return next(({unparsed(value)} {clauses}), {unparsed(default)})")
    return None


def guard(body: Body) -> Body | None:
    """`continue` for items that are passed over, in place of a condition round the rest."""
    for loop in _loops(body):
        match loop.body:
            case [*before, ast.If(orelse=[], body=inner) as last] if not isinstance(inner[-1], ast.Return | ast.Break):
                is_passed_over = simplified(ast.UnaryOp(ast.Not(), last.test))
                loop.body = [*before, ast.If(is_passed_over, [ast.Continue()], []), *inner]
                return body
    return None


def nested_condition(body: Body) -> Body | None:
    """One condition inside another in place of `and`."""
    for node in (node for statement in body for node in ast.walk(statement)):
        match node:
            case ast.If(test=ast.BoolOp(ast.And(), [first, second]), orelse=[]):
                node.test, node.body = first, [ast.If(second, node.body, [])]
                return body
    return None


def assigned_together(body: Body) -> Body | None:
    """The first two variables in one assignment: `first, second = 0, []`."""
    match body:
        case [ast.Assign([ast.Name() as first], start), ast.Assign([ast.Name() as second], other), *rest] if (
            first.id not in _names(unparsed(other))
        ):
            target = ast.Tuple([first, second], ast.Store())
            return [ast.Assign([target], ast.Tuple([start, other], ast.Load())), *rest]
    return None


def by_index(body: Body) -> Body | None:
    """A loop over indices in place of items."""
    stored = _stored(body)
    for loop in _loops(body):
        match loop.target, loop.iter:
            case ast.Name(name), ast.Name(values) if name != "i" and values not in stored:
                index = "i"
                nodes = (node for statement in loop.body for node in ast.walk(statement))
                is_named = sum(isinstance(node, ast.Name) and node.id == name for node in nodes) > 2
            case ast.Tuple([ast.Name(index), ast.Name(name)]), ast.Call(ast.Name("enumerate"), [ast.Name(values)]):
                is_named = False
            case _:
                continue
        loop.target, loop.iter = ast.Name(index, ast.Store()), expression(f"range(len({values}))")
        if is_named:
            loop.body = [*_parse(f"{name} = {values}[{index}]"), *loop.body]
        else:
            loop.body = [with_expressions(statement, {name: f"{values}[{index}]"}) for statement in loop.body]
        return body
    return None


def while_loop(body: Body) -> Body | None:
    """`while` with an index in place of `for`."""
    match body:
        case [*before, ast.For(target=ast.Name(name), iter=ast.Name(values), orelse=[]) as loop, ast.Return() as final]:
            if any(isinstance(node, ast.Continue) for node in ast.walk(loop)) or name == "i" or values in _stored(body):
                return None  # A variable need not be a list.
            new = _parse(f"i = 0\nwhile i < len({values}):\n    {name} = {values}[i]")
            new[1].body += [*loop.body, *_parse("i += 1")]  # type: ignore[attr-defined]
            return [*before, *new, final]
    return None


def plain_assignment(body: Body) -> Body:
    """`total = total + x` in place of `total += x`."""
    return [_Unaugmented().visit(statement) for statement in body]


def else_after_return(body: Body) -> Body | None:
    """`else` behind a branch that returns."""
    match body:
        case [*before, ast.If(orelse=[], body=[*_, ast.Return()]) as last, ast.Return() as final]:
            last.orelse = [final]
            return [*before, last]
    return None


def conditional_expression(body: Body) -> Body | None:
    """One `return` with `if` and `else` in the expression; a truth value as the condition itself."""
    match body:
        case [
            *before,
            ast.If(orelse=[], body=[ast.Return(ast.expr() as first)]) as last,
            ast.Return(ast.expr() as second),
        ]:
            text = f"return {unparsed(first)} if {unparsed(last.test)} else {unparsed(second)}"
            if (unparsed(first), unparsed(second)) == ("True", "False") and isinstance(last.test, ast.Compare):
                text = f"return {unparsed(last.test)}"
            return [*before, *_parse(text)] if len(text) < 90 else None
    return None


def named_result(body: Body) -> Body | None:
    """A name for what is returned, where it is an expression of some length."""
    match body:
        case [*before, ast.Return(ast.BinOp() | ast.Call() | ast.ListComp() as value)] if before:
            return [*before, ast.Assign([ast.Name("result", ast.Store())], value), *_parse("return result")]
    return None


def hoisted(body: Body) -> Body | None:
    """A name for an expression that a loop computes several times."""
    for loop in _loops(body):
        counts = Counter(unparsed(node) for node in ast.walk(loop) if isinstance(node, ast.Call | ast.BinOp))
        repeated = [text for text, count in counts.items() if count > 1 and len(text) > 5 and ".append" not in text]
        bound = {node.id for node in ast.walk(loop.target) if isinstance(node, ast.Name)}
        text = max((one for one in repeated if _names(one) <= bound), key=len, default=None)
        if text is not None:
            replaced = [_Replace(text, "value").visit(statement) for statement in loop.body]
            loop.body = [*_parse(f"value = {text}"), *replaced]
            return body
    return None


def inner_function(body: Body) -> Body | None:
    """A condition of the loop's item as a function of its own."""
    for loop in _loops(body):
        match loop:
            case ast.For(target=ast.Name(name), body=[*_, ast.If() as last]) if _names(unparsed(last.test)) == {name}:
                text = unparsed(last.test)
                last.test = expression(f"matches({name})")
                return [*_parse(f"def matches({name}):\n    return {text}"), *body]
    return None


def long_condition(body: Body) -> Body | None:
    """A long condition of the loop's item as a function of its own."""
    longest = max(
        (len(unparsed(node.test)) for loop in _loops(body) for node in loop.body if isinstance(node, ast.If)), default=0
    )
    return inner_function(body) if longest > _LONG else None


REWRITINGS: tuple[tuple[Callable[[Body], Body | None], float], ...] = (
    (long_condition, 0.35),
    (comprehension, 0.22),
    (quantifier, 0.22),
    (next_item, 0.12),
    (flag, 0.12),
    (hoisted, 0.6),
    (inner_function, 0.03),
    (guard, 0.15),
    (nested_condition, 0.2),
    (by_index, 0.15),
    (while_loop, 0.06),
    (plain_assignment, 0.1),
    (else_after_return, 0.15),
    (conditional_expression, 0.2),
    (named_result, 0.08),
    (assigned_together, 0.15),
)
"""Each with its probability, in the order in which they are tried."""
_GUARD_SHARE = 0.15


def rewrite(function: ast.FunctionDef, rng: random.Random) -> ast.FunctionDef:
    """The function in one of the ways in which it can be written; a new tree."""
    text = unparsed(function)
    for rewriting, probability in REWRITINGS:
        if rng.random() < probability:
            new = _function(text)
            changed = rewriting(new.body)
            if changed is not None:
                new.body = changed
                text = unparsed(new)
    written = simplified(_function(text))
    return (rng.random() < _GUARD_SHARE and with_guard(written)) or written


def with_guard(function: ast.FunctionDef) -> ast.FunctionDef | None:
    """The function with a guard in front, for an empty argument; None where it is not clear what that gives."""
    if len(function.args.args) != 1 or isinstance(function.body[0], ast.If | ast.Return):
        return None
    namespace: dict[str, Any] = {}
    nothing: tuple[object, ...] = ([], "")
    try:
        exec(unparsed(function), namespace)
        outcomes = {repr(namespace[function.name](empty)) for empty in nothing}
    except (NameError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError, KeyError):
        return None
    name, outcome = function.args.args[0].arg, outcomes.pop()
    if outcomes or "<" in outcome:
        return None
    function.body = [*_parse(f"if not {name}:\n    return {outcome}"), *function.body]
    return function


def _function(text: str) -> ast.FunctionDef:
    [function] = ast.parse(text).body
    assert isinstance(function, ast.FunctionDef)
    return function


def _stored(body: Sequence[ast.stmt]) -> set[str]:
    """The names that the statements assign to."""
    nodes = (node for statement in body for node in ast.walk(statement))
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}


def _loops(body: Sequence[ast.stmt]) -> Iterator[ast.For]:
    for statement in body:
        yield from (node for node in ast.walk(statement) if isinstance(node, ast.For))


def _names(text: str) -> set[str]:
    """The names that an expression reads, but for those that it binds and for built-in functions."""
    nodes = list(ast.walk(ast.parse(text)))
    bound = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    functions = {node.func.id for node in nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)}
    return {node.id for node in nodes if isinstance(node, ast.Name)} - bound - functions


class _Unaugmented(ast.NodeTransformer):
    def visit_AugAssign(self, node: ast.AugAssign) -> ast.AST:
        if not isinstance(node.target, ast.Name):
            return node
        return ast.Assign([node.target], ast.BinOp(ast.Name(node.target.id, ast.Load()), node.op, node.value))


class _Replace(ast.NodeTransformer):
    """Puts a name in the place of an expression."""

    def __init__(self, text: str, name: str) -> None:
        self._text = text
        self._name = name

    def generic_visit(self, node: ast.AST) -> ast.AST:
        if isinstance(node, ast.expr) and unparsed(node) == self._text:
            return ast.Name(self._name, ast.Load())
        return super().generic_visit(node)
