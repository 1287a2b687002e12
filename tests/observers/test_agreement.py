import math

import pytest

from hornbook.observers.agreement import agreeing_share, calls_agree, has_float, literal_of
from hornbook.observers.jailed.values import encode


def test_calls_agree_by_result_or_by_the_type_of_their_error() -> None:
    assert calls_agree(["v", 1], ["v", 1])
    assert calls_agree(["e", "ValueError", "one"], ["e", "ValueError", "other"])
    assert not calls_agree(["e", "ValueError", ""], ["e", "KeyError", ""])
    assert not calls_agree(["v", None], ["e", "KeyError", ""])


def test_a_call_without_an_end_agrees_with_none() -> None:
    assert not calls_agree(["t"], ["t"])
    assert not calls_agree(None, None)


def test_changed_arguments_count_only_where_nothing_is_returned() -> None:
    one, other = ["v", None, ["l", 1]], ["v", None, ["l", 2]]
    assert calls_agree(one, one)
    assert not calls_agree(one, other)
    assert not calls_agree(one, ["v", None])
    assert calls_agree(["v", 5, ["l", 1]], ["v", 5])


def test_a_share_of_nothing_is_no_number() -> None:
    assert agreeing_share([["v", 1], ["v", 2]], [["v", 1]], [0, 1]) == 0.5
    with pytest.raises(ValueError, match="no inputs"):
        agreeing_share([], [], [])


VALUES = [None, True, -3, "it's", 2.5, [], [1, "a"], (1,), (1, 2), {3, 1}, set(), {"b": [1], "a": {}}]


def test_a_value_and_its_literal_are_equal() -> None:
    for value in VALUES:
        literal = literal_of(encode(value, 1000))
        assert literal is not None
        assert eval(literal) == value


WITHOUT_LITERAL = [math.inf, [math.nan], object(), [object()], list(range(5000)), len]


def test_what_has_no_literal_gets_none() -> None:
    for value in WITHOUT_LITERAL:
        assert literal_of(encode(value, 200)) is None


def test_a_float_is_found_wherever_it_is() -> None:
    assert has_float(encode({"a": [(1, 2.0)]}, 500))
    assert not has_float(encode({"f": ["f", 2]}, 500))
