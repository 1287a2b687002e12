"""What every table rests on: records go into a table and come back, and ids say what a record says."""

from dataclasses import dataclass
from enum import StrEnum

import pytest

from hornbook.records import Dropped, Exercise, content_id, records_of, schema_of, table_of

EXERCISES = [
    Exercise(
        id=f"exercise-{number}",
        prompt="def f(x):\n",
        solution="    return x\n",
        entry_point="f",
        test="",
        family="numbers",
        operations=("add", "é\n" * number)[: number + 1],
        docstring_style="",
        teacher="curriculum",
    )
    for number in range(3)
]


class Colour(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Painted:
    colour: Colour
    share: float
    parts: tuple[str, ...]


def test_records_come_back_from_a_table_equal_and_in_order() -> None:
    table = table_of(Exercise, EXERCISES)
    assert table.schema == schema_of(Exercise)
    assert not any(field.nullable for field in table.schema)
    assert records_of(Exercise, table) == EXERCISES
    assert records_of(Exercise, table.slice(1)) == EXERCISES[1:]
    assert table_of(Exercise, []).schema == table.schema
    [painted] = records_of(Painted, table_of(Painted, [Painted(Colour.RED, 0.5, ())]))
    assert painted == Painted(Colour.RED, 0.5, ())
    assert type(painted.colour) is Colour


def test_a_table_without_a_column_and_a_field_that_no_table_holds_are_named() -> None:
    @dataclass(frozen=True)
    class Odd:
        values: list[int]

    with pytest.raises(KeyError, match="operations"):
        records_of(Exercise, table_of(Exercise, EXERCISES).drop_columns(["operations"]))
    with pytest.raises(TypeError, match="list"):
        schema_of(Odd)
    assert [field.name for field in schema_of(Dropped)] == ["id", "reason", "detail"]


def test_an_id_says_what_a_record_says_and_where_its_texts_are_parted() -> None:
    assert content_id("code", "a", "b") == content_id("code", "a", "b")
    others = [("code", "ab"), ("code", "ab", ""), ("code", "", "ab"), ("code", "b", "a"), ("passage", "a", "b")]
    assert len({content_id(*parts) for parts in [("code", "a", "b"), *others]}) == 6
    assert content_id("code", "é").startswith("code-")
    assert len(content_id("code", "é")) == len("code-") + 16
