import pytest

from hornbook.decontamination.functions import read_text
from hornbook.decontamination.matches import Detector
from hornbook.decontamination.tree_index import TreeConfig, TreeIndex
from hornbook.errors import ConfigError
from hornbook.records import Problem

LOOP = """def running_totals(numbers, least):
    totals = []
    for number in numbers:
        if number > least:
            totals.append(number * number)
    return totals
"""
RENAMED = LOOP.replace("totals", "kept").replace("number", "cell").replace("least", "floor")
SMALL = "def size(items):\n    return len(items)\n"


def problem(name: str, source: str) -> Problem:
    header, _, body = source.partition("\n")
    return Problem(task_id=name, prompt=header + "\n", entry_point=name, canonical_solution=body, test="", category="")


INDEX = TreeIndex([problem("size", SMALL), problem("running_totals", LOOP)], TreeConfig())


def test_a_solution_with_other_names_is_found_with_its_window_in_a_longer_text() -> None:
    text = f"import math\n\n\ndef other(x):\n    return math.sin(x)\n\n\n{RENAMED}\n\nprint(other(1))\n"
    [match] = INDEX.matches([read_text("x = 1\n"), read_text(text)])
    assert (match.text, match.problem, match.detector, match.score) == (1, 1, Detector.SYNTAX_TREE, 1.0)
    first, last = match.window
    assert text[first:last] == RENAMED


def test_a_small_solution_counts_only_under_its_own_name() -> None:
    assert INDEX.matches([read_text(SMALL.replace("size", "count"))]) == []
    assert [match.problem for match in INDEX.matches([read_text(SMALL)])] == [0]


def test_a_function_in_fenced_code_has_its_window_there() -> None:
    text = f"Look at this:\n\n```python\n{RENAMED}```\n\nIt keeps squares.\n"
    [match] = INDEX.matches([read_text(text)])
    first, last = match.window
    assert text[first:last] == RENAMED


def test_a_problem_without_a_solution_is_never_found() -> None:
    assert TreeIndex([problem("words", "Add all the numbers.")], TreeConfig()).matches([read_text(LOOP)]) == []


def test_the_nearest_function_counts_if_it_reaches_the_rate() -> None:
    farther = RENAMED.replace("cell * cell", "-cell * cell + 1")
    text = f"{farther}\n\n{RENAMED.replace('running_kept', 'nearest')}\n\n{RENAMED.replace('running_kept', 'equal')}"
    [match] = INDEX.matches([read_text(text)])
    assert (match.function, match.score) == ("nearest", 1.0)
    [farther_match] = INDEX.matches([read_text(farther)])
    assert 0.8 <= farther_match.score < 1
    for step, is_found in ((-0.001, True), (0.001, False)):
        index = TreeIndex([problem("running_totals", LOOP)], TreeConfig(min_rate=farther_match.score + step))
        assert bool(index.matches([read_text(farther)])) is is_found


def test_a_rate_of_nothing_is_refused() -> None:
    with pytest.raises(ConfigError, match="`min_rate`"):
        TreeConfig(min_rate=0)
