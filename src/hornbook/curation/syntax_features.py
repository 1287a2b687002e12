"""Numbers that describe a piece of code by its syntax tree: node kinds, self-containedness, documentation, size."""

import ast
import builtins
import sys
import warnings
from collections import Counter
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

_KINDS = (
    "AST Add And AnnAssign Assert Assign AsyncFor AsyncFunctionDef AsyncWith Attribute AugAssign Await BinOp BitAnd"
    " BitOr BitXor BoolOp Break Call ClassDef Compare Constant Continue Del Delete Dict DictComp Div Eq ExceptHandler"
    " Expr FloorDiv For FormattedValue FunctionDef GeneratorExp Global Gt GtE If IfExp Import ImportFrom In Invert Is"
    " IsNot JoinedStr LShift Lambda List ListComp Load Lt LtE Match MatMult Mod Module Mult Name NamedExpr Nonlocal Not"
    " NotEq NotIn Or Pass Pow RShift Raise Return Set SetComp Slice Starred Store Sub Subscript Try Tuple UAdd USub"
    " UnaryOp While With Yield YieldFrom alias arg arguments comprehension keyword match_case withitem"
)
NODE_KINDS = tuple(_KINDS.split())
"""Fixed, so that features mean the same on each version of Python; the first stands for all others."""

BUILTINS = frozenset(dir(builtins))
STANDARD_MODULES = sys.stdlib_module_names
NUM_MEASURES = 36
NUM_FEATURES = 2 * len(NODE_KINDS) + NUM_MEASURES + 1

_COLUMN = {kind: column for column, kind in enumerate(NODE_KINDS)}


def syntax_features(text: str) -> NDArray[np.float64]:
    """Describe one text.

    Returns:
        `NUM_FEATURES` numbers: ln(1 + count) per kind of node, the square root of each kind's share, ln(1 + x) of the
        measures, and a last one that is 1 where the text does not parse and all others are 0.
    """
    features = np.zeros(NUM_FEATURES)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        features[-1] = 1.0
        return features
    census = _take_census(tree)
    counts = np.zeros(len(NODE_KINDS))
    for kind, count in census.kinds.items():
        counts[_COLUMN.get(kind, 0)] += count
    measures = np.array(_measure(text, tree, census), dtype=np.float64)
    features[:-1] = np.concatenate([np.log1p(counts), np.sqrt(counts / counts.sum()), np.log1p(measures)])
    return features


@dataclass
class _Census:
    """What one walk over a tree has seen."""

    kinds: Counter[str] = field(default_factory=Counter)
    reads: Counter[str] = field(default_factory=Counter)
    bound: set[str] = field(default_factory=set)
    attributes_of_self: int = 0
    calls_of_self: int = 0
    private_attributes: int = 0
    calls_of_foreign_names: int = 0
    num_arguments: int = 0
    num_definitions: int = 0
    num_documented: int = 0
    docstring_characters: int = 0
    string_characters: int = 0
    depth: int = 0
    loop_depth: int = 0

    def see(self, node: ast.AST) -> None:
        """Count one node."""
        self.kinds[type(node).__name__] += 1
        match node:
            case ast.Name(id=name, ctx=ast.Load()):
                self.reads[name] += 1
            case ast.Name(id=name) | ast.ExceptHandler(name=str(name)):
                self.bound.add(name)
            case ast.arg(arg=name):
                self.bound.add(name)
                self.num_arguments += 1
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                self.see_definition(node)
            case ast.alias():
                self.bound.add((node.asname or node.name).split(".")[0])
            case ast.Attribute(value=value, attr=attribute):
                self.attributes_of_self += _is_self(value)
                self.private_attributes += attribute.startswith("_")
            case ast.Call(func=ast.Name(id=name)):
                self.calls_of_foreign_names += name not in BUILTINS
            case ast.Call(func=ast.Attribute(value=value)):
                self.calls_of_self += _is_self(value)
            case ast.Constant(value=str(value)):
                self.string_characters += len(value)

    def see_definition(self, node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) -> None:
        """Count a function or class, and its documentation."""
        self.bound.add(node.name)
        self.num_definitions += 1
        docstring = ast.get_docstring(node, clean=False)
        if docstring:
            self.num_documented += 1
            self.docstring_characters += len(docstring)


def _take_census(tree: ast.Module) -> _Census:
    census = _Census()
    stack: list[tuple[ast.AST, int, int]] = [(tree, 0, 0)]
    while stack:
        node, depth, loop_depth = stack.pop()
        census.see(node)
        loop_depth += isinstance(node, ast.For | ast.While | ast.comprehension)
        census.depth = max(census.depth, depth)
        census.loop_depth = max(census.loop_depth, loop_depth)
        stack.extend((child, depth + 1, loop_depth) for child in ast.iter_child_nodes(node))
    return census


def _measure(text: str, tree: ast.Module, census: _Census) -> list[float]:
    """`NUM_MEASURES` numbers, none negative."""
    lines = text.split("\n")
    num_comments = sum(line.lstrip().startswith("#") for line in lines)
    num_nodes = sum(census.kinds.values())
    num_reads = max(1, sum(census.reads.values()))
    length = max(1, len(text))
    free = [name for name in census.reads if name not in census.bound and name not in BUILTINS]
    free_modules = sum(name in STANDARD_MODULES for name in free)
    free_reads = sum(census.reads[name] for name in free)
    builtin_names = [name for name in census.reads if name in BUILTINS and name not in census.bound]
    first = tree.body[0] if tree.body else None
    name = first.name if isinstance(first, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef) else ""
    return [
        *(len(lines), len(text), len(text) / len(lines)),
        *(num_comments, num_comments / len(lines), sum(not line.strip() for line in lines) / len(lines)),
        *(census.docstring_characters, census.docstring_characters / length, ">>>" in text),
        *(census.num_documented, census.num_documented / max(1, census.num_definitions), census.num_definitions),
        *(len(free), free_reads, free_reads / num_reads),
        *(free_modules, len(free) - free_modules, sum(free_name.startswith("_") for free_name in free)),
        *(sum(census.reads[builtin] for builtin in builtin_names), len(builtin_names)),
        *(census.attributes_of_self, census.attributes_of_self / num_nodes, census.calls_of_self),
        *(census.private_attributes, census.private_attributes / num_nodes),
        *(census.kinds["Call"] / num_nodes, census.calls_of_foreign_names, census.num_arguments),
        *(census.depth, census.loop_depth, census.string_characters / length),
        *(len(census.bound), sum(map(len, sorted(census.bound))) / max(1, len(census.bound))),
        *(name.startswith("_"), len(census.kinds), len(census.reads) / num_reads),
    ]


def _is_self(value: ast.expr) -> bool:
    return isinstance(value, ast.Name) and value.id in ("self", "cls")
