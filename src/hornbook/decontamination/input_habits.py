"""Say what all inputs of a problem have in common, and how far another input strays from that.

Reads:  argument lists as values: three or four are enough to say something.
Writes: habits by place, such as "the list is sorted", "its items are above 0", "the second argument is in the first".

A problem's domain is told in words. What all of its known inputs have in common is a guess at it, too narrow rather
than too wide, since a few inputs agree by chance as well.

Source: Ernst et al. 2007, "The Daikon system for dynamic detection of likely invariants" (the idea).
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Any

from hornbook.decontamination.benchmark_inputs import value_source

_CHANCE = "="
"""Begins what few values have in common by chance alone, such as their length."""
_FEWEST_FOR_CHANCE = 3
"""Different values at a place, of which even such a thing is believed."""
_MAX_PLACES = 4
"""Of a tuple or of the arguments, whose places each mean something of their own."""
_NUMBER = re.compile(r"[-+]?\d+(\.\d+)?")
_OPENING = {")": "(", "]": "[", "}": "{", ">": "<"}


@dataclass(frozen=True, kw_only=True)
class Habits:
    """What holds in all known inputs, by place.

    `""` are all arguments, `.0` the first, `.0*` its items, `.0k` and `.0v` the keys and values of a dictionary.
    """

    traits: Mapping[str, frozenset[str]]
    ranges: Mapping[str, tuple[float, float]]
    """The least and the greatest of the numbers at a place, where there are numbers enough."""


def habits_of(inputs: Sequence[Sequence[Any]]) -> Habits:
    """What holds at each place in all of the inputs.

    Args:
        inputs: Values of the arguments of each.
    """
    traits: dict[str, frozenset[str]] = {}
    seen: dict[str, dict[str, Any]] = {}
    for arguments in inputs:
        for place, value in _places("", tuple(arguments)):
            seen.setdefault(place, {})[value_source(value)] = value
            own = frozenset(_traits(value))
            traits[place] = traits[place] & own if place in traits else own
    for place in traits:
        if len(seen[place]) < _FEWEST_FOR_CHANCE:
            traits[place] = frozenset(trait for trait in traits[place] if not trait.startswith(_CHANCE))
    numbers = {place: list(filter(_is_number, values.values())) for place, values in seen.items()}
    ranges = {place: (min(ones), max(ones)) for place, ones in numbers.items() if len(ones) >= _FEWEST_FOR_CHANCE}
    return Habits(traits=traits, ranges=ranges)


def num_broken(arguments: Sequence[Any], habits: Habits) -> int:
    """How many habits an input breaks; each counts once for a place, however many values break it there."""
    broken: set[tuple[str, str]] = set()
    for place, value in _places("", tuple(arguments)):
        broken.update((place, trait) for trait in habits.traits.get(place, frozenset()) - frozenset(_traits(value)))
        if place in habits.ranges and _is_number(value):
            least, greatest = habits.ranges[place]
            broken.update([] if least <= value <= greatest else [(place, "in its range")])
    return len(broken)


def _places(place: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value and all values inside it, each with its place."""
    yield place, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from _places(f"{place}k", key)
            yield from _places(f"{place}v", item)
    elif isinstance(value, tuple) and (not place or len(value) <= _MAX_PLACES):
        for number, item in enumerate(value):
            yield from _places(f"{place}.{number}", item)
    elif isinstance(value, list | tuple | set | frozenset):
        for item in value:
            yield from _places(f"{place}*", item)


def _traits(value: Any) -> Iterator[str]:
    yield f"is {type(value).__name__}"
    if isinstance(value, bool) or value is None:
        return
    if isinstance(value, int | float):
        yield from _traits_of_number(value)
    elif isinstance(value, str):
        yield from _traits_of_text(value)
    elif isinstance(value, dict):
        yield from _traits_of_dictionary(value)
    elif isinstance(value, Collection):
        is_set = isinstance(value, set | frozenset)
        has_places = len(value) <= _MAX_PLACES if isinstance(value, tuple) else len(value) == 2 and not is_set
        yield from _traits_of_items(sorted(value, key=value_source) if is_set else list(value), has_places)


