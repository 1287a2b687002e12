"""Bring an expression to the form that its idioms share. The rules look at one node whose children are done.

Nothing here calls itself: a deeply nested text cannot exhaust the stack.
"""

import ast
from collections.abc import Iterator, Mapping

MOST_REPEATED_NODES = 6
"""A chain of comparisons is split only where its middle is at most this large: it then stands there twice."""

FRESH = " list "
"""Begins the names of lists that comprehensions become; no name of a source has a space."""

_MIRRORED: dict[type[ast.cmpop], type[ast.cmpop]] = {ast.Gt: ast.Lt, ast.GtE: ast.LtE}
_OPPOSITE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}
_NEGATIVE = (ast.NotEq, ast.NotIn, ast.IsNot, ast.LtE)
_FOLDED = frozenset({"sum", "any", "all", "max", "min"})


def rewritten(node: ast.expr) -> ast.expr:
    """The canonical form of a node of our own, whose children are canonical; it may be changed in place."""
    match node:
        case ast.Compare():
            return _comparison(node)
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            return negated(operand)
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant() as constant):
            return constant
        case ast.BoolOp():
            return _membership(_flat(node))
        case ast.IfExp() if negative(node.test):
            return ast.IfExp(test=negated(node.test), body=node.orelse, orelse=node.body)
        case ast.Call():
            return _call(node)
        case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
            return _formatted(node)
        case ast.FormattedValue(value=value):
            return value
        case ast.Lambda(
            args=ast.arguments(args=[ast.arg(arg=name)]),
            body=ast.Call(func=ast.Name() as function, args=[ast.Name(id=given)], keywords=[]),
        ) if name == given:
            return function
    return node


def negated(test: ast.expr) -> ast.expr:
    """The opposite of a canonical test, `not` brought inward; changes its argument."""
    holder = [test]
    places: list[tuple[list[ast.expr], int]] = [(holder, 0)]
    while places:
        values, at = places.pop()
        match values[at]:
            case ast.BoolOp() as node:
                node.op = ast.Or() if isinstance(node.op, ast.And) else ast.And()
                places.extend((node.values, index) for index in range(len(node.values)))
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                values[at] = operand
            case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE() as op], comparators=[right]):
                values[at] = _compare(right, ast.LtE() if isinstance(op, ast.Lt) else ast.Lt(), left)
            case ast.Compare(left=left, ops=[op], comparators=[right]) if type(op) in _OPPOSITE:
                values[at] = _compare(left, _OPPOSITE[type(op)](), right)
            case ast.Constant(value=bool(value)):
                values[at] = ast.Constant(value=not value)
            case other:
                values[at] = ast.UnaryOp(op=ast.Not(), operand=other)
    return holder[0]


def negative(test: ast.expr) -> bool:
    """Whether the test is better told by its opposite. Of a test and its opposite at most one is negative."""
    match test:
        case ast.BoolOp(op=op, values=values):
            share = 2 * sum(_is_negative(value) for value in values)
            return share > len(values) or (share == len(values) and isinstance(op, ast.Or))
    return _is_negative(test)


def _is_negative(node: ast.expr) -> bool:
    match node:
        case ast.Compare(ops=[op]):
            return isinstance(op, _NEGATIVE)
    return isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.Not)


def walked(node: ast.AST) -> Iterator[ast.AST]:
    """The nodes of a tree, in pre-order."""
    stack = [node]
    while stack:
        node = stack.pop()
        yield node
        for name in reversed(node._fields):
            value = getattr(node, name, None)
            if isinstance(value, ast.AST):
                stack.append(value)
            elif isinstance(value, list):
                stack.extend([item for item in reversed(value) if isinstance(item, ast.AST)])


def same(first: ast.AST | None, second: ast.AST | None) -> bool:
    """Whether two expressions are equal, names and constants included, contexts aside."""
    if first is None or second is None:
        return first is second
    pairs = [(first, second)]
    while pairs:
        a, b = pairs.pop()
        if type(a) is not type(b):
            return False
        for name in a._fields:
            if name in ("ctx", "kind"):
                continue
            left, right = getattr(a, name, None), getattr(b, name, None)
            if isinstance(left, ast.AST) and isinstance(right, ast.AST):
                pairs.append((left, right))
            elif isinstance(left, list) and isinstance(right, list):
                if len(left) != len(right) or not all(isinstance(item, ast.AST) for item in [*left, *right]):
                    return False
                pairs.extend(zip(left, right, strict=True))
            elif type(left) is not type(right) or left != right:
                return False
    return True


def size(*nodes: ast.AST) -> int:
    """The number of nodes, contexts aside."""
    return sum(not isinstance(node, ast.expr_context) for root in nodes for node in walked(root))


