"""A task: a schema with its holes filled, as a function that can be run."""

import ast
import copy
import random
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from hornbook.synthesis.curriculum.lexicon import Entry, Word, draw_word
from hornbook.synthesis.curriculum.schema import Schema

_OPPOSITES: Mapping[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Lt: ast.GtE,
    ast.GtE: ast.Lt,
    ast.Gt: ast.LtE,
    ast.LtE: ast.Gt,
}
N = TypeVar("N", bound=ast.AST)
_MODULES = ("math", "re", "string", "itertools", "collections", "functools", "bisect", "heapq")


@dataclass(frozen=True)
class Task:
    """What one exercise is about."""

    schema: Schema
    item: str
    """The kind that T is, or empty."""
    words: Mapping[str, Word]
    """Hole → what fills it."""
    constants: Mapping[str, str]
    """Hole for a constant → its value as Python writes it."""

    @cached_property
    def key(self) -> str:
        """The same for the same program, however it is worded: the combination that a split may hold out."""
        parts = [f"{name}={word.key}" for name, word in self.words.items()]
        parts += [f"{name}={value}" for name, value in self.constants.items()]
        return " & ".join((self.schema.name, self.item, *parts))

    @property
    def is_new(self) -> bool:
        """Whether training never shows a part of how it is told."""
        return self.schema.is_new or any(word.is_new for word in self.words.values())

    def function(self) -> ast.FunctionDef:
        """The function with its arguments unannotated and without a docstring; a new tree each time."""
        tree = ast.parse(self.schema.source).body[0]
        assert isinstance(tree, ast.FunctionDef)
        tree.returns = None
        names = {argument.name for argument in self.schema.arguments}
        tree.args.args = [ast.arg(one.arg) for one in tree.args.args if one.arg in names]
        tree.args.defaults = []
        filled = _Fill(self.words, self.constants).visit(tree)
        assert isinstance(filled, ast.FunctionDef)
        return ast.fix_missing_locations(simplified(filled))

    def imports(self, code: str) -> tuple[str, ...]:
        """The modules that the code uses."""
        used = {node.id for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Name)}
        return tuple(name for name in _MODULES if name in used)


def draw_task(schema: Schema, lexicon: Mapping[str, tuple[Entry, ...]], seed: str) -> Task | None:
    """A random task of a schema; None where two of its holes got the same word, or the lexicon has none for a hole.

    Lexicons that differ in wordings alone give, from one seed, the same program in other words.
    """
    rng, wording = random.Random(f"{seed}:task"), random.Random(f"{seed}:wording")
    item, result = rng.choice(schema.kinds)
    words: dict[str, Word] = {}
    constants: dict[str, str] = {}
    for hole in schema.holes:
        if hole.choices:
            constants[hole.name] = rng.choice(hole.choices)
            continue
        entries = lexicon.get(hole.role(item, result), ())
        if not entries:
            return None
        words[hole.name] = draw_word(entries, rng, wording)
    if len({word.code for word in words.values()}) < len(words):
        return None
    return Task(schema, item, words, constants)


def simplified(tree: N) -> N:
    """The tree with `x != 0` for `not x == 0`, as people write."""
    new: N = _Simplify().visit(tree)
    return new


def source_of(node: ast.AST) -> str:
    """The source of a tree, without parentheses that `ast.unparse` writes and people do not."""
    code = ast.unparse(ast.fix_missing_locations(node)) + "\n"
    for inner in ast.walk(node):
        match inner:
            case ast.Call(args=[ast.GeneratorExp() as only], keywords=[]):
                text = ast.unparse(only)
                code = code.replace(f"({text})", text)
            case ast.Assign(value=ast.Tuple([_, _, *_]) as value) | ast.Return(value=ast.Tuple([_, _, *_]) as value):
                text = ast.unparse(value)
                for before in ("= ", "return "):
                    code = code.replace(f"{before}{text}\n", f"{before}{text[1:-1]}\n")
    return code.rstrip("\n")


class _Fill(ast.NodeTransformer):
    """Puts words in the places of calls of holes, and constants in the places of their names."""

    def __init__(self, words: Mapping[str, Word], constants: Mapping[str, str]) -> None:
        self._trees = {name: ast.parse(word.code, mode="eval").body for name, word in words.items()}
        self._constants = {name: ast.parse(value, mode="eval").body for name, value in constants.items()}

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self._trees:
            filled: ast.expr = _Put(node.args[0]).visit(copy.deepcopy(self._trees[node.func.id]))
            return filled
        return node

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self._constants[node.id]) if node.id in self._constants else node


class _Put(ast.NodeTransformer):
    """Puts an expression in the place of `x`, but for an `x` that a comprehension in the word binds."""

    def __init__(self, argument: ast.expr) -> None:
        self._argument = argument

    def visit_Name(self, node: ast.Name) -> ast.AST:
        return copy.deepcopy(self._argument) if node.id == "x" else node


class _Simplify(ast.NodeTransformer):
    """Writes `x != 0` for `not x == 0`, and `x` for `not not x`, as people do."""

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.op, ast.Not):
            inner = node.operand
            if isinstance(inner, ast.UnaryOp) and isinstance(inner.op, ast.Not):
                return inner.operand
            if isinstance(inner, ast.Compare) and len(inner.ops) == 1 and type(inner.ops[0]) in _OPPOSITES:
                return ast.Compare(inner.left, [_OPPOSITES[type(inner.ops[0])]()], inner.comparators)
        return node
