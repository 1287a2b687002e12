"""Draw arguments for a task: ordinary ones, and the corners: empty, single, repeated, negative."""

import random
from dataclasses import dataclass
from typing import Any

from hornbook.synthesis.curriculum.formats import format_of
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.task import Argument, Task
from hornbook.synthesis.curriculum.telling import draw_telling

VOCABULARY = (
    "apple", "pear", "plum", "tea", "bread", "salt", "cat", "dog", "mouse", "bird", "ant", "eel", "river", "sea",
    "stone", "tree", "rose", "leaf", "sun", "moon", "star", "rain", "snow", "ice", "red", "blue", "green", "amber",
    "one", "two", "six", "ten", "map", "pen", "book", "car", "bus", "boat", "arm", "eye", "level", "noon", "radar",
    "street", "cotton",
)  # fmt: skip
CAPITALIZED = ("Anna", "Bob", "Carl", "Mia", "Paul", "Sara", "Tom", "Berlin", "Paris", "Rome")
PUNCTUATED = (
    "a-b",
    "3 cats",
    "room 12",
    "x1y2",
    "Mix 7 eggs",
    "ABC",
    "stop.",
    "a,b,c",
    " tea ",
    "B4",
    "aaa",
    "book 22",
)


def draw_arguments(task: Task, count: int, rng: random.Random) -> list[tuple[Any, ...]]:
    """`count` tuples of arguments; the corners that the kinds permit come first.

    Ordinary values are drawn with the task's constants in mind, so that what it looks for is there to be found.
    """
    wants = _wants(task)
    first = _corners(task.arguments[0], rng)
    drawn: list[tuple[Any, ...]] = []
    while len(drawn) < count:
        place = len(drawn)
        value = first[place] if place < len(first) else draw(task.arguments[0], wants, rng)
        rest = [_for_parameter(argument, value, rng) for argument in task.arguments[1:]]
        drawn.append((value, *rest))
    return drawn


@dataclass(frozen=True)
class Wants:
    """What a task looks for in its value."""

    numbers: tuple[int, ...] = ()
    letters: tuple[str, ...] = ()
    groups: frozenset[str] = frozenset()
    first: str = ""
    """The group of the first operation."""


NOTHING = Wants()
TELLING_SHARE = 0.6


def _wants(task: Task) -> Wants:
    literals = [value for step in task.steps for _, value in step.literals]
    numbers = tuple(value for value in literals if isinstance(value, int) and value >= 0)
    letters = tuple(value for value in literals if isinstance(value, str) and value.isalpha())
    return Wants(numbers, letters, frozenset(step.operation.group for step in task.steps), _first_group(task))


def _first_group(task: Task) -> str:
    return task.steps[0].operation.group if task.steps else ""


def draw(argument: Argument, wants: Wants, rng: random.Random) -> Any:
    """One ordinary value for an argument."""
    properties = argument.properties
    form = format_of(argument.kind, properties)
    if form is not None:
        return form.draw(rng)
    telling = draw_telling(wants.first, argument.kind, properties, rng)
    if telling is not None and rng.random() < TELLING_SHARE:
        return telling
    match argument.kind:
        case Kind.NUMBER:
            return _number(properties, wants, rng)
        case Kind.NUMBERS:
            return _numbers(properties, wants, rng, rng.randint(3, 7))
        case Kind.TEXT:
            return _text(wants, rng)
        case Kind.WORDS:
            return _words(wants, rng, rng.randint(2, 5))
        case Kind.COUNTS:
            low = -2 if rng.random() < 0.3 and not properties & {"nonneg", "positive"} else 0
            names = _words(wants, rng, rng.randint(2, 4))
            return {name: _number_near(wants, rng, low, 8) for name in names}
        case Kind.GRID:
            return _grid(properties, wants, rng)
        case Kind.NESTED:
            return _nested(properties, rng, rng.choice((0, 1, 2, 2, 3)))
        case Kind.SET:
            return set(_numbers(properties, wants, rng, rng.randint(2, 6)))
        case Kind.PAIR:
            return _pair(properties, wants, rng)
        case Kind.PAIRS:
            return [_pair(properties, wants, rng) for _ in range(rng.randint(2, 5))]
        case Kind.FLAG:
            return rng.random() < 0.5
        case _:
            raise AssertionError(f"no argument is of the kind {argument.kind}")


