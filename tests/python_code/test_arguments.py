from hornbook.python_code.arguments import (
    Code,
    argument_source,
    arguments_of,
    has_keywords,
    named_arguments,
    value_source,
)

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
