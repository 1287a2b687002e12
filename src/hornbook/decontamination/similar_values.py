"""Make a value like others that were seen at the same place, by mixing what they are made of.

Reads:  values: numbers, texts, None, and lists, tuples, sets and dictionaries of these.
Writes: another value. Nothing is new but numbers between the seen ones or a little beyond.
"""

import math
import random
import re
from collections.abc import Sequence
from typing import Any, TypeVar

from hornbook.decontamination.benchmark_inputs import value_source

Number = TypeVar("Number", int, float)

_PIECE = re.compile(r"[A-Za-z]+|\d+|\s+|[^\sA-Za-z\d]")
_SEEN_SHARE = 0.6
"""How often an item is one that was seen, and not one like it."""
_NEAR_SHARE = 0.4
_NARROW, _FAR = 5, 20
"""How far a number may go beyond the seen ones: half of what they span, but so far at least and at most."""
_FEWEST_FIELDS = 3
"""Pieces of a text that has a form."""
_NEAR = (-3, -2, -1, -1, 1, 1, 2, 3)
_MAX_DEPTH = 6


def similar_value(base: Any, seen: Sequence[Any], rng: random.Random, depth: int = 0) -> Any:
    """A value like those that were seen; now and then one of them.

    Args:
        base: One of the seen values; the new one is of its type.
        seen: All values at this place.
        rng: What is drawn from.
        depth: How deep in another value.
    """
    kin = [one for one in seen if type(one) is type(base)]
    if isinstance(base, bool):
        return rng.random() < 0.5
    if isinstance(base, int):
        return _similar_integer(base, kin, rng)
    if isinstance(base, float):
        return _similar_float(base, kin, rng)
    if isinstance(base, str):
        return _similar_text(base, kin, rng)
    if depth >= _MAX_DEPTH or not isinstance(base, list | tuple | set | dict):
        return base
    if isinstance(base, dict):
        return _similar_dictionary(base, kin, rng, depth)
    if isinstance(base, tuple) and len(set(map(len, kin))) == 1:
        return _similar_tuple(base, kin, rng, depth)
    if isinstance(base, set):
        ordered = [sorted(one, key=value_source) for one in kin]
        return set(_similar_items(sorted(base, key=value_source), ordered, rng, depth))
    return type(base)(_similar_items(list(base), [list(one) for one in kin], rng, depth))


def _similar_integer(base: int, kin: Sequence[int], rng: random.Random) -> int:
    """Near the value, or between two that were seen."""
    least, greatest = _range(kin)
    if rng.random() < _NEAR_SHARE:
        made = base + rng.choice(_NEAR)
    else:
        made = rng.randint(*sorted((base, rng.choice([*kin, least, greatest]))))
    return min(max(made, least), greatest)


def _similar_float(base: float, kin: Sequence[float], rng: random.Random) -> float:
    """The same, with no more decimals than were seen."""
    finite = [one for one in kin if math.isfinite(one)]
    if not math.isfinite(base):
        return base
    decimals = max(len(repr(one).partition(".")[2]) if "e" not in repr(one) else 6 for one in finite)
    least, greatest = _range(finite)
    if rng.random() < _NEAR_SHARE:
        made = base + rng.choice(_NEAR) / 2
    else:
        made = rng.uniform(*sorted((base, rng.choice([*finite, least, greatest]))))
    is_whole = all(one.is_integer() for one in finite)
    return float(min(max(round(made, 0 if is_whole else decimals), least), greatest))


