"""The layouts of an exercise's docstring: an instruction and an example each."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One way to lay a docstring out."""

    name: str
    instruction: str
    request: str
    """What the example answers."""
    example: str
    """A whole exercise."""


def read_layouts() -> tuple[Layout, ...]:
    """The layouts that come along, in the order of their file."""
    text = files("hornbook.synthesis.prompted").joinpath("data", "layouts.toml").read_text(encoding="utf-8")
    return tuple(Layout(**fields) for fields in tomllib.loads(text)["layout"])
