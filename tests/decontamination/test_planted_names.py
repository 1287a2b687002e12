import ast
import builtins
import random

from tests.decontamination.planted_problem import OWN

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import functions_in
from hornbook.decontamination.planted_names import renamed

TEXT = OWN.prompt + OWN.canonical_solution


def told(text: str, entry_point: str, seed: int = 0) -> str:
    new = renamed(text, entry_point, random.Random(seed))
    assert new is not None
    return new


def test_other_names_leave_the_shape_and_the_layout_and_no_old_name() -> None:
    text = told(TEXT, OWN.entry_point)
    [before], [after] = functions_in(TEXT), functions_in(text)
    assert after.tree == before.tree
    assert text.count("\n") == TEXT.count("\n")
    assert "# Look at each." in text
    names = {node.id for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Name)}
    assert not names & {"rows", "limit", "a", "b", "middle_pairs"}
    assert not any(name in text for name in ("`rows`", "rows:", "middle_pairs"))


def test_another_draw_gives_other_names_and_the_same_draw_the_same() -> None:
    first, again, other = (told(TEXT, OWN.entry_point, seed) for seed in (0, 0, 1))
    assert first == again != other


def test_no_bound_name_of_humaneval_stays_but_those_of_builtins() -> None:
    for problem in read_humaneval():
        text = problem.prompt + problem.canonical_solution
        stayed = bound_names(told(text, problem.entry_point)) & bound_names(text)
        assert stayed <= set(dir(builtins)), problem.task_id


def test_an_entry_point_that_is_a_word_goes_from_the_calls_and_stays_in_the_prose() -> None:
    text = (
        'def add(x, y):\n    """We add two numbers with `add`.\n    >>> add(1, 2)\n    3\n    """\n    return x + y\n'
    )
    new = told(text, "add")
    [function] = functions_in(new)
    assert f"We add two numbers with `{function.name}`.\n>>> {function.name}(1, 2)" in function.docstring


def test_what_binds_nothing_or_does_not_parse_is_none() -> None:
    assert renamed("import os\n", "f", random.Random(0)) is None
    assert renamed("def f(:", "f", random.Random(0)) is None


def bound_names(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return stored | functions | {node.arg for node in nodes if isinstance(node, ast.arg)}
