import random
from collections.abc import Callable
from typing import Any

import pytest

from hornbook.decontamination.benchmark_inputs import arguments_of
from hornbook.decontamination.wide_inputs import wide_inputs


def wide(known: list[str], number: int = 40, seed: int = 0) -> list[str]:
    return wide_inputs(known, number, random.Random(seed))


def test_texts_get_signs_digits_and_capitals_that_the_known_ones_lack() -> None:
    texts = [text for [text] in map(arguments_of, wide(["'ab'", "'hello'", "'level'"]))]
    for one in "=&()/.,#_":
        assert sum(one in text for text in texts) > 5
    assert any(map(str.isdigit, "".join(texts)))
    assert any(map(str.isupper, "".join(texts)))
    assert max(map(len, texts)) > 20


def test_items_that_are_single_letters_become_words() -> None:
    rows = [row for [row] in map(arguments_of, wide(["['a', 'b']", "['x']", "[]"]))]
    assert sum(len(text) > 3 for row in rows for text in row) > 40


def test_lists_get_longer_and_have_repeats_and_large_numbers() -> None:
    rows = [row for [row] in map(arguments_of, wide(["[3, 1, 2]", "[5]", "[4, 9]"]))]
    assert max(map(len, rows)) > 8
    assert any(len(set(row)) < len(row) for row in rows)
    assert max(number for row in rows for number in row) > 300


@pytest.mark.parametrize(
    ("known", "is_kept"),
    [
        (["[1, 2, 5]", "[3, 4]", "[2, 6, 7, 8]"], lambda row: row == sorted(row)),
        (["[(1, 4), (2, 3)]", "[(0, 9)]", "[(5, 7)]"], lambda row: all(first < last for first, last in row)),
        (["[[1, 2], [3, 4]]", "[[5]]", "[[1, 1], [0, 1]]"], lambda rows: all(len(row) == len(rows) for row in rows)),
        (["[[1, 2]]", "[[5], [7]]", "[[0], [1], [4]]"], lambda rows: len(set(map(len, rows))) == 1),
        (["'(())()'", "'()()()()'", "'((()))'"], lambda text: set(text) <= set("()")),
        (["'0110'", "'11010'", "'1010011'"], lambda text: set(text) <= set("01")),
        (["3", "8", "1"], lambda number: number > 0),
    ],
    ids=["order", "beginning before end", "square", "rows of one length", "few characters", "two digits", "sign"],
)
def test_what_looks_meant_stays(known: list[str], is_kept: Callable[[Any], bool]) -> None:
    made = [value for [value] in map(arguments_of, wide(known))]
    assert len(made) > 5
    assert all(map(is_kept, made))


def test_numbers_below_0_are_given_where_there_are_known_ones() -> None:
    numbers = [number for [number] in map(arguments_of, wide(["3", "-8", "1"]))]
    assert min(numbers) < -20
    assert max(numbers) > 20


def test_arguments_that_bound_each_other_go_on_doing_so() -> None:
    made = list(map(arguments_of, wide(["1, 5", "2, 9", "0, 4"])))
    assert len(made) > 5
    assert all(first < last for first, last in made)


def test_none_is_known_and_equal_seeds_make_the_same() -> None:
    known = ["'ab', 3", "'c', 1"]
    assert not set(wide(known)) & set(known)
    assert wide(known) == wide(known)
    assert wide(known) != wide(known, seed=1)


def test_of_inputs_with_keywords_or_without_arguments_nothing_can_be_made() -> None:
    assert wide(["1, k=3"]) == wide([""]) == wide([]) == []


def test_all_types_are_made() -> None:
    known = ["[1.5, -2.5], {'a': 1}, {3, 4}, True, None", "[0.5, 8.0], {'k': 7, 'b': 2}, {5}, False, None"]
    for values in map(arguments_of, wide(known)):
        assert [type(one).__name__ for one in values] == ["list", "dict", "set", "bool", "NoneType"]
        assert all(type(one) is float for one in values[0])
