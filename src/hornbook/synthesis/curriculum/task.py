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

_OPPOSITE_PAIRS: tuple[tuple[type[ast.cmpop], type[ast.cmpop]], ...] = (
    (ast.Eq, ast.NotEq),
    (ast.In, ast.NotIn),
    (ast.Lt, ast.GtE),
    (ast.Gt, ast.LtE),
)
_OPPOSITES = {one: other for pair in _OPPOSITE_PAIRS for one, other in (pair, pair[::-1])}
N = TypeVar("N", bound=ast.AST)


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
        filled: ast.FunctionDef = _Fill(self.words).visit(with_expressions(tree, self.constants))
        return simplified(filled)


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
    """The tree as people write: `x != 0` for `not x == 0`, `20` for `10 * 2`, `sum(xs)` for `sum(x for x in xs)`."""
    new: N = _Simplify().visit(tree)
    return new


def source_of(node: ast.AST) -> str:
    """The source of a tree, without parentheses that `ast.unparse` writes and people do not."""
    code = f"{unparsed(node)}\n"
    if not any(opening in code for opening in ("((", "= (", "return (")):
        return code.rstrip("\n")
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


def unparsed(node: ast.AST) -> str:
    """`ast.unparse`, of a tree whose new nodes need not have places yet."""
    try:
        return ast.unparse(node)
    except AttributeError:
        return ast.unparse(ast.fix_missing_locations(node))


def with_expressions(tree: N, expressions: Mapping[str, str]) -> N:
    """The tree with expressions in the places of names."""
    new: N = _Put({name: expression(text) for name, text in expressions.items()}).visit(tree)
    return new


def expression(text: str) -> ast.expr:
    """The tree of an expression."""
    return ast.parse(text, mode="eval").body


class _Put(ast.NodeTransformer):
    def __init__(self, expressions: Mapping[str, ast.expr]) -> None:
        self._expressions = expressions

    def visit_Name(self, node: ast.Name) -> ast.AST:
        found = self._expressions.get(node.id)
        return node if found is None else copy.deepcopy(found)


class _Fill(ast.NodeTransformer):
    """Puts words in the places of calls of holes."""

    def __init__(self, words: Mapping[str, Word]) -> None:
        self._words = words

    def visit_Call(self, node: ast.Call) -> ast.AST:
        self.generic_visit(node)
        if isinstance(node.func, ast.Name) and node.func.id in self._words:
            given = dict(zip("xy", node.args, strict=False))
            filled: ast.expr = _Put(given).visit(expression(self._words[node.func.id].code))
            return filled
        return node


class _Simplify(ast.NodeTransformer):
    def visit_GeneratorExp(self, node: ast.GeneratorExp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.GeneratorExp(ast.Name(item), [ast.comprehension(ast.Name(name), values, [])]) if item == name:
                return values
        return node

    def visit_ListComp(self, node: ast.ListComp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.ListComp(ast.Name(item), [ast.comprehension(ast.Name(name), values, [])]) if item == name:
                return ast.Call(ast.Name("list", ast.Load()), [values], [])
        return node

    def visit_keyword(self, node: ast.keyword) -> ast.AST | None:
        self.generic_visit(node)
        match node:
            case ast.keyword("key", ast.Lambda(ast.arguments(args=[ast.arg(item)]), ast.Name(name))) if item == name:
                return None
        return node

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.IfExp(ast.Compare(found, [ast.Is()], [ast.Constant(None)]), ast.Constant(None), other) if unparsed(
                found
            ) == unparsed(other):
                return other
        return node

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.BinOp(ast.Constant(int()), ast.Add() | ast.Sub() | ast.Mult(), ast.Constant(int())):
                return ast.Constant(eval(unparsed(node)))
            case ast.BinOp(other, ast.Mult(), ast.Constant(1)) | ast.BinOp(ast.Constant(1), ast.Mult(), other):
                return other
        return node

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.Compare(left, [ast.Eq()], [ast.Constant(None)]):
                return ast.Compare(left, [ast.Is()], node.comparators)
        return node

    def visit_UnaryOp(self, node: ast.UnaryOp) -> ast.AST:
        self.generic_visit(node)
        match node:
            case ast.UnaryOp(ast.Not(), ast.UnaryOp(ast.Not(), inner)):
                return inner
            case ast.UnaryOp(ast.Not(), ast.Compare(left, [operator], right)) if type(operator) in _OPPOSITES:
                return ast.Compare(left, [_OPPOSITES[type(operator)]()], right)
        return node
