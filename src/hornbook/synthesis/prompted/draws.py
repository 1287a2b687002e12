"""Random choices that depend on a seed and an index alone, so that any of them can be made again, in any order."""

import random
from collections.abc import Sequence
from functools import lru_cache
from typing import TypeVar

from hornbook.records import content_id

T = TypeVar("T")


def draw_generator(seed: int, purpose: str, index: int) -> random.Random:
    """The generator for one purpose and index of a seed: `draw_generator(0, "exercise", 17)`."""
    return random.Random(content_id("draw", str(seed), purpose, str(index)))


def draw_in_turn(entries: Sequence[T], seed: int, purpose: str, index: int) -> T:
    """The entry at a place of a shuffled order: none comes twice before each came once."""
    round_number, place = divmod(index, len(entries))
    return entries[_shuffled(len(entries), f"{seed} {purpose} {round_number}")[place]]


@lru_cache(maxsize=16)
def _shuffled(number: int, seed: str) -> tuple[int, ...]:
    order = list(range(number))
    random.Random(content_id("order", seed)).shuffle(order)
    return tuple(order)
