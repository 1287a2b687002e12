"""Make inputs of a problem's kinds that go beyond the habits of its own ones.

Reads:  argument lists as Python source.
Writes: further ones: large numbers, long texts with signs, long lists with repeats.

A benchmark's inputs are narrow: texts without a sign, words of one letter, small numbers. Another task may agree with
the problem on all of these, and shows itself where they end. But where a domain ends a right solution may differ, too:
what looks meant stays as it is, such as a list in order, numbers of one sign, or a beginning before its end.
"""

import random
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hornbook.decontamination.benchmark_inputs import argument_source, arguments_of, has_keywords, value_source
from hornbook.decontamination.input_habits import Habits, habits_of, num_broken

_WORDS = (
    "Apple", "tree", "river", "Stone", "a", "window", "7", "of", "light", "GREEN", "42", "the", "mountain", "book3",
    "is", "Level", "noon", "x", "quiet", "Sea", "under", "15", "bread", "eleven", "Zoo", "banana", "to", "IBM",
    "ox", "900", "aaab",
)  # fmt: skip
_SIGNS = ("=", "&", "(", ")", "/", ".", ",", "-", ";", "!", "?", ":", "_", "[", "]", "{", "}", "#", "+", "  ")
_NARROW_HABITS = ("=", "with ", "without ", "spaced", "starts", "ends", "distinct")
"""So begin the habits that wide inputs need not have (`input_habits.py`)."""
_TRIES_PER_INPUT = 12
_MAX_CHARACTERS = 200
_ONE_PLACE_SHARE = 0.4
"""How often one argument alone is a new one."""
_REPEATED_SHARE = 0.25
_NARROW_SHARE = 0.15
"""How often a text is made of the known characters alone."""
_STREWN_SHARE = 0.4
"""How often another text is a known one with signs strewn in."""
_FEW_LETTERS, _FEW_SIGNS, _OFTEN = 4, 12, 4
"""A text's characters are all there are if they are so few, and come so often on average."""
_MOST_ITEMS = 12
_MAX_DEPTH = 6


def wide_inputs(known: Sequence[str], num_inputs: int, rng: random.Random) -> list[str]:
    """Take new values of the known types.

    Args:
        known: Argument lists as Python source; those with keywords are not used.
        num_inputs: At most so many; fewer where few can be made.
        rng: What is drawn from; the same draws make the same inputs.

    Returns:
        Argument lists, none of them known, those with small numbers first; with as many arguments as most of the known
        ones.
    """
    rows = [arguments_of(text) for text in known if not has_keywords(text)]
    sizes = Counter(len(row) for row in rows if row)
    if not sizes:
        return []
    [(size, _)] = sizes.most_common(1)
    rows = [row for row in rows if len(row) == size]
    habits = _meant(habits_of(rows))
    made: dict[str, float] = {}
    for _ in range(num_inputs * _TRIES_PER_INPUT):
        if len(made) >= num_inputs:
            break
        row = list(rng.choice(rows))
        places = [rng.randrange(size)] if rng.random() < _ONE_PLACE_SHARE else range(size)
        for place in places:
            row[place] = _wide_value(row[place], [other[place] for other in rows], rng)
        text = argument_source(row)
        if text not in known and len(text) <= _MAX_CHARACTERS and not num_broken(row, habits):
            made[text] = max(map(_largest, row))
    return sorted(made, key=made.__getitem__)


def _meant(habits: Habits) -> Habits:
    """Those of the habits that look as if they were meant."""
    traits = {
        place: frozenset(
            trait
            for trait in traits
            if not trait.startswith(_NARROW_HABITS) and not (trait == "balanced" and "without sign" in traits)
        )
        for place, traits in habits.traits.items()
    }
    return Habits(traits=traits, ranges={})


