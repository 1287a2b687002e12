"""The kinds of value that flow through a task, and how Python and English name them."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Kind(StrEnum):
    """What a value is."""

    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"
    NUMBERS = "numbers"
    WORDS = "words"
    COUNTS = "counts"
    GRID = "grid"
    NESTED = "nested"
    MAYBE = "a number or nothing"
    STREAM = "stream of numbers"
    WORD_STREAM = "stream of words"
    LIST_STREAM = "stream of lists"
    NOTHING = "nothing"
    SET = "set"
    PAIR = "pair"
    PAIRS = "pairs"


@dataclass(frozen=True, kw_only=True)
class KindWords:
    """How a kind is written."""

    annotation: str
    """As in `def f(values: list[int])`."""
    typing_annotation: str
    """The same with the names of the `typing` module, as older code writes it."""
    described: tuple[str, ...]
    """Noun phrases with their article."""
    argument_names: tuple[str, ...]
    units: tuple[str, ...]
    """Plural nouns for the members that a collection holds; empty for a single value."""
    element_names: tuple[str, ...]
    """Loop variables."""
    pronoun: str
    """How a sentence refers back to a value of this kind."""
    fallback_name: str
    """A variable name when an operation suggests none that is free."""


def _result(annotation: str, typing_annotation: str, described: str) -> KindWords:
    """The words for a kind that only ever is a result."""
    return KindWords(
        annotation=annotation,
        typing_annotation=typing_annotation,
        described=(described,),
        argument_names=("value",),
        units=(),
        element_names=("item",),
        pronoun="the result",
        fallback_name="outcome",
    )


WORDS_OF_KIND: dict[Kind, KindWords] = {
    Kind.MAYBE: _result("int | None", "Optional[int]", "an integer or None"),
    Kind.STREAM: _result("Iterator[int]", "Iterator[int]", "integers, one at a time"),
    Kind.WORD_STREAM: _result("Iterator[str]", "Iterator[str]", "strings, one at a time"),
    Kind.LIST_STREAM: _result("Iterator[list[int]]", "Iterator[List[int]]", "lists of integers, one at a time"),
    Kind.NOTHING: _result("None", "None", "nothing"),
    Kind.NUMBER: KindWords(
        annotation="int",
        typing_annotation="int",
        described=("an integer",),
        argument_names=("n", "number", "x", "num", "value"),
        units=(),
        element_names=("i",),
        pronoun="the result",
        fallback_name="number",
    ),
    Kind.FLAG: KindWords(
        annotation="bool",
        typing_annotation="bool",
        described=("a truth value",),
        argument_names=("flag",),
        units=(),
        element_names=("flag",),
        pronoun="the result",
        fallback_name="answer",
    ),
    Kind.TEXT: KindWords(
        annotation="str",
        typing_annotation="str",
        described=("a string",),
        argument_names=("text", "s", "string", "sentence", "line", "message"),
        units=("characters",),
        element_names=("c", "ch", "char"),
        pronoun="it",
        fallback_name="new_text",
    ),
    Kind.NUMBERS: KindWords(
        annotation="list[int]",
        typing_annotation="List[int]",
        described=("a list of integers", "a list of numbers"),
        argument_names=("values", "numbers", "nums", "items", "data", "scores"),
        units=("numbers", "numbers", "numbers", "integers"),
        element_names=("n", "x", "v", "num"),
        pronoun="them",
        fallback_name="new_values",
    ),
    Kind.WORDS: KindWords(
        annotation="list[str]",
        typing_annotation="List[str]",
        described=("a list of strings", "a list of words"),
        argument_names=("words", "names", "strings", "tokens", "labels"),
        units=("words", "words", "strings"),
        element_names=("w", "word", "s"),
        pronoun="them",
        fallback_name="new_words",
    ),
    Kind.COUNTS: KindWords(
        annotation="dict[str, int]",
        typing_annotation="Dict[str, int]",
        described=("a dictionary from strings to integers",),
        argument_names=("counts", "stock", "prices", "ages", "table", "points"),
        units=("entries",),
        element_names=("key",),
        pronoun="it",
        fallback_name="new_counts",
    ),
    Kind.GRID: KindWords(
        annotation="list[list[int]]",
        typing_annotation="List[List[int]]",
        described=("a list of lists of integers", "a list of rows of integers"),
        argument_names=("grid", "rows", "matrix", "board"),
        units=("rows",),
        element_names=("row", "r"),
        pronoun="it",
        fallback_name="new_grid",
    ),
    Kind.NESTED: KindWords(
        annotation="list",
        typing_annotation="list",
        described=("a list of integers and further such lists, nested to any depth",),
        argument_names=("nested", "tree", "items", "data"),
        units=("items",),
        element_names=("item",),
        pronoun="it",
        fallback_name="new_items",
    ),
    Kind.SET: KindWords(
        annotation="set[int]",
        typing_annotation="Set[int]",
        described=("a set of integers",),
        argument_names=("members", "chosen", "known", "group", "marked"),
        units=(),
        element_names=("m", "member"),
        pronoun="the set",
        fallback_name="new_set",
    ),
    Kind.PAIR: KindWords(
        annotation="tuple[int, int]",
        typing_annotation="Tuple[int, int]",
        described=("a pair of integers", "a tuple of two integers"),
        argument_names=("pair", "point", "place", "couple"),
        units=(),
        element_names=("part",),
        pronoun="the pair",
        fallback_name="new_pair",
    ),
    Kind.PAIRS: KindWords(
        annotation="list[tuple[int, int]]",
        typing_annotation="List[Tuple[int, int]]",
        described=("a list of pairs of integers", "a list of tuples of two integers"),
        argument_names=("pairs", "points", "entries", "tuples"),
        units=("pairs",),
        element_names=("pair", "p"),
        pronoun="them",
        fallback_name="new_pairs",
    ),
}


def source_of(value: Any) -> str:
    """A value as source, equal for equal values: the members of a set in ascending order, where `repr` has any order.

    Args:
        value: A value of one of the kinds, or a tuple of such values.
    """
    if type(value) in (list, int, str, dict, bool):
        return repr(value)
    if isinstance(value, set):
        return f"{{{', '.join(map(source_of, sorted(value)))}}}" if value else "set()"
    if isinstance(value, tuple):
        return f"({', '.join(map(source_of, value))}{',' if len(value) == 1 else ''})"
    return repr(value)
