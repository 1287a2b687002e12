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

CONFIG = ExercisesConfig(num_exercises=1_500, num_held_out=120)


def _quiet(_done: int, _total: int) -> None:
    pass


@pytest.fixture(scope="module")
def exercises() -> list[Exercise]:
    return write_exercises(CONFIG, 5, _quiet)


@pytest.fixture(scope="module")
def problems() -> list[Problem]:
    return write_held_out(build_author(CONFIG, 5), CONFIG.num_held_out, 5)


def test_all_exercises_are_different(exercises: list[Exercise]) -> None:
    assert len({exercise.prompt + exercise.solution for exercise in exercises}) == CONFIG.num_exercises


def test_every_operation_occurs_in_training(exercises: list[Exercise]) -> None:
    occurring = Counter(name for exercise in exercises for name in exercise.operations)
    world = build_author(CONFIG, 5).world
    assert set(occurring) == set(world.operations)
    assert min(occurring.values()) >= CONFIG.num_exercises // 2 // len(world.operations)


def test_a_prompt_is_a_signature_with_a_docstring_and_the_solution_completes_it(exercises: list[Exercise]) -> None:
    for exercise in exercises[::7]:
        assert exercise.prompt.endswith('"""\n')
        assert exercise.solution.endswith("\n")
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


def test_every_shape_is_verified_by_its_own_test(exercises: list[Exercise]) -> None:
    for exercise in exercises[::5]:
        names: dict[str, object] = {}
        exec(exercise.prompt + exercise.solution + "\n" + exercise.test, names)
        names["check"](names[exercise.entry_point])  # type: ignore[operator]


def test_the_test_of_a_guarded_function_holds_a_refused_value(exercises: list[Exercise]) -> None:
    guarded = [exercise for exercise in exercises if exercise.operations[0].startswith(("refuse_", "none_if_"))]
    assert len(guarded) > 30
    for exercise in guarded:
        assert "message_of(candidate" in exercise.test or " is None" in exercise.test


def test_difficulties_are_recorded_and_all_four_occur(exercises: list[Exercise]) -> None:
    assert {exercise.difficulty for exercise in exercises} == {1, 2, 3, 4}


def test_only_the_wanted_difficulties_are_written() -> None:
    config = ExercisesConfig(num_exercises=100, num_held_out=20, course="first", difficulties=(1, 3))
    assert {exercise.difficulty for exercise in write_exercises(config, 1, _quiet)} == {1, 3}
    assert len(write_held_out(build_author(config, 1), config.num_held_out, 1)) == 20


def test_every_exercise_has_a_test_of_three_asserts_or_more(exercises: list[Exercise]) -> None:
    assert min(exercise.test.count("    assert ") for exercise in exercises) >= 2
    few = sum(exercise.test.count("    assert ") < 3 for exercise in exercises)
    assert few == 0


def test_docstrings_come_in_at_least_six_styles_and_solutions_in_several_idioms(exercises: list[Exercise]) -> None:
    assert len({exercise.docstring_style for exercise in exercises}) >= 6
    assert len({exercise.idiom for exercise in exercises}) >= 4


def test_equal_prompts_ask_for_equal_things(exercises: list[Exercise]) -> None:
    meaning: dict[str, tuple[str, ...]] = {}
    for exercise in exercises:
        assert meaning.setdefault(exercise.prompt, exercise.operations) == exercise.operations


def test_the_same_seed_gives_the_same_exercises_and_another_seed_others() -> None:
    author, same = build_author(CONFIG, 9), build_author(CONFIG, 9)
    first = [write_exercise(author, index, 9) for index in range(60)]
    assert first == [write_exercise(same, index, 9) for index in range(60)]
    assert first != [write_exercise(same, index, 10) for index in range(60)]


def test_the_number_of_processes_does_not_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "CHUNK_SIZE", 100)
    config = ExercisesConfig(num_exercises=310)
    shared = write_exercises(config, 2, _quiet)
    monkeypatch.setattr(module, "num_cores", lambda: 1)
    assert write_exercises(config, 2, _quiet) == shared