def _traits_of_number(value: int | float) -> Iterator[str]:
    if value >= 0:
        yield "at least 0"
    if value > 0:
        yield "above 0"
    if value <= 0:
        yield f"{_CHANCE}at most 0"
    if abs(value) <= 1:
        yield f"{_CHANCE}within 1"
    if value == value // 1:
        yield "whole"
    if isinstance(value, int):
        yield f"{_CHANCE}{len(str(abs(value)))} digits"


def _traits_of_text(text: str) -> Iterator[str]:
    yield f"{_CHANCE}length {len(text)}"
    yield f"{_CHANCE}{len(text.split(' '))} words"
    yield f"{_CHANCE}shape {_shape(text)}"
    for name, pattern in (
        ("lower", "[a-z]"),
        ("upper", "[A-Z]"),
        ("digit", r"\d"),
        ("space", r"\s"),
        ("sign", r"[^\w\s]"),
    ):
        if not re.search(pattern, text):
            yield f"without {name}"
    yield from (f"with {one}" for one in set(text) if not one.isalnum())
    if text:
        yield from ("not empty", f"{_CHANCE}starts with {text[0]}", f"{_CHANCE}ends with {text[-1]}")
        yield from (f"starts as {_shape(text[0])}", f"ends as {_shape(text[-1])}")
    if text == text.strip() and "  " not in text:
        yield "spaced once"
    if _NUMBER.fullmatch(text):
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


def _traits_of_dictionary(value: Mapping[Any, Any]) -> Iterator[str]:
    yield f"{_CHANCE}length {len(value)}"
    yield f"{_CHANCE}keys {sorted(map(value_source, value))}"
    if value:
        yield "not empty"
    lists = [item for item in value.values() if isinstance(item, list | tuple | set)]
    if all(one in value for items in lists for one in items if isinstance(one, str | int)):
        yield "values are keys"


def _traits_of_items(items: Sequence[Any], has_places: bool) -> Iterator[str]:
    """What holds for a list, tuple or set; how its items stand to each other where each place means something."""
    yield f"{_CHANCE}length {len(items)}"
    if items:
        yield "not empty"
    if len(set(map(value_source, items))) == len(items):
        yield "distinct"
    firsts = [value_source(item[0]) for item in items if isinstance(item, list | tuple) and item]
    if len(set(firsts)) == len(items):
        yield "distinct firsts"
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
    if has_places:
        for (one, first), (other, second) in combinations(enumerate(items), 2):
            yield from (f"{one}, {other}: {relation}" for relation in _relations(first, second))


def _hold(items: Sequence[Any], compare: Any) -> bool:
    try:
        return all(compare(one, other) for one, other in pairwise(items))
    except TypeError:
        return False


def _relations(one: Any, other: Any) -> Iterator[str]:
    """How two values at neighbouring places stand to each other."""
    if type(one) is type(other) and one != other:
        yield "differ"
    if _is_number(one) and _is_number(other):
        signs = {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}
        yield from (sign for sign, holds in signs.items() if holds)
    elif isinstance(one, Collection) and isinstance(other, Collection):
        sizes = {"=": len(one) == len(other), "<=": len(one) <= len(other), ">=": len(one) >= len(other)}
        yield from (f"length {sign}" for sign, holds in sizes.items() if holds)
        if _contains(one, other):
            yield "holds"
        if _contains(other, one):
            yield "held by"
    else:
        for first, second, name in ((one, other, "second"), (other, one, "first")):
            if isinstance(first, Collection) and _is_number(second):
                yield from (f"{name} {sign} length" for sign, holds in _signs(second, len(first)) if holds)
                if isinstance(first, str | dict):
                    continue
                if second in first:
                    yield f"{name} in it"
                numbers = [item for item in first if _is_number(item)]
                if len(numbers) == len(first):
                    yield from (f"{name} {sign} items" for sign, holds in _bounds(second, numbers) if holds)


def _signs(number: Any, length: int) -> Sequence[tuple[str, bool]]:
    return ("<", number < length), ("<=", number <= length), (">=", number >= length)


def _bounds(number: Any, items: Sequence[Any]) -> Sequence[tuple[str, bool]]:
    least, greatest = min(items, default=number), max(items, default=number)
    return ("<=", number <= least), ("<", number < least), (">=", number >= greatest), (">", number > greatest)


def _contains(one: Collection[Any], other: Collection[Any]) -> bool:
    if isinstance(one, str):
        return isinstance(other, str) and other in one
    items = list(one)
    return other in items if isinstance(other, str) else all(item in items for item in other)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
