"""Draw a value of a kind: corner cases by number, others by a generator, both steered by the parameter's name."""

import random
import re
from collections.abc import Sequence
from typing import Any

from hornbook.python_code.parameters import Kind
from hornbook.python_code.values import Code, value_source

_TEXTS = (
    "", "a", "hello", "Hello World", "racecar", "abc123", "the quick brown fox", "banana", "Python", "aabbcc", "12345",
    "A man a plan", "x", "MiXeD CaSe", "one two two three", "a-b-c", "tab\tand  spaces", "Zebra!", "level", "naïve",
)  # fmt: skip
_WORDS = ("apple", "banana", "kiwi", "cherry", "fig", "pear", "plum", "Apple", "date", "kiwi", "level", "noon", "a", "")
_NUMBERS_TEXT = ("0", "7", "42", "-3", "3.5", "1001", "12345")
_TEXTS_BY_NAME = (
    (r".*(?:char|letter|symbol|delimiter|separator|sep)\w*|c|ch", ("a", "e", "z", "A", " ", ",", "1", "b")),
    (r".*email.*", ("ann@example.com", "bob.smith@mail.example.org", "no-at-sign", "@", "", "a@b.c")),
    (r".*(?:url|link).*", ("https://example.com/a?b=1", "http://example.org", "example.com/path", "", "ftp://x.example")),
    (r".*date.*", ("2024-03-15", "2023-12-31", "2000-02-29", "1999-01-01", "2024-11-05")),
    (r".*time.*", ("14:30", "00:00", "23:59", "09:05", "12:00")),
    (r".*(?:binary|bits).*", ("0", "1", "1011", "1111", "100000", "0101")),
    (r".*(?:number|digits|num)\w*", _NUMBERS_TEXT),
    (r".*(?:path|file).*", ("report.txt", "data/notes.csv", "archive.tar.gz", "README", "")),
    (r".*(?:expression|formula).*", ("1 + 2", "3 * 4 - 5", "(1 + 2) * 3", "7", "10 / 4")),
    (r".*roman.*", ("I", "IV", "IX", "XIV", "MCMXCIV")),
    (r".*(?:paren|bracket).*", ("", "()", "(()", "([]{})", "(]", "())(")),
    (r".*password.*", ("", "abc", "Secret123!", "longpassword", "P4ssw0rd")),
    (r".*(?:word|name)", _WORDS),
)  # fmt: skip
_INTEGERS_BY_NAME = (
    (r"(?:index|position|start|end|pos|i|j|k)", 0, 4),
    (r".*(?:month).*", 1, 12),
    (r".*(?:day).*", 1, 28),
    (r".*(?:year).*", 1896, 2104),
    (r".*(?:age|percent\w*|score|grade)", 0, 100),
    (r"n|m|.*(?:count|limit|size|length|len|times|width|height|depth|steps|terms)", 0, 12),
    (r".*(?:rows?|cols?|columns|num_\w+|max_\w+)", 0, 12),
)  # fmt: skip
_INTEGER_CORNERS = (0, 1, 2, -1, 10)
_FLOAT_CORNERS = (0.0, 1.0, -1.5, 2.5, 100.0)
_ANY = ("int", "str", "float", "list")
_MOST_ITEMS = 6
_MOST_DEPTH = 5
_DATES = ((2024, 2, 29), (2023, 12, 31), (2000, 1, 1), (2024, 3, 15), (1999, 7, 4), (2021, 6, 30))


