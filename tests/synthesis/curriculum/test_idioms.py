import ast
import itertools
import random

import pytest

from hornbook.synthesis.curriculum.execution import Reference, compile_function
from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import source_of
from hornbook.synthesis.curriculum.names import name_plainly
from hornbook.synthesis.curriculum.sampler import bind, draw_composition
from hornbook.synthesis.curriculum.scripts import write_definition
from hornbook.synthesis.curriculum.trials import try_out
from hornbook.synthesis.curriculum.world import World


@pytest.mark.parametrize("length", [1, 2])
def test_every_idiom_agrees_with_the_reference_and_leaves_its_arguments_alone(world: World, length: int) -> None:
    reference = Reference(world)
    num_checked = 0
    for name in world.operations:
        rng = random.Random(f"{name}:{length}")
        if not (operations := draw_composition(world, length, name, rng)):
            continue
        task = bind(operations, rng)
        inputs = draw_arguments(task, 8, rng)
        if (outputs := reference.outputs(task, inputs)) is None:
            continue
        name = name_plainly(task)
        for source in filter(None, (write_definition(task, idiom, rng) for idiom in Idiom)):
            candidate = compile_function(source, task.owner.name if task.owner else name)
            for arguments, expected in zip(inputs, outputs, strict=True):
                before = repr(arguments)
                assert source_of(try_out(task, name, candidate, arguments)) == source_of(expected), source
                assert repr(arguments) == before, source
            num_checked += 1
    assert num_checked > 300


def test_every_operation_has_at_least_three_solutions(world: World) -> None:
    for name, operation in world.operations.items():
        task = bind((operation,), random.Random(name))
        tries = itertools.product(range(60), Idiom)
        found: set[str] = set()
        while len(found) < 3:
            number, idiom = next(tries)
            body = write_solution(task, "solve", idiom, random.Random(f"{name}:{number}"))
            found |= {ast.dump(ast.parse(f"def solve():\n{body}"))} if body else set()


def test_a_generator_that_begins_with_a_bracket_is_bracketed_beside_another_argument(world: World) -> None:
    task = bind(
        tuple(world.operations[name] for name in ("zero_negative", "add_to_each", "smallest")), random.Random(0)
    )
    sources = [write_definition(task, Idiom.EXPRESSION, random.Random(number)) or "" for number in range(40)]
    assert any("min(((" in source for source in sources)
    for source in sources:
        ast.parse(source)
