import bisect
import itertools
import random
from collections import Counter
from collections.abc import Callable
from typing import Any

import pytest

Ways = Callable[[str], list[Callable[..., Any]]]
Oracle = Callable[..., Any]


def _lists(seed: int, count: int = 120, least: int = -6) -> list[list[int]]:
    rng = random.Random(seed)
    drawn = [[rng.randint(least, 9) for _ in range(rng.randint(0, 8))] for _ in range(count)]
    return [[], [3], *drawn]


SORTS = ("bubble_sort", "insertion_sort", "selection_sort", "merge_sort", "quick_sort", "shell_sort")


@pytest.mark.parametrize("name", SORTS)
def test_every_sort_sorts_and_leaves_its_list_alone(ways: Ways, name: str) -> None:
    for run in ways(name):
        for values in _lists(1):
            given = list(values)
            assert run(values) == sorted(values)
            assert values == given


def test_counting_sorts_numbers_that_are_not_negative(ways: Ways) -> None:
    for run in ways("counting_sort"):
        assert all(run(values) == sorted(values) for values in _lists(2, least=0))


def _first_pair(values: list[int], total: int) -> list[int]:
    pairs = [(j, i) for i, j in itertools.combinations(range(len(values)), 2) if values[i] + values[j] == total]
    return list(reversed(min(pairs))) if pairs else []


def _increasing(values: list[int]) -> int:
    return max(
        length
        for length in range(len(values) + 1)
        if any(sorted(set(chosen)) == list(chosen) for chosen in itertools.combinations(values, length))
    )


def _rise(values: list[int]) -> int:
    parts = [values[i:j] for i, j in itertools.combinations(range(len(values) + 1), 2)]
    return max((len(part) for part in parts if sorted(set(part)) == part), default=0)


ON_ANY_LIST: dict[str, Oracle] = {
    "sort_by_last_digit": lambda v: sorted(v, key=lambda n: int(str(n)[-1])),
    "sort_by_frequency": lambda v: [n for n, times in Counter(v).most_common() for _ in range(times)],
    "even_first": lambda v: [n for n in v if n % 2 == 0] + [n for n in v if n % 2],
    "majority": lambda v: next((n for n, times in Counter(v).items() if times > len(v) / 2), 0),
    "missing_number": lambda v: min(set(range(len(v) + 1)) - set(v)),
    "smallest_gap": lambda v: min((abs(a - b) for a, b in itertools.combinations(v, 2)), default=0),
    "inversions": lambda v: sum(a > b for a, b in itertools.combinations(v, 2)),
    "ranks": lambda v: [bisect.bisect_left(sorted(v), n) for n in v],
    "smaller_behind": lambda v: [bisect.bisect_left(sorted(v[i:]), n) for i, n in enumerate(v)],
    "next_greater": lambda v: [([m for m in v[i:] if m > n] or [-1])[0] for i, n in enumerate(v)],
    "longest_rise": _rise,
    "longest_increasing": _increasing,
    "best_stretch": lambda v: max(
        [0, *(sum(v[i:j]) for i, j in itertools.combinations(range(len(v) + 1), 2))],
    ),
    "is_rotated_sorted": lambda v: sorted(v) in [v[i:] + v[:i] for i in range(len(v) + 1)],
    "peak_index": lambda v: ([i for i in range(1, len(v) - 1) if v[i] > max(v[i - 1], v[i + 1])] or [-1])[0],
}


@pytest.mark.parametrize("name", ON_ANY_LIST)
def test_every_way_to_search_a_list_agrees_with_another_method(ways: Ways, name: str) -> None:
    for run in ways(name):
        for values in _lists(3):
            assert run(values) == ON_ANY_LIST[name](values), values


WITH_A_NUMBER: dict[str, Oracle] = {
    "sort_by_remainder": lambda v, k: sorted(v, key=lambda n: (n % k + k) % k),
    "partition": lambda v, k: list(filter(lambda n: n < k, v)) + list(filter(lambda n: n >= k, v)),
    "first_above": lambda v, k: ([i for i, n in enumerate(v) if n > k] or [-1])[0],
    "last_index_of": lambda v, k: max((i for i, n in enumerate(v) if n == k), default=-1),
    "kth_smallest": lambda v, k: (sorted(v) + [0] * k)[k - 1] if len(v) >= k else 0,
    "top_numbers": lambda v, k: sorted(v)[::-1][:k],
    "closest_to": lambda v, k: sorted(v, key=lambda n: abs(n - k))[0] if v else 0,
    "has_pair_sum": lambda v, k: k in [a + b for a, b in itertools.combinations(v, 2)],
    "pair_places": _first_pair,
}


@pytest.mark.parametrize("name", WITH_A_NUMBER)
def test_every_way_to_search_for_a_number_agrees_with_another_method(ways: Ways, name: str) -> None:
    for run in ways(name):
        for values in _lists(4):
            for k in (2, 3, 5):
                assert run(values, k) == WITH_A_NUMBER[name](values, k), (values, k)


def test_searching_by_halves_agrees_with_the_library(ways: Ways) -> None:
    for values in map(sorted, _lists(5)):
        for k in range(-7, 11):
            place = bisect.bisect_left(values, k)
            assert {run(values, k) for run in ways("insertion_point")} == {place}
            assert {run(values, k) for run in ways("binary_search")} == {place if k in values else -1}
            assert {run(values, k) for run in ways("count_in_sorted")} == {values.count(k)}


def test_sorted_lists_are_merged(ways: Ways) -> None:
    for run in ways("merge_sorted"):
        for first, second in zip(map(sorted, _lists(6)), map(sorted, _lists(7)), strict=True):
            assert run(first, second) == sorted(first + second)


def test_passes_of_a_sort_bring_the_largest_or_the_smallest_into_place(ways: Ways) -> None:
    for values in _lists(8):
        for k in (2, 3):
            for settled in [run(values, k) for run in ways("bubble_passes")]:
                assert settled[max(0, len(values) - k) :] == sorted(values)[max(0, len(values) - k) :]
                assert Counter(settled) == Counter(values)
            for settled in [run(values, k) for run in ways("selection_steps")]:
                assert settled[:k] == sorted(values)[:k]
                assert Counter(settled) == Counter(values)


def test_all_ways_to_stop_a_sort_halfway_agree(ways: Ways) -> None:
    for name in ("bubble_passes", "selection_steps"):
        first, *others = ways(name)
        for values in _lists(9):
            assert all(run(values, 2) == first(values, 2) for run in others)


def test_a_sort_of_different_numbers_swaps_as_often_as_its_cycles_need(ways: Ways) -> None:
    rng = random.Random(10)
    for _ in range(60):
        order = rng.sample(range(7), 7)
        seen: set[int] = set()
        num_cycles = 0
        for start in order:
            num_cycles += start not in seen
            while start not in seen:
                seen.add(start)
                start = order[start]
        assert {run(order) for run in ways("swaps_to_sort")} == {7 - num_cycles}


def test_words_are_sorted_by_their_last_characters(ways: Ways) -> None:
    for run in ways("sort_by_last_letter"):
        assert run(["tea", "", "map", "sea", "Bob"]) == ["", "tea", "sea", "Bob", "map"]
