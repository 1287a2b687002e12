"""Compare functions by the shape of their syntax trees, whatever their names, constants, comments and docstrings.

A tree is written as the kinds of its nodes in pre-order, one character each. The match rate of two trees is
1 - Levenshtein distance / length of the longer one: 1 for the same code with other names.
Source: section 5 and appendix C of the paper, which leave the formula open. Type hints, decorators and the contexts of
names (`Load`, `Store`) are left out here: they say nothing about the way a problem is solved.
"""

import ast
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

CHUNK_SIZE = 4096
"""Trees compared at a time: bounds the memory."""

_FIRST_CHARACTER = 0x100
_KINDS = sorted(name for name, kind in vars(ast).items() if isinstance(kind, type) and issubclass(kind, ast.AST))
_CHARACTER = {kind: chr(_FIRST_CHARACTER + index) for index, kind in enumerate(_KINDS)}
LEFT_OUT_FIELDS = frozenset({"ctx", "annotation", "returns", "decorator_list", "type_comment", "type_params"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TreeMatch:
    """Two trees that are near."""

    tree: int
    """Index among the documents' trees."""
    problem: int
    """Index among the problems' trees."""
    rate: float
    """Match rate, 0 to 1."""


def tree_of(function: ast.AST) -> str:
    """The kinds of the tree's nodes in pre-order, one character per node; equal shapes, equal strings."""
    characters: list[str] = []
    stack: list[ast.AST] = [function]
    while stack:
        node = stack.pop()
        characters.append(_CHARACTER.get(type(node).__name__, chr(_FIRST_CHARACTER - 1)))
        stack.extend(reversed(children_of(node)))
    return "".join(characters)


def near_trees(trees: Sequence[str], problem_trees: Sequence[str], min_rate: float) -> list[TreeMatch]:
    """All pairs with a match rate of at least `min_rate`, by tree, then by problem.

    Args:
        trees: Those of the documents; repeat none, to save time.
        problem_trees: Those of the benchmark.
        min_rate: In (0, 1].
    """
    from rapidfuzz.distance import Levenshtein
    from rapidfuzz.process import cdist

    matches = []
    for start in range(0, len(trees), CHUNK_SIZE):
        rates = cdist(
            trees[start : start + CHUNK_SIZE],
            problem_trees,
            scorer=Levenshtein.normalized_similarity,
            score_cutoff=min_rate - 1e-6,  # At the cutoff itself the library gives up some pairs.
            dtype=np.float64,
            workers=-1,
        )
        for row, column in np.argwhere(rates >= min_rate).tolist():
            matches.append(TreeMatch(tree=start + row, problem=column, rate=float(rates[row, column])))
    return matches


def match_rate(first: str, second: str) -> float:
    """The match rate of two trees; 1 for two empty ones."""
    from rapidfuzz.distance import Levenshtein

    return Levenshtein.normalized_similarity(first, second)


def children_of(node: ast.AST) -> list[ast.AST]:
    """The children that count, in the order of the source: no hints, decorators, contexts, docstrings."""
    children: list[ast.AST] = []
    for name in node._fields:
        if name in LEFT_OUT_FIELDS:
            continue
        value = getattr(node, name, None)
        if isinstance(value, ast.AST):
            children.append(value)
        elif isinstance(value, list):
            children.extend(item for item in value if isinstance(item, ast.AST) and not _is_docstring(item))
    return children


def _is_docstring(node: ast.AST) -> bool:
    """A string that stands alone as a statement does nothing, wherever it stands."""
    return isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str)
