"""The stages of synthesis: textbooks, exercises, verify.

Reads:  nothing but the curriculum, or a language model's answers; then the artifacts of the two stages that write.
Writes: the tables `passages`, `exercises`, `held_out`; `kept`, `dropped` and the passages that hold; what a language
        model was asked, which of its answers were rejected, and how far each record was verified.
Source: sections 2.2 and 2.3 of the paper.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from contextlib import nullcontext
from typing import Any

from hornbook.pipeline.stage import Artifact, Result, Stage, Workspace
from hornbook.records import Dropped, Exercise, Passage, Problem
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.asked import ask_for_exercises, ask_for_passages, metrics_of
from hornbook.synthesis.curriculum import exercises as curriculum
from hornbook.synthesis.curriculum.courses import Course
from hornbook.synthesis.curriculum.exercises import (
    TEACHER,
    ExercisesConfig,
    build_author,
    write_held_out,
)
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.world import build_world
from hornbook.synthesis.diversity.measure import measure
from hornbook.synthesis.estimate import estimate
from hornbook.synthesis.exercise_tests import ExerciseTest, with_tests
from hornbook.synthesis.levels import Verification, count_levels
from hornbook.synthesis.shown_output import Repair
from hornbook.synthesis.solutions import Solution
from hornbook.synthesis.verify import VerifyConfig, verify_exercises, verify_passages
from hornbook.synthesis.written import verify_written
from hornbook.synthesis.written_passages import PassageCheck, verify_written_passages

VERSION = 6
"""Raised when a rule of these stages or of the curriculum changes: it is part of the fingerprint."""


def write_textbooks(config: TextbooksConfig, name: str = "textbooks") -> Stage:
    """X."""
    return Stage(name, run_textbooks, config, VERSION, estimate=estimate)


def write_exercises(config: ExercisesConfig, name: str = "exercises") -> Stage:
    """X."""
    return Stage(name, run_exercises, config, VERSION, estimate=estimate)


def verify(textbooks: Stage, exercises: Stage, config: VerifyConfig | None = None, name: str = "verify") -> Stage:
    """X."""
    inputs = {"textbooks": textbooks, "exercises": exercises}
    return Stage(name, run_verify, config or VerifyConfig(), VERSION, inputs, estimate=estimate)


def run_textbooks(config: TextbooksConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write textbook passages. Writes `passages`: Passage, all different.

    Of a language model also `commissions`: Commission, and `rejected`: RejectedAnswer.

    Raises:
        ConfigError: The config names a language model, and there is no way to it; or none of its answers can be used.
        EndpointError: It cannot be asked any more; or `BudgetError`, that the budget is spent.
    """
    del inputs
    more: dict[str, Any] = {}
    dropped: Mapping[str, int] = {}
    if config.teacher == TEACHER:
        passages = write_passages(build_world(Course(config.course)), config, workspace.seed, workspace.progress)
    else:
        written = ask_for_passages(config, workspace)
        passages, dropped, more = written.kept, written.rejections, metrics_of(written, config.teacher)
    workspace.write_records("passages", Passage, passages)
    return Result(
        kept=len(passages),
        unit="passages",
        dropped=dropped,
        metrics={
            "num_topics": len({passage.topic for passage in passages}),
            "audiences": _counted(passage.audience for passage in passages),
            "styles": _counted(passage.style for passage in passages),
            "families": _counted(passage.family for passage in passages),
            "diversity": measure(passages).as_json(),
            **more,
        },
    )