def _wide_value(base: Any, kin: Sequence[Any], rng: random.Random, depth: int = 0) -> Any:
    """A value of the type of `base`; `kin` are the known ones at its place."""
    alike = [one for one in kin if type(one) is type(base)]
    if isinstance(base, bool):
        return rng.random() < 0.5
    if isinstance(base, int):
        return _sign(alike, rng) * _wide_integer(rng)
    if isinstance(base, float):
        return _sign(alike, rng) * round(rng.uniform(0, rng.choice((3, 60, 900))), rng.choice((0, 1, 2, 4)))
    if isinstance(base, str):
        return _wide_text(alike, rng)
    if depth >= _MAX_DEPTH or not isinstance(base, list | tuple | set | dict):
        return base
    if isinstance(base, dict):
        keys = _wide_items([key for one in alike for key in one], rng.randint(1, 6), rng, depth)
        items = _wide_items([item for one in alike for item in one.values()], len(keys), rng, depth)
        return dict(zip(keys, items, strict=False))
    if isinstance(base, tuple) and len(set(map(len, alike))) == 1:
        made = [_wide_value(item, [one[place] for one in alike], rng, depth) for place, item in enumerate(base)]
        return tuple(_in_order(made, alike))
    if isinstance(base, set):
        return set(_wide_items([item for one in alike for item in sorted(one, key=value_source)], 7, rng, depth))
    return type(base)(_in_order(_wide_rows(alike, rng, depth), alike))


def _in_order(items: list[Any], kin: Sequence[Sequence[Any]]) -> list[Any]:
    """Sorted, if all known ones are."""
    try:
        is_rising = all(list(one) == sorted(one) for one in kin) and any(len(set(map(repr, one))) > 1 for one in kin)
        return sorted(items) if is_rising else items
    except TypeError:
        return items


def _wide_integer(rng: random.Random) -> int:
    return rng.randint(*rng.choice(((0, 30), (0, 60), (30, 400), (400, 20_000))))


def _sign(kin: Sequence[float], rng: random.Random) -> int:
    """A known one."""
    signs = {-1 if one < 0 else 1 for one in kin}
    return rng.choice(sorted(signs))


def _wide_text(kin: Sequence[str], rng: random.Random) -> str:
    """Known characters in another row; or a known text or words with many signs between."""
    known = [letter for text in kin for letter in text]
    if known and (_is_closed(known) or rng.random() < _NARROW_SHARE):
        return "".join(rng.choices(known, k=rng.randint(1, 18)))
    if rng.random() < _STREWN_SHARE:
        pieces = list(rng.choice(kin))
        signs = rng.sample(_SIGNS, 2)
        for _ in range(rng.randint(3, 6)):
            pieces.insert(rng.randint(0, len(pieces)), rng.choice(signs))
        return "".join(pieces)
    words = rng.choices(_WORDS, k=rng.randint(3, 7))
    signs = rng.choices(_SIGNS, k=rng.randint(6, 14))
    pieces = [*words, *signs, *rng.choices(known or [" "], k=rng.randint(0, 4))]
    rng.shuffle(pieces)
    return rng.choice((" ", "")).join(pieces)


def _is_closed(known: Sequence[str]) -> bool:
    """Whether texts are made of a few characters only, such as brackets or the digits 0 and 1."""
    different = set(known)
    has_letters = any(map(str.isalpha, different))
    return len(different) <= (_FEW_LETTERS if has_letters else _FEW_SIGNS) and len(known) >= _OFTEN * len(different)


def _wide_rows(kin: Sequence[Sequence[Any]], rng: random.Random, depth: int) -> list[Any]:
    """Items like the known ones; rows of one length stay rows of one length."""
    items = [item for one in kin for item in one]
    widths = {len(item) for item in items if isinstance(item, list)}
    is_table = bool(items) and all(isinstance(item, list) for item in items) and all(_is_table(one) for one in kin)
    number = rng.randint(1, _MOST_ITEMS if not widths else 4)
    if not is_table:
        return _wide_items(items, number, rng, depth)
    cells = [cell for item in items for cell in item]
    is_square = all(len(one) == len(row) for one in kin for row in one)
    width = number if is_square else rng.randint(1, max(widths) + 2)
    return [_wide_items(cells, width, rng, depth + 1) for _ in range(number)]


def _is_table(rows: Sequence[Any]) -> bool:
    return len({len(row) for row in rows}) <= 1


def _wide_items(known: Sequence[Any], number: int, rng: random.Random, depth: int) -> list[Any]:
    """So many items; now and then one again. None where no item is known."""
    items: list[Any] = []
    for _ in range(number if known else 0):
        if items and rng.random() < _REPEATED_SHARE:
            items.append(rng.choice(items))
        else:
            items.append(_wide_value(rng.choice(known), known, rng, depth + 1))
    return items


def _largest(value: Any) -> float:
    """The greatest magnitude of the numbers in a value."""
    if isinstance(value, int | float):
        return abs(value)
    if isinstance(value, dict):
        return max((_largest(one) for pair in value.items() for one in pair), default=0.0)
    if isinstance(value, list | tuple | set):
        return max(map(_largest, value), default=0.0)
    return 0.0
