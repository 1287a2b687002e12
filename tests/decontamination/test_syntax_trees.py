import ast

import numpy as np
import pytest

from hornbook.decontamination.syntax_trees import match_rate, near_trees, tree_of


def tree(source: str) -> str:
    return tree_of(ast.parse(source).body[0])


ORIGINAL = '''
def total(items: list, limit: int = 3) -> int:
    """Add what lies above the limit."""
    result = 0
    for item in items:
        if item > limit:
            result += item
    return result
'''

RENAMED = """
@cache
def f(a, b=99):
    # Another story altogether.
    s = 7
    for x in a:
        if x > b:
            s += x
    return s
"""


def levenshtein(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


def test_names_constants_hints_comments_and_docstrings_do_not_count() -> None:
    assert tree(ORIGINAL) == tree(RENAMED)


def test_a_different_operation_counts() -> None:
    for old, new in ((" > limit:", " < limit:"), ("+=", "-="), ("return result", "return -result")):
        assert 0.9 < match_rate(tree(ORIGINAL), tree(ORIGINAL.replace(old, new))) < 1, new


def test_nodes_stand_in_pre_order() -> None:
    assert tree("def f(): return a + b") == tree("def f(): return (x + y)")
    assert len(tree("def f(): return a + b")) == len(
        ["FunctionDef", "arguments", "Return", "BinOp", "Name", "Add", "Name"]
    )
    assert tree("def f(): return a + b * c") != tree("def f(): return (a + b) * c")


def test_near_pairs_are_those_of_comparing_everything() -> None:
    generator = np.random.default_rng(0)
    words = ["".join(generator.choice(list("abc"), size=generator.integers(1, 14))) for _ in range(80)]
    trees, problems = words[:60], words[60:]
    expected = {
        (a, b): rate
        for a, first in enumerate(trees)
        for b, second in enumerate(problems)
        if (rate := 1 - levenshtein(first, second) / max(len(first), len(second))) >= 0.6
    }
    found = {(match.tree, match.problem): match.rate for match in near_trees(trees, problems, 0.6)}
    assert len(expected) > 10
    assert found == pytest.approx(expected)


def test_a_rate_exactly_at_the_threshold_counts() -> None:
    assert [match.rate for match in near_trees(["a" * 20], ["a" * 19 + "b"], 0.95)] == [pytest.approx(0.95)]
    assert [match.rate for match in near_trees(["a" * 5], ["aaaab"], 0.8)] == [pytest.approx(0.8)]
