"""What an operation promises of its result is true: chains rely on it."""

import random
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import Kind
from hornbook.synthesis.curriculum.operation import Form, Operation
from hornbook.synthesis.curriculum.sampler import bind
from hornbook.synthesis.curriculum.world import World

PLAIN = (Form.MAP, Form.FILTER, Form.FOLD, Form.WHOLE)


def _numbers(value: Any) -> list[int]:
    if isinstance(value, int):
        return [value]
    members = value.values() if isinstance(value, dict) else value
    return [] if isinstance(value, str) else [number for member in members for number in _numbers(member)]


def _words(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else [word for word in value if isinstance(word, str)]


HOLDS: dict[str, Callable[[Any], bool]] = {
    "nonneg": lambda value: all(number >= 0 for number in _numbers(value)),
    "positive": lambda value: all(number > 0 for number in _numbers(value)),
    "even": lambda value: all(number % 2 == 0 for number in _numbers(value)),
    "zeroone": lambda value: all(number in (0, 1) for number in _numbers(value)),
    "sorted": lambda value: list(value) == sorted(value),
    "distinct": lambda value: len(set(value)) == len(value),
    "rect": lambda value: len({len(row) for row in value}) <= 1,
    "lower": lambda value: all(word == word.lower() for word in _words(value)),
    "spaceless": lambda value: all(" " not in word for word in _words(value)),
    "nonempty": bool,
    "nonempty_words": all,
}


def _broken(reference: Reference, operation: Operation, given: frozenset[str]) -> list[str]:
    """Promises that a result breaks, on values with the properties `given`."""
    found = []
    for number in range(3):
        rng = random.Random(f"{operation.name}:{number}")
        task = bind((operation,), rng)
        first = replace(task.arguments[0], properties=task.arguments[0].properties | given)
        task = replace(task, arguments=(first, *task.arguments[1:]))
        for arguments in draw_arguments(task, 12, rng):
            with suppress(ValueError, IndexError, OverflowError, ZeroDivisionError):
                if all(HOLDS[name](arguments[0]) for name in first.properties & HOLDS.keys()):
                    result = reference.evaluate(task, arguments)
                    promised = (operation.adds | (operation.keeps & given)) & HOLDS.keys()
                    found += [f"{name}: {result!r}" for name in promised if not HOLDS[name](result)]
    return found


def test_results_have_the_properties_that_operations_promise(world: World) -> None:
    reference = Reference(world)
    broken = {}
    for operation in world.operations.values():
        if operation.form not in PLAIN or operation.gives is Kind.FLAG:
            continue
        for given in (frozenset[str](), *(frozenset({name}) for name in ("nonneg", "positive", "even"))):
            if given <= operation.keeps and (found := _broken(reference, operation, given)):
                broken[operation.name] = found[0]
    assert broken == {}


def test_a_determinant_that_would_take_a_factorial_of_turns_is_refused(world: World) -> None:
    task = bind((world.operations["determinant"],), random.Random(0))
    assert Reference(world).evaluate(task, [[[2, 1], [1, 3]]]) == 5
    with pytest.raises(OverflowError, match="12 members are too many for determinant"):
        Reference(world).evaluate(task, [[[0] * 12] * 12])
