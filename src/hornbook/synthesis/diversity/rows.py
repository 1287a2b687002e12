"""Rows of a person's files as records: exercises, passages, or any text."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from hornbook.errors import MissingInputError
from hornbook.records import Exercise, Passage
from hornbook.synthesis.diversity.syntax import read_syntax

_SOLUTIONS = ("solution", "canonical_solution", "completion")
_SHOWN_FIELDS = 12

NO_TOPICS: Mapping[str, tuple[str, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A record and the topics that its row names."""

    record: Exercise | Passage
    topics: tuple[str, ...]


def row_of(
    fields: Mapping[str, Any], place: str, text_field: str, commissioned: Mapping[str, tuple[str, ...]] = NO_TOPICS
) -> Row:
    """A row as a record.

    Args:
        fields: With `prompt` and `solution` (or `canonical_solution`, or `completion`) it is an exercise; else the text
            is, where it is a Python module with a function; else it is a passage. `topics` or `topic` may name topics.
        place: The row's id, where it has none of its own.
        text_field: Which field holds the text.
        commissioned: For the id of a record its topics, in place of those that the row names.

    Raises:
        MissingInputError: It holds neither; names the place and its fields.
    """
    record_id = str(fields.get("id") or place)
    listed = commissioned.get(record_id) or _listed(fields.get("topics") or fields.get("topic"))
    prompt = fields.get("prompt")
    solution = next((text for name in _SOLUTIONS if isinstance(text := fields.get(name), str)), None)
    if isinstance(prompt, str) and solution is not None:
        return Row(record=_exercise(record_id, prompt, solution, str(fields.get("entry_point") or "")), topics=listed)
    text = fields.get(text_field)
    if not isinstance(text, str):
        known = ", ".join(f"`{name}`" for name in list(fields)[:_SHOWN_FIELDS]) or "none"
        raise MissingInputError(
            f"`{place}` holds no text in `{text_field}`, nor `prompt` and `solution`; its fields: {known}; name the "
            "text's: --text-field"
        )
    syntax = read_syntax(text)
    if syntax is not None and syntax.functions:
        return Row(record=_exercise(record_id, text, "", ""), topics=listed)
    passage = Passage(id=record_id, text=text, family="", topic="", audience="", style="", teacher="")
    return Row(record=passage, topics=listed)


def _listed(topics: Any) -> tuple[str, ...]:
    if isinstance(topics, str):
        return (topics,)
    return tuple(map(str, topics)) if isinstance(topics, Sequence) else ()


def _exercise(record_id: str, prompt: str, solution: str, entry_point: str) -> Exercise:
    return Exercise(
        id=record_id,
        prompt=prompt,
        solution=solution,
        entry_point=entry_point,
        test="",
        family="",
        operations=(),
        idiom="",
        docstring_style="",
        teacher="",
    )


def text_of(record: Exercise | Passage) -> str:
    """What a model would read of a record."""
    return record.prompt + record.solution if isinstance(record, Exercise) else record.text
