"""Exercises or passages from a person's own rows, told apart by their columns.

An exercise needs `prompt` and `solution`, a passage `text`. What else the records hold is taken from the row where it
is there, and is otherwise made (`id`, `entry_point`) or left empty.
"""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hornbook.commands.written_files import clean
from hornbook.errors import MissingInputError
from hornbook.records import Exercise, Passage, content_id
from hornbook.sources.rows import read_rows


@dataclass(frozen=True)
class Given:
    """What a file holds; one of the two is empty."""

    exercises: list[Exercise]
    passages: list[Passage]
    extras: dict[str, dict[str, Any]]
    """By the record's id: the row's fields that no record has."""


def read_given(path: Path) -> Given:
    """The records of a file, in order.

    Raises:
        MissingInputError: The file is not there or damaged, holds no rows, or a row lacks what it needs: at this place.
    """
    rows = list(read_rows(path))
    if not rows:
        raise MissingInputError(f"`{path}` holds no rows")
    place, first = rows[0]
    are_exercises = {"prompt", "solution"} <= first.keys()
    if not are_exercises and "text" not in first:
        known = ", ".join(f"`{name}`" for name in first) or "none"
        raise MissingInputError(
            f"`{place}` is neither an exercise (`prompt` and `solution`) nor a passage (`text`); its fields: {known}"
        )
    given = Given([], [], {})
    for place, fields in rows:
        made = _exercise(fields, place) if are_exercises else _passage(fields, place)
        if made.id in given.extras:
            raise MissingInputError(
                f"`{place}` has the id `{made.id}`, which a row before it has too; ids must be unique"
            )
        if isinstance(made, Exercise):
            given.exercises.append(made)
        else:
            given.passages.append(made)
        own = {field.name for field in dataclasses.fields(made)}
        given.extras[made.id] = {name: value for name, value in fields.items() if name not in own}
    return given


def _exercise(fields: dict[str, Any], place: str) -> Exercise:
    from hornbook.python_code.functions import last_function

    prompt, solution = _text(fields, "prompt", place), _text(fields, "solution", place)
    name = _optional(fields, "entry_point") or last_function(prompt, solution)
    if not name:
        raise MissingInputError(f"`{place}`: no function is defined in its `prompt`; name it in `entry_point`")
    return Exercise(
        id=_optional(fields, "id") or content_id("exercise", prompt, solution, _number(place)),
        prompt=prompt,
        solution=solution,
        entry_point=name,
        test=_optional(fields, "test"),
        family=_optional(fields, "family"),
        operations=_texts(fields.get("operations")),
        idiom=_optional(fields, "idiom"),
        docstring_style=_optional(fields, "docstring_style"),
        teacher=_optional(fields, "teacher"),
    )


def _passage(fields: dict[str, Any], place: str) -> Passage:
    text = _text(fields, "text", place)
    made = {name: _optional(fields, name) for name in ("family", "topic", "audience", "style", "teacher")}
    return Passage(id=_optional(fields, "id") or content_id("passage", text, _number(place)), text=text, **made)


def _number(place: str) -> str:
    """Of the row; a part of the ids that are made, since equal rows may repeat."""
    return place.rpartition(":")[2]


def _text(fields: dict[str, Any], name: str, place: str) -> str:
    value = fields.get(name)
    if not isinstance(value, str):
        raise MissingInputError(f"`{place}` has no text in `{name}`, but {str(value)[:40]!r}")
    text: str = clean(value)
    return text


def _optional(fields: dict[str, Any], name: str) -> str:
    value = fields.get(name)
    return "" if value is None else clean(str(value))


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(clean(str(one)) for one in value) if isinstance(value, Sequence) and not isinstance(value, str) else ()
