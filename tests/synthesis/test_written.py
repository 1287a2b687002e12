import random
from collections import Counter
from collections.abc import Callable

import pytest
from tests.synthesis.exercises_at_hand import exercise, quiet
from tests.teacher.scripted import ScriptedTeacher

from hornbook.errors import ConfigError
from hornbook.records import Exercise, Outcome
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.compare_solutions import SolutionFate
from hornbook.synthesis.exercise_tests import with_tests
from hornbook.synthesis.levels import Level, Majority, OwnTest, Strictness, Trait, level_of
from hornbook.synthesis.self_consistency import SolutionsConfig
from hornbook.synthesis.written import Verified, VerifyWrittenConfig, verify_written
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.wire import ChatRequest

CONFIG = VerifyWrittenConfig(num_inputs=8)
CONSISTENT = VerifyWrittenConfig(
    strictness=Strictness(min_level=Level.CONSISTENT), solutions=SolutionsConfig(num_solutions=4), num_inputs=8
)
DOUBLE = exercise("double(number: int) -> int", "Double the number.\n\n>>> double(3)\n6", "return 2 * number")
NEXT = exercise("following(number: int) -> int", "Give the number that follows.", "return number + 1")


def verified(jail: Jail, *exercises: Exercise, config: VerifyWrittenConfig = CONFIG) -> Verified:
    return verify_written(exercises, None, jail, config, 0, quiet)


def fenced(body: str, name: str = "double") -> str:
    return f"```python\ndef {name}(number: int) -> int:\n    {body}\n```"


def asked(
    jail: Jail,
    script: Callable[[TeacherRequest], str | Reply] | list[str | Reply],
    *exercises: Exercise,
    config: VerifyWrittenConfig = CONSISTENT,
    shuffle: random.Random | None = None,
) -> tuple[Verified, ScriptedTeacher]:
    with ScriptedTeacher(script, num_ahead=5, shuffle=shuffle) as teacher:  # type: ignore[arg-type]
        return verify_written(exercises, teacher, jail, config, 0, quiet), teacher


@pytest.mark.parametrize(
    ("given", "level", "reason"),
    [
        (exercise("f(x: int) -> int", "Do.", "return x +"), Level.WRITTEN, "is not valid Python"),
        (exercise("f(x: int) -> int", "Do.", "return '\0'"), Level.WRITTEN, "is not valid Python"),
        (exercise("f(x: int) -> int", "Do.", "return y"), Level.PARSED, "raises"),
        (exercise("import nothing_of_this_name\n\ndef f(x: int)", "Do.", "return x"), Level.PARSED, "raises"),
        (exercise("f(x: int) -> int", "Do.", "while True:\n    pass"), Level.PARSED, "runs without an end"),
        (exercise("f(x: int) -> int", "Do.", "raise SystemExit"), Level.PARSED, "raises"),
        (exercise("f(x: int) -> int", "Do.", "import os\nos._exit(0)"), Level.PARSED, "raises"),
        (exercise("f(x: int) -> int", "Do.", "return f(x)"), Level.PARSED, "raises"),
        (exercise("f(x: int) -> int", "Do.", "return 'a' * 10 ** 10"), Level.PARSED, "takes too much memory"),
        (exercise("f(tree)", "Do.", "return tree"), Level.PARSED, "no input could be made for it"),
        (exercise("f(x: int) -> int", "Do.", "raise NotImplementedError"), Level.PARSED, "raises"),
        (exercise("f(x: list[int]) -> int", "Do.", "return x and x.sum()"), Level.PARSED, "raises for most inputs"),
        (exercise("f(x: int) -> int", "f(1) == 3", "return x"), Level.RAN, "shows a wrong example"),
        (exercise("f(x: int) -> int", "f(1) == 1\nf(2) == 3", "return x"), Level.RAN, "shows a wrong example"),
        (
            exercise("f(x: int) -> int", "Do.", "return x", test="def check(f):\n    assert f(1) == 2"),
            Level.RAN,
            "fails its own test",
        ),
    ],
)
def test_an_exercise_is_dropped_with_the_reason_at_its_level(
    jail: Jail, given: Exercise, level: Level, reason: str
) -> None:
    result = verified(jail, DOUBLE, given, NEXT)
    assert result.kept == [DOUBLE, NEXT]
    assert [(one.id, one.reason) for one in result.dropped] == [(given.id, reason)]
    assert level_of(result.verifications[1], CONFIG.strictness) is level


