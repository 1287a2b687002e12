import ast

import numpy as np
import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.decontamination.functions import read_text
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.syntax_trees import TreeIndex, match_rate, near_trees
from hornbook.python_code.functions import tree_of
from hornbook.records import Problem


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


def levenshtein(first: str, second: str) -> int:
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, 1):
        previous, row[0] = row[0], i
        for j, b in enumerate(second, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (a != b))
    return row[-1]


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
    found = {(a, b): rate for a, b, rate in near_trees(trees, problems, 0.6)}
    assert len(expected) > 10
    assert found == pytest.approx(expected)
    assert near_trees(["a" * 20], ["a" * 19 + "b"], 0.95) == [(0, 0, pytest.approx(0.95))]


def test_operations_and_their_order_count_and_names_constants_hints_comments_and_docstrings_do_not() -> None:
    renamed = """
@cache
def f(a, b=99):
    # Another story altogether.
    s = 7
    for x in a:
        if x > b:
            s += x
    return s
"""
    assert tree(ORIGINAL) == tree(renamed)
    for old, new in ((" > limit:", " < limit:"), ("+=", "-="), ("return result", "return -result")):
        assert 0.9 < match_rate(tree(ORIGINAL), tree(ORIGINAL.replace(old, new))) < 1, new
    assert tree("def f(): return a + b") == tree("def f(): return (x + y)")
    assert len(tree("def f(): return a + b")) == 7, "FunctionDef arguments Return BinOp Name Add Name"
    assert tree("def f(): return a + b * c") != tree("def f(): return (a + b) * c")


LOOP = """def running_totals(numbers, least):
    totals = []
    for number in numbers:
        if number > least:
            totals.append(number * number)
    return totals
"""
OTHER_NAMES = LOOP.replace("totals", "kept").replace("number", "cell").replace("least", "floor")
SMALL = "def size(items):\n    return len(items)\n"


def solved(name: str, source: str) -> Problem:
    header, _, body = source.partition("\n")
    return problem_of(header + "\n", body, name=name)


INDEX = TreeIndex([solved("size", SMALL), solved("running_totals", LOOP)])


def test_a_solution_with_other_names_is_found_with_its_window_in_a_longer_text() -> None:
    text = f"import math\n\n\ndef other(x):\n    return math.sin(x)\n\n\n{OTHER_NAMES}\n\nprint(other(1))\n"
    [match] = INDEX.matches([read_text("x = 1\n"), read_text(text)])
    assert (match.text, match.problem, match.detector, match.score) == (1, 1, Detector.SYNTAX_TREE, 1.0)
    assert text[slice(*match.window)] == OTHER_NAMES
    fenced = f"Look at this:\n\n```python\n{OTHER_NAMES}```\n\nIt keeps squares.\n"
    [match] = INDEX.matches([read_text(fenced)])
    assert fenced[slice(*match.window)] == OTHER_NAMES
    assert TreeIndex([solved("words", "Add all the numbers.")]).matches([read_text(LOOP)]) == []


def test_a_small_solution_counts_only_under_its_own_name() -> None:
    assert INDEX.matches([read_text(SMALL.replace("size", "count"))]) == []
    assert [match.problem for match in INDEX.matches([read_text(SMALL)])] == [0]


def test_the_nearest_function_counts_if_it_reaches_the_rate() -> None:
    farther = OTHER_NAMES.replace("cell * cell", "-cell * cell + 1")
    nearest, equal = (OTHER_NAMES.replace("running_kept", name) for name in ("nearest", "equal"))
    text = f"{farther}\n\n{nearest}\n\n{equal}"
    [match] = INDEX.matches([read_text(text)])
    assert (match.function, match.score) == ("nearest", 1.0)
    [farther_match] = INDEX.matches([read_text(farther)])
    assert 0.8 <= farther_match.score < 1
    for step, is_found in ((-0.001, True), (0.001, False)):
        index = TreeIndex([solved("running_totals", LOOP)], farther_match.score + step)
        assert bool(index.matches([read_text(farther)])) is is_found
