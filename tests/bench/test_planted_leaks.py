import ast
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from bench.planted_leaks import (
    MOST_MATCH_RATE,
    MOST_SHARED_WORDS,
    LeakKind,
    PlantedLeak,
    in_another_idiom,
    leak_of,
    passes,
    plant_leaks,
    reworded,
    words_of,
)

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import Function, functions_in, solution_of
from hornbook.decontamination.syntax_trees import match_rate
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

PROBLEMS = read_humaneval()
BY_ID = {problem.task_id: problem for problem in PROBLEMS}
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


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(num_workers=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def leaks(jail: Jail) -> list[PlantedLeak]:
    return plant_leaks(PROBLEMS, 10, 0, jail)


def test_there_are_ten_of_each_kind_all_of_different_problems_and_all_pass(
    jail: Jail, leaks: list[PlantedLeak]
) -> None:
    assert Counter(leak.kind for leak in leaks) == dict.fromkeys(LeakKind, 10)
    assert len({leak.task_id for leak in leaks}) == 50
    assert all(passes(leak, BY_ID[leak.task_id], jail) for leak in leaks)


def test_the_seed_draws_the_problems(jail: Jail) -> None:
    first, again, other = (plant_leaks(PROBLEMS, 2, seed, jail) for seed in (0, 0, 1))
    assert first == again
    assert {leak.task_id for leak in first} != {leak.task_id for leak in other}


def test_what_does_not_pass_is_not_planted(jail: Jail) -> None:
    failing = [replace(problem, test="def check(candidate):\n    assert False\n") for problem in PROBLEMS[:8]]
    sound = {problem.task_id for problem in PROBLEMS[8:40]}
    leaks = plant_leaks([*failing, *PROBLEMS[8:40]], 3, 0, jail)
    assert {leak.task_id for leak in leaks} <= sound
    with pytest.raises(ValueError, match="too few problems for 1 leaks of the kind `verbatim`"):
        plant_leaks(failing, 1, 0, jail)


def test_a_renamed_leak_keeps_the_docstring_and_the_shape_but_no_name(leaks: list[PlantedLeak]) -> None:
    for leak in leaks:
        if leak.kind is LeakKind.RENAMED:
            own, original = entry_of(leak), solution_of(BY_ID[leak.task_id])
            assert original is not None
            assert own.docstring == original.docstring
            assert own.tree == original.tree
            assert bound_names(leak.text).isdisjoint(bound_names(original.source))


def test_a_reworded_docstring_shares_no_eight_words_in_a_row(leaks: list[PlantedLeak]) -> None:
    size = MOST_SHARED_WORDS + 1
    for leak in leaks:
        if leak.kind in (LeakKind.REWORDED, LeakKind.RESTRUCTURED):
            original = solution_of(BY_ID[leak.task_id])
            assert original is not None
            assert not runs(entry_of(leak).docstring, size) & runs(original.docstring, size)


def test_every_docstring_of_humaneval_can_be_kept_apart_from_its_original() -> None:
    size = MOST_SHARED_WORDS + 1
    functions = [function for function in map(solution_of, PROBLEMS) if function is not None]
    pairs = [(function.docstring, reworded(function.docstring)) for function in functions]
    assert sum(new != "" for _, new in pairs) > 140
    assert not [old for old, new in pairs if runs(old, size) & runs(new, size)]


def test_examples_go_and_sentences_change_places() -> None:
    docstring = "Given a list of numbers, add them. Return the smallest sum if there is any.\n>>> f([1])\n1\n"
    sentences = [
        "Give back this least sum whenever there is some one.",
        "Supplied some sequence of numerals, add them.",
    ]
    assert " ".join(reworded(docstring).split()) == " ".join(sentences)
    assert reworded("Add them.") == ""


def test_code_alone_has_no_word_of_the_docstring_but_its_shape(leaks: list[PlantedLeak]) -> None:
    for leak in leaks:
        if leak.kind is LeakKind.CODE_ONLY:
            own, original = entry_of(leak), solution_of(BY_ID[leak.task_id])
            assert original is not None
            assert own.docstring.count("\n") == 0
            assert own.tree == original.tree


def test_a_restructured_leak_has_another_tree(leaks: list[PlantedLeak]) -> None:
    for leak in leaks:
        if leak.kind is LeakKind.RESTRUCTURED:
            original = solution_of(BY_ID[leak.task_id])
            assert original is not None
            assert match_rate(entry_of(leak).tree, original.tree) < MOST_MATCH_RATE


@pytest.mark.parametrize("name", LOOPS)
def test_another_idiom_computes_the_same(name: str) -> None:
    source = "def f(xs):\n" + "".join(f"    {line}\n" for line in LOOPS[name].splitlines())
    module = ast.parse(source)
    assert isinstance(module.body[0], ast.FunctionDef)
    in_another_idiom(module.body[0])
    assert ast.unparse(module) != source.strip()
    original, rewritten = function_of(source), function_of(ast.unparse(module))
    for arguments in ARGUMENTS:
        assert rewritten(list(arguments)) == original(list(arguments)), ast.unparse(module)


def test_a_loop_becomes_a_comprehension_and_a_comprehension_a_loop() -> None:
    for name, wanted in (("a loop that gathers", ast.ListComp), ("a comprehension", ast.For)):
        source = "def f(xs):\n" + "".join(f"    {line}\n" for line in LOOPS[name].splitlines())
        function = ast.parse(source).body[0]
        assert isinstance(function, ast.FunctionDef)
        kinds = {type(node) for node in ast.walk(function)}
        in_another_idiom(function)
        assert wanted in {type(node) for node in ast.walk(function)} - kinds


def test_a_problem_without_a_function_of_its_name_leaves_only_the_verbatim_leak() -> None:
    problem = Problem(
        task_id="invented",
        prompt="class Box:\n",
        entry_point="Box",
        canonical_solution="    x = 1\n",
        test="",
        category="",
    )
    made = [kind for kind in LeakKind if leak_of(problem, kind, random.Random(0)) is not None]
    assert made == [LeakKind.VERBATIM]


def entry_of(leak: PlantedLeak) -> Function:
    return next(function for function in functions_in(leak.text) if function.name == leak.entry_point)


def runs(text: str, size: int) -> set[str]:
    words = words_of(text)
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)}


def bound_names(source: str) -> set[str]:
    nodes = list(ast.walk(ast.parse(source)))
    stored = {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)}
    functions = {node.name for node in nodes if isinstance(node, ast.FunctionDef)}
    return stored | functions | {node.arg for node in nodes if isinstance(node, ast.arg)}


def function_of(source: str) -> Callable[[list[int]], Any]:
    namespace: dict[str, Any] = {}
    exec(source, namespace)
    function: Callable[[list[int]], Any] = namespace["f"]
    return function
