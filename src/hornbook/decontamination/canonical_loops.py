"""Bring a loop to the form that its idioms share: a counter to a range, an index to the elements, `else` to a flag."""

import ast
from collections.abc import Iterator

from hornbook.decontamination.canonical_expressions import as_test, called, loaded, replace, same, stored, walked

_BLOCKS = ("body", "orelse", "finalbody")

Loop = ast.For | ast.AsyncFor | ast.While


def looped(node: Loop, rest: list[ast.stmt], before: list[ast.stmt]) -> list[ast.stmt]:
    """A loop and the rest of its block; `before` is what stands before it there."""
    new: list[ast.stmt] = []
    if node.orelse:
        breaks = list(breaks_of(node))
        if breaks:
            name = f" went through {id(node)}"
            for block, at in reversed(breaks):
                block.insert(at, ast.Assign(targets=[stored(name)], value=ast.Constant(value=False)))
            new = [ast.Assign(targets=[stored(name)], value=ast.Constant(value=True))]
            rest = [ast.If(test=loaded(name), body=node.orelse, orelse=[]), *rest]
        else:
            rest = [*node.orelse, *rest]
        node.orelse = []
    if isinstance(node, ast.While):
        node.test = as_test(node.test)
        return [*new, _counting(node, before) or node, *rest]
    return [*new, *(_searched(node, rest) or [_over_elements(node), *rest])]


def breaks_of(loop: Loop) -> Iterator[tuple[list[ast.stmt], int]]:
    """Where the `break`s of a loop stand: a block and an index each."""
    blocks = [loop.body]
    while blocks:
        block = blocks.pop()
        for at, statement in enumerate(block):
            if isinstance(statement, ast.Break):
                yield block, at
            elif not isinstance(statement, Loop):
                blocks.extend(blocks_of(statement))


def blocks_of(node: ast.AST) -> list[list[ast.stmt]]:
    """The blocks right inside a node, those of its handlers and cases left out: they are nodes of their own."""
    if isinstance(node, ast.expr):
        return []
    values = [getattr(node, name, None) for name in _BLOCKS]
    return [value for value in values if isinstance(value, list) and value and isinstance(value[0], ast.stmt)]


def owners(root: ast.AST) -> Iterator[ast.AST]:
    """The nodes that have blocks, in pre-order; no expression is looked into."""
    stack = [root]
    while stack:
        node = stack.pop()
        inner = [statement for block in blocks_of(node) for statement in block]
        if inner:
            yield node
        stack.extend(inner)
        stack.extend(getattr(node, "handlers", ()))
        stack.extend(getattr(node, "cases", ()))


def _searched(node: ast.For | ast.AsyncFor, rest: list[ast.stmt]) -> list[ast.stmt]:
    """`for x in xs: if x == k: return True`, then `return False`, as `return k in xs`; nothing for other loops."""
    match node, rest:
        case ast.For(
            target=ast.Name() as target,
            iter=items,
            body=[
                ast.If(
                    test=ast.Compare(left=left, ops=[ast.Eq()], comparators=[right]),
                    body=[ast.Return(value=ast.Constant(value=bool(found)))],
                    orelse=[],
                )
            ],
        ), [ast.Return(value=ast.Constant(value=bool(missed)))] if found != missed:
            for element, wanted in ((left, right), (right, left)):
                if same(element, target):
                    op = ast.In() if found else ast.NotIn()
                    return [ast.Return(value=ast.Compare(left=wanted, ops=[op], comparators=[items]))]
    return []


