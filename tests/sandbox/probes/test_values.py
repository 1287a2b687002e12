import datetime
import json
import math
from collections import Counter, OrderedDict, deque
from decimal import Decimal
from typing import Any

from hornbook.python_code.values import values_agree
from hornbook.sandbox.probes.values import encode, key_of

VALUES = [
    *(None, True, 0, -7, 2**200, "", "a'b\n", 0.1, math.inf, math.nan),
    *([], [1, [2.5]], (), (1,), {1, 2}, set(), {"b": [1], "a": (2,)}, range(3), datetime.date(2024, 2, 29)),
    Decimal("1.50"),
]


def test_a_value_agrees_with_itself_and_is_json() -> None:
    for value in VALUES:
        encoded = json.loads(json.dumps(encode(value, 500)))
        assert values_agree(encoded, json.loads(json.dumps(encode(value, 500))))


EQUAL = [
    (1, 1.0),
    (True, 1),
    (0.1 + 0.2, 0.3),
    ([0.1 + 0.2], [0.3]),
    ({1, 2, 3}, {3, 2, 1}),
    ({"a": 1, "b": 2}, OrderedDict([("b", 2), ("a", 1)])),
    (Counter("aab"), {"a": 2, "b": 1}),
    ({1}, frozenset({1})),
]


def test_values_that_python_calls_equal_agree() -> None:
    for one, other in EQUAL:
        assert values_agree(encode(one, 500), encode(other, 500))


DIFFERENT = [
    (1, 2),
    (1, "1"),
    (0, None),
    ([1, 2], (1, 2)),
    ([1, 2], [2, 1]),
    ([1], [1, 1]),
    ({"f": "a"}, {"f": "b"}),
    (["f", "0.5"], [0.5]),
    (1.0, 1.001),
    (math.nan, 1.0),
    (math.inf, -math.inf),
    (Decimal("1.5"), 1.5),
    ([1, 2, 3], iter([1, 2, 3])),
]


def test_values_that_differ_do_not_agree() -> None:
    for one, other in DIFFERENT:
        assert not values_agree(encode(one, 500), encode(other, 500))


def test_a_long_value_becomes_a_digest_that_still_tells_it_from_another() -> None:
    long, other = list(range(1000)), [*range(999), 0]
    assert len(json.dumps(encode(long, 200))) < 60
    assert values_agree(encode(long, 200), encode(list(range(1000)), 200))
    assert not values_agree(encode(long, 200), encode(other, 200))


def test_an_object_is_its_type_and_attributes_and_none_is_equal_to_everything() -> None:
    class Point:
        def __init__(self, x: int) -> None:
            self.x = x

        def __eq__(self, other: object) -> bool:
            return True

    assert values_agree(encode(Point(1), 500), encode(Point(1), 500))
    assert not values_agree(encode(Point(1), 500), encode(Point(2), 500))
    assert not values_agree(encode(Point(1), 500), encode(1, 500))


def test_a_value_that_holds_itself_comes_to_an_end() -> None:
    endless: list[Any] = []
    endless.append(endless)
    assert values_agree(encode(endless, 500), encode(endless, 500))


class Odd(int):
    """Says that it equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


EQUAL_KEYS = [
    (1, 1.0),
    (0.1 + 0.2, 0.3),
    (-0.0, 0),
    (1e-12, 0.0),
    (10**12, 1e12),
    ([1, 2], (1, 2)),
    ([0, 1], range(2)),
    ([1], deque([1])),
    ([1, 4], (y * y for y in (1, 2))),
    ({"a": 1, "b": 2}, Counter({"b": 2, "a": 1})),
    ({2, 1}, frozenset([1, 2])),
    (Odd(7), 7),
    (float("nan"), float("nan")),
    ([["a" * 50]], (["a" * 50],)),
]


def test_equal_values_have_one_key() -> None:
    for one, other in EQUAL_KEYS:
        assert key_of(one) == key_of(other)


def test_different_values_have_different_keys() -> None:
    values = [None, True, False, 0, 1, 2, 0.5, "", "1", "None", "a", [], [1], [[1]], {}, set(), {1}, {1: 1}, [None]]
    values += [2**60, 2**60 + 1, "a" * 50, "a" * 51, Decimal("1.5"), {1: 2}, [1, 2], [2, 1], [True], 1.0001, 1.0002]
    assert len(set(map(key_of, values))) == len(values)


def test_a_key_is_short_and_comes_to_an_end() -> None:
    def endless() -> Any:
        while True:
            yield "a"

    nested: list[Any] = []
    nested.append(nested)
    assert all(len(key_of(value)) <= 16 for value in (endless(), nested, "a" * 10**5, 10**5000, {1: "a" * 99}))
