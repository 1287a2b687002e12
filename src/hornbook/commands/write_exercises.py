"""`hornbook write-exercises`: exercises by a language model, on a person's own names and topics."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.teacher_options import (
    DEFAULT_CACHE,
    DEFAULT_CONCURRENCY,
    DEFAULT_KEY_VARIABLE,
    ApiKeyEnvOption,
    ApiKeyFileOption,
    BatchOption,
    BudgetOption,
    CacheOption,
    ConcurrencyOption,
    PricesOption,
    SeedOption,
    TeacherModelOption,
    TeacherOption,
    TemperatureOption,
    open_account,
)
from hornbook.commands.writing_options import (
    Ended,
    MaxAttemptsOption,
    MaxNewTokensOption,
    NumOption,
    OutputOption,
    TopicsOption,
    WhenStaleOption,
    WritingProgress,
    finish,
)
from hornbook.commands.written_files import require_writable

if TYPE_CHECKING:
    from hornbook.synthesis.prompted.exercise_prompts import ExerciseIngredients, ExercisePromptConfig
    from hornbook.synthesis.prompted.writing import Monitor, WriteConfig
    from hornbook.teacher.account import Account

STAGE = "write-exercises"
_LISTS = "What is written about"

ConstraintOption = Annotated[
    str,
    typer.Option(
        "--constraint",
        metavar="fixed|name|name+topics|name+topics+profession",
        help="What each request is held to; `fixed` asks the same of all.",
        rich_help_panel=_LISTS,
    ),
]
NamesOption = Annotated[
    Path | None,
    typer.Option("--names", metavar="FILE", help="Your own names of functions, one a line.", rich_help_panel=_LISTS),
]
ProfessionsOption = Annotated[
    Path | None,
    typer.Option("--professions", metavar="FILE", help="Your own professions, one a line.", rich_help_panel=_LISTS),
]


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
    teacher_model: TeacherModelOption = "",
    api_key_env: ApiKeyEnvOption = DEFAULT_KEY_VARIABLE,
    api_key_file: ApiKeyFileOption = None,
    concurrency: ConcurrencyOption = DEFAULT_CONCURRENCY,
    budget: BudgetOption = None,
    prices: PricesOption = None,
    cache: CacheOption = DEFAULT_CACHE,
    batch: BatchOption = False,
    temperature: TemperatureOption = 0.8,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a language model write exercises: a typed signature, a docstring, a short solution.

    Every answer is kept in the cache, so that the same command goes on where an interrupted one was. What cannot be
    used is put beside the file with its reason. `hornbook verify` then runs what was kept.
    """
    require_writable(output)
    ingredients, config, writing = _settings(
        names, topics, professions, constraint, temperature, max_new_tokens, num, max_attempts, when_stale
    )
    opened = open_account(
        STAGE,
        teacher,
        model=teacher_model,
        api_key_env=api_key_env,
        api_key_file=api_key_file,
        concurrency=concurrency,
        budget=budget,
        prices=prices,
        cache=cache,
        batch=batch,
    )
    with opened as account:
        _write(account, ingredients, config, writing, seed, output, watch=when_stale != "ignore", as_json=as_json)


def _settings(
    names: Path | None,
    topics: Path | None,
    professions: Path | None,
    constraint: str,
    temperature: float,
    max_new_tokens: int,
    num: int,
    max_attempts: int | None,
    when_stale: str,
) -> "tuple[ExerciseIngredients, ExercisePromptConfig, WriteConfig]":
    from hornbook.commands.writing_options import write_config
    from hornbook.synthesis.prompted.exercise_prompts import ExerciseIngredients, ExercisePromptConfig, constraint_named
    from hornbook.synthesis.prompted.layouts import read_layouts
    from hornbook.synthesis.prompted.word_lists import read_entries, read_names, read_topics

    ingredients = ExerciseIngredients(
        names=read_names(names),
        topics=read_topics(topics),
        professions=read_entries("professions", professions),
        twists=read_entries("twists"),
        layouts=read_layouts(),
    )
    config = ExercisePromptConfig(
        constraint=constraint_named(constraint), temperature=temperature, max_new_tokens=max_new_tokens
    )
    return ingredients, config, write_config(num, max_attempts, when_stale)


def _write(
    account: "Account",
    ingredients: "ExerciseIngredients",
    config: "ExercisePromptConfig",
    writing: "WriteConfig",
    seed: int,
    output: Path,
    *,
    watch: bool,
    as_json: bool,
) -> None:
    import time

    from hornbook.display import make_console, show_progress
    from hornbook.records import Exercise
    from hornbook.synthesis.diversity.monitor import Monitor as DiversityMonitor
    from hornbook.synthesis.prompted.exercises import ExerciseJob
    from hornbook.synthesis.prompted.function_rules import FunctionRules
    from hornbook.synthesis.prompted.writing import Writer

    job = ExerciseJob(ingredients, config, FunctionRules(), account.name)
    monitor: Monitor[Any] | None = DiversityMonitor() if watch else None
    with show_progress(make_console(stderr=True), "write exercises") as progress:
        shown = WritingProgress(account, progress)
        writer: Writer[Exercise] = Writer(job, account, writing, seed, monitor=monitor, progress=shown)
        try:
            writer.run()
        finally:
            account.kept(len(writer.written.kept), writer.written.kept_tokens)
            seconds = time.monotonic() - shown.begun
    finish(
        Ended(writer.written, account, seconds, len(ingredients.topics)), output, Exercise, "exercises", as_json=as_json
    )
