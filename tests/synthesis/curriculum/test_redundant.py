import random

from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.formats import FORMATS
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.task import Argument, Step, Task
from hornbook.synthesis.curriculum.world import World, build_world, is_sensible, required_properties

BATTERIES = tuple(
    frozenset(text.split())
    for text in ("", "nonneg", "nonneg positive", "nonneg small", "rect", "rect square", *FORMATS)
)
"""Properties of the values on which compositions are compared, weakest first."""


def _outcomes(reference: Reference, task: Task, battery: frozenset[str]) -> tuple[str, ...] | None:
    kind = task.steps[0].operation.takes
    given = Task((Argument("value", kind, battery),), ())
    inputs = draw_arguments(given, 40, random.Random(f"{kind}:{sorted(battery)}"))
    try:
        return tuple(source_of(reference.evaluate(task, arguments)) for arguments in inputs)
    except (OverflowError, ValueError, IndexError, ZeroDivisionError):
        return None


def _task(world: World, names: tuple[str, ...]) -> Task | None:
    """A composition without parameters as a task."""
    operations = tuple(world.operations[name] for name in names)
    needs = required_properties(operations)
    if any(operation.parameters for operation in operations) or not is_sensible(operations, needs):
        return None
    return Task((Argument("value", operations[0].takes, needs),), tuple(Step(item) for item in operations))


def redundant_pairs(world: World) -> list[tuple[str, str, str]]:
    """Pairs of operations that together do what a single one does, as far as 40 inputs can tell.

    On values in a particular form only operations that need the form count: others are no tasks on such values.
    """
    reference = Reference(world)
    singles = {name: task for name in world.operations if (task := _task(world, (name,))) is not None}
    pairs = {
        pair: task
        for first in world.operations
        for pair in ((first, second) for second in world.followers[first])
        if (task := _task(world, pair)) is not None
    }
    found: dict[tuple[str, str], str] = {}
    for battery in BATTERIES:
        known: dict[tuple[Kind, tuple[str, ...] | None], str] = {}
        for name, task in singles.items():
            properties = task.arguments[0].properties
            if properties <= battery and properties & FORMATS.keys() == battery & FORMATS.keys():
                known[task.arguments[0].kind, _outcomes(reference, task, battery)] = name
        for pair, task in pairs.items():
            needs = task.arguments[0].properties
            if not needs <= battery or any(needs <= weaker for weaker in BATTERIES[: BATTERIES.index(battery)]):
                continue
            outcomes = _outcomes(reference, task, battery)
            single = known.get((task.arguments[0].kind, outcomes))
            if outcomes is not None and single is not None and single not in pair:
                found[pair] = single
    return [(*pair, single) for pair, single in found.items()]


def test_no_pair_of_operations_does_what_a_single_one_does() -> None:
    assert redundant_pairs(build_world()) == []
