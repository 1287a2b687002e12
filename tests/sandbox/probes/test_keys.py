from collections import Counter, deque
from decimal import Decimal
from typing import Any

from hornbook.sandbox.probes.keys import key_of


class Odd(int):
    """Says that it equals everything."""

    def __eq__(self, other: object) -> bool:
        return True

    __hash__ = int.__hash__


EQUAL = [
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
    for one, other in EQUAL:
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
