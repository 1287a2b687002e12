"""Exercises and passages that a language model writes for a run, with the lists that come along.

Reads:  a teacher's answers.
Writes: the records in the order of their requests; the commission of each; each answer that was put aside, with its
        reason.
Source: sections 2.2 and 2.3 of the paper.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from hornbook.artifacts.stage import Workspace
from hornbook.errors import ConfigError
from hornbook.records import Exercise, Passage
from hornbook.synthesis.curriculum.exercises import ExercisesConfig
from hornbook.synthesis.curriculum.textbooks import TextbooksConfig
from hornbook.synthesis.diversity.monitor import Monitor
from hornbook.synthesis.prompted.commission import Commission
from hornbook.synthesis.prompted.exercise_prompts import ExerciseIngredients
from hornbook.synthesis.prompted.exercises import ExerciseJob
from hornbook.synthesis.prompted.forms import read_audiences, read_layouts, read_styles
from hornbook.synthesis.prompted.function_rules import FunctionRules
from hornbook.synthesis.prompted.passage_answers import PassageRules
from hornbook.synthesis.prompted.passage_prompts import PassageIngredients
from hornbook.synthesis.prompted.progress import WritingProgress
from hornbook.synthesis.prompted.rejection import RejectedAnswer
from hornbook.synthesis.prompted.textbooks import PassageJob
from hornbook.synthesis.prompted.word_lists import read_entries, read_names, read_topics
from hornbook.synthesis.prompted.writing import Ending, Job, WriteConfig, Writer, Written
from hornbook.teacher.account import Account

R = TypeVar("R", Exercise, Passage)

OpenTeacher = Callable[[], AbstractContextManager[Account]]
"""Opens the teacher that a stage's config names, for this stage."""


def shipped_exercise_ingredients() -> ExerciseIngredients:
    """The names, topics, professions and forms that come with the package."""
    return ExerciseIngredients(
        names=read_names(),
        topics=read_topics(),
        professions=read_entries("professions"),
        twists=read_entries("twists"),
        layouts=read_layouts(),
    )


def shipped_passage_ingredients() -> PassageIngredients:
    """The topics, audiences, styles, skills and words that come with the package."""
    return PassageIngredients(
        topics=read_topics(),
        audiences=read_audiences(),
        styles=read_styles(),
        skills=read_entries("skills"),
        words=read_entries("concepts"),
    )


def ask_for_exercises(
    config: ExercisesConfig, open_teacher: OpenTeacher | None, workspace: Workspace
) -> Written[Exercise]:
    """Let the config's teacher write `num_exercises` exercises.

    Raises:
        ConfigError: Nobody said where the teacher is.
        HornbookError: As the teacher's `ask`; its answers so far are in its cache.
    """
    with _opened(config.teacher, open_teacher) as teacher:
        job = ExerciseJob(shipped_exercise_ingredients(), config.prompts, FunctionRules(), teacher.name)
        return _write(job, teacher, config.num_exercises, workspace)


def ask_for_passages(
    config: TextbooksConfig, open_teacher: OpenTeacher | None, workspace: Workspace
) -> Written[Passage]:
    """Let the config's teacher write `num_passages` passages; otherwise as `ask_for_exercises`."""
    with _opened(config.teacher, open_teacher) as teacher:
        job = PassageJob(shipped_passage_ingredients(), config.prompts, PassageRules(), teacher.name)
        return _write(job, teacher, config.num_passages, workspace)


def metrics_of(written: Written[Any], teacher: str) -> dict[str, Any]:
    """What the answers took and what stopped them, for a manifest."""
    topics = {topic for one in written.commissions if one.outcome == "kept" for topic in one.topics}
    return {
        "teacher": teacher,
        "num_answers": written.num_attempts,
        "num_prompt_tokens": written.prompt_tokens,
        "num_completion_tokens": written.completion_tokens,
        "num_kept_tokens": written.kept_tokens,
        "num_topics": len(topics),
        "ending": written.ending.value,
        "stale": list(written.stale_reasons),
    }


def _opened(name: str, open_teacher: OpenTeacher | None) -> AbstractContextManager[Account]:
    if open_teacher is None:
        raise ConfigError(f"`teacher` is `{name}`, a language model, and nobody says where it answers: `--teacher URL`")
    return open_teacher()


def _write(job: Job[R], teacher: Account, number: int, workspace: Workspace) -> Written[R]:
    """Write, and keep commissions and rejected answers as tables of their own.

    Raises:
        ConfigError: The teacher repeats itself, or too few of its answers can be used.
    """
    writer: Writer[R] = Writer(
        job,
        teacher,
        WriteConfig(num_records=number),
        workspace.seed,
        monitor=Monitor(),
        progress=WritingProgress(teacher, workspace.progress),
    )
    try:
        written = writer.run()
    finally:
        teacher.kept(len(writer.written.kept), writer.written.kept_tokens)
    if not written.kept:
        reasons = ", ".join(f"{count} {reason}" for reason, count in written.rejections.items())
        raise ConfigError(f"none of {written.num_attempts} answers of `{teacher.name}` could be used: {reasons}")
    rejected = [
        RejectedAnswer(id=entry.id, reason=entry.reason, detail=entry.detail, text=text)
        for entry, text in zip(written.dropped, written.answers, strict=True)
    ]
    workspace.write_records("rejected", RejectedAnswer, rejected)
    workspace.write_records("commissions", Commission, written.commissions)
    if written.ending is not Ending.DONE:
        said = "; ".join(written.stale_reasons) or written.ending.value
        workspace.progress(0, 0, f"stopped at {len(written.kept)} of {number}: {said}")
    return written
