"""Says whether a parameter takes a kind of value, both written as Python source: `Optional[List[int]]`, `list[num]`.

A kind is `num`, `str`, `None`, `list[…]` (a tuple too), `set[…]`, `dict[…, …]`, or `any` where nothing is known. An
annotation that names nothing known takes everything.
"""

import ast
from functools import lru_cache

_ORDERED = frozenset({"list", "tuple", "mutablesequence", "deque"})
_SETS = frozenset({"set", "frozenset", "abstractset", "mutableset"})
_DICTS = frozenset({"dict", "mapping", "mutablemapping", "defaultdict", "counter", "ordereddict"})
_ROWS = frozenset({"sequence", "reversible"})
_GROUPS = frozenset({"iterable", "collection", "container"})
_NUMBERS = frozenset({"int", "float", "bool", "complex", "num", "number", "real"})


@lru_cache(maxsize=1 << 14)
def takes(annotation: str, kind: str) -> bool:
    """Whether a parameter with this annotation, empty if it has none, may be given values of this kind."""
    if not annotation or kind == "any":
        return True
    try:
        return _takes(ast.parse(annotation, mode="eval").body, ast.parse(kind, mode="eval").body)
    except (SyntaxError, ValueError, RecursionError):
        return True


def _takes(annotation: ast.expr, kind: ast.expr) -> bool:
    match annotation:
        case ast.Constant(value=str(text)):
            return takes(text, ast.unparse(kind))
        case ast.Constant(value=None):
            return _name(kind) == "none"
        case ast.BinOp(left=left, op=ast.BitOr(), right=right):
            return _takes(left, kind) or _takes(right, kind)
        case ast.Subscript(value=outer, slice=inner):
            return _takes_subscript(_name(outer), inner.elts if isinstance(inner, ast.Tuple) else [inner], kind)
    return _takes_name(_name(annotation), _name(kind))


def _takes_subscript(name: str, inner: list[ast.expr], kind: ast.expr) -> bool:
    if name in ("optional", "union"):
        return any(_takes(one, kind) for one in inner)
    if name in ("annotated", "final"):
        return _takes(inner[0], kind)
    if not _takes_name(name, _name(kind)):
        return False
    if not isinstance(kind, ast.Subscript):
        return _name(kind) != "str" or any(_takes(one, kind) for one in inner)
    own = kind.slice.elts if isinstance(kind.slice, ast.Tuple) else [kind.slice]
    if name in _DICTS and len(inner) == len(own) == 2:
        return all(map(_takes, inner, own))
    if name in _ORDERED | _SETS | _ROWS | _GROUPS:
        return any(_takes(one, own[0]) for one in inner)
    return True


def _takes_name(name: str, kind: str) -> bool:
    if kind in ("any", ""):
        return True
    if name in _NUMBERS:
        return kind == "num"
    if name == "str":
        return kind == "str"
    if name in _ORDERED:
        return kind == "list"
    if name in _SETS:
        return kind == "set"
    if name in _DICTS:
        return kind == "dict"
    if name in _ROWS:
        return kind in ("list", "str")
    if name in _GROUPS:
        return kind in ("list", "str", "set", "dict")
    return name != "callable"


def _name(node: ast.expr) -> str:
    match node:
        case ast.Name(id=name) | ast.Attribute(attr=name):
            return name.lower()
        case ast.Subscript(value=outer):
            return _name(outer)
        case ast.Constant(value=None):
            return "none"
    return ""
