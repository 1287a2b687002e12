import random
from collections import Counter
from collections.abc import Sequence

import pytest

from hornbook.errors import ConfigError
from hornbook.records import Exercise
from hornbook.synthesis.programs.exercises import write_exercise
from hornbook.synthesis.programs.lexicon import Said, Word, builtin_lexicon, read_lexicon
from hornbook.synthesis.programs.schema import Schema, builtin_schemas
from hornbook.synthesis.programs.task import draw_task
from hornbook.synthesis.programs.trials import Program, choose_trials

NUM_OF_EACH = 12


def written(schemas: Sequence[Schema], seed: int = 0) -> dict[str, list[Exercise]]:
    """Schema → its exercises."""
    found: dict[str, list[Exercise]] = {}
    for schema in schemas:
        rng = random.Random(f"{seed}:{schema.name}")
        for _ in range(NUM_OF_EACH):
            task = draw_task(schema, builtin_lexicon(), rng)
            exercise = write_exercise(task, rng) if task else None
            found.setdefault(schema.name, []).extend([exercise] if exercise else [])
    return found


def test_every_schema_gives_exercises_whose_solutions_pass_their_tests_and_whose_examples_are_true() -> None:
    exercises = written(builtin_schemas())
    for name, own in exercises.items():
        assert len(own) >= 2, name  # Some words leave no way to reach every branch.
        for exercise in own:
            space: dict[str, object] = {}
            exec(f"{exercise.prompt}{exercise.solution}\n{exercise.test}", space)
            space["check"](space[exercise.entry_point])  # type: ignore[operator]
            assert "{" not in exercise.entry_point
    assert all(exercises[name] == own for name, own in written(builtin_schemas()[:9]).items())
    names = Counter(exercise.entry_point for own in exercises.values() for exercise in own)
    assert len(names) > 0.7 * names.total()


def test_tests_reach_every_branch_or_there_are_none() -> None:
    code = "def f(x):\n    if x > 100:\n        return 1\n    return 0 if x % 2 else x\n"
    near, far = [(1,), (2,), (3,), (4,)], [(200,), (300,)]
    assert choose_trials(Program(code, "f"), near, most=2) is None
    chosen = choose_trials(Program(code, "f"), near + far, most=2)
    assert chosen is not None
    assert {trial.outcome for trial in chosen} == {0, 1, 2}
    endless = Program("def f(x):\n    while x > 0:\n        pass\n    return x\n", "f")
    assert endless.run((1,)) is None
    assert Program("def f(x):\n    x.append(1)\n    return x\n", "f").run(([],)) is None  # It changes its argument.


@pytest.mark.parametrize(
    ("wording", "one", "many"),
    [
        ("is even", "number that is even", "numbers that are even"),
        ("~even", "even number", "even numbers"),
        ("contains the digit 3", "number that contains the digit 3", "numbers that contain the digit 3"),
        ("is a multiple of 3", "number that is a multiple of 3", "numbers that are multiples of 3"),
        ("is even or has 2 digits", "number that is even or has 2 digits", "numbers that are even or have 2 digits"),
    ],
)
def test_a_word_is_said_in_the_form_that_the_sentence_needs(wording: str, one: str, many: str) -> None:
    said = Said("number", Word("x", "tag", wording, "int|x|"))
    assert (f"{said:one}", f"{said:many}") == (one, many)


def test_a_line_of_a_lexicon_that_cannot_be_read_is_named() -> None:
    for line in ("int | x > 3", "int | x > | above | is above 3", "int>int | x + 1 | next | the successor"):
        with pytest.raises(ConfigError, match="line 2 of the lexicon"):
            read_lexicon(f"# a comment\n{line}\n")
