import random
from typing import Any

from hornbook.synthesis.curriculum.execution import Reference
from hornbook.synthesis.curriculum.formats import FORMATS
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import Kind, source_of
from hornbook.synthesis.curriculum.operation import Form
from hornbook.synthesis.curriculum.task import Argument, Step, Task
from hornbook.synthesis.curriculum.telling import TELLING
from hornbook.synthesis.curriculum.world import BEGINNINGS, World, build_world, is_sensible, required_properties

BATTERIES = tuple(
    frozenset(text.split())
    for text in (
        *("", "nonneg", "nonneg positive", "nonneg small", "nonneg positive small", "rect", "rect square", "sorted"),
        *FORMATS,
    )
)
"""Properties of the values on which compositions are compared, weakest first."""
NUM_INPUTS = 40
NUM_FIRST = 6
"""So many inputs are enough to tell most pairs from every single operation."""
MAX_SAME_SHARE = 0.8
"""A task whose results are hardly ever different is put aside anyway, so it is compared with no other."""

Inputs = list[tuple[Any, ...]]


def _inputs(kind: Kind, battery: frozenset[str]) -> Inputs:
    given = Task((Argument("value", kind, battery),), ())
    return draw_arguments(given, NUM_INPUTS, random.Random(f"{kind}:{sorted(battery)}"))


def _outcomes(reference: Reference, task: Task, inputs: Inputs) -> tuple[str, ...] | None:
    try:
        return tuple(source_of(reference.evaluate(task, arguments)) for arguments in inputs)
    except (OverflowError, ValueError, IndexError, ZeroDivisionError):
        return None


def _is_telling(outcomes: tuple[str, ...]) -> bool:
    return max(map(outcomes.count, set(outcomes))) <= len(outcomes) * MAX_SAME_SHARE


def _is_generator(task: Task) -> bool:
    return any(step.operation.form is Form.YIELD for step in task.steps)


def _task(world: World, names: tuple[str, ...]) -> Task | None:
    """A composition without parameters as a task; none for what is not compared.

    That is a composition that begins in a form of its own, as a guard does, and one whose question needs telling
    values, which the inputs here are not.
    """
    operations = tuple(world.operations[name] for name in names)
    needs = required_properties(operations)
    if any(operation.parameters or operation.form in BEGINNINGS for operation in operations):
        return None
    if any(operation.group in TELLING for operation in operations) or not is_sensible(operations, needs):
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
        inputs = {kind: _inputs(kind, battery) for kind in {task.arguments[0].kind for task in singles.values()}}
        known: dict[tuple[Kind, bool, tuple[str, ...]], str] = {}
        for name, task in singles.items():
            kind, properties = task.arguments[0].kind, task.arguments[0].properties
            if properties <= battery and properties & FORMATS.keys() == battery & FORMATS.keys():
                outcomes = _outcomes(reference, task, inputs[kind])
                if outcomes is not None and _is_telling(outcomes):
                    known[kind, _is_generator(task), outcomes] = name
        beginnings = {(kind, yields, outcomes[:NUM_FIRST]) for kind, yields, outcomes in known}
        for pair, task in pairs.items():
            kind, needs = task.arguments[0].kind, task.arguments[0].properties
            if not needs <= battery or any(needs <= weaker for weaker in BATTERIES[: BATTERIES.index(battery)]):
                continue
            beginning = _outcomes(reference, task, inputs[kind][:NUM_FIRST])
            if beginning is None or (kind, _is_generator(task), beginning) not in beginnings:
                continue
            outcomes = _outcomes(reference, task, inputs[kind])
            single = known.get((kind, _is_generator(task), outcomes)) if outcomes is not None else None
            if single is not None and single not in pair:
                found[pair] = single
    return [(*pair, single) for pair, single in found.items()]


def test_no_pair_of_operations_does_what_a_single_one_does() -> None:
    assert redundant_pairs(build_world()) == []
