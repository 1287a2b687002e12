"""What comes of running a task, where it is not simply a value: a refusal, or an answer beside a changed object."""

from dataclasses import dataclass
from typing import Any, NamedTuple

NUM_TAKEN = 6
"""So many members of an endless generator are looked at."""


@dataclass(frozen=True)
class Refused:
    """The function raised an exception instead of returning."""

    exception: str
    message: str


class Called(NamedTuple):
    """A method was called."""

    answer: Any
    held: Any
    """What its object holds afterwards."""
