from typing import Any

from hornbook.python_code.habits import Habits, habits_of, look_at, num_broken


def habits(known: list[list[Any]]) -> Habits:
    return habits_of(list(map(look_at, known)))


def broken(arguments: list[Any], known: list[list[Any]]) -> int:
    return num_broken(look_at(arguments), habits(known))


HABITS = [
    ([[[1, 2]], [[3, 9]], [[5, 6]]], [[4, 8]], [[8, 4]]),
    ([[[9, 2]], [[3]], [[4, 1]]], [[4, 1]], [[1, 4]]),
    ([[[1, 2]], [[3]], [[9, 4]]], [[4, 1]], [[4, 4]]),
    ([[["ab", "cd"]], [["xyz", "abc"]]], [["xy", "zw"]], [["xy", "z"]]),
    ([["a-b"], ["c-d"], ["e-f"]], ["e-d"], ["edf"]),
    ([["(a)"], ["((b))"], [""]], ["(c)"], ["((c)"]),
    ([["12"], ["3"]], ["45"], ["4a"]),
    ([[[1, 2, 3], 2], [[5], 5], [[4, 9, 2, 2], 9]], [[3, 2], 2], [[3, 2], 4]),
    ([[[4, 6], 8], [[1, 7, 3], 7]], [[5, 6], 7], [[5, 6], 5]),
    ([[[4, 6], 1], [[1, 7, 3], 2]], [[5, 6], 1], [[5, 6], 2]),
    ([[2, 9], [3, 4], [1, 5]], [3, 5], [5, 3]),
    ([["abc", "bc"], ["xy", "x"]], ["pq", "q"], ["pq", "z"]),
    ([[[1, 2], [3, 4]], [[5], [6]]], [[1, 3], [4, 6]], [[1, 3], [4]]),
    ([[[[1, 2], [3, 4]]], [[[5]]]], [[[1, 2], [2, 5]]], [[[1], [2]]]),
    ([[{"a": ["b"], "b": []}], [{"c": ["c"]}]], [{"d": ["e"], "e": []}], [{"d": ["e"]}]),
    ([[[0, 2, 1]], [[1, 0]]], [[1, 0]], [[1, 3]]),
    ([[[(1, 5), (2, 4)]], [[(0, 9)]], [[(3, 6), (1, 8)]]], [[(2, 5)]], [[(5, 5)]]),
    ([[1.5, True], [2.0, False]], [1.0, True], [1, True]),
    ([[3], [4], [9]], [9], [10]),
    ([[[1]], [[1, 2]], [[4, 4, 1]]], [[4, 1]], [[1, 2, 3, 4, 4]]),
    ([[[1, 5, 2]], [[3, 4]]], [[4, 2]], [[]]),
]


def test_a_habit_is_what_all_known_inputs_have_and_another_input_may_break_it() -> None:
    for known, kept, strays in HABITS:
        assert [broken(arguments, known) for arguments in known] == [0] * len(known)
        assert broken(kept, known) == 0
        assert broken(strays, known) > 0


def test_each_habit_counts_once_for_a_place() -> None:
    known = [[[3, 5, 4]], [[8, 1, 6, 2]], [[7, 9]]]
    assert broken([[0, 5]], known) == 2  # Above 0, and its range.
    assert broken([[0, 0, 5]], known) == 3  # That all items differ as well.


def test_what_two_inputs_may_have_by_chance_is_no_habit() -> None:
    assert broken(["abcd"], [["abc"], ["xyz"]]) == 0
    assert broken(["abcd"], [["abc"], ["xyz"], ["mno"]]) > 0
    assert broken([90], [[10], [20]]) == 0


def test_an_empty_list_breaks_no_habit_of_items() -> None:
    known = [[[1, 2]], [[]], [[4]]]
    assert broken([[3]], known) == 0
    assert broken([[-3]], known) > 0


def test_habits_that_look_meant_are_those_of_order_and_sign_and_none_of_size_or_letters() -> None:
    known = [[[1, 2], "ab"], [[3], "cd"], [[2, 6, 7], "ef"]]
    meant = habits(known).meant()
    assert num_broken(look_at([[4, 900, 20], "X = 7!"]), meant) == 1  # The order; not sizes and letters.
    assert num_broken(look_at([[4, 900, 2000], "X = 7!"]), meant) == 0


def test_the_order_in_which_a_set_was_filled_makes_no_habit() -> None:
    one, other = {0, 8}, {8, 0}
    assert list(one) != list(other)
    assert habits([[one]]) == habits([[other]])
