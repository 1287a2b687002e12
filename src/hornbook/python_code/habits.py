"""Say what all known inputs of a function have in common, and how far another input strays from that.

A problem's domain is told in words. What all of its known inputs have in common is a guess at it, too narrow rather
than too wide, since a few inputs agree by chance as well: "the list is sorted", "its items are above 0", "the second
argument is in the first".

Source: Ernst et al. 2007, "The Daikon system for dynamic detection of likely invariants" (the idea).
"""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any, NamedTuple

from hornbook.python_code.values import value_source

_CHANCE = "="
"""Begins what few values have in common by chance alone, such as their first letter."""
_NARROW = "~"
"""Begins what benchmarks have by habit and seldom mean, such as texts without a sign."""
_FEWEST_FOR_CHANCE = 3
"""Different values at a place, of which even such a thing is believed."""
_LONGER = 1.5
"""Lengths differ by chance: a text or a list may be so many times as long as the longest known one, or empty."""
_MAX_PLACES = 4
"""Of a tuple or of the arguments, whose places each mean something of their own."""
_CLASSES = (("lower", "[a-z]"), ("upper", "[A-Z]"), ("digit", r"\d"), ("space", r"\s"), ("sign", r"[^\w\s]"))
_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}


class Seen(NamedTuple):
    """What one value has."""

    place: str
    """`""` are all arguments, `.0` the first, `.0*` its items, `.0k` and `.0v` the keys and values of a dictionary."""
    source: str
    traits: frozenset[str]
    size: float | None
    """Of a number itself, of a text or a collection its length."""


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What holds in all known inputs, by place."""

    traits: Mapping[str, frozenset[str]]
    sizes: Mapping[str, tuple[float, float]]
    """The least and the greatest size at a place, where there are different values enough."""

    def meant(self) -> "Habits":
        """Those that look as if they were meant."""
        return Habits(traits={place: _meant(traits) for place, traits in self.traits.items()}, sizes={})


def look_at(arguments: Sequence[Any]) -> list[Seen]:
    """What an input has: an entry for each value in it."""
    return [
        Seen(place, value_source(value), frozenset(_traits(value)), _size(value))
        for place, value in _places("", tuple(arguments))
    ]


def habits_of(inputs: Sequence[Sequence[Seen]]) -> Habits:
    """What holds at each place in all of the inputs."""
    groups: dict[str, list[Seen]] = {}
    for seen in inputs:
        for one in seen:
            groups.setdefault(one.place, []).append(one)
    traits: dict[str, frozenset[str]] = {}
    sizes: dict[str, tuple[float, float]] = {}
    for place, group in groups.items():
        shared = frozenset.intersection(*(one.traits for one in group))
        has_enough = len({one.source for one in group}) >= _FEWEST_FOR_CHANCE
        traits[place] = shared if has_enough else frozenset(one for one in shared if not one.startswith(_CHANCE))
        known = [one.size for one in group if one.size is not None]
        if has_enough and known:
            least, greatest = min(known), max(known)
            is_number = group[0].traits & {"is int", "is float"}
            sizes[place] = (least, greatest) if is_number or least == greatest else (0, _LONGER * greatest)
    return Habits(traits=traits, sizes=sizes)


def num_broken(seen: Sequence[Seen], habits: Habits) -> int:
    """How many habits an input breaks; each counts once for a place, however many values break it there."""
    broken: set[tuple[str, str]] = set()
    for one in seen:
        broken.update((one.place, trait) for trait in habits.traits.get(one.place, frozenset()) - one.traits)
        least, greatest = habits.sizes.get(one.place, (None, None))
        if least is not None and greatest is not None and one.size is not None and not least <= one.size <= greatest:
            broken.add((one.place, "size"))
    return len(broken)


def _meant(traits: frozenset[str]) -> frozenset[str]:
    kept = frozenset(trait for trait in traits if not trait.startswith((_CHANCE, _NARROW)))
    return kept - {"balanced"} if f"{_NARROW}without sign" in traits else kept


def _places(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value and all values inside it, each with its place."""
    yield place, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(f"{place}k", key)
            yield from _places(f"{place}v", item)
    elif isinstance(value, list | tuple | set | frozenset):
        has_places = isinstance(value, tuple) and (not place or len(value) <= _MAX_PLACES)
        for number, item in enumerate(value):
            yield from _places(f"{place}.{number}" if has_places else f"{place}*", item)


def _size(value: Any) -> float | None:
    if isinstance(value, Collection):
        return len(value)
    return float(value) if _is_number(value) and abs(value) < 1e300 else None


