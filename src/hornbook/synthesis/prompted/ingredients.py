"""What prompts are made of: topics, names, words, layouts, audiences and styles; and how one is drawn for a request.

Reads:  `data/*.txt`, or a person's files of the same form: one entry a line, `#` starts a comment line, empty lines are
        skipped; `data/*.toml`.
"""

import itertools
import keyword
import math
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


class _Lines:
    """The lines of a list that hold an entry, each with its number; names the line where one cannot be used."""

    def __init__(self, path: Path | str | None, shipped: str) -> None:
        """Read a person's own file, or the list that comes along."""
        self.label, self._text = _text(path, shipped)
        self._seen: dict[str, int] = {}
        self._number, self._line = 0, ""

    def __iter__(self) -> Iterator[str]:
        """The lines, without the white space at their ends."""
        for number, line in enumerate(self._text.splitlines(), start=1):
            self._number, self._line = number, line.rstrip()
            if self._line and not self._line.startswith("#"):
                is_printable = self._line.isprintable() or "\t" in self._line
                self.require(is_printable, "holds a character that cannot be printed")
                yield self._line

    def entry(self, *, key: str = "") -> str:
        """The present line without its indentation; it must be short, and stand only once under its key."""
        entry = self._line.strip()
        self.require(len(entry) <= _LONGEST_ENTRY, f"is longer than {_LONGEST_ENTRY} characters")
        key += entry.casefold()
        self.require(key not in self._seen, f"stands already on line {self._seen.get(key)}")
        self._seen[key] = self._number
        return entry

    def require(self, holds: bool, wrong: str) -> None:
        """Refuse the present line unless something holds.

        Raises:
            ConfigError: It does not; says what is wrong, with the file, the line and its number.
        """
        if not holds:
            shown = self._line if len(self._line) <= _LONGEST_ENTRY else f"{self._line[:_LONGEST_ENTRY]}…"
            raise ConfigError(f"`{self.label}`, line {self._number}, {wrong}: {shown.strip()!r}")


def read_topics(path: Path | str | None = None) -> tuple[Topic, ...]:
    """A topic tree, the one that comes along or a person's own: areas at the margin, their topics indented below.

    Raises:
        ConfigError: A line is broken, or there are no two areas with topics; names the file, the line and its number.
    """
    lines = _Lines(path, "topics.txt")
    area, topics = "", []
    for line in lines:
        if line[0].isspace():
            lines.require(bool(area), "is a topic without an area above it; an area stands at the margin")
            topics.append(Topic(area, lines.entry()))
        else:
            area = lines.entry(key="area ")
    if len({topic.area for topic in topics}) < 2:
        raise ConfigError(
            f"`{lines.label}` needs at least two areas with topics: areas at the margin, topics indented below"
        )
    return tuple(topics)


def read_names(path: Path | str | None = None) -> tuple[str, ...]:
    """Names of functions, those that come along or a person's own.

    A line may hold choices in braces, as `count_{words,lines}{,_in_text}`.

    Returns:
        Distinct names in the order of the file, the choices of a line in the order of a counter.

    Raises:
        ConfigError: A line is broken; names the file, the line and its number.
    """
    lines = _Lines(path, "names.txt")
    names: dict[str, None] = {}
    for line in lines:
        parts = _CHOICES.split(line.strip())
        choices = [part.split(",") if place % 2 else [part] for place, part in enumerate(parts)]
        number = math.prod(map(len, choices))
        lines.require(number <= _MOST_NAMES_A_LINE, f"stands for {number:,} names")
        for name in map("".join, itertools.product(*choices)):
            is_name = name.isascii() and name.isidentifier() and not keyword.iskeyword(name)
            lines.require(is_name, f"gives `{name}`, which cannot name a function")
            names.setdefault(name)
    if not names:
        raise ConfigError(f"`{lines.label}` holds no name")
    return tuple(names)


def read_entries(name: str, path: Path | str | None = None) -> tuple[str, ...]:
    """A plain list: the one of this name that comes along, such as `professions`, or a person's own file instead.

    Raises:
        ConfigError: A line stands twice or is too long, or there is none; names the file, the line and its number.
    """
    lines = _Lines(path, f"{name}.txt")
    entries = tuple(lines.entry() for _ in lines)
    if not entries:
        raise ConfigError(f"`{lines.label}` holds no entry")
    return entries


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


def _text(path: Path | str | None, shipped: str) -> tuple[str, str]:
    if path is None:
        return shipped, _shipped(shipped)
    try:
        raw = Path(path).read_bytes()
        return str(path), raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise ConfigError(f"`{path}`, line {line}, is not UTF-8 text: {error.reason}") from None
    except OSError as error:
        raise ConfigError(f"`{path}` cannot be read: {error.strerror or error}") from None


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
