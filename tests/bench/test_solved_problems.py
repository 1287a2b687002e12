from collections.abc import Iterator

import pytest
from bench.solved_problems import CPU_SECONDS_OF_A_TEST, LIMITS, solved_problems

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Limits

PROBLEMS = read_humaneval()


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(LIMITS, num_workers=1) as opened:
        yield opened


def test_every_canonical_solution_solves_its_own_problem(jail: Jail) -> None:
    some = PROBLEMS[:20]
    solved = solved_problems([one.prompt + one.canonical_solution for one in some], some, jail)
    assert all(one.task_id in found for one, found in zip(some, solved, strict=True))
    assert sum(map(len, solved)) < 2 * len(some)


def test_what_solves_nothing_has_no_problem(jail: Jail) -> None:
    texts = [
        "def f(*values):\n    return None\n",
        "def f(*values):\n    raise SystemExit(0)\n",
        "def f(*values):\n    while True:\n        pass\n",
        "def f(*values):\n    print('\"HumanEval/0\"')\n",
        "x = 1\n",
        "no Python",
    ]
    assert solved_problems(texts, PROBLEMS[:2], jail) == [[]] * len(texts)


def test_what_hangs_on_one_problem_still_solves_another_and_may_yield(jail: Jail) -> None:
    text = "def f(x):\n    while not isinstance(x, str):\n        pass\n    for stop in range(len(x)):\n"
    text += "        yield x[:stop + 1]\n"
    assert solved_problems([text], PROBLEMS[12:17], jail) == [["HumanEval/14"]]


def test_other_words_for_the_same_work_solve_it(jail: Jail) -> None:
    problem = next(one for one in PROBLEMS if one.entry_point == "below_zero")
    text = "def helped(x):\n    return x\n\ndef overdrawn(steps):\n    left = 0\n    for step in steps:\n"
    text += "        left = left + helped(step)\n        if 0 > left:\n            return True\n    return False\n"
    assert solved_problems([text], PROBLEMS, jail) == [[problem.task_id]]


def test_what_yields_without_end_is_cut_long_before_its_time_is_up() -> None:
    text = "def f(x):\n    while not isinstance(x, str):\n        yield x\n    for stop in range(len(x)):\n"
    text += "        yield x[:stop + 1]\n"
    with Jail(Limits(cpu_seconds=CPU_SECONDS_OF_A_TEST * 5), num_workers=1) as hasty:
        assert solved_problems([text], PROBLEMS[:20], hasty) == [["HumanEval/14"]]
