import dataclasses

from tests.synthesis.exercises_at_hand import passage, whole

from hornbook.records import as_document
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.exercises import ExercisesConfig, write_exercises
from hornbook.synthesis.strict import check_strictly

BROKEN = {
    "    return None\n": "fails its own test",
    "    return 1 +\n": "is not valid Python",
    "    return undefined\n": "raises",
    "    while True:\n        pass\n": "runs without an end",
    "    import os\n    os._exit(0)\n": "does not run to its end",
}
WRONG_EXAMPLES = ('Add.\n\n    >>> f(1)\n    3\n    """', 'Add.\n    f(1) == 3\n    """', 'So f(1) returns 3."""')


def test_what_does_not_hold_is_dropped_with_its_reason_and_costs_no_other(jail: Jail) -> None:
    good = list(write_exercises(ExercisesConfig(num_exercises=8), 3))
    broken = [dataclasses.replace(good[7], id=solution, solution=solution) for solution in BROKEN]
    test = "def check(candidate):\n    assert candidate(1) == 2\n"
    wrong = [
        whole(f'def f(x: int) -> int:\n    """{docstring}\n', "    return x + 1\n", "f", docstring, test)
        for docstring in WRONG_EXAMPLES
    ]
    given = [*good[:4], *broken, *wrong, *good[4:]]
    dropped = check_strictly(list(map(as_document, given)), jail)
    expected = {**BROKEN, **dict.fromkeys(WRONG_EXAMPLES, "shows a wrong example")}
    assert {item.id: item.reason for item in dropped} == expected
    assert [item.id for item in dropped] == list(expected)


def test_passages_are_run_and_compared_with_what_they_show(jail: Jail) -> None:
    right = passage("One\n\n```python\nprint(1 + 1)\n```\n\n```\n2\n```\n")
    wrong = passage("Two\n\n```python\nprint(1 + 1)\n```\n\n```\n3\n```\n")
    session = passage("Three\n\n```python\n>>> x = 2\n>>> x\n2\n```\n")
    lying = passage("Four\n\n```python\n>>> x = 2\n>>> x\n3\n```\n")
    silent = passage("Five\n\n```python\nprint(1)\n```\n")
    dropped = check_strictly([right, wrong, session, lying, silent], jail)
    assert [(item.id, item.reason) for item in dropped] == [
        (wrong.id, "shows a wrong output"),
        (lying.id, "shows a wrong example"),
        (silent.id, "shows a wrong output"),
    ]
