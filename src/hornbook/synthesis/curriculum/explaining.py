"""Explain a function from its tree, statement by statement, so that the prose is true of this code and no other."""

import ast
from collections.abc import Iterator, Sequence

from hornbook.synthesis.curriculum.task import source_of

_ITEM, _ROUND = "for each item ", "in each round "


def explain(function: ast.FunctionDef) -> list[str]:
    """Sentences about the function's body, in the order of its statements; the docstring is left out."""
    body = function.body[1:] if ast.get_docstring(function) is not None else function.body
    clauses = list(_told(body, ""))
    if len(clauses) == 1:
        clauses = [clauses[0].removeprefix("at the end ")]
    return [f"{clause[0].upper()}{clause[1:]}." for clause in clauses]


def remark_on(function: ast.FunctionDef) -> str:
    """What is worth knowing about how the function works: when its loop ends, or how the work grows."""
    loops = [node for node in ast.walk(function) if isinstance(node, ast.For | ast.While)]
    inner = [node for loop in loops for node in ast.walk(loop) if node is not loop]
    if any(isinstance(node, ast.For | ast.While) for node in inner):
        return "One loop stands inside the other, so the work grows with the product of their lengths."
    if any(isinstance(node, ast.Return) for node in inner):
        return "The function returns from inside the loop: what follows is not looked at once the answer is known."
    if any(isinstance(node, ast.Break) for node in inner):
        return "The loop ends early, at `break`, when it is clear that nothing more will change."
    if any(isinstance(node, ast.Call) and source_of(node.func) == function.name for node in ast.walk(function)):
        return "The function calls itself with a smaller argument; the first condition ends the chain of calls."
    if any(isinstance(node, ast.Yield) for node in inner):
        return "Because of `yield` the values are made one at a time, when somebody asks for them."
    if any(isinstance(loop, ast.While) for loop in loops):
        return "The condition of a `while` loop is tested before each round, before the first one too."
    if loops:
        return "Every item is looked at once, so twice as many items take about twice as long."
    if any(isinstance(node, ast.comprehension) for node in ast.walk(function)):
        return "The expression with `for` inside it does the work of a loop in a single line."
    return "There is no loop: each line runs at most once."


def _told(body: Sequence[ast.stmt], when: str) -> Iterator[str]:
    for statement in body:
        yield from _statement(statement, when)


def _statement(statement: ast.stmt, when: str) -> Iterator[str]:
    """Clauses about a statement; `when` says how often one inside a loop runs."""
    match statement:
        case ast.If():
            yield from _condition(statement, "if")
        case ast.For(target=target, iter=values):
            yield f"the loop {_walk(target, values)}"
            yield from _told(statement.body, _ITEM)
        case ast.While(test=test):
            yield f"the loop goes on as long as `{source_of(test)}`"
            yield from _told(statement.body, _ROUND)
        case ast.Try(body=body, handlers=[handler, *_]):
            yield f"the function tries this: {_joined(body)}"
            yield f"if that raises `{source_of(handler.type) if handler.type else 'an error'}`, {_joined(handler.body)}"
        case ast.FunctionDef(name=name, body=[ast.Return(value=ast.expr() as value)]):
            yield f"the inner function `{name}` gives `{source_of(value)}`"
        case ast.Return():
            yield f"{when or 'at the end '}{_action(statement)}"
        case _:
            yield f"{when}{_action(statement)}"


def _condition(statement: ast.If, word: str) -> Iterator[str]:
    yield f"{word} `{source_of(statement.test)}`, {_joined(statement.body)}"
    match statement.orelse:
        case [ast.If() as other]:
            yield from _condition(other, "otherwise, if")
        case [_, *_] as rest:
            yield f"otherwise {_joined(rest)}"


def _joined(body: Sequence[ast.stmt]) -> str:
    """Actions in one clause: `the count grows by 1, and then the loop ends`."""
    parts = []
    for statement in body:
        if isinstance(statement, ast.If | ast.For | ast.While | ast.Try):
            parts.append(", ".join(_statement(statement, "")))
        else:
            parts.append(_action(statement))
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])}, and then {parts[-1]}"


def _walk(target: ast.expr, values: ast.expr) -> str:
    """What a `for` loop does: `goes through `xs` and calls each item `x``."""
    name = _listed(target)
    match values:
        case ast.Call(ast.Name(function), arguments):
            match function, [source_of(one) for one in arguments]:
                case "range", [stop]:
                    return f"counts {name} from 0 up to, but not including, `{stop}`"
                case "range", [start, stop]:
                    return f"counts {name} from `{start}` up to, but not including, `{stop}`"
                case "range", [start, stop, step]:
                    return f"takes {name} from `{start}` towards `{stop}` in steps of `{step}`"
                case "enumerate", [inside]:
                    return f"goes through `{inside}` and has the index and the item as {name}"
                case "zip", [first, second]:
                    return f"goes through `{first}` and `{second}` side by side, as {name}"
    return f"goes through `{source_of(values)}` and calls each item {name}"


def _listed(node: ast.expr) -> str:
    """The parts of a tuple: `low` and `high`."""
    parts = node.elts if isinstance(node, ast.Tuple) else [node]
    return " and ".join(f"`{source_of(part)}`" for part in parts)


def _action(statement: ast.stmt) -> str:
    match statement:
        case ast.Assign([ast.Name(name)], ast.List([]) | ast.Dict([]) | ast.Constant("") as empty):
            kind = {ast.List: "list", ast.Dict: "dictionary"}.get(type(empty), "string")
            return f"`{name}` is set to an empty {kind}"
        case ast.Assign([ast.Tuple([_, _]) as target], ast.Tuple([_, _]) as value):
            return f"{_listed(target)} are set to {_listed(value)}"
        case ast.Assign([ast.Tuple() as target], value):
            return f"{_listed(target)} are set to the parts of `{source_of(value)}`"
        case ast.Assign([target], value):
            return f"`{source_of(target)}` is set to `{source_of(value)}`"
        case ast.AugAssign(target, ast.Add(), value):
            return f"`{source_of(value)}` is added to `{source_of(target)}`"
        case ast.AugAssign(target, ast.Sub(), value):
            return f"`{source_of(value)}` is taken from `{source_of(target)}`"
        case ast.AugAssign(target, operator, value):
            changed = ast.BinOp(target, operator, value)
            return f"`{source_of(target)}` is changed to `{source_of(changed)}`"
        case ast.Expr(ast.Call(ast.Attribute(owner, "append"), [value])):
            return f"`{source_of(value)}` is appended to `{source_of(owner)}`"
        case ast.Expr(ast.Call(ast.Attribute(owner, "add"), [value])):
            return f"`{source_of(value)}` is put into the set `{source_of(owner)}`"
        case ast.Expr(ast.Yield(value)):
            return f"the function yields `{source_of(value) if value else None}`"
        case ast.Return(value):
            return f"the function returns `{source_of(value) if value else None}`"
        case ast.Raise(ast.Call(error)):
            return f"the function raises a `{source_of(error)}`"
        case ast.Continue():
            return "the loop goes on with the next item"
        case ast.Break():
            return "the loop ends"
    return f"`{source_of(statement)}` runs"
