"""Verify exercises that anyone may have written, level by level, by execution.

Reads:  exercises; a teacher, if solutions are to be compared.
Writes: what was seen of each (`levels.py`), those that reach the level asked for, the others with the reason, the
        independent solutions, and a test for each exercise that had none, from outputs that are agreed on.
Source: the paper executes nothing and reports a high error rate (section 2.3).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from hornbook.errors import ConfigError
from hornbook.records import Dropped, Exercise
from hornbook.sandbox.jail_tasks import run_tasks
from hornbook.sandbox.program import Sandbox
from hornbook.synthesis.exercise_tests import ExerciseTest, build_test
from hornbook.synthesis.levels import (
    Level,
    Strictness,
    Verification,
    is_at_least,
    is_enough,
    level_of,
    reason_of,
)
from hornbook.synthesis.observation import BATCH_SIZE, Observation, observe_exercises, task_of
from hornbook.synthesis.solutions import Solution, SolutionsConfig, ask_for_solutions, compare_solutions
from hornbook.teacher.api import Teacher

Progress = Callable[[int, int, str], None]
"""Told how much is done, of how much, and of what."""


@dataclass(frozen=True, kw_only=True)
class VerifyWrittenConfig:
    """How exercises are verified, and what suffices."""

    strictness: Strictness = field(default_factory=Strictness)
    solutions: SolutionsConfig = field(default_factory=SolutionsConfig)
    num_inputs: int = 20
    """Inputs made for each function, its examples' own among them."""

    def __post_init__(self) -> None:
        """Check the fields.

        Raises:
            ConfigError: Names the field and the value.
        """
        if not 1 <= self.num_inputs <= 60:
            raise ConfigError(f"`num_inputs` must lie in [1, 60], got {self.num_inputs!r}")


@dataclass(frozen=True, kw_only=True)
class Verified:
    """What came of it; each list in the order of the exercises."""

    kept: list[Exercise]
    """As they were given."""
    dropped: list[Dropped]
    verifications: list[Verification]
    """One for each exercise."""
    tests: list[ExerciseTest]
    """For kept exercises without a test of their own; none where no outputs are agreed on."""
    solutions: list[Solution]
    """Of the teacher, if there is one."""


def verify_written(
    exercises: Sequence[Exercise],
    teacher: Teacher | None,
    sandbox: Sandbox,
    config: VerifyWrittenConfig,
    seed: int,
    progress: Progress,
    announce: Callable[[list[Exercise]], None] | None = None,
) -> Verified:
    """Verify exercises, and split them into those that reach the level asked for and the rest.

    The result is a function of the exercises, the config, the seed and the teacher's replies, in whatever order they
    come.

    Args:
        exercises: Of any teacher; only `id`, `prompt`, `solution`, `entry_point` and `test` are looked at.
        teacher: Entered; asked for independent solutions. None: the levels up to the examples.
        sandbox: Entered.
        config: How, and how strict.
        seed: Of the inputs.
        progress: Told how far each part is.
        announce: Told, before the teacher is asked, of which exercises solutions will be asked.

    Raises:
        ConfigError: Self-consistency is asked for without a teacher.
        SandboxError: The sandbox broke down.
        EndpointError: The teacher cannot be asked any more; or `BudgetError`, that its budget is spent.
    """
    if teacher is None and config.strictness.min_level is Level.CONSISTENT:
        raise ConfigError(f"the level `{Level.CONSISTENT}` needs a teacher that writes independent solutions")
    observations = observe_exercises(exercises, sandbox, config.num_inputs, seed, _named(progress, "exercises run"))
    solutions: list[Solution] = []
    strictness = config.strictness
    if teacher is not None:
        worth = [one for one in observations if _is_worth_asking(one, strictness)]
        asked = [one.exercise for one in worth]
        if announce is not None:
            announce(asked)
        replies = ask_for_solutions(asked, teacher, config.solutions, _named(progress, "solutions written"))
        solutions = compare_solutions(
            worth, replies, sandbox, config.solutions.num_solutions, _named(progress, "solutions run")
        )
    verifications = [one.verification for one in observations]
    kept = [one for one in observations if is_enough(one.verification, strictness)]
    dropped = [
        Dropped(id=one.exercise_id, reason=reason_of(one, strictness), detail=one.detail)
        for one in verifications
        if not is_enough(one, strictness)
    ]
    tests = _tests(kept, sandbox, _named(progress, "tests run"))
    return Verified(
        kept=[one.exercise for one in kept],
        dropped=dropped,
        verifications=verifications,
        tests=tests,
        solutions=solutions,
    )


def _is_worth_asking(seen: Observation, strictness: Strictness) -> bool:
    """Whether other solutions of the exercise could show anything: its examples hold, and there are inputs."""
    return is_at_least(level_of(seen.verification, strictness), Level.EXAMPLES) and bool(seen.compared)


def _tests(kept: Sequence[Observation], sandbox: Sandbox, progress: Callable[[int, int], None]) -> list[ExerciseTest]:
    """Tests from agreed outputs, each of which the exercise's own solution has passed."""
    built = [
        ExerciseTest(exercise_id=one.exercise.id, test=test)
        for one in kept
        if not one.exercise.test and (test := build_test(*one.agreed_calls()))
    ]
    exercises = {one.exercise.id: one.exercise for one in kept}
    tasks = [task_of(exercises[one.exercise_id], test=one.test) for one in built]
    answers = run_tasks("calls", tasks, sandbox, batch_size=BATCH_SIZE, progress=progress)
    return [
        one
        for one, answer in zip(built, answers, strict=True)
        if isinstance(answer, dict) and answer["outcome"] == "passed" and answer["test"] is None
    ]


def _named(progress: Progress, name: str) -> Callable[[int, int], None]:
    return lambda done, total: progress(done, total, name)