def run_exercises(config: ExercisesConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write exercises and held-out problems. Writes `exercises`: Exercise, all different, and `held_out`: Problem.

    The problems are the curriculum's, whoever writes the exercises. Otherwise as `run_textbooks`.
    """
    del inputs
    author = build_author(config, workspace.seed)
    if config.teacher == TEACHER:
        exercises = curriculum.write_exercises(config, workspace.seed, workspace.progress)
        dropped: Mapping[str, int] = {}
        more: dict[str, Any] = {
            "num_operations": len(author.world.operations),
            "num_compositions": len({exercise.operations for exercise in exercises}),
        }
    else:
        written = ask_for_exercises(config, workspace)
        exercises, dropped, more = written.kept, written.rejections, metrics_of(written, config.teacher)
    problems = write_held_out(author, config.num_held_out, workspace.seed)
    workspace.write_records("exercises", Exercise, exercises)
    workspace.write_records("held_out", Problem, problems)
    return Result(
        kept=len(exercises),
        unit="exercises",
        dropped=dropped,
        metrics={
            "num_held_out": len(problems),
            "families": _counted(exercise.family for exercise in exercises),
            "difficulties": _counted(str(exercise.difficulty) for exercise in exercises),
            "idioms": _counted(exercise.idiom for exercise in exercises),
            "docstring_styles": _counted(exercise.docstring_style for exercise in exercises),
            "held_out_families": _counted(problem.category for problem in problems),
            "diversity": measure(exercises).as_json(),
            **more,
        },
    )


def run_verify(config: VerifyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Execute everything in the jail. Writes `kept`: Exercise, `passages`: Passage, `dropped`: Dropped.

    Of what a language model wrote also `verifications`: Verification, `tests`: ExerciseTest, `passage_checks`:
    PassageCheck, and `repairs`: Repair. Where the config names a teacher, it is asked for independent solutions, which
    are compared: `solutions`.

    Raises:
        SandboxError: No jail can be had on this machine, or it broke down.
        ConfigError: The level asked for needs a teacher, and the config names none.
        EndpointError: The teacher cannot be asked any more; or `BudgetError`, that the budget is spent.
    """
    exercises = inputs["exercises"].records("exercises", Exercise)
    passages = inputs["textbooks"].records("passages", Passage)
    total = len(exercises) + len(passages)
    metrics: dict[str, Any] = {}
    with Jail() as jail:
        if all(item.teacher == TEACHER for item in exercises):
            kept, dropped = verify_exercises(exercises, jail, _shifted(workspace, 0, total))
        else:
            kept, dropped = _verify_written(exercises, jail, config, workspace, metrics)
        if all(item.teacher == TEACHER for item in passages):
            held, others = verify_passages(passages, jail, _shifted(workspace, len(exercises), total))
        else:
            held, others = _verify_written_passages(passages, jail, config, workspace)
    dropped += others
    workspace.write_records("kept", Exercise, kept)
    workspace.write_records("passages", Passage, held)
    workspace.write_records("dropped", Dropped, dropped)
    return Result(
        kept=len(kept) + len(held),
        unit="records",
        dropped=_counted(item.reason for item in dropped),
        metrics={"num_exercises": len(kept), "num_passages": len(held), **metrics},
    )


def _verify_written(
    exercises: list[Exercise],
    jail: Jail,
    config: VerifyConfig,
    workspace: Workspace,
    metrics: dict[str, Any],
) -> tuple[list[Exercise], list[Dropped]]:
    """Verify level by level; what each left goes into `metrics`."""
    with workspace.open_teacher(config.teacher) if config.teacher else nullcontext() as teacher:
        verified = verify_written(exercises, teacher, jail, config.written, workspace.seed, workspace.progress)
    workspace.write_records("verifications", Verification, verified.verifications)
    workspace.write_records("tests", ExerciseTest, verified.tests)
    if teacher is not None:
        workspace.write_records("solutions", Solution, verified.solutions)
    levels = count_levels(verified.verifications, config.written.strictness)
    metrics["levels"] = {level.value: number for level, number in levels.items()}
    return with_tests(verified.kept, verified.tests), verified.dropped


def _verify_written_passages(
    passages: list[Passage], jail: Jail, config: VerifyConfig, workspace: Workspace
) -> tuple[list[Passage], list[Dropped]]:
    verified = verify_written_passages(passages, jail, workspace.progress, repair=config.repair)
    workspace.write_records("passage_checks", PassageCheck, verified.checks)
    workspace.write_records("repairs", Repair, verified.repairs)
    return verified.kept, verified.dropped


def _shifted(workspace: Workspace, start: int, total: int) -> Callable[[int, int], None]:
    def report(done: int, _: int) -> None:
        workspace.progress(start + done, total)

    return report


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))
