"""The forms of what is asked for: an exercise's layouts, a passage's audiences and styles, most with an example."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files
from typing import Any


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


def read_layouts() -> tuple[Layout, ...]:
    """The layouts that come along, in the order of their file."""
    return tuple(Layout(**fields) for fields in _tables("layouts.toml", "layout"))


def read_audiences() -> tuple[Audience, ...]:
    """The audiences that come along, in the order of their file."""
    return tuple(Audience(**fields) for fields in _tables("audiences.toml", "audience"))


def read_styles() -> tuple[Style, ...]:
    """The styles that come along, in the order of their file."""
    return tuple(Style(**fields) for fields in _tables("styles.toml", "style"))


def _tables(file: str, name: str) -> list[dict[str, Any]]:
    text = files("hornbook.synthesis.prompted").joinpath("data", file).read_text(encoding="utf-8")
    tables: list[dict[str, Any]] = tomllib.loads(text)[name]
    return tables
