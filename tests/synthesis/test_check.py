import itertools
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest
from tests.evaluation.scripted_endpoint import Asked
from tests.synthesis.conftest import Answer, Asking
from tests.synthesis.exercises_at_hand import exercise

from hornbook.errors import ConfigError
from hornbook.records import Dropped, Exercise, Outcome
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.jail_tasks import function_task
from hornbook.sandbox.probes.calls import observe
from hornbook.synthesis.check import ExerciseTest, decide, is_worth_asking
from hornbook.synthesis.levels import Level, Majority, OwnTest, Trait, Verification, VerifyConfig, level_of
from hornbook.synthesis.observation import build_test, observe_exercises
from hornbook.synthesis.solutions import Solution, SolutionFate, ask_for_solutions, compare_solutions
from hornbook.teacher.account import Account

CONFIG = VerifyConfig(num_inputs=8)
CONSISTENT = VerifyConfig(teacher="tiny", num_solutions=4, num_inputs=8)
DOUBLE = exercise("double(number: int) -> int", "Double the number.\n\n>>> double(3)\n6", "return 2 * number")
NEXT = exercise("following(number: int) -> int", "Give the number that follows.", "return number + 1")


@dataclass
class Verified:
    kept: list[Exercise]
    dropped: list[Dropped]
    verifications: list[Verification]
    tests: list[ExerciseTest]
    solutions: list[Solution]


def verified(
    jail: Jail, *exercises: Exercise, config: VerifyConfig = CONFIG, account: Account | None = None
) -> Verified:
    """What the stage does with a slice of exercises."""
    seen = observe_exercises(exercises, jail, config.num_inputs, 0)
    solutions: list[Solution] = []
    if account is not None:
        worth = [one for one in seen if is_worth_asking(one.verification, config)]
        answers = ask_for_solutions([one.exercise for one in worth], account, config, lambda _: None)
        solutions = compare_solutions(worth, answers, jail, config.num_solutions)
    dropped, tests = decide(seen, jail, config)
    names = {one.id for one in dropped}
    kept = [one for one in exercises if one.id not in names]
    return Verified(kept, dropped, [one.verification for one in seen], tests, solutions)


def fenced(body: str, name: str = "double") -> str:
    return f"```python\ndef {name}(number: int) -> int:\n    {body}\n```"


def broken(body: str, header: str = "f(x: int) -> int", docstring: str = "Do.", test: str = "") -> Exercise:
    return exercise(header, docstring, body, test=test, called=f"{header} {docstring} {body} {test}")


DROPPED = [
    (broken("return x +"), Level.WRITTEN, "is not valid Python"),
    (broken("return '\0'"), Level.WRITTEN, "is not valid Python"),
    (broken("return y"), Level.PARSED, "raises"),
    (broken("while True:\n    pass"), Level.PARSED, "runs without an end"),
    (broken("raise SystemExit"), Level.PARSED, "raises"),
    (broken("import os\nos._exit(0)"), Level.PARSED, "raises"),
    (broken("return f(x)"), Level.PARSED, "raises"),
    (broken("return 'a' * 10 ** 10"), Level.PARSED, "takes too much memory"),
    (broken("return tree", "f(tree)"), Level.PARSED, "no input could be made for it"),
    (broken("return x and x.sum()", "f(x: list[int]) -> int"), Level.PARSED, "raises for most inputs"),
    (broken("return x", docstring="f(1) == 1\nf(2) == 3"), Level.RAN, "shows a wrong example"),
    (broken("return x", test="def check(f):\n    assert f(1) == 2"), Level.RAN, "fails its own test"),
]


def test_exercises_are_dropped_with_the_reason_at_their_level_and_cost_no_other(jail: Jail) -> None:
    given = [one for one, _, _ in DROPPED]
    result = verified(jail, DOUBLE, *given, NEXT)
    assert result.kept == [DOUBLE, NEXT]
    assert [(one.id, one.reason) for one in result.dropped] == [(one.id, reason) for one, _, reason in DROPPED]
    levels = [level_of(one, CONFIG) for one in result.verifications[1:-1]]
    assert levels == [level for _, level, _ in DROPPED]
    tests = {one.exercise_id: one.test for one in result.tests}  # Of examples: nobody agreed on anything.
    assert tests["double"] == "def check(candidate):\n    assert candidate(3) == 6\n"
    assert "following" not in tests