@pytest.mark.parametrize(
    "docstring",
    [
        ">>> f([2, 1])\n[1, 2]",
        ">>> numbers = [2, 1]\n>>> f(numbers)\n[1, 2]",
        ">>> print(f([2, 1]))\n[1, 2]",
        ">>> f([2, 1]) \n[1,2]",
        ">>> f(5)\nTraceback (most recent call last):\n    ...\nTypeError: 'int' object is not iterable",
        "f(5) raises TypeError\n\nf([]) returns [].",
        "Input: [2, 1]\nOutput: [1, 2]",
        ">>> len(f([2, 1])) / 3\n0.6666666666666666",
    ],
)
def test_examples_that_hold_are_believed_in_every_way_of_writing(jail: Jail, docstring: str) -> None:
    sorting = exercise("f(numbers: list) -> list", docstring, "return sorted(numbers)")
    seen = verified(jail, sorting).verifications[0]
    assert seen.num_examples_held == seen.num_examples == 1


def test_each_example_is_counted(jail: Jail) -> None:
    given = exercise("f(x: int) -> int", "f(1) == 1\nf(2) == 3\n\n>>> f(3)\n3\n>>> f(4)\n5", "return x")
    seen = verified(jail, given).verifications[0]
    assert (seen.num_examples, seen.num_examples_held) == (4, 2)
    assert seen.detail == "f(2) gives 2"
    lenient = VerifyWrittenConfig(strictness=Strictness(min_examples_share=0.5))
    assert verified(jail, given, config=lenient).kept == [given]


@pytest.mark.parametrize(
    ("given", "trait"),
    [
        (exercise("import random\n\ndef f(x: int) -> float", "Do.", "return random.random()"), Trait.VARIES),
        (exercise("import time\n\ndef f(x: int) -> float", "Do.", "return time.perf_counter()"), Trait.VARIES),
        (exercise("f(numbers: list[int]) -> None", "Do.", "numbers.append(1)"), Trait.CHANGES_ARGUMENTS),
        (exercise("f(x: int) -> None", "Do.", "print(x)"), Trait.PRINTS),
        (exercise("f(x: int) -> float", "Do.", "return 1 / x"), Trait.RAISES),
        (exercise("f(value: int) -> int", "Do.", "while value < 0:\n    pass\nreturn value"), Trait.SLOW),
    ],
)
def test_what_is_unusual_about_a_function_is_noted(jail: Jail, given: Exercise, trait: Trait) -> None:
    assert verified(jail, given).verifications[0].traits == (trait.value,)


def test_one_endless_input_does_not_hide_what_a_function_does_with_others(jail: Jail) -> None:
    given = exercise("f(value: int) -> int", "f(3) == 3", "while value < 0:\n    pass\nreturn value")
    seen = verified(jail, given).verifications[0]
    assert seen.outcome is Outcome.PASSED
    assert 0 < seen.num_inputs < 8


def test_an_exercise_whose_inputs_break_its_process_is_judged_by_its_examples(jail: Jail) -> None:
    given = exercise("f(n: int) -> int", "f(3) == 3", "return n if n == 3 else sum(range(10 ** 12))")
    result = verified(jail, given)
    assert result.kept == [given]
    assert result.verifications[0].num_inputs == 0