def corner(kind: Kind, name: str, number: int) -> Any:
    """The corner case with this number, from 0 on: empty, zero, one, then ordinary ones; numbers go round."""
    rng = random.Random(number)  # A corner case is the same for everyone.
    if kind.name == "int":
        low, high = _integer_range(name)
        fitting = [one for one in _INTEGER_CORNERS if low <= one <= high] or [low, high]
        return fitting[number % len(fitting)]
    if kind.name == "float":
        return _FLOAT_CORNERS[number % len(_FLOAT_CORNERS)]
    if kind.name == "str":
        texts = _texts(name)
        return texts[number % len(texts)]
    if kind.name in ("list", "set", "frozenset", "dict", "tuple of any length"):
        if number % 4 == 2 and kind.name == "list":
            return [draw(_items(kind, 0), name, rng, 1)] * 2
        sizes = (0, 1, 2, 3)
        return _draw_sized(kind, name, rng, sizes[number % 4], 0)
    if kind.name == "union":
        return corner(kind.of[number % len(kind.of)], name, number // len(kind.of))
    return draw(kind, name, rng, 0)


def draw(kind: Kind, name: str, rng: random.Random, depth: int = 0) -> Any:
    """A value of the kind, in the usual range of the parameter's name; it lies in `depth` containers."""
    if kind.name == "int":
        low, high = _integer_range(name)
        return rng.randint(low, high) if rng.random() < 0.9 else rng.choice([low, high, max(low, min(high, 1000))])
    if kind.name == "float":
        return round(rng.uniform(-20, 120), rng.choice([0, 1, 2])) if rng.random() < 0.9 else float(rng.randint(-5, 50))
    if kind.name == "str":
        return rng.choice(_WORDS[:-1] if depth else _texts(name))
    if kind.name == "literal":
        return rng.choice(kind.values)
    if kind.name == "union":
        return draw(rng.choice(kind.of), name, rng, depth)
    if kind.name == "any":
        simple = Kind(rng.choice(_ANY[: 3 if depth else 4]), ())
        return draw(simple, name, rng, depth)
    if kind.name == "tuple":
        return tuple(draw(one, "", rng, depth + 1) for one in kind.of or (Kind("int"), Kind("int")))
    if kind.name in ("list", "set", "frozenset", "dict", "tuple of any length"):
        return _draw_sized(kind, name, rng, rng.randint(0 if depth == 0 else 1, _MOST_ITEMS - depth), depth)
    return _simple(kind.name, rng)


def _draw_sized(kind: Kind, name: str, rng: random.Random, size: int, depth: int) -> Any:
    """A container with so many items; a list of lists is a rectangle; equal members of a set count once."""
    if depth > _MOST_DEPTH:
        size = 0
    inner = _items(kind, 0)
    if kind.name == "dict":
        keys = [draw(inner, "key", rng, depth + 1) for _ in range(size)]
        return {_hashable(key): draw(_items(kind, 1), name, rng, depth + 1) for key in keys}
    if inner.name == "list":
        width = rng.randint(1, 4)
        items = [_draw_sized(inner, name, rng, width, depth + 1) for _ in range(size)]
    else:
        items = [draw(inner, _singular(name), rng, depth + 1) for _ in range(size)]
    if kind.name == "list":
        return items
    if kind.name == "tuple of any length":
        return tuple(items)
    return frozenset(map(_hashable, items)) if kind.name == "frozenset" else set(map(_hashable, items))


def _items(kind: Kind, place: int) -> Kind:
    if place < len(kind.of):
        return kind.of[place]
    return Kind("str") if kind.name == "dict" and place == 0 else Kind("int")


def _hashable(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple(map(_hashable, value))
    return value_source(value) if isinstance(value, dict | set) else value


def _singular(name: str) -> str:
    """Items of `ages` are drawn as `age`; those of `n` or `numbers` as anything."""
    return name.removesuffix("s") if len(name) > 3 else ""


def _integer_range(name: str) -> tuple[int, int]:
    for pattern, low, high in _INTEGERS_BY_NAME:
        if re.fullmatch(pattern, name):
            return low, high
    return -20, 100


def _texts(name: str) -> Sequence[str]:
    return next((texts for pattern, texts in _TEXTS_BY_NAME if re.fullmatch(pattern, name)), _TEXTS)


def _simple(name: str, rng: random.Random) -> Any:
    if name == "bool":
        return rng.random() < 0.5
    if name == "bytes":
        return rng.choice([b"", b"a", b"hello", bytes(range(4))])
    year, month, day = rng.choice(_DATES)
    if name == "date":
        return Code(f"__import__('datetime').date({year}, {month}, {day})")
    if name == "datetime":
        hour, minute = rng.choice([(0, 0), (9, 30), (23, 59)])
        return Code(f"__import__('datetime').datetime({year}, {month}, {day}, {hour}, {minute})")
    if name == "decimal":
        return Code(f"__import__('decimal').Decimal('{rng.randint(0, 500)}.{rng.randint(0, 99):02}')")
    return None
