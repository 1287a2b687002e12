"""Make a value like others that are known at the same place.

Reads:  values: numbers, texts, None, and lists, tuples, sets and dictionaries of these.
Writes: another value. A near one is mixed of what the known ones are made of, nothing new but numbers between them or a
little beyond. A wide one goes beyond them: large numbers, texts with many signs, long lists with repeats.

What looks meant stays as it is: types, signs of numbers, lists in order, rows of one length, an alphabet of a few
characters, a form such as that of a date.
"""

import math
import random
import re
from collections.abc import Callable, Sequence
from typing import Any

from hornbook.python_code.values import value_source

_PIECE = re.compile(r"[A-Za-z]+|\d+|\s+|[^\sA-Za-z\d]")
_KNOWN_SHARE = 0.6
"""How often an item of a near value is a known one, and not one like it."""
_NEAR_SHARE = 0.4
"""How often a near number is one of the next ones."""
_NEAR = (-3, -2, -1, -1, 1, 1, 2, 3)
_NARROW, _FAR = 5, 20
"""How far a near number may go beyond the known ones: half of what they span, but so far at least and at most."""
_FEW_CHANGES = (1, 1, 2, 3)
_FEWEST_FIELDS = 3
"""Pieces of a text that has a form."""
_MAX_DEPTH = 6

_TEXT = (
    "Apple tree river Stone a window 7 of light GREEN 42 the mountain book3 is Level noon x quiet Sea under 15 bread "
    "eleven Zoo banana to IBM ox 900 aaab"
)
_SIGNS = ("=", "&", "(", ")", "/", ".", ",", "-", ";", "!", "?", ":", "_", "[", "]", "{", "}", "#", "+", "  ")
_REPEATED_SHARE = 0.25
_NARROW_SHARE = 0.15
"""How often a wide text is made of the known characters alone."""
_STREWN_SHARE = 0.4
"""How often another wide text is a known one with signs strewn in."""
_FEW_LETTERS, _FEW_SIGNS, _OFTEN = 4, 12, 4
"""A text's characters are all there are if they are so few, and come so often on average."""
_MOST_ITEMS, _MOST_ROWS = 12, 4


def similar_value(base: Any, known: Sequence[Any], rng: random.Random, *, is_wide: bool = False, depth: int = 0) -> Any:
    """A value like the ones that are known at this place, of the type of `base`, one of them; now and then one of them.

    A wide one goes beyond them. `depth` is how deep it lies in another value.
    """
    kin = [one for one in known if type(one) is type(base)]

    def item(value: Any, others: Sequence[Any]) -> Any:
        alike = [one for one in others if type(one) is type(value)]
        if not is_wide and rng.random() < _KNOWN_SHARE:
            return rng.choice(alike)
        return similar_value(value, alike, rng, is_wide=is_wide, depth=depth + 1)

    def items(one: list[Any], lists: Sequence[list[Any]]) -> list[Any]:
        return _wide_items(lists, rng, item) if is_wide else _near_items(one, lists, rng, item)

    match base:
        case bool():
            return rng.random() < 0.5
        case int() | float():
            return (_wide_number if is_wide else _near_number)(base, kin, rng)
        case str():
            return _wide_text(kin, rng) if is_wide else _near_text(base, kin, rng)
    if depth >= _MAX_DEPTH or not isinstance(base, list | tuple | set | dict) or not any(kin):
        return base
    if isinstance(base, dict):
        return _wide_dictionary(kin, rng, item) if is_wide else _near_dictionary(base, kin, rng, item)
    if isinstance(base, set):
        return set(items(sorted(base, key=value_source), [sorted(one, key=value_source) for one in kin]))
    if isinstance(base, tuple) and len(set(map(len, kin))) == 1:
        columns = list(zip(*kin, strict=True))
        changed = range(len(base)) if is_wide else rng.sample(range(len(base)), rng.randint(1, len(base)))
        made = [item(value, columns[place]) if place in changed else value for place, value in enumerate(base)]
    else:
        made = _evened(items(list(base), list(map(list, kin))), kin, rng)
    return type(base)(_in_order(made, kin))


_Item = Callable[[Any, Sequence[Any]], Any]
"""Makes an item like one of others."""