def test_errors_that_are_raised_by_name_are_compared_and_others_are_not(jail: Jail) -> None:
    meant = exercise("f(value: int) -> int", "Do.", "if value < 1:\n    raise ValueError('no')\nreturn value")
    unmeant = exercise("f(value: int) -> float", "Do.", "return 1 / value", called="unmeant")
    first, second = verified(jail, meant, unmeant).verifications
    assert (first.num_inputs, second.num_inputs) == (8, 7)


def test_its_own_test_is_run_and_told(jail: Jail) -> None:
    given = exercise(
        "f(x: int) -> int", "Do.", "return x", test="def check(candidate):\n    assert candidate(1) == 1\n"
    )
    assert verified(jail, given).verifications[0].own_test is OwnTest.PASSED


def test_a_test_is_made_of_examples_that_hold_and_of_nothing_that_nobody_agreed_on(jail: Jail) -> None:
    result = verified(jail, DOUBLE, NEXT)
    assert [one.exercise_id for one in result.tests] == ["double"]
    assert result.tests[0].test == "def check(candidate):\n    assert candidate(3) == 6\n"


def test_solutions_that_do_the_same_agree_and_make_a_test(jail: Jail) -> None:
    answers: list[str | Reply] = [
        fenced("return 2 * number"),
        f"Of course:\n\n{fenced('return number + number')}\n\nIt adds the number to itself.",
        fenced("return sum([number, number])"),
        "return number << 1",
    ]
    result, teacher = asked(jail, answers, DOUBLE)
    seen = result.verifications[0]
    assert (seen.num_solutions, seen.num_solutions_run, seen.num_solutions_agreeing) == (4, 4, 4)
    assert seen.majority is Majority.OWN
    assert result.kept == [DOUBLE]
    assert with_tests(result.kept, result.tests)[0].test.count("assert") == 8
    assert {one.fate for one in result.solutions} == {SolutionFate.AGREES}
    assert [request.sample for request in teacher.asked if isinstance(request, ChatRequest)] == [0, 1, 2, 3]


def test_the_request_shows_header_and_docstring_and_never_the_solution(jail: Jail) -> None:
    _, teacher = asked(jail, lambda _: fenced("return 2 * number"), DOUBLE)
    request = teacher.asked[0]
    assert isinstance(request, ChatRequest)
    said = "\n".join(message["content"] for message in request.messages)
    assert "Double the number." in said
    assert ">>> double(3)" in said
    assert DOUBLE.solution.strip() not in said


def test_a_solution_that_only_its_writer_believes_in_is_dropped(jail: Jail) -> None:
    wrong = exercise("double(number: int) -> int", "Double the number.", "return number ** 2")
    answers: list[str | Reply] = [
        fenced("return 2 * number"),
        fenced("return number * 2"),
        fenced("return number + number"),
        fenced("return number ** 2"),
    ]
    result, _ = asked(jail, answers, wrong)
    assert result.kept == []
    assert [one.reason for one in result.dropped] == ["independent solutions disagree"]
    assert result.verifications[0].majority is Majority.OTHER
    assert [one.fate for one in result.solutions] == [SolutionFate.DISAGREES] * 3 + [SolutionFate.AGREES]
    assert result.solutions[0].detail.startswith("double(1): 1, and here 2")
    lenient = VerifyWrittenConfig(
        strictness=Strictness(min_level=Level.CONSISTENT, min_agreement=0.25),
        solutions=CONSISTENT.solutions,
        num_inputs=8,
    )
    assert asked(jail, answers, wrong, config=lenient)[0].kept == [wrong]


def test_a_disagreement_on_one_input_in_twenty_is_none_and_on_a_quarter_is_one(jail: Jail) -> None:
    given = exercise("f(value: int) -> int", "Do.", "return value")
    config = VerifyWrittenConfig(strictness=CONSISTENT.strictness, solutions=SolutionsConfig(num_solutions=2))
    answers: list[str | Reply] = [
        fenced("return number if number else 7", "f"),
        fenced("return abs(number) if number % 2 else number + 1", "f"),
    ]
    result, _ = asked(jail, answers, given, config=config)
    assert [one.fate for one in result.solutions] == [SolutionFate.AGREES, SolutionFate.DISAGREES]


