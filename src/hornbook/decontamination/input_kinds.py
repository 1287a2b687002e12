"""Say of what kinds a problem's arguments are, and which other arguments look like them.

A kind is Python source as `observers/jailed/kinds.py` reads it: `list[num]`, `dict[str, any]`. Features are what a
problem may rely on beyond kinds: that a list is sorted, that there is no negative number, that a text is all digits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

_ANY = "any"


@dataclass(frozen=True, slots=True, kw_only=True)
class Domain:
    """What the inputs of a problem have: features, and for each measure its largest value."""

    features: frozenset[str]
    largest: dict[str, float]

    def holds(self, other: "Domain") -> bool:
        """Whether nothing about the other inputs is new."""
        return other.features <= self.features and all(
            value <= self.largest.get(name, -1) for name, value in other.largest.items()
        )


def kinds_of(rows: Sequence[Sequence[Any]]) -> tuple[str, ...]:
    """The kind of each argument over all inputs, which have one length."""
    return tuple(_kind(column) for column in zip(*rows, strict=True))


def domain_of(rows: Sequence[Sequence[Any]]) -> Domain:
    """What these inputs have between them."""
    features: set[str] = set()
    largest: dict[str, float] = {}
    for row in rows:
        features.update(_relations(row))
        for place, value in enumerate(row):
            _note(value, str(place), features, largest)
    return Domain(features=frozenset(features), largest=largest)


def _kind(values: Sequence[Any]) -> str:
    """The kind of all values; those of empty collections fit everything."""
    names = {_outer(value) for value in values} - {"None"}
    if len(names) != 1:
        return _ANY if names else "None"
    name = names.pop()
    held = [value for value in values if value is not None]
    if name in ("list", "set"):
        items = [item for value in held for item in value]
        return f"{name}[{_kind(items) if items else _ANY}]"
    if name == "dict":
        keys = [key for value in held for key in value]
        items = [item for value in held for item in value.values()]
        return f"dict[{_kind(keys)}, {_kind(items)}]" if keys else f"dict[{_ANY}, {_ANY}]"
    return name


def _outer(value: Any) -> str:
    match value:
        case None:
            return "None"
        case bool() | int() | float():
            return "num"
        case str():
            return "str"
        case list() | tuple():
            return "list"
        case set() | frozenset():
            return "set"
        case dict():
            return "dict"
    return _ANY


def _note(value: Any, where: str, features: set[str], largest: dict[str, float]) -> None:
    """Note what is remarkable about a value and those in it."""
    features.add(f"{where}:{type(value).__name__}")
    match value:
        case bool() | None:
            return
        case int() | float():
            features.add(f"{where}:{_sign(value)}")
            largest[where] = max(largest.get(where, 0), abs(value))
        case str():
            features.update(f"{where}:{_letter(letter)}" for letter in value)
        case dict():
            for key, item in value.items():
                _note(key, f"{where}k", features, largest)
                _note(item, f"{where}v", features, largest)
        case list() | tuple() | set() | frozenset():
            for item in value:
                _note(item, f"{where}.", features, largest)
            features.update(f"{where}:{name}" for name in _shape(value))
    if isinstance(value, str | dict | list | tuple | set | frozenset):
        features.update([f"{where}:empty"] if not value else [])
        largest[f"{where}#"] = max(largest.get(f"{where}#", 0), len(value))


def _sign(value: float) -> str:
    return "negative" if value < 0 else "zero" if value == 0 else "positive"


def _letter(letter: str) -> str:
    """Letters and digits by kind, everything else as itself."""
    if letter.isdigit():
        return "digit"
    return ("upper" if letter.isupper() else "lower") if letter.isalpha() else letter


def _shape(value: Any) -> Iterator[str]:
    """How the items of a row are arranged."""
    items = list(value)
    texts = list(map(repr, items))
    if len(set(texts)) < len(texts):
        yield "repeats"
    sizes = {len(item) for item in items if isinstance(item, str | list | tuple)}
    if len(sizes) > 1:
        yield "ragged"
    if isinstance(value, list | tuple) and all(type(item) in (int, float, str) for item in items):
        try:
            if items != sorted(items):
                yield "unsorted"
        except TypeError:
            yield "mixed"


def _relations(row: Sequence[Any]) -> Iterator[str]:
    """How arguments compare with each other, numbers with lengths included."""
    sizes = [
        value if isinstance(value, int | float) else len(value) if hasattr(value, "__len__") else 0 for value in row
    ]
    for place, one in enumerate(sizes):
        for other in range(place):
            yield f"{other}{'<' if sizes[other] < one else '=' if sizes[other] == one else '>'}{place}"