HELD = (
    ">>> f([2, 1])\n[1, 2]",
    ">>> numbers = [2, 1]\n>>> f(numbers)\n[1, 2]",
    ">>> print(f([2, 1]))\n[1, 2]",
    ">>> f([2, 1]) \n[1,2]",
    ">>> f(5)\nTraceback (most recent call last):\n    ...\nTypeError: 'int' object is not iterable",
    "f(5) raises TypeError\n\nf([]) returns [].",
    "Input: [2, 1]\nOutput: [1, 2]",
    ">>> len(f([2, 1])) / 3\n0.6666666666666666",
)


def test_examples_that_hold_are_believed_in_every_way_of_writing_and_each_is_counted(jail: Jail) -> None:
    sorting = [broken("return sorted(numbers)", "f(numbers: list) -> list", docstring) for docstring in HELD]
    some = broken("return x", docstring="f(1) == 1\nf(2) == 3\n\n>>> f(3)\n3\n>>> f(4)\n5")
    *held, seen = verified(jail, *sorting, some).verifications
    assert [(one.num_examples, one.num_examples_held) for one in held] == [(1, 1)] * len(HELD)
    assert (seen.num_examples, seen.num_examples_held, seen.detail) == (4, 2, "f(2) gives 2")
    for share, kept in ((0.5, [some]), (0.51, [])):
        lenient = VerifyConfig(min_examples_share=share)
        assert verified(jail, some, config=lenient).kept == kept


TRAITS = [
    (broken("return random.random()", "import random\n\ndef f(x: int) -> float"), Trait.VARIES),
    (broken("return time.perf_counter()", "import time\n\ndef f(x: int) -> float"), Trait.VARIES),
    (broken("numbers.append(1)", "f(numbers: list[int]) -> None"), Trait.CHANGES_ARGUMENTS),
    (broken("print(x)"), Trait.PRINTS),
    (broken("return 1 / x"), Trait.RAISES),
    (broken("while value < 0:\n    pass\nreturn value", "f(value: int) -> int", "f(3) == 3"), Trait.SLOW),
]


def test_what_is_unusual_about_a_function_is_noted(jail: Jail) -> None:
    seen = verified(jail, *(one for one, _ in TRAITS)).verifications
    assert [one.traits for one in seen] == [(trait.value,) for _, trait in TRAITS]
    assert seen[-1].outcome is Outcome.PASSED
    assert 0 < seen[-1].num_inputs < 8


def test_an_exercise_whose_inputs_break_its_process_is_judged_by_its_examples(jail: Jail) -> None:
    given = exercise("f(n: int) -> int", "f(3) == 3", "return n if n == 3 else sum(range(10 ** 12))")
    result = verified(jail, given)
    assert (result.kept, result.verifications[0].num_inputs) == ([given], 0)


def test_errors_that_are_raised_by_name_are_compared_and_others_are_not(jail: Jail) -> None:
    meant = broken("if value < 1:\n    raise ValueError('no')\nreturn value", "f(value: int) -> int")
    unmeant = broken("return 1 / value", "f(value: int) -> float")
    tested = broken("return x", test="def check(candidate):\n    assert candidate(1) == 1\n")
    first, second, third = verified(jail, meant, unmeant, tested).verifications
    assert (first.num_inputs, second.num_inputs) == (8, 7)
    assert (first.num_tried, second.num_tried) == (first.num_returned, second.num_returned + 1)
    assert [first.own_test, third.own_test] == [OwnTest.NONE, OwnTest.PASSED]


def by_sample(*answers: str | int) -> Answer:
    """One after the other, and round again: for a teacher that is asked one question at a time."""
    waiting = itertools.cycle(answers)
    return lambda _asked: next(waiting)


