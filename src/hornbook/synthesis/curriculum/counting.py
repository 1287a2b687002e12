"""Count the distinct tasks of a world in seconds, where listing all compositions would take minutes."""

from collections import Counter
from functools import cache

from hornbook.synthesis.curriculum.operation import Operation
from hornbook.synthesis.curriculum.world import World, is_sensible, required_properties

MAX_LENGTH = 3


def count_tasks(world: World, max_length: int = MAX_LENGTH) -> int:
    """The number of distinct tasks: compositions times the choices of each constant (or an argument in its place).

    Whether a composition is sensible depends only on what its operations are like, their names aside; so of operations
    that are alike one is tried for all.

    Args:
        world: The operations.
        max_length: Of how many operations a task is composed at most, 1 to 3.
    """
    operations = world.operations
    choices = {name: _num_bindings(operation) for name, operation in operations.items()}
    numbers: dict[object, int] = {}
    alike = {name: numbers.setdefault(_likeness(item), len(numbers)) for name, item in operations.items()}
    example = {alike[name]: operation for name, operation in operations.items()}
    followers = {name: Counter[int]() for name in operations}
    for name, names in world.followers.items():
        for follower in names:
            followers[name][alike[follower]] += choices[follower]

    @cache
    def is_task(*likenesses: int) -> bool:
        parts = tuple(example[likeness] for likeness in likenesses)
        return is_sensible(parts, required_properties(parts), by_name=False)

    @cache
    def num_thirds(first: int, second: str) -> int:
        return sum(number for third, number in followers[second].items() if is_task(first, alike[second], third))

    total = sum(choices[name] for name in operations if is_task(alike[name]))
    for first in operations if max_length > 1 else ():
        for second in world.followers[first] if is_task(alike[first]) else ():
            if not is_task(alike[first], alike[second]):
                continue
            thirds = 0
            if max_length > 2:
                thirds = num_thirds(alike[first], second)
                returns = first in world.followers[second] and is_task(alike[first], alike[second], alike[first])
                thirds -= choices[first] if returns else 0
            total += choices[first] * choices[second] * (1 + thirds)
    return total


def _likeness(operation: Operation) -> object:
    """All that matters for what an operation may stand beside, but its name."""
    kinds = operation.takes, operation.gives, operation.form, operation.last
    return kinds, operation.group, operation.needs, operation.adds, operation.keeps, operation.avoids


def _num_bindings(operation: Operation) -> int:
    product = 1
    for parameter in operation.parameters:
        product *= len(parameter.choices) + bool(parameter.argument_names)
    return product
