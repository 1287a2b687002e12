"""Compare functions by the shape of their syntax trees after idioms have been brought to one form.

`syntax_trees` finds a solution again under other names; a loop and a comprehension of the same thing it finds far
apart. Here a tree is written after both have become the same. It is a second rate beside the paper's, not in its place.
`docs/decisions/canonical-trees.md` has the measurements, and what each group of forms adds.

- Comprehensions, generators, `map`, `filter` and folds (`sum`, `any`, `max`, `"".join`) become loops that fill an
  accumulator: that way round always works, a loop need not be recognised. Lists that are only folded or looped over
  are folded where they are filled. What an accumulator begins with is left out, its operation says it.
- Comparisons stand one way round, `not` inside, `elif` and `else` after a branch that leaves are gone, the shorter
  branch comes first, a branch that returns a truth value is the test itself.
- Temporaries stand where they are read, flags answer where they are set, counters and indices become loops over
  elements, augmented assignments are written as such.
- Text that is put together (`+`, `%`, `format`, f-string) is the list of its values.
- Builtins and the methods of builtin types are kinds of nodes, like `True` and `False`: they are nobody's to rename.

Limits: a function in a function is brought to its form with the outer one's names; where a comprehension stands in a
`while` test or a lambda, its loop goes before the statement. Nothing here calls itself, so depth does no harm.
"""

import ast
import builtins
from collections.abc import Iterator

from hornbook.decontamination.canonical_blocks import appended, simplified
from hornbook.decontamination.canonical_expressions import FRESH, called, loaded, rewritten, stored, walked
from hornbook.decontamination.canonical_loops import Loop, blocks_of, owners
from hornbook.decontamination.canonical_names import with_canonical_names, without_beginnings
from hornbook.decontamination.syntax_trees import LEFT_OUT_FIELDS, children_of

MOST_ROUNDS = 6
"""One form can make way for another; after so many rounds it is left as it is."""

_FIRST_CHARACTER = 0x1000
_METHODS = {name for kind in (str, list, dict, set) for name in dir(kind) if not name.startswith("_")}
_KINDS = sorted(
    {name for name, kind in vars(ast).items() if isinstance(kind, type) and issubclass(kind, ast.AST)}
    | {"True", "False", "None"}
    | {f"{name}()" for name in dir(builtins) if name[0].islower()}
    | {f".{name}()" for name in _METHODS}
)
_CHARACTER = {kind: chr(_FIRST_CHARACTER + index) for index, kind in enumerate(_KINDS)}
_UNORDERED = (ast.BoolOp, ast.Compare, ast.BinOp)
_COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)

Comprehension = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp


def canonical_tree_of(function: ast.FunctionDef | ast.AsyncFunctionDef) -> str:
    """The kinds of the canonical tree's nodes in pre-order, one character per node; leaves the function unchanged.

    Made for `syntax_trees.near_trees` and `match_rate`, among its own kind: a character of `tree_of` stands for
    something else.
    """
    return written(canonical(function))


def canonical(function: ast.FunctionDef | ast.AsyncFunctionDef) -> ast.AST:
    """A new function in the canonical form. It is there to be written as a tree, not to be run."""
    copy = _Copy()
    new = copy.of(function)
    before = ""
    for _ in range(MOST_ROUNDS):
        for node in reversed(list(owners(new))):
            for block in blocks_of(node):
                in_loop = isinstance(node, Loop) and block is node.body
                block[:] = simplified(block, in_loop=in_loop)
        with_canonical_names(new)
        after = written(new)
        if after == before:
            break
        before = after
    without_beginnings(new)
    return new


def written(function: ast.AST) -> str:
    """The tree as a string. Operands whose order says nothing (`and`, `or`, `==`, `*`) stand in the order of theirs.

    Where both operands of `<` have one shape, the one that is bound later says its direction: `x > k` is no `x < k`.
    """
    done: dict[int, str] = {}
    bound: dict[str, int] = {}
    for node in reversed(list(_preorder(function))):
        parts = [done[id(child)] for child in _written_children(node)]
        match node:
            case ast.BoolOp():
                parts = [parts[0], *sorted(parts[1:])]
            case ast.BinOp(op=ast.Mult()) | ast.Compare(ops=[ast.Eq() | ast.NotEq()]):
                parts = [parts[1], *sorted([parts[0], *parts[2:]])]
            case ast.Compare(left=left, ops=[ast.Lt() | ast.LtE() as op], comparators=[right]) if parts[0] == parts[2]:
                bound = bound or _bound(function)
                if _rank(left, bound) < _rank(right, bound):
                    parts[1] = _CHARACTER["Gt" if isinstance(op, ast.Lt) else "GtE"]
        done[id(node)] = _kind(node) + "".join(parts)
    return done[id(function)]


def _bound(function: ast.AST) -> dict[str, int]:
    """The names that are bound in the function, each with its place among them."""
    bound: dict[str, int] = {}
    for node in walked(function):
        match node:
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()):
                bound.setdefault(name, len(bound))
    return bound


def _rank(operand: ast.expr, bound: dict[str, int]) -> list[int]:
    return [bound.get(node.id, -1) for node in walked(operand) if isinstance(node, ast.Name)]


def _preorder(root: ast.AST) -> Iterator[ast.AST]:
    stack = [root]
    while stack:
        node = stack.pop()
        yield node
        stack.extend(_written_children(node))


