"""What prompts are made of: topics, names, words, layouts, audiences and styles; and how one is drawn for a request.

Reads:  `data/*.txt`, or a person's files of the same form: one entry a line, `#` starts a comment line, empty lines are
        skipped; `data/*.toml`.
"""

import itertools
import keyword
import random
import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import Any, TypeVar

from hornbook.errors import ConfigError
from hornbook.records import content_id

T = TypeVar("T")

_INDENT = re.compile(r"[ \t]+")
_CHOICES = re.compile(r"\{([^{}]*)\}")
_LONGEST_ENTRY = 120
_MOST_NAMES_A_LINE = 100_000


@dataclass(frozen=True, slots=True)
class Topic:
    """A leaf of the topic tree."""

    area: str
    """The branch that it hangs on."""
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to lay the docstring of an exercise out."""

    name: str
    instruction: str
    request: str
    """What the example answers."""
    example: str
    """A whole exercise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Audience:
    """Whom a passage is for."""

    name: str
    instruction: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The form of a passage."""

    name: str
    instruction: str
    example: str
    """A short passage."""


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that holds an entry."""

    number: int
    """Counted from 1."""
    text: str
    """Without the white space at its end."""


def read_topics(path: Path | None = None) -> tuple[Topic, ...]:
    """A topic tree: areas at the margin, the topics of each indented below it.

    Args:
        path: A person's own file; None: the tree that comes along.

    Returns:
        The topics in the order of the file.

    Raises:
        ConfigError: A line is broken, or there are no two areas with topics; names the file, the line and its number.
    """
    label, text = _text(path, "topics.txt")
    area, topics, seen = "", [], dict[str, int]()
    for line in _lines(label, text):
        entry = line.text.strip()
        _require(len(entry) <= _LONGEST_ENTRY, label, line, f"is longer than {_LONGEST_ENTRY} characters")
        key = entry.casefold()
        if not _INDENT.match(line.text):
            area, key = entry, f"area {key}"
        else:
            _require(bool(area), label, line, "is a topic without an area above it; an area stands at the margin")
            topics.append(Topic(area, entry))
        _require(key not in seen, label, line, f"stands already on line {seen.get(key)}")
        seen[key] = line.number
    if len({topic.area for topic in topics}) < 2:
        raise ConfigError(f"`{label}` needs at least two areas with topics: areas at the margin, topics indented below")
    return tuple(topics)


def read_names(path: Path | None = None) -> tuple[str, ...]:
    """Names of functions; a line may hold choices in braces, as `count_{words,lines}{,_in_text}`.

    Args:
        path: A person's own file; None: the names that come along.

    Returns:
        Distinct names in the order of the file, the choices of a line in the order of a counter.

    Raises:
        ConfigError: A line is broken; names the file, the line and its number.
    """
    label, text = _text(path, "names.txt")
    names: dict[str, None] = {}
    for line in _lines(label, text):
        parts = _CHOICES.split(line.text.strip())
        choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
        number = 1
        for choice in choices:
            number *= len(choice)
        _require(number <= _MOST_NAMES_A_LINE, label, line, f"stands for {number:,} names")
        for chosen in itertools.product(*choices):
            name = "".join(chosen)
            _require(_is_function_name(name), label, line, f"gives `{name}`, which cannot name a function")
            names.setdefault(name)
    if not names:
        raise ConfigError(f"`{label}` holds no name")
    return tuple(names)


def read_entries(name: str, path: Path | None = None) -> tuple[str, ...]:
    """A plain list, as of professions.

    Args:
        name: Of the list that comes along: `professions`, `concepts`, `skills`, `twists`.
        path: A person's own file instead.

    Raises:
        ConfigError: A line stands twice or is too long, or there is none; names the file, the line and its number.
    """
    label, text = _text(path, f"{name}.txt")
    seen: dict[str, int] = {}
    entries = []
    for line in _lines(label, text):
        entry = line.text.strip()
        _require(len(entry) <= _LONGEST_ENTRY, label, line, f"is longer than {_LONGEST_ENTRY} characters")
        _require(entry.casefold() not in seen, label, line, f"stands already on line {seen.get(entry.casefold())}")
        seen[entry.casefold()] = line.number
        entries.append(entry)
    if not entries:
        raise ConfigError(f"`{label}` holds no entry")
    return tuple(entries)


def read_layouts() -> tuple[Layout, ...]:
    """The layouts that come along, in the order of their file."""
    return tuple(Layout(**fields) for fields in _tables("layouts.toml", "layout"))


def read_audiences() -> tuple[Audience, ...]:
    """The audiences that come along, in the order of their file."""
    return tuple(Audience(**fields) for fields in _tables("audiences.toml", "audience"))


def read_styles() -> tuple[Style, ...]:
    """The styles that come along, in the order of their file."""
    return tuple(Style(**fields) for fields in _tables("styles.toml", "style"))


def draw_generator(seed: int, purpose: str, index: int) -> random.Random:
    """The generator for one purpose and index of a seed, as `draw_generator(0, "exercise", 17)`.

    So every draw can be made again, in any order.
    """
    return random.Random(content_id("draw", str(seed), purpose, str(index)))


def draw_in_turn(entries: Sequence[T], seed: int, purpose: str, index: int) -> T:
    """The entry at a place of a shuffled order: none comes twice before each came once."""
    round_number, place = divmod(index, len(entries))
    return entries[_shuffled(len(entries), f"{seed} {purpose} {round_number}")[place]]


def _text(path: Path | None, shipped: str) -> tuple[str, str]:
    if path is None:
        return shipped, _shipped(shipped)
    try:
        return str(path), path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = path.read_bytes()[: error.start].count(b"\n") + 1
        raise ConfigError(f"`{path}`, line {line}, is not UTF-8 text: {error.reason}") from None
    except OSError as error:
        raise ConfigError(f"`{path}` cannot be read: {error.strerror or error}") from None


def _lines(label: str, text: str) -> Iterator[_Line]:
    for number, raw in enumerate(text.splitlines(), start=1):
        line = _Line(number, raw.rstrip())
        if not line.text or line.text.startswith("#"):
            continue
        _require(line.text.isprintable() or "\t" in line.text, label, line, "holds a character that cannot be printed")
        yield line


def _require(holds: bool, label: str, line: _Line, wrong: str) -> None:
    if not holds:
        shown = line.text if len(line.text) <= _LONGEST_ENTRY else f"{line.text[:_LONGEST_ENTRY]}…"
        raise ConfigError(f"`{label}`, line {line.number}, {wrong}: {shown.strip()!r}")


def _is_function_name(name: str) -> bool:
    return name.isascii() and name.isidentifier() and not keyword.iskeyword(name)


def _shipped(file: str) -> str:
    return files("hornbook.synthesis.prompted").joinpath("data", file).read_text(encoding="utf-8")


def _tables(file: str, name: str) -> list[dict[str, Any]]:
    tables: list[dict[str, Any]] = tomllib.loads(_shipped(file))[name]
    return tables


@lru_cache(maxsize=16)
def _shuffled(number: int, seed: str) -> tuple[int, ...]:
    order = list(range(number))
    random.Random(content_id("order", seed)).shuffle(order)
    return tuple(order)