def _corners(argument: Argument, rng: random.Random) -> list[Any]:
    properties = argument.properties
    form = format_of(argument.kind, properties)
    if form is not None:
        return list(form.corners)
    match argument.kind:
        case Kind.NUMBER:
            if "positive" in properties:
                return [1, 12, rng.randint(2, 9)]
            if "nonneg" in properties:
                return [0, 1, 5] if "small" in properties else [0, 7, 120]
            return [0, -rng.randint(1, 9), rng.randint(10, 30)]
        case Kind.NUMBERS:
            repeated = _numbers(properties, NOTHING, rng, 3)
            return [
                [],
                sorted(repeated + repeated[:2]) if "sorted" in properties else [*repeated, *repeated[:2]],
                _numbers(properties, NOTHING, rng, 1),
                _numbers(properties, NOTHING, rng, 6),
            ]
        case Kind.TEXT:
            return ["", rng.choice(PUNCTUATED), rng.choice(VOCABULARY), rng.choice(("level", "noon", "radar", "aaa"))]
        case Kind.WORDS:
            repeated_words = _words(NOTHING, rng, 2)
            return [[], [*repeated_words, repeated_words[0]], _words(NOTHING, rng, 1), ["", *_words(NOTHING, rng, 2)]]
        case Kind.COUNTS:
            return [{}, {rng.choice(VOCABULARY): rng.randint(1, 9)}]
        case Kind.GRID:
            return [
                [],
                _grid(properties, NOTHING, rng)
                if properties & {"rect", "square"}
                else [[], _numbers(properties, NOTHING, rng, 3)],
            ]
        case Kind.NESTED:
            return [[], [_numbers(properties, NOTHING, rng, 2), [[]]]]
        case Kind.SET:
            return [set(), {1, 2, 3}]
        case Kind.PAIR:
            return [(0, 0), (1, 5)]
        case Kind.PAIRS:
            pair = _pair(properties, NOTHING, rng)
            return [[], [pair], [pair, _pair(properties, NOTHING, rng), pair]]
        case Kind.FLAG:
            return [True, False]
        case _:
            raise AssertionError(f"no argument is of the kind {argument.kind}")


def _for_parameter(argument: Argument, value: Any, rng: random.Random) -> Any:
    """A second argument that has something to do with the first, more often than not."""
    parameter = argument.parameter
    assert parameter is not None
    if parameter.choices:
        return rng.choice(parameter.choices)
    if "alike" in argument.properties:
        return _alike(value, argument, rng)
    if argument.properties:
        form = format_of(argument.kind, argument.properties)
        return form.near(value, rng) if form is not None and form.near else draw(argument, NOTHING, rng)
    is_related = value and not isinstance(value, int) and rng.random() < 0.7
    match argument.kind:
        case Kind.TEXT:
            listed = _members(value, str) if is_related else []
            return rng.choice([word for word in listed if word] or VOCABULARY)
        case Kind.NUMBERS:
            shared = _members(value, int) if is_related else []
            return [*rng.sample(shared, min(2, len(shared))), *(rng.randint(-5, 9) for _ in range(rng.randint(1, 3)))]
        case Kind.WORDS:
            words = _members(value, str) if is_related else []
            return [*rng.sample(words, min(2, len(words))), rng.choice(VOCABULARY)]
        case Kind.COUNTS:
            names = rng.sample(list(value), 1) if is_related and isinstance(value, dict) else []
            return {name: rng.randint(0, 8) for name in [*names, rng.choice(VOCABULARY)]}
        case Kind.SET:
            return _related_set(value if isinstance(value, set) else set(), rng)
        case _:
            return draw(argument, NOTHING, rng)


def _alike(value: Any, argument: Argument, rng: random.Random) -> Any:
    """A matrix of the same shape as `value`, or a list with as many numbers as it has columns."""
    rows = value if isinstance(value, list) and all(isinstance(row, list) for row in value) else []
    if argument.kind is Kind.NUMBERS:
        return [rng.randint(-3, 5) for _ in (rows[0] if rows else ())]
    return [[rng.randint(-3, 9) for _ in row] for row in rows]


def _related_set(value: set[int], rng: random.Random) -> set[int]:
    """A set that holds another, or is part of it, or shares some members with it, or none."""
    others = {rng.randint(-5, 12) for _ in range(rng.randint(1, 4))}
    part = set(rng.sample(sorted(value), rng.randint(0, len(value))))
    return rng.choice((value | others, part, part | others, others - value))


def _members(value: Any, kind: type) -> list[Any]:
    """The members of a list or the keys of a dictionary, if they are of the kind."""
    return [] if isinstance(value, str) else [member for member in value if isinstance(member, kind)]


