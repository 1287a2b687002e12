import math
from collections import Counter

from hornbook.synthesis.curriculum.counting import count_tasks
from hornbook.synthesis.curriculum.courses import Course
from hornbook.synthesis.curriculum.difficulties import difficulty_of
from hornbook.synthesis.curriculum.lessons.tables import LESSONS
from hornbook.synthesis.curriculum.operation import Form
from hornbook.synthesis.curriculum.sampler import Split, compositions, is_shown_in_textbooks
from hornbook.synthesis.curriculum.world import World, build_world


def test_the_world_is_as_rich_as_promised(world: World) -> None:
    assert len(world.families) >= 16
    assert len(world.operations) >= 400
    assert {operation.difficulty for operation in world.operations.values()} == {1, 2, 3, 4}
    assert all(
        world.operations[name].gives == world.operations[second].takes and not world.operations[name].last
        for name in world.operations
        for second in world.followers[name]
    )
    first = build_world(Course.FIRST)
    assert first.families == world.families
    assert min(Counter(operation.family for operation in first.operations.values()).values()) >= 4
    assert count_tasks(first) >= 1_000_000


def test_tasks_are_counted_as_they_would_be_one_by_one() -> None:
    world = build_world(Course.FIRST, hardest=1)
    choices = {
        name: math.prod(len(item.choices) + bool(item.argument_names) for item in operation.parameters)
        for name, operation in world.operations.items()
    }
    for max_length in (1, 2, 3):
        listed = sum(math.prod(map(choices.__getitem__, names)) for names in compositions(world, max_length))
        assert count_tasks(world, max_length) == listed


def test_a_task_is_as_difficult_as_its_hardest_operation_and_its_length(world: World) -> None:
    easy = next(item for item in world.operations.values() if item.difficulty == 1)
    hard = next(item for item in world.operations.values() if item.difficulty == 3)
    assert [difficulty_of([easy] * number) for number in (1, 2, 3)] == [1, 2, 3]
    assert [difficulty_of([hard, *[easy] * number]) for number in (0, 1, 2)] == [3, 3, 4]


def test_every_operation_can_be_said_and_written_and_has_a_lesson(world: World) -> None:
    assert set(LESSONS) == set(world.operations)
    for operation in world.operations.values():
        said = operation.clauses if operation.form is Form.FILTER else operation.nouns
        assert all((operation.code or operation.blocks, operation.fragments, said)), operation.name


def test_about_the_configured_share_is_held_out_and_what_contains_a_held_out_composition_kept_from_training() -> None:
    split = Split(seed=3, held_out_share=0.1)
    pairs = [(f"a{number}", "b") for number in range(2000)]
    held_out = [pair for pair in pairs if split.is_drawn(pair)]
    assert 140 < len(held_out) < 260
    for pair in pairs:
        assert split.touches(pair) is (pair in held_out)
        assert not split.touches((pair[0],))
    assert all(split.touches(("zero", *pair)) and split.touches((*pair, "zero")) for pair in held_out)
    shown = [pair for pair in pairs if is_shown_in_textbooks(pair)]
    assert 80 < len(shown) < 400
    assert not any(Split(seed=2, held_out_share=0.9).is_drawn(pair) for pair in shown)
