"""Make more inputs for a problem from those that are known, as far as can be told within its domain.

Reads:  argument lists as Python source.
Writes: further ones, those first that have most in common with the known ones.
"""

import random
from collections.abc import Sequence
from typing import Any

from hornbook.decontamination.benchmark_inputs import argument_source, arguments_of, has_keywords
from hornbook.decontamination.input_habits import habits_of, num_broken
from hornbook.decontamination.similar_values import similar_value

_TRIES_PER_INPUT = 8
_WHOLE_SHARE = 0.3
"""How often an argument is one that another input has there."""
_OTHER_SHARE = 0.1
"""How often it is the value of another argument, if these are of one type."""
_FEWEST_CHARACTERS = 60
"""So long an input may be though all known ones are shorter."""


def more_inputs(known: Sequence[str], num_inputs: int, rng: random.Random) -> dict[str, int]:
    """Mix the known inputs to others, place by place.

    Args:
        known: Argument lists as Python source; those with keywords are not used.
        num_inputs: At most so many; fewer where few can be made.
        rng: What is drawn from; the same draws make the same inputs.

    Returns:
        By argument list, none of them known, how many habits of the known ones it breaks
        (`input_habits.num_broken`); in the order of that number.
    """
    rows = [arguments_of(text) for text in known if not has_keywords(text)]
    rows = [row for row in rows if row]
    if not rows:
        return {}
    kin = {len(row): [other for other in rows if len(other) == len(row)] for row in rows}
    habits = {size: habits_of(group) for size, group in kin.items()}
    max_characters = max(_FEWEST_CHARACTERS, *(len(text) * 5 // 4 for text in known))
    ours = {argument_source(row) for row in rows}
    made: dict[str, int] = {}
    for _ in range(num_inputs * _TRIES_PER_INPUT):
        row = rng.choice(rows)
        changed = _changed(row, kin[len(row)], rng)
        text = argument_source(changed)
        if text not in ours and text not in made and len(text) <= max_characters:
            made[text] = num_broken(changed, habits[len(row)])
    return dict(sorted(made.items(), key=lambda item: item[1])[:num_inputs])


def _changed(row: Sequence[Any], kin: Sequence[Sequence[Any]], rng: random.Random) -> list[Any]:
    """The arguments with one or more of them changed."""
    changed = list(row)
    number = 1 if rng.random() < 0.6 else rng.randint(1, len(row))
    for place in rng.sample(range(len(row)), number):
        column = [other[place] for other in kin]
        others = [value for value in row if type(value) is type(row[place])]
        drawn = rng.random()
        if drawn < _OTHER_SHARE and len(others) > 1:
            changed[place] = rng.choice(others)
        elif drawn < _WHOLE_SHARE:
            changed[place] = rng.choice(column)
        else:
            changed[place] = similar_value(row[place], column, rng)
    return changed
