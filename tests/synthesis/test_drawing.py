import random

import pytest

from hornbook.synthesis.drawing import Code, corner, draw, render
from hornbook.synthesis.signature import Kind, read_text


@pytest.mark.parametrize(
    "value", [1, -2.5, "it's", None, True, [1, [2]], (1,), (), {"a": (1, 2)}, set(), {"b", "a"}, frozenset({1})]
)
def test_a_rendered_value_is_the_value(value: object) -> None:
    assert eval(render(value)) == value


def test_a_value_without_a_literal_is_rendered_as_its_source() -> None:
    drawn = draw(Kind("date"), "day", random.Random(0))
    assert isinstance(drawn, Code)
    assert type(eval(render([drawn]))[0]).__name__ == "date"


@pytest.mark.parametrize("annotation", ["list[int]", "set[str]", "dict[str, int]", "tuple[int, ...]", "str"])
def test_the_first_corner_of_a_container_is_empty(annotation: str) -> None:
    kind = read_text(annotation)
    assert kind is not None
    assert len(corner(kind, "value", 0)) == 0
    assert len(corner(kind, "value", 1)) == 1


@pytest.mark.parametrize(
    ("name", "low", "high"), [("n", 0, 12), ("month", 1, 12), ("birth_year", 1896, 2104), ("index", 0, 4)]
)
def test_a_number_lies_where_its_name_says(name: str, low: int, high: int) -> None:
    rng = random.Random(0)
    assert all(low <= draw(Kind("int"), name, rng) <= high for _ in range(200))


def test_what_is_nested_without_an_end_ends() -> None:
    kind = Kind("int")
    for _ in range(40):
        kind = Kind("list", (kind,))
    assert len(render(draw(kind, "value", random.Random(0)))) < 100_000
