from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

import pytest
from bench.planted_leaks import PlantedLeak, plant_leaks

from hornbook.benchmarks.humaneval import read_humaneval
from hornbook.decontamination.planted import LeakKind, still_solving
from hornbook.sandbox.jail import Jail

PROBLEMS = read_humaneval()
BY_ID = {problem.task_id: problem for problem in PROBLEMS}


@pytest.fixture(scope="module")
def jail() -> Iterator[Jail]:
    with Jail(num_workers=1) as opened:
        yield opened


@pytest.fixture(scope="module")
def leaks(jail: Jail) -> list[PlantedLeak]:
    return plant_leaks(PROBLEMS, 10, 0, jail)


def test_there_are_ten_of_each_kind_all_of_different_problems_and_all_pass(
    jail: Jail, leaks: list[PlantedLeak]
) -> None:
    assert Counter(leak.kind for leak in leaks) == dict.fromkeys(LeakKind, 10)
    assert len({leak.task_id for leak in leaks}) == 50
    assert all(still_solving([(BY_ID[leak.task_id], leak.text) for leak in leaks], jail))


def test_the_seed_draws_the_problems(jail: Jail) -> None:
    first, again, other = (plant_leaks(PROBLEMS, 2, seed, jail) for seed in (0, 0, 1))
    assert first == again
    assert {leak.task_id for leak in first} != {leak.task_id for leak in other}


def test_what_does_not_pass_is_not_planted(jail: Jail) -> None:
    failing = [replace(problem, test="def check(candidate):\n    assert False\n") for problem in PROBLEMS[:8]]
    sound = {problem.task_id for problem in PROBLEMS[8:40]}
    leaks = plant_leaks([*failing, *PROBLEMS[8:40]], 3, 0, jail)
    assert {leak.task_id for leak in leaks} <= sound
    with pytest.raises(ValueError, match="too few problems for 1 leaks of the kind `verbatim`"):
        plant_leaks(failing, 1, 0, jail)
