import ast
import itertools
import random

import pytest

from hornbook.synthesis.curriculum.execution import Reference, compile_function
from hornbook.synthesis.curriculum.idioms import Idiom, write_solution
from hornbook.synthesis.curriculum.inputs import draw_arguments
from hornbook.synthesis.curriculum.kinds import source_of
from hornbook.synthesis.curriculum.names import name_plainly
from hornbook.synthesis.curriculum.operation import is_atom
from hornbook.synthesis.curriculum.sampler import bind, draw_composition
from hornbook.synthesis.curriculum.scripts import write_definition
from hornbook.synthesis.curriculum.trials import try_out
from hornbook.synthesis.curriculum.world import World, build_world


@pytest.fixture(scope="module")
def world() -> World:
    return build_world()


@pytest.mark.parametrize("length", [1, 2])
def test_every_idiom_agrees_with_the_reference_and_leaves_its_arguments_alone(world: World, length: int) -> None:
    reference = Reference(world)
    num_checked = 0
    for name in world.operations:
        rng = random.Random(f"{name}:{length}")
        operations = draw_composition(world, length, name, rng)
        if operations is None:
            continue
        task = bind(operations, rng)
        inputs = draw_arguments(task, 8, rng)
        outputs = reference.outputs(task, inputs)
        if outputs is None:
            continue
        for idiom in Idiom:
            source = write_definition(task, idiom, rng)
            if source is None:
                continue
            name = name_plainly(task)
            candidate = compile_function(source, task.owner.name if task.owner else name)
            for arguments, expected in zip(inputs, outputs, strict=True):
                before = repr(arguments)
                assert source_of(try_out(task, name, candidate, arguments)) == source_of(expected), source
                assert repr(arguments) == before, source
            num_checked += 1
    assert num_checked > 300


def test_every_operation_has_at_least_three_solutions(world: World) -> None:
    assert [name for name in world.operations if len(solutions_of(world, name)) < 3] == []


def solutions_of(world: World, name: str) -> set[str]:
    """Different solutions of an operation, names and all; no more are looked for once there are three."""
    task = bind((world.operations[name],), random.Random(name))
    found: set[str] = set()
    for number, idiom in itertools.product(range(60), Idiom):
        body = write_solution(task, "solve", idiom, random.Random(f"{name}:{number}"))
        if body is not None:
            found.add(ast.dump(ast.parse(f"def solve():\n{body}")))
        if len(found) == 3:
            break
    return found


def test_what_is_no_atom_gets_brackets() -> None:
    assert all(map(is_atom, ["x", "3", "f(x)", "[a for a in b]", "x[1:]", "f(x)[0].y", '"a"', '"".join(x)']))
    assert not any(map(is_atom, ["a + b", "-x", "f(x) + 1", "a if b else c", "[1] + x", "not x", "f(a) for a in b"]))