def asked(
    asking: Asking, jail: Jail, answer: Answer, *exercises: Exercise, config: Any = CONSISTENT, concurrency: int = 1
) -> Any:
    with asking(answer, concurrency) as (account, endpoint):
        return verified(jail, *exercises, config=config, account=account), endpoint.asked


def fates(solutions: list[Solution]) -> list[SolutionFate]:
    return [one.fate for one in solutions]


def test_solutions_that_do_the_same_agree_and_make_a_test(jail: Jail, asking: Asking) -> None:
    answers = (
        fenced("return 2 * number"),
        f"Of course:\n\n{fenced('return number + number')}\n\nIt adds the number to itself.",
        fenced("return sum([number, number])"),
        "return number << 1",
    )
    result, requests = asked(asking, jail, by_sample(*answers), DOUBLE)
    seen = result.verifications[0]
    assert (seen.num_solutions, seen.num_solutions_run, seen.num_solutions_agreeing) == (4, 4, 4)
    assert seen.majority is Majority.OWN
    assert result.kept == [DOUBLE]
    assert result.tests[0].test.count("assert") == 8
    assert fates(result.solutions) == [SolutionFate.AGREES] * 4
    said = "\n".join(message["content"] for message in requests[0].body["messages"])
    assert "Double the number." in said
    assert ">>> double(3)" in said
    assert DOUBLE.solution.strip() not in said


def test_a_solution_that_only_its_writer_believes_in_is_dropped(jail: Jail, asking: Asking) -> None:
    wrong = exercise("double(number: int) -> int", "Double the number.", "return number ** 2")
    bodies = ("return 2 * number", "return number * 2", "return number + number", "return number ** 2")
    answers = by_sample(*map(fenced, bodies))
    result, _ = asked(asking, jail, answers, wrong)
    assert result.kept == []
    assert [one.reason for one in result.dropped] == ["independent solutions disagree"]
    assert result.verifications[0].majority is Majority.OTHER
    assert fates(result.solutions) == [SolutionFate.DISAGREES] * 3 + [SolutionFate.AGREES]
    assert result.solutions[0].detail.startswith("double(1): 1, and here 2")
    lenient = replace(CONSISTENT, min_agreement=0.25)
    again, _ = asked(asking, jail, answers, wrong, config=lenient)
    assert again.kept == [wrong]
    assert again.verifications == result.verifications


def test_a_disagreement_on_one_input_in_twenty_is_none_and_on_a_quarter_is_one(jail: Jail, asking: Asking) -> None:
    given = exercise("f(value: int) -> int", "Do.", "return value")
    config = VerifyConfig(teacher="tiny", num_solutions=2)
    bodies = ("return number if number else 7", "return abs(number) if number % 2 else number + 1")
    answers = by_sample(*(fenced(body, "f") for body in bodies))
    result, _ = asked(asking, jail, answers, given, config=config)
    assert fates(result.solutions) == [SolutionFate.AGREES, SolutionFate.DISAGREES]
    assert result.verifications[0].majority is Majority.NONE


HOSTILE: list[tuple[str | int, SolutionFate]] = [
    ("", SolutionFate.NO_ANSWER),
    (400, SolutionFate.NO_ANSWER),
    ("I would rather not.", SolutionFate.NO_FUNCTION),
    (fenced("return number", "other"), SolutionFate.NO_FUNCTION),
    (fenced("while True: pass"), SolutionFate.DID_NOT_RUN),
    (fenced("import os; os._exit(0)"), SolutionFate.DID_NOT_RUN),
    (fenced("print('hornbook-seen-0 [1]'); raise SystemExit"), SolutionFate.DID_NOT_RUN),
    (fenced("return double(number)"), SolutionFate.DID_NOT_RUN),
    (fenced("return 'a' * 10 ** 10"), SolutionFate.DID_NOT_RUN),
    (fenced("return unknown"), SolutionFate.DID_NOT_RUN),
    (fenced("return None"), SolutionFate.DISAGREES),
    (fenced("return type('Same', (), {'__eq__': lambda *_: True})()"), SolutionFate.DISAGREES),
]