def _range(kin: Sequence[Number]) -> tuple[Number, Number]:
    """Between what a made number may be: a little beyond all seen ones, of their sign."""
    least, greatest = min(kin), max(kin)
    beyond = type(least)(min(max(_NARROW, (greatest - least) // 2), _FAR))
    low, high = least - beyond, greatest + beyond
    if least >= 0:
        low = max(low, min(least, type(least)(1)))
    return low, min(high, type(least)(-1)) if greatest < 0 else high


def _similar_text(base: str, kin: Sequence[str], rng: random.Random) -> str:
    """Another of a few that come again and again; else pieces or characters exchanged, left out or repeated."""
    if len(kin) >= 6 and len(set(kin)) <= len(kin) // 2:
        return rng.choice(kin)
    form = list(map(_class, _pieces(base)))
    alike = [text for text in map(_pieces, kin) if list(map(_class, text)) == form]
    if len(alike) == len(kin) and len(set(kin)) > 1 and len(form) >= _FEWEST_FIELDS and "0" in form:
        return _similar_fields(_pieces(base), alike, rng)
    characters = [one for text in kin for one in text]
    if not characters:
        return base
    way = rng.randrange(4)
    if way == 0:
        return _spliced(base, rng.choice(kin), rng)
    pieces, known = (list(base), characters) if way == 1 else (_pieces(base), _pieces(" ".join(kin)))
    for _ in range(rng.choice((1, 1, 2, 3))):
        _change_one(pieces, known, rng)
    return "".join(pieces)


def _similar_fields(base: list[str], kin: Sequence[list[str]], rng: random.Random) -> str:
    """A text such as a date or a time: each piece in its place, numbers within those seen there, in their width."""
    made = list(base)
    for place in rng.sample(range(len(base)), rng.randint(1, len(base))):
        column = [pieces[place] for pieces in kin]
        made[place] = rng.choice(column)
        if made[place].isdecimal() and rng.random() > _SEEN_SHARE:
            numbers = sorted(map(int, column))
            made[place] = str(rng.randint(numbers[0], numbers[-1])).zfill(min(map(len, column)))
    return "".join(made)


def _pieces(text: str) -> list[str]:
    return _PIECE.findall(text)


def _spliced(one: str, other: str, rng: random.Random) -> str:
    """The beginning of one and the end of the other, cut before pieces of the same class where there are such."""
    first, second = _pieces(one), _pieces(other)
    ends = list(map(_class, second))
    cuts = [(i, j) for i, head in enumerate(map(_class, first)) for j, tail in enumerate(ends) if head == tail]
    cut = rng.choice(cuts) if cuts else (len(first), 0)
    return "".join(first[: cut[0]] + second[cut[1] :])


def _class(piece: str) -> str:
    return "a" if piece[0].isalpha() else "0" if piece[0].isdigit() else " " if piece[0].isspace() else piece


def _change_one(pieces: list[str], known: Sequence[str], rng: random.Random) -> None:
    """Exchange, put in, leave out or repeat a piece; what is put in is of the class of what stood there."""
    place = rng.randrange(len(pieces) + 1)
    if place == len(pieces):
        pieces.append(rng.choice(known))
        return
    way = rng.randrange(5)
    if way == 0:
        del pieces[place]
    elif way == 1:
        pieces.insert(place, pieces[place])
    elif way == 2:
        other = rng.randrange(len(pieces))
        pieces[place], pieces[other] = pieces[other], pieces[place]
    else:
        wanted = _class(pieces[place])
        pieces[place] = rng.choice([one for one in known if _class(one) == wanted] or list(known))


def _similar_tuple(base: tuple[Any, ...], kin: Sequence[tuple[Any, ...]], rng: random.Random, depth: int) -> Any:
    """Place by place, as a tuple's places mean different things."""
    if not base:
        return base
    changed = set(rng.sample(range(len(base)), rng.randint(1, len(base))))
    columns = list(zip(*kin, strict=True))
    return tuple(
        _item(value, columns[place], rng, depth) if place in changed else value for place, value in enumerate(base)
    )


def _item(base: Any, seen: Sequence[Any], rng: random.Random, depth: int) -> Any:
    kin = [one for one in seen if type(one) is type(base)]
    return rng.choice(kin) if rng.random() < _SEEN_SHARE else similar_value(base, kin, rng, depth + 1)


def _similar_items(base: list[Any], kin: Sequence[list[Any]], rng: random.Random, depth: int) -> list[Any]:
    """A changed copy, or items of all the lists in a length between theirs; sorted and distinct if all are."""
    known = [item for items in kin for item in items]
    if not known:
        return base
    made = list(base)
    if rng.random() < 0.4:
        sizes = list(map(len, kin))
        bases = [rng.choice(known) for _ in range(rng.randint(min(sizes), max(sizes) + 1))]
        made = [_item(one, known, rng, depth) for one in bases]
    else:
        for _ in range(rng.choice((1, 1, 2, 3))):
            _change_items(made, known, rng, depth)
    if all(len(set(map(value_source, items))) == len(items) for items in kin):
        made = list({value_source(item): item for item in made}.values())
    return _in_order(_evened(made, kin, rng), kin)


def _evened(items: list[Any], kin: Sequence[list[Any]], rng: random.Random) -> list[Any]:
    """Rows of one length where the rows of all seen lists are; of that of the first."""
    rows = [item for items in kin for item in items]
    if not all(isinstance(row, list | str) for row in [*rows, *items]):
        return items
    if any(len(set(map(len, seen))) > 1 for seen in kin) or all(len(seen) < 2 for seen in kin) or not items:
        return items
    length, cells = len(items[0]), [cell for row in rows for cell in row]
    evened = []
    for row in items:
        further = [rng.choice(cells) for _ in range(length - len(row))]
        evened.append(row[:length] + ("".join(further) if isinstance(row, str) else further))
    return evened


def _change_items(items: list[Any], known: Sequence[Any], rng: random.Random, depth: int) -> None:
    place, way = rng.randrange(len(items) + 1), rng.randrange(6)
    if way == 0 or place == len(items):
        items.insert(place, _item(rng.choice(known), known, rng, depth))
    elif way == 1:
        del items[place]
    elif way == 2:
        rng.shuffle(items)
    elif way == 3:
        items.insert(rng.randrange(len(items) + 1), items[place])
    else:
        items[place] = _item(items[place], known, rng, depth)


def _in_order(items: list[Any], kin: Sequence[list[Any]]) -> list[Any]:
    try:
        if all(one == sorted(one) for one in kin):
            return sorted(items)
        if all(one == sorted(one, reverse=True) for one in kin):
            return sorted(items, reverse=True)
    except TypeError:
        return items
    return items


def _similar_dictionary(base: dict[Any, Any], kin: Sequence[dict[Any, Any]], rng: random.Random, depth: int) -> Any:
    """Values exchanged; pairs left out and put in too, unless all have the same keys."""
    known = [pair for one in kin for pair in one.items()]
    made = dict(base)
    if not known:
        return made
    if len({frozenset(map(value_source, one)) for one in kin}) > 1 or len(kin) == 1:
        for key, value in rng.sample(known, min(len(known), rng.choice((0, 1, 2)))):
            made[key] = value
        if made and rng.random() < 0.5:
            del made[rng.choice(list(made))]
    values = [value for _, value in known]
    for key in rng.sample(list(made), min(len(made), rng.choice((1, 1, 2)))):
        of_key = [one[key] for one in kin if key in one]
        made[key] = _item(made[key], of_key if len(of_key) > 2 else values, rng, depth)
    return made