def replace(root: ast.AST, replacements: Mapping[int, ast.AST]) -> None:
    """Put other nodes in the place of those with these ids, in place; `root` itself stays."""
    stack = [root]
    while stack:
        node = stack.pop()
        for name, value in ast.iter_fields(node):
            if isinstance(value, list):
                value[:] = [replacements.get(id(item), item) for item in value]
            elif id(value) in replacements:
                setattr(node, name, replacements[id(value)])
        stack.extend(ast.iter_child_nodes(node))


def loaded(name: str) -> ast.Name:
    """A name that is read."""
    return ast.Name(id=name, ctx=ast.Load())


def stored(name: str) -> ast.Name:
    """A name that is written."""
    return ast.Name(id=name, ctx=ast.Store())


def is_fresh(node: ast.AST | None) -> bool:
    """Whether it is a list that a comprehension became (`canonical_trees`)."""
    return isinstance(node, ast.Name) and node.id.startswith(FRESH)


def called(name: str, *arguments: ast.expr) -> ast.Call:
    """A call of a builtin."""
    return ast.Call(func=loaded(name), args=list(arguments), keywords=[])


def _compare(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.Compare:
    return ast.Compare(left=left, ops=[op], comparators=[right])


def _comparison(node: ast.Compare) -> ast.expr:
    operands = [node.left, *node.comparators]
    if any(size(middle) > MOST_REPEATED_NODES for middle in operands[1:-1]):
        return node
    links: list[ast.expr] = []
    for left, op, right in zip(operands, node.ops, operands[1:], strict=False):
        if type(op) in _MIRRORED:
            links.append(_link(right, _MIRRORED[type(op)](), left))
        else:
            links.append(_link(left, op, right))
    return links[0] if len(links) == 1 else _flat(ast.BoolOp(op=ast.And(), values=links))


def _link(left: ast.expr, op: ast.cmpop, right: ast.expr) -> ast.expr:
    """One comparison; of a length with nothing, and of an odd number, in one form."""
    if isinstance(op, ast.Eq | ast.NotEq) and isinstance(left, ast.Constant):
        left, right = right, left
    match left, op, right:
        case ast.Call(func=ast.Name(id="len"), args=[items]), ast.Eq(), ast.Constant(value=0):
            return ast.UnaryOp(op=ast.Not(), operand=items)
        case ast.Call(func=ast.Name(id="len"), args=[items]), ast.NotEq(), ast.Constant(value=0):
            return items
        case ast.Constant(value=0), ast.Lt(), ast.Call(func=ast.Name(id="len"), args=[items]):
            return items
        case ast.Constant(value=1), ast.LtE(), ast.Call(func=ast.Name(id="len"), args=[items]):
            return items
        case ast.Call(func=ast.Name(id="len"), args=[items]), ast.Lt(), ast.Constant(value=1):
            return ast.UnaryOp(op=ast.Not(), operand=items)
        case _, ast.Eq() | ast.NotEq(), ast.List(elts=[]) | ast.Constant(value=""):
            return left if isinstance(op, ast.NotEq) else ast.UnaryOp(op=ast.Not(), operand=left)
        case ast.BinOp(op=ast.Mod(), right=ast.Constant(value=2)), ast.Eq() | ast.NotEq(), ast.Constant(value=1):
            return _compare(left, _OPPOSITE[type(op)](), ast.Constant(value=0))
    return _compare(left, op, right)


def _flat(node: ast.BoolOp) -> ast.BoolOp:
    """`a and (b and c)` as `a and b and c`; the remainder of a division alone as a test is told as one."""
    values: list[ast.expr] = []
    for value in node.values:
        inner = isinstance(value, ast.BoolOp) and type(value.op) is type(node.op)
        values.extend(value.values if inner and isinstance(value, ast.BoolOp) else [value])
    node.values = [as_test(value) for value in values]
    return node


def as_test(test: ast.expr) -> ast.expr:
    """A test whose truth value alone counts: `x % 2` is `x % 2 != 0`, `len(x)` is `x`."""
    match test:
        case ast.BinOp(op=ast.Mod()):
            return _compare(test, ast.NotEq(), ast.Constant(value=0))
        case ast.UnaryOp(op=ast.Not(), operand=ast.BinOp(op=ast.Mod()) as remainder):
            return _compare(remainder, ast.Eq(), ast.Constant(value=0))
        case ast.Call(func=ast.Name(id="len"), args=[items]):
            return items
        case ast.Call(func=ast.Name(id="bool"), args=[value]):
            return value
    return test


def _membership(node: ast.BoolOp) -> ast.expr:
    """`x == a or x == b` as `x in (a, b)`, `x != a and x != b` as `x not in (a, b)`."""
    wanted = ast.Eq if isinstance(node.op, ast.Or) else ast.NotEq
    members: list[ast.expr] = []
    first: ast.expr | None = None
    for value in node.values:
        match value:
            case ast.Compare(left=left, ops=[op], comparators=[right]) if isinstance(op, wanted):
                first = first or left
                if not same(first, left):
                    return node
                members.append(right)
            case _:
                return node
    assert first is not None
    op = ast.In() if wanted is ast.Eq else ast.NotIn()
    return _compare(first, op, ast.Tuple(elts=members, ctx=ast.Load()))


def _call(node: ast.Call) -> ast.expr:
    """`map`, `filter` and a fold of what is no generator as generators; `"…".format(…)` as an f-string."""
    match node:
        case ast.Call(func=ast.Name(id="map"), args=[function, items], keywords=[]):
            element, target = _applied(function, "map")
            return _generator(element, target, items, [])
        case ast.Call(func=ast.Name(id="filter"), args=[function, items], keywords=[]):
            test, target = _applied(function, "filter")
            element = ast.Name(id=target.id, ctx=ast.Load()) if isinstance(target, ast.Name) else test
            return _generator(element, target, items, [as_test(test)])
        case ast.Call(func=ast.Attribute(value=ast.Constant(value=str()), attr="format"), args=args, keywords=[]):
            return ast.JoinedStr(values=args)
        case ast.Call(func=ast.Name(id=name), args=[items], keywords=[]) if name in _FOLDED and not (
            isinstance(items, ast.Starred) or is_fresh(items)
        ):
            node.args = [_generator(loaded(" item"), stored(" item"), items, [])]
        case ast.Call(func=ast.Name(id="range"), args=[ast.Constant(value=0), stop], keywords=[]):
            node.args = [stop]
        case ast.Call(args=[ast.Call(func=ast.Name(id="reversed"), args=[items])], keywords=[]) if _is_joined(
            node.func
        ):
            backwards = ast.Slice(lower=None, upper=None, step=ast.Constant(value=-1))
            return ast.Subscript(value=items, slice=backwards, ctx=ast.Load())
        case ast.Call(func=ast.Name(id="list"), args=[], keywords=[]):
            return ast.List(elts=[], ctx=ast.Load())
        case ast.Call(func=ast.Name(id="dict"), args=[], keywords=[]):
            return ast.Dict(keys=[], values=[])
    return node


def _is_joined(function: ast.expr) -> bool:
    """Whether the function puts elements together as they are: `list`, `"".join`."""
    match function:
        case ast.Name(id="list") | ast.Attribute(value=ast.Constant(value="") | ast.JoinedStr(values=[]), attr="join"):
            return True
    return False


def _applied(function: ast.expr, kind: str) -> tuple[ast.expr, ast.expr]:
    """What a function of one argument gives, and the argument's name."""
    match function:
        case ast.Lambda(args=ast.arguments(args=[ast.arg(arg=name)]), body=body):
            return body, stored(name)
        case ast.Constant(value=None) if kind == "filter":
            return loaded(" item"), stored(" item")
    return ast.Call(func=function, args=[loaded(" item")], keywords=[]), stored(" item")


def _generator(element: ast.expr, target: ast.expr, items: ast.expr, ifs: list[ast.expr]) -> ast.GeneratorExp:
    return ast.GeneratorExp(elt=element, generators=[ast.comprehension(target=target, iter=items, ifs=ifs, is_async=0)])


def _formatted(node: ast.expr) -> ast.expr:
    """A string put together, in whatever way, as the values in it."""
    match node:
        case ast.JoinedStr(values=values):
            return ast.JoinedStr(values=[value for value in values if not isinstance(value, ast.Constant)])
        case ast.BinOp(left=ast.Constant(value=str()), op=ast.Mod(), right=right):
            return ast.JoinedStr(values=right.elts if isinstance(right, ast.Tuple) else [right])
        case ast.BinOp(left=left, op=ast.Add(), right=right) if _is_text(left) or _is_text(right):
            return ast.JoinedStr(values=[*_values_of(left), *_values_of(right)])
    return node


def _is_text(node: ast.expr) -> bool:
    match node:
        case ast.JoinedStr() | ast.Constant(value=str()) | ast.Call(func=ast.Name(id="str"), args=[_]):
            return True
    return False


def _values_of(node: ast.expr) -> list[ast.expr]:
    match node:
        case ast.JoinedStr(values=values):
            return values
        case ast.Constant(value=str()):
            return []
        case ast.Call(func=ast.Name(id="str"), args=[value]):
            return [value]
    return [node]
