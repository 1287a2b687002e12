"""`hornbook write-exercises`: exercises by a language model, on a person's own names and topics."""

from pathlib import Path
from typing import Annotated

import typer

from hornbook.commands.typer_bridge import (
    DEFAULT_FLAGS,
    SeedOption,
    TeacherOption,
    TeacherOptions,
    TemperatureOption,
    open_account,
    with_teacher_flags,
)
from hornbook.commands.writing_options import (
    LISTS,
    MaxAttemptsOption,
    MaxNewTokensOption,
    NumOption,
    OutputOption,
    TopicsOption,
    WhenStaleOption,
    run_writer,
    write_config,
)
from hornbook.commands.written_files import require_writable

STAGE = "write-exercises"

ConstraintOption = Annotated[
    str,
    typer.Option(
        "--constraint",
        metavar="fixed|name|name+topics|name+topics+profession",
        help="What each request is held to; `fixed` asks the same of all.",
        rich_help_panel=LISTS,
    ),
]
NamesOption = Annotated[
    Path | None,
    typer.Option("--names", metavar="FILE", help="Your own names of functions, one a line.", rich_help_panel=LISTS),
]
ProfessionsOption = Annotated[
    Path | None,
    typer.Option("--professions", metavar="FILE", help="Your own professions, one a line.", rich_help_panel=LISTS),
]


@with_teacher_flags
def write_exercises(
    teacher: TeacherOption,
    output: OutputOption,
    num: NumOption = 100,
    constraint: ConstraintOption = "name+topics+profession",
    names: NamesOption = None,
    topics: TopicsOption = None,
    professions: ProfessionsOption = None,
    max_attempts: MaxAttemptsOption = None,
    max_new_tokens: MaxNewTokensOption = 320,
    when_stale: WhenStaleOption = "stop",
    seed: SeedOption = 0,
    flags: TeacherOptions = DEFAULT_FLAGS,
    temperature: TemperatureOption = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a language model write exercises: a typed signature, a docstring, a short solution.

    Every answer is kept in the cache, so that the same command goes on where an interrupted one was. What cannot be
    used is put beside the file with its reason. `hornbook verify` then runs what was kept.
    """
    from hornbook.records import Exercise
    from hornbook.synthesis.prompted.exercises import (
        ExerciseJob,
        ExercisePromptConfig,
        constraint_named,
        exercise_ingredients,
    )

    require_writable(output)
    ingredients = exercise_ingredients(names, topics, professions)
    config = ExercisePromptConfig(
        constraint=constraint_named(constraint), temperature=temperature, max_new_tokens=max_new_tokens
    )
    writing = write_config(num, max_attempts, when_stale)
    with open_account(STAGE, teacher, flags, output) as account:
        run_writer(
            ExerciseJob(ingredients, config, account.name),
            account,
            writing,
            seed,
            output=output,
            record=Exercise,
            unit="exercises",
            num_topics=len(ingredients.topics),
            as_json=as_json,
        )
