import math

from hornbook.python_code.values import (
    Code,
    argument_source,
    arguments_of,
    calls_agree,
    has_float,
    has_keywords,
    literal_of,
    named_arguments,
    value_source,
)
from hornbook.sandbox.probes.values import encode

TEXTS = ["[1], 'a{'", "(1,), {'k': {3}}, ()", "set(), None, {1.5: [True]}", "{'a', 'b', 'c'}"]


def test_values_and_their_source_are_two_ways_to_write_the_same() -> None:
    for text in TEXTS:
        assert argument_source(arguments_of(text)) == text
        assert arguments_of(f"{text}, k=3") == arguments_of(text)
        assert has_keywords(f"{text}, k=3")
        assert not has_keywords(text)


def test_equal_sets_have_one_source_and_a_value_without_a_literal_is_its_code() -> None:
    many = [str(number) for number in range(200)]
    grown = {one for one in many if one > "5"} | {one for one in reversed(many) if one <= "5"}
    assert value_source(set(many)) == value_source(grown)
    assert eval(value_source([frozenset(), frozenset({2, 1})])) == [frozenset(), frozenset({1, 2})]
    assert value_source([Code("f(1)")]) == "[f(1)]"


def test_arguments_are_named_by_their_keyword_or_place_where_all_are_literals() -> None:
    assert named_arguments("[1], 'a', k=3") == {"0": [1], "1": "a", "k": 3}
    assert named_arguments("x") is None


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


def test_a_value_and_its_literal_are_equal_and_what_has_none_gets_none() -> None:
    for value in (None, True, -3, "it's", 2.5, [], [1, "a"], (1,), (1, 2), {3, 1}, set(), {"b": [1], "a": {}}):
        assert eval(literal_of(encode(value, 1000)) or "...") == value
    for value in (math.inf, [math.nan], object(), [object()], list(range(5000)), len):
        assert literal_of(encode(value, 200)) is None


def test_a_float_is_found_wherever_it_is() -> None:
    assert has_float(encode({"a": [(1, 2.0)]}, 500))
    assert not has_float(encode({"f": ["f", 2]}, 500))
