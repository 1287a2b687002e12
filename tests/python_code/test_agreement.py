import math

import pytest

from hornbook.python_code.agreement import agreeing_share, calls_agree, has_float, literal_of
from hornbook.sandbox.probes.values import encode


def test_calls_agree_by_result_by_changed_arguments_or_by_the_type_of_their_error() -> None:
    assert calls_agree(["v", 1], ["v", 1])
    assert calls_agree(["e", "ValueError", "one"], ["e", "ValueError", "other"])
    assert not calls_agree(["e", "ValueError", ""], ["e", "KeyError", ""])
    assert not calls_agree(["v", None], ["e", "KeyError", ""])
    assert not calls_agree(["t"], ["t"])  # A call without an end.
    assert not calls_agree(None, None)
    one, other = ["v", None, ["l", 1]], ["v", None, ["l", 2]]
    assert calls_agree(one, one)
    assert not calls_agree(one, other)
    assert not calls_agree(one, ["v", None])
    assert calls_agree(["v", 5, ["l", 1]], ["v", 5])  # Changed arguments do not count where something is returned.


def test_a_share_of_nothing_is_no_number() -> None:
    assert agreeing_share([["v", 1], ["v", 2]], [["v", 1]], [0, 1]) == 0.5
    with pytest.raises(ValueError, match="no inputs"):
        agreeing_share([], [], [])


def test_a_value_and_its_literal_are_equal_and_what_has_none_gets_none() -> None:
    for value in (None, True, -3, "it's", 2.5, [], [1, "a"], (1,), (1, 2), {3, 1}, set(), {"b": [1], "a": {}}):
        assert eval(literal_of(encode(value, 1000)) or "...") == value
    for value in (math.inf, [math.nan], object(), [object()], list(range(5000)), len):
        assert literal_of(encode(value, 200)) is None


def test_a_float_is_found_wherever_it_is() -> None:
    assert has_float(encode({"a": [(1, 2.0)]}, 500))
    assert not has_float(encode({"f": ["f", 2]}, 500))
