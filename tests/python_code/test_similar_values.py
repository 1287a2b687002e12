import random
import re
from collections.abc import Sequence
from typing import Any

from hornbook.python_code.similar_values import similar_value


def draws(seen: Sequence[Any], number: int = 300, seed: int = 0) -> list[Any]:
    rng = random.Random(seed)
    return [similar_value(rng.choice(seen), seen, rng) for _ in range(number)]


def test_integers_stay_near_the_seen_ones_and_of_their_sign() -> None:
    made = draws([4, 10, 100])
    assert min(made) >= 1
    assert max(made) <= 120
    assert len(set(made)) > 20
    assert max(draws([-3, -8])) <= -1
    assert min(draws([0, 3])) == 0
    assert min(draws([-2, 3])) < 0


def test_floats_have_no_more_decimals_than_were_seen() -> None:
    made = draws([0.25, 3.5])
    assert all(one == round(one, 2) and one >= 0 for one in made)
    assert all(one.is_integer() for one in draws([1.0, 30.0]))
    assert set(draws([float("inf")], 5)) == {float("inf")}


def test_a_text_is_made_of_characters_and_pieces_of_the_seen_ones() -> None:
    made = draws(["red fox", "blue, dog"])
    assert all(set(one) <= set("red fox blue, dog") for one in made)
    assert len(set(made)) > 100
    assert draws([""], 5) == [""] * 5
    assert set(draws(["+", "-", "*"] * 3)) == {"+", "-", "*"}  # Of a few that come again and again no other is made.


def test_times_and_dates_are_changed_field_by_field() -> None:
    made = draws(["07:30", "21:05", "23:59"])
    assert all(re.fullmatch(r"\d\d:\d\d", one) for one in made)
    assert all(7 <= int(one[:2]) <= 23 and 5 <= int(one[3:]) <= 59 for one in made)
    assert len(set(made)) > 30


ORDERED = [
    ([[1, 4, 9], [2, 3]], lambda one: one == sorted(one)),
    ([[9, 4, 1], [3, 2]], lambda one: one == sorted(one, reverse=True)),
    ([[4, 1, 9], [3, 2]], lambda one: len(set(one)) == len(one)),
    ([[[1, 2], [3, 4]], [[5], [6], [7]]], lambda one: len(set(map(len, one))) <= 1),
    ([["..#", "#.."], ["#", "."]], lambda one: len(set(map(len, one))) <= 1),
    ([("a", 1), ("b", 2)], lambda one: (type(one[0]), type(one[1]), len(one)) == (str, int, 2)),
    ([{"x": 1, "y": 2}, {"x": 3, "y": 4}], lambda one: list(one) == ["x", "y"]),
    ([{1, 2}, {3}], lambda one: isinstance(one, set)),
    ([True, False], lambda one: isinstance(one, bool)),
    ([None], lambda one: one is None),
]


def test_a_value_has_the_type_and_the_order_of_the_seen_ones() -> None:
    for seen, holds in ORDERED:
        made = draws(seen)
        assert all(map(holds, made))
        assert seen == [None] or len({repr(one) for one in made}) > 1


def test_the_seen_values_are_never_changed_and_equal_draws_give_equal_values() -> None:
    seen = [[[3, 1], {"a": [2]}], [[5], {"b": []}]]
    before = repr(seen)
    assert draws(seen) == draws(seen)
    assert draws(seen) != draws(seen, seed=1)
    assert repr(seen) == before
