import dataclasses
from collections.abc import Iterator

import pytest

from hornbook.records import Exercise, Passage
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits
from hornbook.synthesis.curriculum.exercises import ExercisesConfig, build_author, write_exercise
from hornbook.synthesis.verify import VerifyConfig, verify_exercises, verify_passages

CONFIG = VerifyConfig(batch_size=20)


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(Limits(cpu_seconds=1.0)) as opened:
        yield opened


@pytest.fixture(scope="module")
def exercises() -> list[Exercise]:
    author = build_author(ExercisesConfig(), 3)
    return [write_exercise(author, index, 3) for index in range(60)]


def _quiet(_done: int, _total: int) -> None:
    pass


def _passage(text: str) -> Passage:
    return Passage(id=text, text=text, family="", topic="", audience="", style="", teacher="")


def test_exercises_of_the_curriculum_hold(jail: Jail, exercises: list[Exercise]) -> None:
    kept, dropped = verify_exercises(exercises, jail, CONFIG, _quiet)
    assert dropped == []
    assert kept == exercises


@pytest.mark.parametrize(
    ("solution", "reason"),
    [
        ("    return None\n", "fails its own test"),
        ("    return 1 +\n", "is not valid Python"),
        ("    return undefined\n", "raises"),
        ("    while True:\n        pass\n", "runs without an end"),
        ("    import os\n    os._exit(0)\n", "does not run to its end"),
    ],
)
def test_a_broken_exercise_is_dropped_with_its_reason_and_costs_no_other(
    jail: Jail, exercises: list[Exercise], solution: str, reason: str
) -> None:
    broken = dataclasses.replace(exercises[7], id="broken", solution=solution)
    given = [*exercises[:7], broken, *exercises[8:12]]
    kept, dropped = verify_exercises(given, jail, CONFIG, _quiet)
    assert [(item.id, item.reason) for item in dropped] == [("broken", reason)]
    assert len(kept) == len(given) - 1


@pytest.mark.parametrize(
    "docstring",
    ['"""Add one.\n\n    >>> f(1)\n    3\n    """', '"""Add one.\n    f(1) == 3\n    """', '"""So f(1) returns 3."""'],
)
def test_a_wrong_example_in_a_docstring_is_noticed(jail: Jail, exercises: list[Exercise], docstring: str) -> None:
    wrong = dataclasses.replace(
        exercises[0],
        prompt=f"def f(x: int) -> int:\n    {docstring}\n",
        solution="    return x + 1\n",
        entry_point="f",
        test="def check(candidate):\n    assert candidate(1) == 2\n",
    )
    _, dropped = verify_exercises([wrong], jail, CONFIG, _quiet)
    assert [item.reason for item in dropped] == ["shows a wrong example"]


def test_passages_are_run_and_compared_with_what_they_show(jail: Jail) -> None:
    right = _passage("One\n\n```python\nprint(1 + 1)\n```\n\n```\n2\n```\n")
    wrong = _passage("Two\n\n```python\nprint(1 + 1)\n```\n\n```\n3\n```\n")
    session = _passage("Three\n\n```python\n>>> x = 2\n>>> x\n2\n```\n")
    kept, dropped = verify_passages([right, wrong, session], jail, CONFIG, _quiet)
    assert kept == [right, session]
    assert [(item.id, item.reason) for item in dropped] == [(wrong.id, "shows a wrong output")]
