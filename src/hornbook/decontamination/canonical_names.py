"""Bring the local names of a function to the form that idioms share: temporaries, lists that are only folded, flags.

Works in place on a function whose blocks are canonical. What is computed may change (an order of evaluation, what a
name holds after a loop): the result is there to be compared, not to be run.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

from hornbook.decontamination.canonical_blocks import kept, leaves
from hornbook.decontamination.canonical_expressions import (
    as_test,
    is_fresh,
    loaded,
    negated,
    replace,
    stored,
    walked,
)
from hornbook.decontamination.canonical_loops import blocks_of, owners

_SIMPLE = (ast.Return, ast.Assign, ast.AugAssign, ast.Expr, ast.Raise, ast.Assert)
_EMPTY = {"any": False, "all": True, "sum": 0, "len": 0, "max": None, "min": None, "join": ""}

Place = tuple[list[ast.stmt], ast.stmt]


@dataclass(kw_only=True)
class _Names:
    """How often each name of a function is read and written, and where lists of it are filled and folded."""

    loads: Counter[str] = field(default_factory=Counter)
    stores: Counter[str] = field(default_factory=Counter)
    begun: dict[str, list[Place]] = field(default_factory=dict)
    appended: dict[str, list[Place]] = field(default_factory=dict)
    folded: dict[str, tuple[str, ast.AST]] = field(default_factory=dict)
    looped: dict[str, Place] = field(default_factory=dict)


def with_canonical_names(function: ast.AST) -> None:
    """Fold lists where they are filled, then leave out temporaries and flags."""
    names = _names_of(function)
    for name, places in names.appended.items():
        once = len(names.begun.get(name, ())) == names.stores[name] == 1
        if once and names.loads[name] == len(places) + 1:
            if name in names.folded:
                _fold(function, name, names)
            elif name in names.looped and len(places) == 1:
                _join_loops(name, names)
    _rename_lists(function, names)
    names = _names_of(function)
    for block in blocks(function):
        _without_temporaries(block, names)
        _without_flags(block, names)


def blocks(function: ast.AST) -> list[list[ast.stmt]]:
    """All blocks of a function, inner ones before those around them."""
    return [block for node in reversed(list(owners(function))) for block in blocks_of(node)]


def without_beginnings(function: ast.AST) -> None:
    """Leave out what an accumulator, a counter or a name that is never read begins with, where it is a literal."""
    names = _names_of(function)
    gathered = {name for name, count in names.stores.items() if not names.loads[name] and count}
    for node in walked(function):
        match node:
            case ast.AugAssign(target=ast.Name(id=name)) | ast.For(target=ast.Name(id=name)):
                gathered.add(name)
            case ast.For(target=ast.Tuple(elts=[ast.Name(id=name), _])):
                gathered.add(name)
            case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append" | "add"))):
                gathered.add(name)
            case ast.Subscript(value=ast.Name(id=name), ctx=ast.Store()):
                gathered.add(name)
    extremes = {
        node.target.id
        for node in walked(function)
        if isinstance(node, ast.AugAssign) and isinstance(node.op, ast.Call) and isinstance(node.target, ast.Name)
    }
    for block in blocks(function):
        kept_statements = []
        for statement in block:
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=value) if (
                    name in gathered and _is_literal(value)
                ) or (name in extremes and not isinstance(value, ast.Call | ast.ListComp)):
                    continue
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="float"))):
                    if name in extremes:
                        continue
            kept_statements.append(statement)
        if kept_statements:
            block[:] = kept_statements


def _is_literal(node: ast.expr) -> bool:
    match node:
        case ast.Constant() | ast.List(elts=[]) | ast.Dict(keys=[]) | ast.Tuple(elts=[]) | ast.JoinedStr(values=[]):
            return True
        case ast.Call(func=ast.Name(id="set" | "list" | "dict"), args=[]):
            return True
        case ast.Call(func=ast.Name(id="defaultdict" | "Counter")):
            return True
        case ast.Call(func=ast.Attribute(attr="defaultdict" | "Counter")):
            return True
    return False


def _names_of(function: ast.AST) -> _Names:
    names = _Names()
    for node in walked(function):
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                names.loads[name] += 1
            case ast.Name(id=name):
                names.stores[name] += 1
            case ast.arg(arg=name):
                names.stores[name] += 2
            case ast.AugAssign(target=ast.Name(id=name)):
                names.loads[name] += 1
            case ast.Call(func=ast.Name(id=fold), args=[ast.Name(id=name)], keywords=[]) if fold in _EMPTY or fold in (
                "set",
                "list",
                "dict",
            ):
                names.folded[name] = (fold, node)
            case ast.Call(func=ast.Attribute(value=value, attr="join"), args=[ast.Name(id=name)]):
                empty = (isinstance(value, ast.Constant) and value.value == "") or (
                    isinstance(value, ast.JoinedStr) and not value.values
                )
                if empty:
                    names.folded[name] = ("join", node)
    for node in owners(function):
        for block in blocks_of(node):
            for statement in block:
                match statement:
                    case ast.Assign(targets=[ast.Name(id=name)], value=ast.List(elts=[])):
                        names.begun.setdefault(name, []).append((block, statement))
                    case ast.Expr(value=ast.Call(func=ast.Attribute(value=ast.Name(id=name), attr="append"), args=[_])):
                        names.appended.setdefault(name, []).append((block, statement))
                    case ast.For(iter=ast.Name(id=name)):
                        names.looped[name] = (block, statement)
    return names


def _put(place: Place, statements: list[ast.stmt]) -> bool:
    block, old = place
    for at, statement in enumerate(block):
        if statement is old:
            block[at : at + 1] = statements
            return True
    return False


def _fold(function: ast.AST, name: str, names: _Names) -> None:
    """Fold a list where it is filled: `t.append(e)` … `sum(t)` as `t += e` … `t`."""
    fold, call = names.folded[name]
    begun = names.begun[name][0][1]
    done = False
    for place in names.appended[name]:
        match place[1]:
            case ast.Expr(value=ast.Call(args=[value])):
                folded = _folded(fold, name, value)
                done = bool(folded) and _put(place, folded)
    if done and isinstance(begun, ast.Assign):
        if fold in ("set", "dict"):
            begun.value = ast.Call(func=loaded(fold), args=[], keywords=[])
        elif fold != "list":
            begun.value = ast.Constant(value=_EMPTY[fold])
        replace(function, {id(call): loaded(name)})


def _folded(fold: str, name: str, value: ast.expr) -> list[ast.stmt]:
    target = stored(name)
    one = ast.Constant(value=1)
    match fold:
        case "sum" if isinstance(value, ast.Compare):
            return [ast.If(test=value, body=[ast.AugAssign(target=target, op=ast.Add(), value=one)], orelse=[])]
        case "sum" | "join":
            return [ast.AugAssign(target=target, op=ast.Add(), value=value)]
        case "len":
            return [ast.AugAssign(target=target, op=ast.Add(), value=one)]
        case "any" | "all":
            found = fold == "any"
            flag = ast.Assign(targets=[target], value=ast.Constant(value=found))
            test = as_test(value if found else negated(value))
            return [ast.If(test=test, body=[flag, ast.Break()], orelse=[])]
        case "max" | "min":
            return [kept(target, fold, value)]
        case "list" | "set":
            attribute = ast.Attribute(value=loaded(name), attr="append" if fold == "list" else "add", ctx=ast.Load())
            return [ast.Expr(ast.Call(func=attribute, args=[value], keywords=[]))]
        case "dict" if isinstance(value, ast.Tuple) and len(value.elts) == 2:
            place = ast.Subscript(value=loaded(name), slice=value.elts[0], ctx=ast.Store())
            return [ast.Assign(targets=[place], value=value.elts[1])]
    return []


def _join_loops(name: str, names: _Names) -> None:
    """`for x in xs: t.append(f(x))`, later `for y in t: …`, as one loop where the later one stands."""
    place, outer = names.appended[name][0], names.looped[name]
    match place[1], outer[1]:
        case ast.Expr(value=ast.Call(args=[value])), ast.For(target=ast.Name(id=target), body=body):
            filling = _holder(outer, place[0])
            if filling is None:
                return
            new: list[ast.stmt] = [ast.Assign(targets=[stored(target)], value=value)]
            if isinstance(value, ast.Name):
                new = []
                for node in (inner for statement in body for inner in walked(statement)):
                    if isinstance(node, ast.Name) and node.id == target:
                        node.id = value.id
            if _put(place, [*new, *body]):
                _put((outer[0], filling), [])
                _put(outer, [filling])
                _put(names.begun[name][0], [])


def _holder(outer: Place, wanted: list[ast.stmt]) -> ast.stmt | None:
    """The statement before `outer` in its block that has the wanted block inside."""
    for statement in outer[0]:
        if statement is outer[1]:
            return None
        if any(block is wanted for node in owners(statement) for block in blocks_of(node)):
            return statement
    return None


def _rename_lists(function: ast.AST, names: _Names) -> None:
    """`xs = [f(x) for x in ys]`: the list that the comprehension became is `xs` from the start."""
    renamed: dict[str, str] = {}
    for block in blocks(function):
        for statement in list(block):
            match statement:
                case ast.Assign(targets=[ast.Name(id=name)], value=ast.Name(id=old)) if is_fresh(statement.value) or (
                    old in names.begun and names.stores[name] == 1 and names.loads[old] == 2
                ):
                    renamed[old] = name
                    _put((block, statement), [])
    if renamed:
        for node in walked(function):
            if isinstance(node, ast.Name):
                node.id = renamed.get(node.id, node.id)


def _without_temporaries(block: list[ast.stmt], names: _Names) -> None:
    """Put the value of a name that is read once in its place, where that is the next statement but for guards."""
    for at in reversed(range(len(block) - 1)):
        match block[at : at + 3]:
            case [
                ast.Assign(targets=[ast.Name(id=name)], value=value),
                ast.Assign(targets=[target], value=second),
                ast.Assign(targets=[last], value=ast.Name(id=used)),
            ] if used == name and names.stores[name] == names.loads[name] == 1:
                if isinstance(last, ast.Name) and any(
                    isinstance(inner, ast.Name) and inner.id == last.id for inner in walked(second)
                ):
                    targets = ast.Tuple(elts=[target, last], ctx=ast.Store())
                    both = ast.Tuple(elts=[second, value], ctx=ast.Load())
                    block[at : at + 3] = [ast.Assign(targets=[targets], value=both)]
                    continue
        match block[at]:
            case ast.Assign(targets=[ast.Name(id=name)], value=value) if names.stores[name] == names.loads[name] == 1:
                reader = next((read for s in block[at + 1 :] if (read := _reads(s, name)) or not _is_guard(s)), None)
                if reader:
                    replace(reader[0], {id(reader[1]): value})
                    del block[at]


def _is_guard(statement: ast.stmt) -> bool:
    return isinstance(statement, ast.If) and leaves(statement.body) and not statement.orelse


def _reads(statement: ast.stmt, name: str) -> tuple[ast.AST, ast.Name] | None:
    """Where the part of the statement that runs once, and first, reads the name."""
    part: ast.AST = statement
    match statement:
        case ast.If(test=head) | ast.For(iter=head):
            part = head
        case _ if not isinstance(statement, _SIMPLE):
            return None
    for node in walked(part):
        if isinstance(node, ast.Name) and node.id == name and isinstance(node.ctx, ast.Load):
            return statement, node
    return None


def _without_flags(block: list[ast.stmt], names: _Names) -> None:
    """A flag that a loop sets and that is asked once after it: the answer is given where the flag was set."""
    for at in reversed(range(1, len(block))):
        if not isinstance(block[at - 1], ast.For | ast.While):
            continue
        match block[at]:
            case ast.Return(value=ast.BoolOp(op=op, values=[*first, ast.Name(id=name) as last])) if (
                names.loads[name] == 1
            ):
                test = first[0] if len(first) == 1 else ast.BoolOp(op=op, values=first)
                known = isinstance(op, ast.Or)
                answer = ast.Return(value=ast.Constant(value=known))
                block[at] = ast.Return(value=last)
                block.insert(at - 1, ast.If(test=test if known else negated(test), body=[answer], orelse=[]))
            case ast.Return(value=ast.Name(id=name)):
                _answer(block, at, name, names, opposite=False)
            case ast.Return(value=ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name))):
                _answer(block, at, name, names, opposite=True)
            case ast.If(test=ast.Name(id=name), body=body, orelse=[]):
                _act(block, at, name, names, body, wanted=True)
            case ast.If(test=ast.UnaryOp(op=ast.Not(), operand=ast.Name(id=name)), body=body, orelse=[]):
                _act(block, at, name, names, body, wanted=False)


def _flags(loop: ast.stmt, name: str) -> Iterator[tuple[list[ast.stmt], int, ast.expr]]:
    """Where the loop sets the name and does no more: a block, an index, and the value."""
    for node in owners(loop):
        for block in blocks_of(node):
            for at, statement in enumerate(block):
                match statement:
                    case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                        ends = at + 1 == len(block) and isinstance(value, ast.Constant)
                        if ends or (at + 1 < len(block) and isinstance(block[at + 1], ast.Break)):
                            yield block, at, value


def _answer(block: list[ast.stmt], at: int, name: str, names: _Names, *, opposite: bool) -> None:
    flags = list(_flags(block[at - 1], name))
    if not flags or names.loads[name] != 1 or names.stores[name] != len(flags) + 1:
        return
    begun = None
    for statement in block[: at - 1]:
        match statement:
            case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                begun = value
    if begun is None or (opposite and not all(_is_truth(value) for value in (begun, *(flag[2] for flag in flags)))):
        return
    for inner, place, value in flags:
        inner[place:] = [ast.Return(value=negated(value) if opposite else value)]
    block[at] = ast.Return(value=negated(begun) if opposite else begun)


def _is_truth(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and isinstance(value.value, bool)


def _act(block: list[ast.stmt], at: int, name: str, names: _Names, body: list[ast.stmt], *, wanted: bool) -> None:
    flags = list(_flags(block[at - 1], name))
    if len(flags) != 1 or not _says(flags[0][2], wanted) or names.loads[name] != 1 or names.stores[name] != 2:
        return
    inner, place, _ = flags[0]
    inner[place:] = body if leaves(body) else [*body, ast.Break()]
    del block[at]


def _says(value: ast.expr, wanted: bool) -> bool:
    return isinstance(value, ast.Constant) and value.value is wanted
