import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.synthesis.curriculum.kinds import source_of

Ways = Callable[[str], list[Callable[..., Any]]]


def _sets(count: int = 150) -> list[tuple[set[int], set[int]]]:
    rng = random.Random(count)

    def draw() -> set[int]:
        return {rng.randint(-5, 9) for _ in range(rng.randint(0, 6))}

    return [(draw(), draw()) for _ in range(count)]


def _lists(count: int = 150) -> list[list[int]]:
    rng = random.Random(count)
    return [[], *([rng.randint(-5, 9) for _ in range(rng.randint(1, 7))] for _ in range(count))]


MEMBERSHIP: dict[str, Callable[[bool, bool], bool]] = {
    "set_union": lambda first, second: first or second,
    "set_intersection": lambda first, second: first and second,
    "set_difference": lambda first, second: first and not second,
    "symmetric_difference": lambda first, second: first != second,
}


@pytest.mark.parametrize("name", MEMBERSHIP)
def test_combined_sets_hold_what_the_truth_table_says(ways: Ways, name: str) -> None:
    for run in ways(name):
        for first, second in _sets():
            before = source_of((first, second))
            expected = [item for item in range(-6, 11) if MEMBERSHIP[name](item in first, item in second)]
            assert sorted(run(first, second)) == expected
            assert source_of((first, second)) == before


def test_subsets_are_as_many_as_there_are(ways: Ways) -> None:
    for members, _ in _sets(40):
        subsets = [chosen for size in range(len(members) + 1) for chosen in itertools.combinations(members, size)]
        assert {run(members) for run in ways("subset_count")} == {len(subsets)}


def test_the_smallest_free_number_is_the_first_that_is_missing(ways: Ways) -> None:
    for members, _ in _sets():
        assert {run(members) for run in ways("smallest_free")} == {min(set(range(20)) - members)}


def test_runs_and_counts_of_numbers_as_pairs(ways: Ways) -> None:
    for values in _lists():
        runs = [(number, len(list(run))) for number, run in itertools.groupby(values)]
        assert {tuple(run(values)) for run in ways("number_runs")} == {tuple(runs)}
        counts = {number: values.count(number) for number in values}
        assert {tuple(run(values)) for run in ways("number_counts")} == {tuple(counts.items())}


def test_pairs_of_places_are_combinations_and_pairs_of_lists_a_product(ways: Ways) -> None:
    for values in _lists():
        assert {tuple(run(values)) for run in ways("all_later_pairs")} == {tuple(itertools.combinations(values, 2))}
        expected = tuple(itertools.product(values, [1, 2, 2]))
        assert {tuple(run(values, [1, 2, 2])) for run in ways("cartesian_product")} == {expected}


def test_the_way_along_a_grid_is_the_sum_of_its_steps(ways: Ways) -> None:
    for values in _lists():
        points = list(zip(values, values[::-1], strict=True))
        steps = [abs(a[0] - b[0]) + abs(a[1] - b[1]) for a, b in itertools.pairwise(points)]
        assert {run(points) for run in ways("path_length")} == {sum(steps)}


def test_multiples_around_a_number_enclose_it(ways: Ways) -> None:
    for run in ways("multiples_around"):
        for number in range(-30, 31):
            below, above = run(number, 5)
            assert below <= number < above
            assert (below % 5, above - below) == (0, 5)


def test_equal_sets_are_written_alike_however_they_were_made() -> None:
    first, second = {8, 0, 16}, {16, 8, 0}
    assert source_of(first) == source_of(second) == "{0, 8, 16}"
    assert source_of(set()) == "set()"
    assert source_of(({2, 1}, 3)) == "({1, 2}, 3)"
    assert source_of((1,)) == "(1,)"
    assert source_of([1, "a"]) == "[1, 'a']"