def _counting(node: ast.While, before: list[ast.stmt]) -> ast.stmt | None:
    """`while i < n: …; i += 1` as `for i in range(n): …`, where `i` is set in the same block before."""
    match node:
        case ast.While(
            test=ast.Compare(left=ast.Name(id=name), ops=[ast.Lt() | ast.LtE() as op], comparators=[stop]),
            body=[*body, ast.AugAssign(target=ast.Name(id=counter), op=ast.Add(), value=ast.Constant(value=1))],
        ) if counter == name and not any(_stores(statement, name) for statement in body):
            if any(isinstance(inner, ast.Continue) for statement in body for inner in walked(statement)):
                return None
            for statement in reversed(before):
                match statement:
                    case ast.Assign(targets=[ast.Name(id=target)], value=start) if target == name:
                        if isinstance(op, ast.LtE):
                            stop = ast.BinOp(left=stop, op=ast.Add(), right=ast.Constant(value=1))
                        nothing = isinstance(start, ast.Constant) and start.value == 0
                        items = called("range", stop) if nothing else called("range", start, stop)
                        return ast.For(target=stored(name), iter=items, body=body, orelse=[])
    return None


def _stores(node: ast.AST, name: str) -> bool:
    return any(
        isinstance(inner, ast.Name) and inner.id == name and isinstance(inner.ctx, ast.Store) for inner in walked(node)
    )


def _over_elements(node: ast.For | ast.AsyncFor) -> ast.stmt:
    """`for i in range(len(xs))` with `xs[i]` inside as a loop over the elements; an unused index is left out."""
    match node:
        case ast.For(target=ast.Name(id=index), iter=ast.Call(func=ast.Name(id="range"), args=[stop])):
            match stop:
                case ast.Call(func=ast.Name(id="len"), args=[ast.Name() as items]):
                    return _indexed(node, index, [items])
                case ast.Call(
                    func=ast.Name(id="min"),
                    args=[
                        ast.Call(func=ast.Name(id="len"), args=[ast.Name() as items]),
                        ast.Call(func=ast.Name(id="len"), args=[ast.Name() as others]),
                    ],
                ):
                    return _indexed(node, index, [items, others])
        case ast.For(
            target=ast.Tuple(elts=[ast.Name(id=index), element]),
            iter=ast.Call(func=ast.Name(id="enumerate"), args=[items]),
        ) if not any(isinstance(inner, ast.Name) and inner.id == index for s in node.body for inner in walked(s)):
            return ast.For(target=element, iter=items, body=node.body, orelse=[])
        case ast.For(iter=ast.Call(func=ast.Attribute(value=owner, attr="keys"), args=[])):
            node.iter = owner
        case ast.For(target=ast.Name(id=key), iter=ast.Name() as items):
            return _indexed(node, key, [items])
    return node


def _indexed(node: ast.For, index: str, items: list[ast.Name]) -> ast.For:
    uses, elements = 0, []
    for inner in (inner for statement in node.body for inner in walked(statement)):
        match inner:
            case ast.Name(id=name) if name == index:
                uses += 1
            case ast.Subscript(value=ast.Name(), slice=ast.Name(id=name), ctx=ctx) if name == index:
                if not isinstance(ctx, ast.Load):
                    return node
                elements.append(inner)
    bases = list(dict.fromkeys(inner.value.id for inner in elements if isinstance(inner.value, ast.Name)))
    by_key = isinstance(node.iter, ast.Name)
    if not elements or not {base.id for base in items} <= set(bases):
        return node
    if len(elements) < uses or by_key:
        elements = [inner for inner in elements if isinstance(inner.value, ast.Name) and inner.value.id == items[0].id]
        bases = [items[0].id]
    replace(
        node, {id(inner): loaded(f" of {inner.value.id}") for inner in elements if isinstance(inner.value, ast.Name)}
    )
    targets: list[ast.expr] = [stored(f" of {base}") for base in bases]
    sources: list[ast.expr] = [loaded(base) for base in bases]
    if by_key:
        call: ast.expr = ast.Call(
            func=ast.Attribute(value=sources[0], attr="items", ctx=ast.Load()), args=[], keywords=[]
        )
        targets = [stored(index), *targets]
    elif len(elements) < uses:
        call, targets = called("enumerate", sources[0]), [stored(index), *targets]
    else:
        call = called("zip", *sources) if len(sources) > 1 else sources[0]
    target = targets[0] if len(targets) == 1 else ast.Tuple(elts=targets, ctx=ast.Store())
    return ast.For(target=target, iter=call, body=node.body, orelse=[])
