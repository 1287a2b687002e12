from typing import Any

import pytest

from hornbook.decontamination.input_habits import habits_of, num_broken

Inputs = list[list[Any]]


@pytest.mark.parametrize(
    ("known", "kept", "broken"),
    [
        ([[[1, 2]], [[3, 9, 10]], [[5, 6]]], [[4, 8]], [[8, 4]]),
        ([[[1, 2]], [[3]], [[9, 4]]], [[4, 1]], [[4, 4]]),
        ([[["ab", "cd"]], [["xyz", "abc"]]], [["xy", "zw"]], [["xy", "z"]]),
        ([["a-b"], ["c-d"], ["e-f"]], ["e-d"], ["ed"]),
        ([["(a)"], ["((b))"], [""]], ["(c)"], ["((c)"]),
        ([[[1, 2, 3], 2], [[5], 5], [[4, 9, 2, 2], 9]], [[3, 2], 2], [[3, 2], 4]),
        ([[[4, 6], 8], [[1, 7, 3], 7]], [[5, 6], 7], [[5, 6], 5]),
        ([[2, 9], [3, 4], [1, 5]], [3, 5], [5, 3]),
        ([[[1, 2], [3, 4]], [[5], [6]]], [[1, 3], [4, 6]], [[1, 3], [4]]),
        ([[{"a": ["b"], "b": []}], [{"c": ["c"]}]], [{"d": ["e"], "e": []}], [{"d": ["e"]}]),
        ([[[0, 2, 1]], [[1, 0]]], [[0]], [[1]]),
        ([[[(1, 5), (2, 4)]], [[(0, 9)]], [[(3, 6), (1, 8)]]], [[(2, 5)]], [[(5, 5)]]),
        ([[1.5, True], [2.0, False]], [1.0, True], [1, True]),
        ([[3], [4], [9]], [7], [11]),
    ],
)
def test_a_habit_is_what_all_known_inputs_have_and_another_input_may_break_it(
    known: Inputs, kept: list[Any], broken: list[Any]
) -> None:
    habits = habits_of(known)
    assert [num_broken(arguments, habits) for arguments in known] == [0] * len(known)
    assert num_broken(kept, habits) == 0
    assert num_broken(broken, habits) > 0


def test_what_two_inputs_may_have_by_chance_is_no_habit() -> None:
    assert num_broken(["abcd"], habits_of([["abc"], ["xyz"]])) == 0
    assert num_broken(["abcd"], habits_of([["abc"], ["xyz"], ["mno"]])) > 0
    assert num_broken([90], habits_of([[10], [20]])) == 0


def test_an_empty_list_breaks_no_habit_of_items() -> None:
    habits = habits_of([[[1, 2]], [[]], [[4]]])
    assert num_broken([[3]], habits) == 0
    assert num_broken([[-3]], habits) > 0


def test_the_order_in_which_a_set_was_filled_makes_no_habit() -> None:
    one, other = {0, 8}, {8, 0}
    assert list(one) != list(other)
    assert habits_of([[one]]) == habits_of([[other]])
