import ast

import numpy as np
import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.decontamination.functions import read_text
from hornbook.decontamination.rule import Detector
from hornbook.decontamination.trees import TreeIndex, match_rate, near_trees
from hornbook.python_code.functions import tree_of
from hornbook.records import Problem

LOOP = '''def running_totals(numbers: list, least: int = 3) -> list:
    """Square what lies above the least."""
    totals = []
    for number in numbers:
        if number > least:
            totals += [number * number]
    return totals
'''
OTHER_NAMES = """@cache
def kept(cells, floor=99):
    # Another story altogether.
    out = []
    for cell in cells:
        if cell > floor:
            out += [cell * cell]
    return out
"""
SMALL = "def size(items):\n    return len(items)\n"


def tree(source: str) -> str:
    return tree_of(ast.parse(source).body[0])


def solved(name: str, source: str) -> Problem:
    header, _, body = source.partition("\n")
    return problem_of(header + "\n", body, name=name)


INDEX = TreeIndex([solved("size", SMALL), solved("running_totals", LOOP), solved("words", "Add all the numbers.")])


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
    assert len(expected) > 10
    assert {(a, b): rate for a, b, rate in near_trees(trees, problems, 0.6)} == pytest.approx(expected)
    assert near_trees(["a" * 20], ["a" * 19 + "b"], 0.95) == [(0, 0, pytest.approx(0.95))]


def test_operations_and_their_order_count_and_names_constants_hints_comments_and_docstrings_do_not() -> None:
    assert tree(LOOP) == tree(OTHER_NAMES)
    for old, new in ((" > least:", " < least:"), ("+=", "-="), ("return totals", "return -totals")):
        assert 0.9 < match_rate(tree(LOOP), tree(LOOP.replace(old, new))) < 1, new
    assert tree("def f(): return a + b * c") != tree("def f(): return (a + b) * c")


def test_functions_are_found_with_their_windows_if_they_reach_the_rate() -> None:
    farther = OTHER_NAMES.replace("cell * cell", "-cell * cell + 1")
    text = f"import math\n\n\n{farther}\n{OTHER_NAMES.replace('@cache', '')}\n{OTHER_NAMES.replace('kept', 'equal')}"
    for one in (text, f"Look at this:\n\n```python\n{text}```\n\nIt keeps squares.\n"):
        [far, match, equal] = INDEX.matches([read_text("x = 1\n"), read_text(one)])
        assert (match.text, match.problem, match.detector) == (1, 1, Detector.SYNTAX_TREE)
        assert (match.function, match.score, equal.function, equal.score) == ("kept", 1.0, "equal", 1.0)
        assert far.score < 1
        assert one[slice(*match.window)].strip() == OTHER_NAMES.removeprefix("@cache\n").strip()
    [found] = INDEX.matches([read_text(farther)])
    assert 0.7 <= found.score < 1
    for step, is_found in ((-0.001, True), (0.001, False)):
        index = TreeIndex([solved("running_totals", LOOP)], found.score + step)
        assert bool(index.matches([read_text(farther)])) is is_found


def test_a_small_solution_counts_only_under_its_own_name() -> None:
    assert INDEX.matches([read_text(SMALL.replace("size", "count"))]) == []
    assert [match.problem for match in INDEX.matches([read_text(SMALL)])] == [0]
