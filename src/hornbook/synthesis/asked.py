"""Exercises and passages that a language model writes for a run, with the lists that come along.

Reads:  a teacher's answers.
Writes: the records in the order of their requests; the commission of each; each rejected answer, with its reason.
Source: sections 2.2 and 2.3 of the paper.
"""

from collections.abc import Callable
from typing import Any, TypeVar

from hornbook.errors import ConfigError
from hornbook.pipeline.stage import Workspace
from hornbook.records import Exercise, Passage
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.prompted.commission import Commission, RejectedAnswer
from hornbook.synthesis.prompted.exercises import ExerciseJob, exercise_ingredients
from hornbook.synthesis.prompted.passages import PassageJob, passage_ingredients
from hornbook.synthesis.prompted.writing import Ending, Job, WriteConfig, Writer, Written

R = TypeVar("R", Exercise, Passage)


def ask_for_exercises(config: ExercisesConfig, workspace: Workspace) -> Written[Exercise]:
    """Let the config's teacher write `num_exercises` exercises.

    Raises:
        ConfigError: Nobody said where the teacher is, or none of its answers can be used.
        HornbookError: As the teacher's `ask`; its answers so far are in its cache.
    """

    def job(name: str) -> ExerciseJob:
        return ExerciseJob(exercise_ingredients(), config.prompts, name)

    return _write(job, config.teacher, config.num_exercises, workspace)


def ask_for_passages(config: TextbooksConfig, workspace: Workspace) -> Written[Passage]:
    """Let the config's teacher write `num_passages` passages; otherwise as `ask_for_exercises`."""

    def job(name: str) -> PassageJob:
        return PassageJob(passage_ingredients(), config.prompts, name)

    return _write(job, config.teacher, config.num_passages, workspace)


def metrics_of(written: Written[Any], teacher: str) -> dict[str, Any]:
    """What the answers took and what stopped them, for a manifest."""
    return {
        "teacher": teacher,
        "num_answers": written.num_attempts,
        "num_prompt_tokens": written.prompt_tokens,
        "num_completion_tokens": written.completion_tokens,
        "num_kept_tokens": written.kept_tokens,
        "num_topics": written.num_topics,
        "ending": written.ending.value,
        "stale": list(written.stale_reasons),
    }


def _write(make_job: Callable[[str], Job[R]], name: str, number: int, workspace: Workspace) -> Written[R]:
    """Write, and keep commissions and rejected answers as tables of their own."""
    with workspace.open_teacher(name) as account:
        config = WriteConfig(num_records=number)
        writer: Writer[R] = Writer(make_job(account.name), account, config, workspace.seed, workspace.progress)
        written = writer.run()
    if not written.kept:
        reasons = ", ".join(f"{count} {reason}" for reason, count in written.rejections.items())
        raise ConfigError(f"none of {written.num_attempts} answers of `{name}` could be used: {reasons}")
    workspace.write_records("rejected", RejectedAnswer, written.rejected)
    workspace.write_records("commissions", Commission, written.commissions)
    if written.ending is not Ending.DONE:
        said = "; ".join(written.stale_reasons) or written.ending.value
        workspace.progress(0, 0, f"stopped at {len(written.kept)} of {number}: {said}")
    return written
