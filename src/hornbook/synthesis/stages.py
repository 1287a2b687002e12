"""The stages of synthesis: textbooks, exercises, verify.

Reads:  nothing but the curriculum; then the artifacts of the two stages that write.
Writes: the tables `passages`, `exercises`, `held_out`; `kept`, `dropped` and the passages that hold.
Source: sections 2.2 and 2.3 of the paper.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from hornbook.artifacts.stage import Artifact, Result, Workspace
from hornbook.records import Dropped, Exercise, Passage, Problem
from hornbook.sandbox.jail import Jail
from hornbook.synthesis.curriculum.courses import Course
from hornbook.synthesis.curriculum.exercises import ExercisesConfig, build_author, write_exercises, write_held_out
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig, write_passages
from hornbook.synthesis.curriculum.world import build_world
from hornbook.synthesis.verify import VerifyConfig, verify_exercises, verify_passages

VERSION = 1
"""Raised when a rule of these stages or of the curriculum changes: it is part of the fingerprint."""


def run_textbooks(config: TextbooksConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write textbook passages. Writes `passages`: Passage, all different."""
    del inputs
    passages = write_passages(build_world(Course(config.course)), config, workspace.seed, workspace.progress)
    workspace.write_records("passages", Passage, passages)
    return Result(
        kept=len(passages),
        unit="passages",
        metrics={
            "num_topics": len({passage.topic for passage in passages}),
            "audiences": _counted(passage.audience for passage in passages),
            "styles": _counted(passage.style for passage in passages),
            "families": _counted(passage.family for passage in passages),
        },
    )


def run_exercises(config: ExercisesConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Write exercises and held-out problems. Writes `exercises`: Exercise, all different, and `held_out`: Problem."""
    del inputs
    exercises = write_exercises(config, workspace.seed, workspace.progress)
    author = build_author(config, workspace.seed)
    problems = write_held_out(author, config.num_held_out, workspace.seed)
    workspace.write_records("exercises", Exercise, exercises)
    workspace.write_records("held_out", Problem, problems)
    return Result(
        kept=len(exercises),
        unit="exercises",
        metrics={
            "num_operations": len(author.world.operations),
            "num_compositions": len({exercise.operations for exercise in exercises}),
            "num_held_out": len(problems),
            "families": _counted(exercise.family for exercise in exercises),
            "idioms": _counted(exercise.idiom for exercise in exercises),
            "docstring_styles": _counted(exercise.docstring_style for exercise in exercises),
            "held_out_families": _counted(problem.category for problem in problems),
        },
    )


def run_verify(config: VerifyConfig, inputs: Mapping[str, Artifact], workspace: Workspace) -> Result:
    """Execute everything in the jail. Writes `kept`: Exercise, `passages`: Passage, `dropped`: Dropped.

    Raises:
        SandboxError: No jail can be had on this machine, or it broke down.
    """
    exercises = inputs["exercises"].records("exercises", Exercise)
    passages = inputs["textbooks"].records("passages", Passage)
    total = len(exercises) + len(passages)
    with Jail() as jail:
        kept, dropped = verify_exercises(exercises, jail, config, _shifted(workspace, 0, total))
        held, others = verify_passages(passages, jail, config, _shifted(workspace, len(exercises), total))
    dropped += others
    workspace.write_records("kept", Exercise, kept)
    workspace.write_records("passages", Passage, held)
    workspace.write_records("dropped", Dropped, dropped)
    return Result(
        kept=len(kept) + len(held),
        unit="records",
        dropped=_counted(item.reason for item in dropped),
        metrics={"num_exercises": len(kept), "num_passages": len(held)},
    )


def _shifted(workspace: Workspace, start: int, total: int) -> Callable[[int, int], None]:
    def report(done: int, _: int) -> None:
        workspace.progress(start + done, total)

    return report


def _counted(values: Iterable[str]) -> dict[str, int]:
    return dict(sorted(Counter(map(str, values)).items()))
