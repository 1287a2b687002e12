import itertools
import random
from collections.abc import Callable
from typing import Any

import pytest

Ways = Callable[[str], list[Callable[..., Any]]]


def _lists(count: int = 120) -> list[list[int]]:
    rng = random.Random(count)
    return [[], *([rng.randint(-6, 9) for _ in range(rng.randint(1, 7))] for _ in range(count))]


def _nested(count: int = 120) -> list[list[Any]]:
    rng = random.Random(count)

    def draw(depth: int) -> list[Any]:
        return [
            draw(depth - 1) if depth and rng.random() < 0.4 else rng.randint(-3, 9) for _ in range(rng.randint(0, 4))
        ]

    return [[], [[[]]], *(draw(3) for _ in range(count))]


def _leaves(part: Any, depth: int = 0) -> list[tuple[int, int]]:
    """The integers with their depths, found in the written form: a bracket opens or closes a level."""
    found, digits = [], ""
    for sign in repr(part):
        if sign.isdigit() or sign == "-":
            digits += sign
            continue
        if digits:
            found.append((int(digits), depth))
            digits = ""
        depth += (sign == "[") - (sign == "]")
    return found


def _hanoi(discs: int, start: str = "A", end: str = "C", spare: str = "B") -> list[tuple[str, str]]:
    if not discs:
        return []
    return [*_hanoi(discs - 1, start, spare, end), (start, end), *_hanoi(discs - 1, spare, end, start)]


COUNTED: dict[str, tuple[tuple[int, ...], Callable[..., int]]] = {
    "hanoi_moves": ((), lambda discs: len(_hanoi(discs))),
    "stair_ways": (
        (),
        lambda stairs: sum(
            sum(steps) == stairs
            for length in range(stairs + 1)
            for steps in itertools.product((1, 2, 3), repeat=length)
        ),
    ),
    "coin_ways": (
        (),
        lambda amount: sum(a + 2 * b + 5 * c == amount for a, b, c in itertools.product(range(amount + 1), repeat=3)),
    ),
    "grid_paths": (
        (3,),
        lambda width, height: len(set(itertools.permutations("R" * width + "U" * height))),
    ),
    "power_of_base": ((3,), lambda exponent, base: len(list(itertools.product(range(base), repeat=exponent)))),
}


@pytest.mark.parametrize("name", COUNTED)
def test_what_recursion_counts_is_what_listing_all_cases_counts(ways: Ways, name: str) -> None:
    given, count = COUNTED[name]
    for run in ways(name):
        for number in range(5 if name == "grid_paths" else 8):
            assert run(number, *given) == count(number, *given)


def test_selections_are_counted_as_all_subsets_of_places(ways: Ways) -> None:
    for values in _lists(60):
        subsets = [chosen for size in range(len(values) + 1) for chosen in itertools.combinations(values, size)]
        expected = sum(sum(chosen) == 5 for chosen in subsets)
        assert {run(values, 5) for run in ways("selections_with_sum")} == {expected}


def test_alternating_sums_multiply_by_alternating_signs(ways: Ways) -> None:
    for values in _lists():
        signed = sum(value * (-1) ** place for place, value in enumerate(values))
        assert {run(values) for run in ways("alternating_sum")} == {signed}
    for number in (0, 7, 10, 918, 7_654_321):
        digits = [int(digit) for digit in reversed(str(number))]
        signed = sum(digit * (-1) ** place for place, digit in enumerate(digits))
        assert {run(number) for run in ways("alternating_digit_sum")} == {signed}


def test_the_order_from_outside_in_takes_from_both_ends(ways: Ways) -> None:
    for run in ways("outside_in"):
        assert run([1, 2, 3, 4, 5]) == [1, 5, 2, 4, 3]
        assert run([1, 2, 3, 4]) == [1, 4, 2, 3]
        assert run([]) == []


def test_halving_finds_the_best_of_all_stretches_that_it_makes(ways: Ways) -> None:
    for values in _lists():
        stretches = [values]
        for stretch in stretches:
            if len(stretch) > 1:
                stretches += [stretch[: len(stretch) // 2], stretch[len(stretch) // 2 :]]
        assert {run(values) for run in ways("largest_halving_sum")} == {max(map(sum, stretches))}


def test_what_is_said_of_nested_lists_can_be_read_off_their_brackets(ways: Ways) -> None:
    for nested in _nested():
        leaves = _leaves(nested)
        assert {run(nested) for run in ways("depth_weighted_sum")} == {sum(value * depth for value, depth in leaves)}
        assert {tuple(run(nested)) for run in ways("integer_depths")} == {tuple(depth for _, depth in leaves)}
        assert {run(nested) for run in ways("count_lists")} == {repr(nested).count("[")}
        assert {run(nested, 2) for run in ways("deep_contains")} == {2 in [value for value, _ in leaves]}
        for run in ways("prune_small"):
            pruned = run(nested, 2)
            assert _leaves(pruned) == [(value, depth) for value, depth in leaves if value >= 2]
            assert repr(pruned).count("[") == repr(nested).count("[")
        for run in ways("flatten_levels"):
            assert _leaves(run(nested, 1)) == [(value, max(1, depth - 1)) for value, depth in leaves]
        for run in ways("replace_lists_by_sums"):
            totals = [sum(value for value, _ in _leaves([member])) for member in nested]
            assert run(nested) == totals


def test_woven_texts_hold_both_texts_in_order(ways: Ways) -> None:
    for run in ways("weave_texts"):
        assert run("abc", "12345") == "a1b2c345"
        assert run("abc", "") == "abc"
        assert run("", "xy") == "xy"
        assert run("abcd", "1") == "a1bcd"
