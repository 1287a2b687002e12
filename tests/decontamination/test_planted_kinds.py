import random
from dataclasses import replace

import pytest
from tests.decontamination.planted_problem import OWN

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.functions import Function, functions_in
from hornbook.decontamination.planted_idioms import MOST_MATCH_RATE
from hornbook.decontamination.planted_kinds import LeakKind, leak_text, still_solving
from hornbook.decontamination.syntax_trees import match_rate
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

PROBLEMS = read_humaneval()


def told(kind: LeakKind, problem: Problem = OWN, seed: int = 0) -> str:
    text = leak_text(problem, kind, random.Random(seed))
    assert text is not None
    return text


def own_function(kind: LeakKind) -> Function:
    [function] = functions_in(told(kind))
    return function


@pytest.mark.parametrize("kind", list(LeakKind))
def test_a_leak_of_any_kind_still_solves_its_problem(jail: Jail, kind: LeakKind) -> None:
    made = [(one, leak_text(one, kind, random.Random(at))) for at, one in enumerate(PROBLEMS)]
    leaks = [(problem, text) for problem, text in made if text is not None]
    failed = [
        problem.task_id
        for (problem, _), is_solving in zip(leaks, still_solving(leaks, jail), strict=True)
        if not is_solving
    ]
    assert len(leaks) > len(PROBLEMS) * 0.8
    assert len(failed) <= (2 if kind is LeakKind.RESTRUCTURED else 0), failed


def test_what_does_not_solve_the_problem_is_told_from_what_does(jail: Jail) -> None:
    strict = replace(OWN, test="def check(candidate):\n    assert candidate([(1, 2)], 9) == []\n")
    leaks = [(OWN, told(LeakKind.RENAMED)), (OWN, "def f(:"), (strict, told(LeakKind.RENAMED))]
    assert still_solving(leaks, jail) == [True, False, False]


def test_the_verbatim_leak_is_the_problem() -> None:
    assert told(LeakKind.VERBATIM) == OWN.prompt + OWN.canonical_solution


def test_all_other_kinds_have_other_names() -> None:
    for kind in LeakKind:
        text = told(kind)
        assert ("middle_pairs" in text) == ("limit" in text) == (kind is LeakKind.VERBATIM), kind


def test_each_kind_leaves_what_it_is_named_for() -> None:
    before, *after = (own_function(kind) for kind in LeakKind)
    renamed, reworded, code_only, restructured = after
    assert ">>>" in renamed.docstring
    assert not any(">>>" in one.docstring for one in (reworded, code_only, restructured))
    assert renamed.tree == reworded.tree == code_only.tree == before.tree
    assert match_rate(restructured.tree, before.tree) < MOST_MATCH_RATE
    assert "total" not in code_only.docstring
    assert "pair" not in code_only.docstring
    assert "pair" in reworded.docstring


def test_equal_draws_give_equal_leaks_and_others_other_names() -> None:
    for kind in LeakKind:
        assert told(kind, seed=3) == told(kind, seed=3)
    assert told(LeakKind.RENAMED, seed=0) != told(LeakKind.RENAMED, seed=1)


def test_a_problem_whose_entry_point_is_no_function_has_fewer_kinds() -> None:
    problem = Problem(
        task_id="own/2",
        prompt="class Box:\n",
        entry_point="Box",
        canonical_solution="    x = 1\n",
        test="",
        category="",
    )
    made = [kind for kind in LeakKind if leak_text(problem, kind, random.Random(0)) is not None]
    assert LeakKind.VERBATIM in made
    assert not {LeakKind.REWORDED, LeakKind.RESTRUCTURED} & set(made)