def _number(properties: frozenset[str], wants: Wants, rng: random.Random) -> int:
    if "small" in properties:
        return rng.randint(1 if "positive" in properties else 0, 9)
    if wants.numbers and rng.random() < 0.5:
        wanted = rng.choice(wants.numbers)
        near = rng.choice(
            (
                wanted,
                wanted * rng.randint(2, 6),
                wanted + rng.randint(-3, 3),
                int(f"{rng.randint(1, 40)}{wanted}"),
                int(f"{wanted}{rng.randint(0, 99)}"),
            )
        )
        return max(near, 1) if properties & {"nonneg", "positive"} else near
    if "positive" in properties:
        return rng.randint(1, 60)
    if "nonneg" in properties:
        return rng.choice((rng.randint(0, 20), rng.randint(10, 99), rng.randint(100, 999)))
    return rng.choice((rng.randint(-12, 20), rng.randint(-9, 9), rng.randint(0, 40)))


def _number_near(wants: Wants, rng: random.Random, low: int, high: int) -> int:
    if wants.numbers and rng.random() < 0.3:
        return max(low, rng.choice(wants.numbers) + rng.choice((0, 0, 1, -1)))
    return rng.randint(low, high)


def _numbers(properties: frozenset[str], wants: Wants, rng: random.Random, length: int) -> list[int]:
    low = 1 if "positive" in properties else 0 if "nonneg" in properties or rng.random() < 0.3 else -9
    high = rng.choice((6, 9, 9, 20))
    if "sorted" in properties:
        return sorted(_number_near(wants, rng, low, high) for _ in range(length))
    if "mirror" in wants.groups and rng.random() < 0.5:
        half = [rng.randint(low, high) for _ in range((length + 1) // 2)]
        return [*half[: length // 2], *half[::-1]]
    if rng.random() < 0.15:
        return sorted(_number_near(wants, rng, low, high) for _ in range(length))
    return [_number_near(wants, rng, low, high) for _ in range(length)]


def _text(wants: Wants, rng: random.Random) -> str:
    if rng.random() < (0.7 if "classes" in wants.groups else 0.15):
        return rng.choice(PUNCTUATED)
    words = _words(wants, rng, rng.randint(1, 3))
    if rng.random() < (0.7 if "case" in wants.groups else 0.2):
        words[rng.randrange(len(words))] = rng.choice(CAPITALIZED)
    text = " ".join(words)
    return f" {text} " if "spaces" in wants.groups and rng.random() < 0.4 else text


def _word(wants: Wants, rng: random.Random) -> str:
    if wants.letters and rng.random() < 0.6:
        letter = rng.choice(wants.letters)
        fitting = [word for word in VOCABULARY if letter in (word[0], word[-1])] or [
            word for word in VOCABULARY if letter in word
        ]
        return rng.choice(fitting or VOCABULARY)
    return rng.choice(VOCABULARY)


def _words(wants: Wants, rng: random.Random, length: int) -> list[str]:
    words = [_word(wants, rng) for _ in range(length)]
    if length and rng.random() < (0.6 if "case" in wants.groups else 0.15):
        words[rng.randrange(length)] = rng.choice(CAPITALIZED)
    if length > 2 and rng.random() < 0.4:
        words[-1] = words[0]
    if "strip" in wants.groups and length:
        words = [f" {word}" if rng.random() < 0.5 else f"{word} " for word in words]
    return words


def _pair(properties: frozenset[str], wants: Wants, rng: random.Random) -> tuple[int, int]:
    first, second = _numbers(properties, wants, rng, 2)
    return (first, first) if rng.random() < 0.1 else (first, second)


def _grid(properties: frozenset[str], wants: Wants, rng: random.Random) -> list[list[int]]:
    height = rng.randint(1, 4) if not properties & {"square", "rect"} else rng.randint(2, 3)
    if "square" in properties:
        return [_numbers(properties, wants, rng, height) for _ in range(height)]
    if "rect" in properties:
        width = rng.randint(1, 3)
        return [_numbers(properties, wants, rng, width) for _ in range(height)]
    return [_numbers(properties, wants, rng, rng.randint(0 if rng.random() < 0.2 else 1, 4)) for _ in range(height)]


def _nested(properties: frozenset[str], rng: random.Random, depth: int) -> list[Any]:
    low = 0 if "nonneg" in properties else -3
    parts: list[Any] = [rng.randint(low, 9) for _ in range(rng.randint(1, 2))]
    if depth:
        parts.insert(rng.randint(0, len(parts)), _nested(properties, rng, depth - 1) if rng.random() < 0.8 else [])
    return parts