def test_a_solution_that_is_none_is_counted_and_costs_the_others_nothing(jail: Jail, asking: Asking) -> None:
    good = fenced("return 2 * number")
    answers = by_sample(good, *(answer for answer, _ in HOSTILE), good, good)
    config = replace(CONSISTENT, num_solutions=len(HOSTILE) + 3)
    result, _ = asked(asking, jail, answers, DOUBLE, config=config)
    agrees = SolutionFate.AGREES
    assert fates(result.solutions) == [agrees, *(fate for _, fate in HOSTILE), agrees, agrees]
    assert result.kept == [DOUBLE]
    assert result.verifications[0].num_solutions_run == 5
    assert result.verifications[0].num_solutions_agreeing == 3


def test_only_exercises_whose_examples_hold_are_asked_about_in_whatever_order_replies_come(
    jail: Jail, asking: Asking
) -> None:
    wrong = exercise("f(x: int) -> int", "f(1) == 3", "return x")
    chance = exercise("import random\n\ndef f(x: int) -> float", "Do.", "return random.random()", called="chance")

    def answer(one: Asked) -> str:
        is_double = "double" in one.text
        return fenced("return 2 * number" if is_double else "return number", "double" if is_double else "following")

    given = (wrong, DOUBLE, NEXT, chance)
    results = [asked(asking, jail, answer, *given, concurrency=number) for number in (1, 8)]
    assert [len(requests) for _, requests in results] == [8, 8]
    assert results[0][0] == results[1][0]
    reasons = Counter(one.reason for one in results[0][0].dropped)
    assert reasons["shows a wrong example"] == reasons["differs from run to run"] == 1
    assert [one.exercise_id for one in results[0][0].solutions] == ["double"] * 4 + ["following"] * 4
    assert [one.num_solutions_agreeing for one in results[0][0].verifications] == [0, 4, 0, 0]


@pytest.mark.parametrize(
    ("field", "value"),
    [("num_solutions", 0), ("temperature", 0), ("num_inputs", 0), ("num_inputs", 61), ("min_level", "perfect"),
     ("min_level", "consistent"), ("min_agreement", 2), ("min_examples_share", -0.1), ("cpu_seconds", 0)],
)  # fmt: skip
def test_a_bad_value_is_named(field: str, value: Any) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        VerifyConfig(**{field: value})


def made_of(code: str, inputs: list[str]) -> str:
    return build_test(inputs, observe(function_task(code, "f", inputs))["calls"])


def passes(code: str, test: str) -> bool:
    names: dict[str, object] = {}
    exec(code + "\n" + test, names)
    try:
        names["check"](names["f"])  # type: ignore[operator]
    except AssertionError:
        return False
    return True


@pytest.mark.parametrize(
    ("code", "wrong", "inputs"),
    [
        ("def f(x):\n    return x + 1", "def f(x):\n    return x + 2", ["1", "-5"]),
        ("def f(x):\n    return x / 3", "def f(x):\n    return x / 2", ["1", "-2"]),
        ("def f(x):\n    return [x, (x,), {x: None}]", "def f(x):\n    return []", ["'a'"]),
        ("def f(x):\n    x.sort()", "def f(x):\n    pass", ["[2, 1]"]),
        ("def f(x):\n    yield from x", "def f(x):\n    yield 0", ["[2, 1]"]),
        ("def f(x):\n    return x > 1", "def f(x):\n    return 1", ["0", "3"]),
        ("def f(x):\n    raise ValueError(x)", "def f(x):\n    return x", ["1"]),
        ("def f(x):\n    return set(x)", "def f(x):\n    return x", ["[1, 2]", "[]"]),
    ],
)
def test_a_test_passes_what_it_was_made_of_and_fails_something_else(code: str, wrong: str, inputs: list[str]) -> None:
    test = made_of(code, inputs)
    assert passes(code, test)
    assert not passes(wrong, test)


def test_results_that_cannot_be_said_are_left_out_and_ten_assertions_are_enough() -> None:
    for unsaid in ("object()", "[x / 3]", "'a' * 1000"):
        assert made_of(f"def f(x):\n    return {unsaid}", ["1"]) == ""
    assert made_of("def f(x):\n    return x", [str(number) for number in range(30)]).count("assert") == 10