def _near_number(base: float, kin: Sequence[float], rng: random.Random) -> float:
    """Near the value, or between two known ones; with no more decimals than these."""
    finite = [one for one in kin if math.isfinite(one)]
    if not math.isfinite(base):
        return base
    low, high = _range(finite)
    ends = sorted((base, rng.choice([*finite, low, high])))
    if isinstance(base, int):
        made: float = base + rng.choice(_NEAR) if rng.random() < _NEAR_SHARE else rng.randint(*map(int, ends))
        return int(min(max(made, low), high))
    decimals = max(len(repr(one).partition(".")[2]) if "e" not in repr(one) else 6 for one in finite)
    decimals = 0 if all(float(one).is_integer() for one in finite) else decimals
    made = base + rng.choice(_NEAR) / 2 if rng.random() < _NEAR_SHARE else rng.uniform(*ends)
    return float(min(max(round(made, decimals), low), high))


def _range(kin: Sequence[float]) -> tuple[float, float]:
    """Between what a near number may be: a little beyond all known ones, of their sign."""
    least, greatest = min(kin), max(kin)
    beyond = min(max(_NARROW, (greatest - least) // 2), _FAR)
    low = max(least - beyond, min(least, 1)) if least >= 0 else least - beyond
    return low, min(greatest + beyond, -1) if greatest < 0 else greatest + beyond


def _wide_number(base: float, kin: Sequence[float], rng: random.Random) -> float:
    sign = rng.choice(sorted({-1 if one < 0 else 1 for one in kin}))
    if isinstance(base, int):
        return sign * rng.randint(*rng.choice(((0, 30), (0, 60), (30, 400), (400, 20_000))))
    return sign * round(rng.uniform(0, rng.choice((3, 60, 900))), rng.choice((0, 1, 2, 4)))


def _near_text(base: str, kin: Sequence[str], rng: random.Random) -> str:
    """Another of a few that come again and again; else pieces or characters exchanged, left out or repeated."""
    if not any(kin) or (len(kin) >= 6 and len(set(kin)) <= len(kin) // 2):
        return rng.choice(kin)
    form = list(map(_class, _PIECE.findall(base)))
    alike = [pieces for text in kin if list(map(_class, pieces := _PIECE.findall(text))) == form]
    if len(alike) == len(kin) and len(set(kin)) > 1 and len(form) >= _FEWEST_FIELDS and "0" in form:
        return _near_fields(base, alike, rng)
    pieces, known = list(base), list("".join(kin))
    if rng.random() < 0.5:
        pieces, known = _PIECE.findall(base), _PIECE.findall(" ".join(kin))
    for _ in range(rng.choice(_FEW_CHANGES)):
        place, way = rng.randrange(len(pieces) + 1), rng.randrange(5)
        if place == len(pieces):
            pieces.append(rng.choice(known))
        elif way == 0:
            del pieces[place]
        elif way == 1:
            pieces.insert(place, pieces[place])
        elif way == 2:
            other = rng.randrange(len(pieces))
            pieces[place], pieces[other] = pieces[other], pieces[place]
        else:
            wanted = _class(pieces[place])
            pieces[place] = rng.choice([one for one in known if _class(one) == wanted] or known)
    return "".join(pieces)


def _near_fields(base: str, kin: Sequence[list[str]], rng: random.Random) -> str:
    """A text such as a date or a time: each piece in its place, numbers within those known there, in their width."""
    made = _PIECE.findall(base)
    for place in rng.sample(range(len(made)), rng.randint(1, len(made))):
        column = [pieces[place] for pieces in kin]
        made[place] = rng.choice(column)
        if made[place].isdecimal() and rng.random() > _KNOWN_SHARE:
            numbers = sorted(map(int, column))
            made[place] = str(rng.randint(numbers[0], numbers[-1])).zfill(min(map(len, column)))
    return "".join(made)


def _class(piece: str) -> str:
    return "a" if piece[0].isalpha() else "0" if piece[0].isdigit() else " " if piece[0].isspace() else piece


def _wide_text(kin: Sequence[str], rng: random.Random) -> str:
    """Known characters in another row; or a known text or words with many signs between."""
    known = list("".join(kin))
    different = set(known)
    few = _FEW_LETTERS if any(map(str.isalpha, different)) else _FEW_SIGNS
    is_closed = len(different) <= few and len(known) >= _OFTEN * len(different)
    if known and (is_closed or rng.random() < _NARROW_SHARE):
        return "".join(rng.choices(known, k=rng.randint(1, 18)))
    if rng.random() < _STREWN_SHARE:
        pieces = list(rng.choice(kin))
        signs = rng.sample(_SIGNS, 2)
        for _ in range(rng.randint(3, 6)):
            pieces.insert(rng.randint(0, len(pieces)), rng.choice(signs))
        return "".join(pieces)
    words, signs = rng.choices(_TEXT.split(), k=rng.randint(3, 7)), rng.choices(_SIGNS, k=rng.randint(6, 14))
    pieces = [*words, *signs, *rng.choices(known or [" "], k=rng.randint(0, 4))]
    rng.shuffle(pieces)
    return rng.choice((" ", "")).join(pieces)


def _near_items(base: list[Any], kin: Sequence[list[Any]], rng: random.Random, item: _Item) -> list[Any]:
    """A changed copy, or items of all the lists in a length between theirs; distinct if all are."""
    known = [one for items in kin for one in items]
    made = list(base)
    if rng.random() < 0.4:
        sizes = list(map(len, kin))
        made = [item(rng.choice(known), known) for _ in range(rng.randint(min(sizes), max(sizes) + 1))]
    else:
        for _ in range(rng.choice(_FEW_CHANGES)):
            place, way = rng.randrange(len(made) + 1), rng.randrange(6)
            if way == 0 or place == len(made):
                made.insert(place, item(rng.choice(known), known))
            elif way == 1:
                del made[place]
            elif way == 2:
                rng.shuffle(made)
            elif way == 3:
                made.insert(rng.randrange(len(made) + 1), made[place])
            else:
                made[place] = item(made[place], known)
    if all(len(set(map(value_source, items))) == len(items) for items in kin):
        made = list({value_source(one): one for one in made}.values())
    return made


def _wide_items(kin: Sequence[list[Any]], rng: random.Random, item: _Item) -> list[Any]:
    """Items like those of all the lists, now and then one again."""
    known = [one for items in kin for one in items]
    made: list[Any] = []
    for _ in range(rng.randint(1, _MOST_ROWS if isinstance(known[0], list) else _MOST_ITEMS)):
        is_again = made and rng.random() < _REPEATED_SHARE
        made.append(rng.choice(made) if is_again else item(rng.choice(known), known))
    return made


def _near_dictionary(
    base: dict[Any, Any], kin: Sequence[dict[Any, Any]], rng: random.Random, item: _Item
) -> dict[Any, Any]:
    """Values exchanged; pairs left out and put in too, unless all have the same keys."""
    known = [pair for one in kin for pair in one.items()]
    made = dict(base)
    if len({frozenset(map(value_source, one)) for one in kin}) > 1 or len(kin) == 1:
        made.update(rng.sample(known, min(len(known), rng.choice((0, 1, 2)))))
        if made and rng.random() < 0.5:
            del made[rng.choice(list(made))]
    for key in rng.sample(list(made), min(len(made), rng.choice((1, 1, 2)))):
        of_key = [one[key] for one in kin if key in one]
        made[key] = item(made[key], of_key if len(of_key) > 2 else [value for _, value in known])
    return made


def _wide_dictionary(kin: Sequence[dict[Any, Any]], rng: random.Random, item: _Item) -> dict[Any, Any]:
    keys, values = [key for one in kin for key in one], [value for one in kin for value in one.values()]
    return {item(rng.choice(keys), keys): item(rng.choice(values), values) for _ in range(rng.randint(1, 6))}


def _evened(items: list[Any], kin: Sequence[Sequence[Any]], rng: random.Random) -> list[Any]:
    """Rows of one length where the rows of each known list are: of that of the first, or as many as there are rows."""
    rows = [row for items in kin for row in items]
    if not items or not all(isinstance(row, list | str) for row in [*rows, *items]):
        return items
    if any(len(set(map(len, one))) > 1 for one in kin) or all(len(one) < 2 for one in kin):
        return items
    is_square = all(len(one) == len(row) for one in kin for row in one)
    length, cells = len(items) if is_square else len(items[0]), [cell for row in rows for cell in row]
    evened = []
    for row in items:
        further = rng.choices(cells, k=max(0, length - len(row))) if cells else []
        evened.append(row[:length] + ("".join(further) if isinstance(row, str) else further))
    return evened


def _in_order(items: list[Any], kin: Sequence[Sequence[Any]]) -> list[Any]:
    """In the order that all known ones have."""
    try:
        for falls in (False, True):
            if all(list(one) == sorted(one, reverse=falls) for one in kin) and max(map(len, kin)) > 1:
                return sorted(items, reverse=falls)
    except TypeError:
        pass
    return items
