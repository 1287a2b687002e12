import ast
import random

import pytest

from hornbook.decontamination.benchmark_inputs import arguments_of
from hornbook.decontamination.typical_inputs import typical_inputs


def groups(header: str) -> list[list[str]]:
    [function] = ast.parse(f"def f({header}): pass").body
    assert isinstance(function, ast.FunctionDef)
    return typical_inputs(function, 20, random.Random(0))


@pytest.mark.parametrize(
    ("hint", "types"),
    [
        ("int", {int}),
        ("float", {float}),
        ("list[str]", {list}),
        ("typing.List[int]", {list}),
        ("'tuple[int, str]'", {tuple}),
        ("tuple[int, ...]", {tuple}),
        ("set[str]", {set}),
        ("dict[str, list[int]]", {dict}),
        ("Optional[str]", {str, type(None)}),
        ("int | None", {int, type(None)}),
        ("Sequence", {list}),
    ],
)
def test_a_hint_says_what_a_parameter_takes(hint: str, types: set[type]) -> None:
    [found] = groups(f"x: {hint}")
    assert {type(arguments_of(text)[0]) for text in found} == types
    assert len(found) > 2


def test_items_have_the_types_that_the_hint_says() -> None:
    [found] = groups("x: dict[str, list[int]]")
    values = [item for text in found for item in arguments_of(text)[0].values()]
    assert all(type(one) is int for items in values for one in items)
    assert any(values)


def test_without_hints_kinds_are_tried_the_likeliest_first() -> None:
    found = groups("a, b")
    assert len(found) == 49
    assert [type(value) for value in arguments_of(found[0][0])] == [list, list]
    assert {tuple(map(type, arguments_of(group[0]))) for group in found} >= {(list, int), (str, str), (int, int)}


@pytest.mark.parametrize("header", ["", "x: Callable", "x: list[Node]", "x, *, k", "a, b, c, d", "x: 3"])
def test_none_are_made_where_a_parameter_cannot_be_given(header: str) -> None:
    assert groups(header) == []


def test_parameters_with_defaults_are_left_at_these() -> None:
    assert {len(arguments_of(text)) for text in groups("x: int, y: int = 3")[0]} == {1}
    assert {len(arguments_of(text)) for text in groups("x: int = 4")[0]} == {1}