def _kind(node: ast.AST) -> str:
    match node:
        case ast.Expr():
            return ""
        case ast.Constant(value=True | False | None as value):
            return _CHARACTER[str(value)]
        case ast.Call(func=ast.Name(id=name)) if f"{name}()" in _CHARACTER:
            return _CHARACTER[f"{name}()"]
        case ast.Call(func=ast.Attribute(attr=name)) if name in _METHODS:
            return _CHARACTER[f".{name}()"]
    return _CHARACTER[type(node).__name__]


def _written_children(node: ast.AST) -> list[ast.AST]:
    match node:
        case ast.Call(func=ast.Name(id=name), args=args, keywords=keywords) if f"{name}()" in _CHARACTER:
            return [*args, *keywords]
        case ast.Call(func=ast.Attribute(value=value, attr=name), args=args, keywords=keywords) if name in _METHODS:
            return [value, *args, *keywords]
    return children_of(node)


class _Copy:
    """Copies a function with canonical expressions; a comprehension becomes a loop before its statement."""

    def __init__(self) -> None:
        self._num_lists = 0
        self._done: dict[int, tuple[ast.AST, list[ast.stmt]]] = {}
        """By the id of a node of the source: the new node and the statements that must stand before it."""
        self._inside: dict[int, tuple[list[ast.stmt], list[ast.stmt]]] = {}
        """By the id of a new `comprehension`: what must stand before its loop and before its conditions."""

    def of(self, function: ast.AST) -> ast.AST:
        """The copy."""
        for node in reversed(list(self._copied(function))):
            self._done[id(node)] = self._new(node)
        return self._done[id(function)][0]

    def _copied(self, root: ast.AST) -> Iterator[ast.AST]:
        stack = [root]
        while stack:
            node = stack.pop()
            yield node
            stack.extend(children_of(node))

    def _new(self, node: ast.AST) -> tuple[ast.AST, list[ast.stmt]]:
        before: list[ast.stmt] = []
        fields: dict[str, object] = {}
        own: dict[str, list[ast.stmt]] = {}
        for name in node._fields:
            value = getattr(node, name, None)
            start = len(before)
            if name in LEFT_OUT_FIELDS and name != "ctx":
                value = [] if isinstance(value, list) else None
            elif isinstance(value, list):
                value = self._new_list(value, before)
            elif isinstance(value, ast.AST) and id(value) in self._done:
                value, earlier = self._done[id(value)]
                before.extend(earlier)
            own[name] = before[start:]
            fields[name] = value
        new = type(node)(**fields)
        if isinstance(new, ast.comprehension):
            self._inside[id(new)] = (own["iter"], own["ifs"])
            return new, []
        if isinstance(new, _COMPREHENSIONS):
            return self._looped(new, before)
        if not isinstance(new, ast.expr):
            return new, before
        return self._rewritten(node, new, before)

    def _new_list(self, values: list[object], before: list[ast.stmt]) -> list[object]:
        new: list[object] = []
        for value in values:
            if not isinstance(value, ast.AST):
                new.append(value)
            elif id(value) in self._done:
                item, earlier = self._done[id(value)]
                (new if isinstance(item, ast.stmt) else before).extend(earlier)
                new.append(item)
        return new

    def _rewritten(self, node: ast.AST, new: ast.expr, before: list[ast.stmt]) -> tuple[ast.AST, list[ast.stmt]]:
        result = rewritten(new)
        if isinstance(result, ast.GeneratorExp):
            match node:
                case ast.Call(args=[ast.Lambda() as function, items]):
                    inside, outside = (self._done[id(part)][1] for part in (function, items))
                    return self._looped(result, inside, outside)
            return self._looped(result, [], before)
        if isinstance(result, ast.Call):
            for at, argument in enumerate(result.args):
                if isinstance(argument, ast.GeneratorExp):
                    result.args[at], earlier = self._looped(argument, [])
                    before = [*before, *earlier]
        return result, before

    def _looped(
        self, node: Comprehension, inside: list[ast.stmt], outside: list[ast.stmt] | None = None
    ) -> tuple[ast.expr, list[ast.stmt]]:
        """The name of the list that the comprehension fills, and the loop that fills it."""
        name = f"{FRESH}{self._num_lists}"
        self._num_lists += 1
        if isinstance(node, ast.DictComp):
            element: ast.expr = ast.Tuple(elts=[node.key, node.value], ctx=ast.Load())
        else:
            element = node.elt
        body: list[ast.stmt] = [*inside, appended(loaded(name), element)]
        for generator in reversed(node.generators):
            before_loop, before_ifs = self._inside.get(id(generator), ([], []))
            for test in reversed(generator.ifs):
                body = [ast.If(test=test, body=body, orelse=[])]
            loop = ast.For(target=generator.target, iter=generator.iter, body=[*before_ifs, *body], orelse=[])
            body = [*before_loop, loop]
        begun = ast.Assign(targets=[stored(name)], value=ast.List(elts=[], ctx=ast.Load()))
        filled: ast.expr = loaded(name)
        if isinstance(node, ast.SetComp | ast.DictComp):
            filled = called("set" if isinstance(node, ast.SetComp) else "dict", filled)
        return filled, [*(outside or []), begun, *body]
