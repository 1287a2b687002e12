import random

from hornbook.observers.arguments import Code, value_source
from hornbook.observers.drawing import corner, draw
from hornbook.observers.parameters import Kind, read_kind


def test_a_value_without_a_literal_is_rendered_as_its_source() -> None:
    drawn = draw(Kind("date"), "day", random.Random(0))
    assert isinstance(drawn, Code)
    assert type(eval(value_source([drawn]))[0]).__name__ == "date"


CONTAINERS = ["list[int]", "set[str]", "dict[str, int]", "tuple[int, ...]", "str"]


def test_the_first_corner_of_a_container_is_empty() -> None:
    for annotation in CONTAINERS:
        kind = read_kind(annotation)
        assert kind is not None
        assert len(corner(kind, "value", 0)) == 0
        assert len(corner(kind, "value", 1)) == 1


RANGES = [("n", 0, 12), ("month", 1, 12), ("birth_year", 1896, 2104), ("index", 0, 4)]


def test_a_number_lies_where_its_name_says() -> None:
    for name, low, high in RANGES:
        rng = random.Random(0)
        assert all(low <= draw(Kind("int"), name, rng) <= high for _ in range(200))


def test_what_is_nested_without_an_end_ends() -> None:
    kind = Kind("int")
    for _ in range(40):
        kind = Kind("list", (kind,))
    assert len(value_source(draw(kind, "value", random.Random(0)))) < 100_000
