import ast
from collections import Counter

import pytest

from hornbook.errors import ConfigError
from hornbook.evaluation.complete import cut_completion
from hornbook.records import Exercise, Problem
from hornbook.synthesis.curriculum import exercises as module
from hornbook.synthesis.curriculum.courses import FIRST_OPERATIONS
from hornbook.synthesis.curriculum.exercises import (
    ExercisesConfig,
    build_author,
    write_exercise,
    write_exercises,
    write_held_out,
)

CONFIG = ExercisesConfig(num_exercises=1_500, num_held_out=95)


@pytest.fixture(scope="module")
def exercises() -> list[Exercise]:
    return list(write_exercises(CONFIG, 5))


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    return write_held_out(build_author(CONFIG, 5), CONFIG.num_held_out, 5)


def test_exercises_are_different_and_of_every_operation_difficulty_style_and_idiom(exercises: list[Exercise]) -> None:
    assert len({exercise.prompt + exercise.solution for exercise in exercises}) == CONFIG.num_exercises
    author = build_author(CONFIG, 5)
    occurring = Counter(name for exercise in exercises for name in exercise.operations)
    assert set(occurring) == set(author.world.operations)
    assert min(occurring.values()) >= CONFIG.num_exercises // 2 // len(author.world.operations)
    assert {exercise.difficulty for exercise in exercises} == {1, 2, 3, 4}
    assert len({exercise.docstring_style for exercise in exercises}) >= 6
    assert len({exercise.idiom for exercise in exercises}) >= 4
    families = [author.world.operations[name].family for name in author.subjects]
    assert max(max(Counter(families[start : start + 50]).values()) for start in range(len(families) - 50)) < 25


def test_a_prompt_is_a_signature_with_a_docstring_and_the_solution_completes_it(exercises: list[Exercise]) -> None:
    for exercise in exercises[::7]:
        assert exercise.prompt.endswith('"""\n')
        assert all(not line or line.startswith("    ") for line in exercise.solution.split("\n"))
        defined = ast.parse(exercise.prompt + exercise.solution).body[-1]
        assert isinstance(defined, ast.FunctionDef | ast.ClassDef)
        assert defined.name == exercise.entry_point
        function = defined.body[-1] if isinstance(defined, ast.ClassDef) else defined
        assert isinstance(function, ast.FunctionDef)
        assert ast.get_docstring(function)
        assert function.returns is not None
        assert all(argument.annotation is not None for argument in function.args.args if argument.arg != "self")


def test_a_class_is_left_open_at_its_last_method(exercises: list[Exercise]) -> None:
    methods = [exercise for exercise in exercises if "\nclass " in f"\n{exercise.prompt}"]
    assert len(methods) > 30
    for exercise in methods:
        more = "\n    def another(self) -> int:\n        return 1\n\n\nprint(2)\n"
        assert cut_completion(exercise.prompt, exercise.solution + more) == exercise.solution


def _passes(code: str, test: str, name: str) -> bool:
    names: dict[str, object] = {}
    exec(f"{code}\n{test}", names)
    try:
        names["check"](names[name])  # type: ignore[operator]
    except AssertionError:
        return False
    return True


def test_solutions_pass_their_tests_and_tests_ask_enough(exercises: list[Exercise], problems: list[Problem]) -> None:
    assert all(_passes(one.prompt + one.solution, one.test, one.entry_point) for one in exercises[::5])
    assert all(_passes(one.prompt + one.canonical_solution, one.test, one.entry_point) for one in problems)
    assert min(exercise.test.count("    assert ") for exercise in exercises) >= 3
    assert min(problem.test.count("    assert ") for problem in problems) >= 8
    guarded = [exercise for exercise in exercises if exercise.operations[0].startswith(("refuse_", "none_if_"))]
    assert len(guarded) > 30
    assert all("message_of(candidate" in exercise.test or " is None" in exercise.test for exercise in guarded)


def test_equal_prompts_ask_for_equal_things_and_no_held_out_composition_occurs(exercises: list[Exercise]) -> None:
    author = build_author(CONFIG, 5)
    meaning: dict[str, tuple[str, ...]] = {}
    for exercise in exercises:
        names = exercise.operations
        assert meaning.setdefault(exercise.prompt, names) == names
        runs = [names[start:end] for start in range(len(names)) for end in range(start + 2, len(names) + 1)]
        assert not any(map(author.split.is_drawn, runs))


def test_the_same_seed_gives_the_same_exercises_in_any_number_of_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    author = build_author(CONFIG, 9)
    first = [write_exercise(author, index, 9) for index in range(30)]
    assert first == [write_exercise(author, index, 9) for index in range(30)]
    assert first != [write_exercise(author, index, 10) for index in range(30)]


def test_held_out_problems_are_spread_over_families(problems: list[Problem]) -> None:
    assert len(problems) == CONFIG.num_held_out
    assert [problem.task_id for problem in problems[:2]] == ["hornbook/0001", "hornbook/0002"]
    counts = Counter(problem.category for problem in problems)
    assert len(counts) == 19
    assert max(counts.values()) - min(counts.values()) <= 1


@pytest.mark.parametrize(
    ("field", "values"),
    {
        "num_exercises": [0],
        "num_held_out": [-1],
        "held_out_share": [1.0],
        "length_weights": [(1, 0, 0), (1, 1, 1, 1)],
        "course": ["second"],
        "idioms": [()],
        "difficulties": [(1,), (2, 5)],
    }.items(),
)
def test_a_bad_value_is_named(field: str, values: list[object]) -> None:
    for value in values:
        with pytest.raises(ConfigError, match=f"`{field}`"):
            ExercisesConfig(**{field: value})  # type: ignore[arg-type]


def test_lengths_idioms_difficulties_and_operations_are_those_of_the_config() -> None:
    config = ExercisesConfig(
        num_exercises=60,
        num_held_out=6,
        length_weights=(1, 2),
        idioms=("loops", "expression"),
        difficulties=(1, 3),
        course="first",
    )
    made = list(write_exercises(config, 1))
    assert max(len(exercise.operations) for exercise in made) == 2
    assert {exercise.idiom for exercise in made} == {"loops", "expression"}
    assert {exercise.difficulty for exercise in made} == {1, 3}
    assert {name for exercise in made for name in exercise.operations} <= FIRST_OPERATIONS
    assert len(write_held_out(build_author(config, 1), config.num_held_out, 1)) == 6


FEW = ExercisesConfig(num_held_out=60, course="first", length_weights=(1, 1), held_out_share=0.08)


def test_a_family_without_further_problems_leaves_them_to_others_and_too_many_are_a_mistake(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "NUM_VAIN_ROUNDS", 3)
    problems = write_held_out(build_author(FEW, 1), 60, 1)
    counts = Counter(problem.category for problem in problems)
    assert len(problems) == 60 == len({problem.canonical_solution for problem in problems})
    assert max(counts.values()) > 60 // 19 + 1
    with pytest.raises(ConfigError, match="`num_held_out`"):
        write_held_out(build_author(FEW, 1), 1_000, 1)
    monkeypatch.setattr(module, "NUM_VAIN_EXERCISES", 0)
    one = write_exercise(build_author(FEW, 1), 0, 1)
    monkeypatch.setattr(module, "write_chunk", lambda *_: [one] * 10)
    with pytest.raises(ConfigError, match="`num_exercises`"):
        list(write_exercises(ExercisesConfig(num_exercises=100), 1))