def _traits(value: Any) -> Iterator[str]:
    yield f"is {type(value).__name__}"
    if _is_number(value):
        yield from _traits_of_number(value)
    if not isinstance(value, Collection):
        return
    if value:
        yield "not empty"
    if isinstance(value, str):
        yield from _traits_of_text(value)
    elif isinstance(value, dict):
        yield f"{_CHANCE}keys {sorted(map(value_source, value))}"
        lists = [item for item in value.values() if isinstance(item, list | tuple | set)]
        if all(one in value for items in lists for one in items if isinstance(one, str | int)):
            yield "values are keys"
    else:
        is_set = isinstance(value, set | frozenset)
        yield from _traits_of_items(sorted(value, key=value_source) if is_set else list(value))
        if (isinstance(value, tuple) and len(value) <= _MAX_PLACES) or (isinstance(value, list) and len(value) == 2):
            for (one, first), (other, second) in combinations(enumerate(value), 2):
                yield from (f"{one}, {other}: {relation}" for relation in _relations(first, second))


def _traits_of_number(value: float) -> Iterator[str]:
    signs = {"at least 0": value >= 0, "above 0": value > 0, f"{_CHANCE}at most 0": value <= 0}
    signs |= {f"{_CHANCE}within 1": abs(value) <= 1, "whole": value == value // 1}
    yield from (name for name, holds in signs.items() if holds)


def _traits_of_text(text: str) -> Iterator[str]:
    yield f"{_CHANCE}{len(text.split(' '))} words"
    yield f"{_CHANCE}shape {_shape(text)}"
    yield from (f"{_NARROW}without {name}" for name, pattern in _CLASSES if not re.search(pattern, text))
    yield from (f"{_NARROW}with {one}" for one in set(text) if not one.isalnum())
    for name, letter in (("starts", text[:1]), ("ends", text[-1:])):
        yield from (f"{_CHANCE}{name} with {letter}", f"{_NARROW}{name} as {_shape(letter)}")
    if text == text.strip() and "  " not in text:
        yield f"{_NARROW}spaced once"
    if re.fullmatch(r"[-+]?\d+(\.\d+)?", text):
        yield "a number"
    if _is_balanced(text):
        yield "balanced"


def _shape(text: str) -> str:
    """The text with a letter or digit for each run of such."""
    return re.sub(r"\d+", "0", re.sub(r"[a-z]+", "a", re.sub(r"[A-Z]+", "A", text)))


def _is_balanced(text: str) -> bool:
    open_ones: list[str] = []
    for one in text:
        if one in _OPENING.values():
            open_ones.append(one)
        elif one in _OPENING and (not open_ones or open_ones.pop() != _OPENING[one]):
            return False
    return not open_ones


def _traits_of_items(items: Sequence[Any]) -> Iterator[str]:
    if len(set(map(value_source, items))) == len(items):
        yield f"{_NARROW}distinct"
    firsts = [value_source(item[0]) for item in items if isinstance(item, list | tuple) and item]
    if len(set(firsts)) == len(items):
        yield f"{_NARROW}distinct firsts"
    if _hold(items, lambda one, other: one <= other):
        yield "rising"
    if _hold(items, lambda one, other: one >= other):
        yield "falling"
    sizes = {len(item) for item in items if isinstance(item, Collection)}
    if len(sizes) <= 1:
        yield "one length"
    if sizes <= {len(items)}:
        yield "square"
    whole = [item for item in items if type(item) is int]
    if len(whole) == len(items) > 0:
        if all(0 <= one < len(items) for one in whole):
            yield "own places"
        if sorted(whole) in (list(range(len(whole))), list(range(1, len(whole) + 1))):
            yield "a permutation"


def _hold(items: Sequence[Any], compare: Callable[[Any, Any], bool]) -> bool:
    try:
        return all(compare(one, other) for one, other in pairwise(items))
    except TypeError:
        return False


def _relations(one: Any, other: Any) -> Iterator[str]:
    """How two values stand to each other."""
    if type(one) is type(other) and one != other:
        yield "differ"
    if _is_number(one) and _is_number(other):
        yield from _comparisons("", one, [other])
    elif isinstance(one, Collection) and isinstance(other, Collection):
        yield from _comparisons("length ", len(one), [len(other)])
        yield from ["second in first"] if _contains(one, other) else []
        yield from ["first in second"] if _contains(other, one) else []
    else:
        for first, second, name in ((one, other, "second"), (other, one, "first")):
            if isinstance(first, Collection) and _is_number(second):
                yield from _comparisons(f"{name} to length ", second, [len(first)])
                if not isinstance(first, str | dict):
                    yield from [f"{name} in it"] if second in first else []
                    if all(map(_is_number, first)):
                        yield from _comparisons(f"{name} to items ", second, list(first))


def _comparisons(name: str, number: float, others: Sequence[float]) -> Iterator[str]:
    """The signs that hold between a number and all others."""
    least, greatest = min(others, default=number), max(others, default=number)
    signs = {"<": number < least, "<=": number <= least, ">": number > greatest, ">=": number >= greatest}
    yield from (f"{name}{sign}" for sign, holds in signs.items() if holds)


def _contains(one: Collection[Any], other: Collection[Any]) -> bool:
    if isinstance(one, str):
        return isinstance(other, str) and other in one
    items = list(one)
    return other in items if isinstance(other, str) else all(item in items for item in other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
