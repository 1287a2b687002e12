"""What it takes to describe a fixed form of values: its words, its corner cases, and how to draw one."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.curriculum.kinds import Kind


@dataclass(frozen=True, kw_only=True)
class Format:
    """A form that values of one kind may have."""

    kind: Kind
    argument_names: tuple[str, ...]
    described: str
    """A noun phrase with its article."""
    corners: tuple[Any, ...]
    draw: Callable[[random.Random], Any]
    """An ordinary value."""
    near: Callable[[Any, random.Random], Any] | None = None
    """A second value that has something to do with the first, where that is not left to chance."""
    sentence: str = ""
    """What the docstring says of the form, about `$x`; none where the operations' own words say enough."""
    unit: str = ""
    """A plural noun for the members of a list."""
    is_closed: bool = False
    """Whether only operations that need the form may read it: others would take a time for a mere text."""