def test_no_held_out_composition_occurs_in_training(exercises: list[Exercise]) -> None:
    author = build_author(CONFIG, 5)
    for exercise in exercises:
        names = exercise.operations
        for start in range(len(names)):
            for end in range(start + 2, len(names) + 1):
                assert not author.split.is_drawn(names[start:end])


def test_held_out_problems_are_many_spread_over_families_and_hard_to_pass_by_chance(problems: list[Problem]) -> None:
    assert len(problems) == CONFIG.num_held_out
    assert [problem.task_id for problem in problems[:2]] == ["hornbook/0001", "hornbook/0002"]
    counts = Counter(problem.category for problem in problems)
    assert len(counts) == 19
    assert max(counts.values()) - min(counts.values()) <= 1
    assert min(problem.test.count("    assert ") for problem in problems) >= 8


def test_held_out_solutions_pass_their_tests(problems: list[Problem]) -> None:
    for problem in problems:
        names: dict[str, object] = {}
        exec(problem.prompt + problem.canonical_solution + "\n" + problem.test, names)
        names["check"](names[problem.entry_point])  # type: ignore[operator]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("num_exercises", 0),
        ("num_held_out", -1),
        ("held_out_share", 1.0),
        ("length_weights", (1, 0, 0)),
        ("length_weights", (1, 1, 1, 1)),
        ("course", "second"),
        ("idioms", ()),
        ("idioms", ("steps", "recursion")),
        ("difficulties", ()),
        ("difficulties", (1,)),
        ("difficulties", (2, 5)),
    ],
)
def test_a_bad_value_is_named(field: str, value: object) -> None:
    with pytest.raises(ConfigError, match=f"`{field}`"):
        ExercisesConfig(**{field: value})  # type: ignore[arg-type]


def test_compositions_are_no_longer_than_configured() -> None:
    config = ExercisesConfig(num_exercises=200, num_held_out=16, length_weights=(1, 2))
    assert max(len(exercise.operations) for exercise in write_exercises(config, 1, _quiet)) == 2
    assert len(write_held_out(build_author(config, 1), config.num_held_out, 1)) == 16


def test_solutions_are_written_in_the_configured_idioms_only() -> None:
    config = ExercisesConfig(num_exercises=200, num_held_out=16, idioms=("loops", "expression"))
    assert {exercise.idiom for exercise in write_exercises(config, 1, _quiet)} == {"loops", "expression"}


def test_neighbouring_exercises_are_not_around_operations_of_one_family() -> None:
    author = build_author(ExercisesConfig(), 0)
    families = [author.world.operations[name].family for name in author.subjects]
    assert sorted(author.subjects) == sorted(author.world.operations)
    assert max(max(Counter(families[start : start + 50]).values()) for start in range(len(families) - 50)) < 25


def test_a_first_course_teaches_its_operations_alone() -> None:
    config = ExercisesConfig(num_exercises=200, num_held_out=16, course="first")
    taught = {name for exercise in write_exercises(config, 1, _quiet) for name in exercise.operations}
    assert taught <= FIRST_OPERATIONS
    assert len(taught) > 0.84 * len(FIRST_OPERATIONS)


FEW = ExercisesConfig(num_held_out=60, course="first", length_weights=(1, 1), held_out_share=0.08)


def test_a_family_without_further_held_out_problems_leaves_them_to_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NUM_VAIN_ROUNDS", 3)
    problems = write_held_out(build_author(FEW, 1), 60, 1)
    counts = Counter(problem.category for problem in problems)
    assert len(problems) == 60 == len({problem.canonical_solution for problem in problems})
    assert max(counts.values()) > 60 // 19 + 1


def test_more_than_the_curriculum_has_is_a_mistake_and_no_endless_search(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "NUM_VAIN_ROUNDS", 3)
    with pytest.raises(ConfigError, match="`num_held_out` must be at most about"):
        write_held_out(build_author(FEW, 1), 1_000, 1)
    monkeypatch.setattr(module, "NUM_VAIN_EXERCISES", 0)
    one = write_exercise(build_author(FEW, 1), 0, 1)
    monkeypatch.setattr(module, "write_chunk", lambda *_: [one] * 10)
    with pytest.raises(ConfigError, match="`num_exercises` must be at most about 1:"):
        write_exercises(ExercisesConfig(num_exercises=100), 1, _quiet)