@pytest.mark.parametrize(
    ("answer", "fate"),
    [
        ("", SolutionFate.NO_ANSWER),
        (Reply(outcome=ReplyOutcome.UNANSWERED, detail="no connection"), SolutionFate.NO_ANSWER),
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
    ],
)
def test_a_solution_that_is_none_is_counted_and_costs_the_others_nothing(
    jail: Jail, answer: str | Reply, fate: SolutionFate
) -> None:
    good = fenced("return 2 * number")
    result, _ = asked(jail, [good, answer, good, good], DOUBLE)
    agrees = SolutionFate.AGREES
    assert [one.fate for one in result.solutions] == [agrees, fate, agrees, agrees]
    assert result.kept == [DOUBLE]
    assert result.verifications[0].num_solutions_run == (4 if fate is SolutionFate.DISAGREES else 3)


def test_only_exercises_whose_examples_hold_are_asked_about(jail: Jail) -> None:
    wrong = exercise("f(x: int) -> int", "f(1) == 3", "return x")
    chance = exercise("import random\n\ndef f(x: int) -> float", "Do.", "return random.random()", called="chance")
    result, teacher = asked(jail, lambda _: fenced("return 2 * number"), wrong, DOUBLE, chance)
    assert len(teacher.asked) == 4
    assert Counter(one.reason for one in result.dropped) == {"shows a wrong example": 1, "differs from run to run": 1}


def test_the_order_of_replies_changes_nothing(jail: Jail) -> None:
    def script(request: TeacherRequest) -> str:
        assert isinstance(request, ChatRequest)
        name = "double" if "double" in request.messages[-1]["content"] else "following"
        return fenced(["return 2 * number", "return number + 1"][request.sample % 2], name)

    orders = [asked(jail, script, DOUBLE, NEXT, shuffle=shuffle)[0] for shuffle in (None, random.Random(5))]
    assert orders[0] == orders[1]
    assert [one.num_solutions_agreeing for one in orders[0].verifications] == [2, 2]


def test_another_strictness_keeps_other_exercises_from_the_same_verifications(jail: Jail) -> None:
    answers: list[str | Reply] = [fenced("return 2 * number")] + [fenced("return number")] * 3
    strict, _ = asked(jail, answers, DOUBLE)
    relaxed = VerifyWrittenConfig(solutions=CONSISTENT.solutions, num_inputs=8)
    loose, _ = asked(jail, answers, DOUBLE, config=relaxed)
    assert (strict.kept, loose.kept) == ([], [DOUBLE])
    assert strict.verifications == loose.verifications


def test_self_consistency_needs_a_teacher(jail: Jail) -> None:
    with pytest.raises(ConfigError, match="needs a teacher"):
        verified(jail, DOUBLE, config=CONSISTENT)


@pytest.mark.parametrize(
    "make",
    [
        lambda: VerifyWrittenConfig(num_inputs=0),
        lambda: VerifyWrittenConfig(batch_size=0),
        lambda: VerifyWrittenConfig(ask_from=Level.PARSED),
        lambda: SolutionsConfig(num_solutions=0),
        lambda: SolutionsConfig(min_inputs_share=0),
        lambda: SolutionsConfig(temperature=0),
    ],
)
def test_what_cannot_be_done_is_refused(make: Callable[[], object]) -> None:
    with pytest.raises(ConfigError, match="must"):
        make()


def test_nothing_to_verify_is_nothing_verified(jail: Jail) -> None:
    result = verified(jail)
    assert (result.kept, result.dropped, result.verifications) == ([], [], [])
