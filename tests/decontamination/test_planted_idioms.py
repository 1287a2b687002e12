import ast
from collections.abc import Callable
from typing import Any

import pytest
from tests.decontamination.planted_problem import OWN

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import functions_in, solution_of
from hornbook.decontamination.planted_idioms import MOST_MATCH_RATE, in_another_idiom
from hornbook.decontamination.syntax_trees import match_rate

LOOPS = {
    "a loop that gathers": "out = []\nfor x in xs:\n    if x > 1:\n        out.append(x * 2)\nreturn out",
    "a comprehension": "return [x * 2 for x in xs if x > 1]",
    "two generators": "return sorted(x * y for x in xs for y in xs if x != y)",
    "a set and a mapping": "return sorted({x % 3 for x in xs}), {x: x * x for x in xs}",
    "a loop that goes on": "total = 0\nfor x in xs:\n    if x == 2:\n        continue\n    total += x\nreturn total",
    "a loop that stops": "for i, x in enumerate(xs):\n    if x == 2:\n        break\nelse:\n    return -1\nreturn i",
    "branches": "if len(xs) < 2:\n    return 0\nelif xs[0] == 3:\n    return 1\nelse:\n    return 2",
    "a choice": "return min(xs) if xs and not sum(xs) < 4 else max(xs, default=7)",
    "a nested function": "def double(x):\n    return [x, x]\nreturn [double(x) for x in xs]",
}
ARGUMENTS: tuple[list[int], ...] = ([], [1], [2, 5], [3, 1, 2], [4, 4, 2, 0], [1, 2, 3])


@pytest.mark.parametrize("name", LOOPS)
def test_another_idiom_computes_the_same(name: str) -> None:
    original, rewritten = function_of(source_of(name)), function_of(told(name))
    for arguments in ARGUMENTS:
        assert rewritten(list(arguments)) == original(list(arguments)), told(name)


def test_a_loop_becomes_a_comprehension_and_a_comprehension_a_loop() -> None:
    for name, wanted in (("a loop that gathers", ast.ListComp), ("a comprehension", ast.For)):
        before, after = ({type(node) for node in ast.walk(ast.parse(text))} for text in (source_of(name), told(name)))
        assert wanted in after - before


def test_a_tree_that_stays_near_is_none() -> None:
    assert in_another_idiom("def f(xs):\n    return xs\n", "f") is None
    assert in_another_idiom("def f(xs):\n    xs.sort()\n    xs.pop()\n    xs.clear()\n", "f") is None


def test_what_is_no_function_is_none() -> None:
    assert in_another_idiom("def f(:", "f") is None
    assert in_another_idiom(source_of("branches"), "g") is None


def test_all_that_is_rewritten_of_humaneval_has_another_tree_and_its_docstring() -> None:
    found = 0
    for problem in read_humaneval():
        text, before = (
            in_another_idiom(problem.prompt + problem.canonical_solution, problem.entry_point),
            solution_of(problem),
        )
        if text is not None and before is not None:
            after = next(one for one in functions_in(text) if one.name == problem.entry_point)
            assert match_rate(after.tree, before.tree) < MOST_MATCH_RATE
            assert after.docstring == before.docstring
            found += 1
    assert found > 100


def test_comments_go() -> None:
    text = in_another_idiom(OWN.prompt + OWN.canonical_solution, OWN.entry_point)
    assert text is not None
    assert "# Look" not in text


def source_of(name: str) -> str:
    return "def f(xs):\n" + "".join(f"    {line}\n" for line in LOOPS[name].splitlines())


def told(name: str) -> str:
    text = in_another_idiom(source_of(name), "f")
    assert text is not None
    return text


def function_of(source: str) -> Callable[[list[int]], Any]:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    function: Callable[[list[int]], Any] = namespace["f"]
    return function
