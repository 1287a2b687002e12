"""The flags of every command that asks a teacher, and how they open an account with it."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from urllib.parse import urlsplit

import typer

from hornbook.artifacts import DEFAULT_STORE
from hornbook.errors import BudgetError, ConfigError, MissingInputError

if TYPE_CHECKING:
    from hornbook.teacher.account import Account

DEFAULT_KEY_VARIABLE = "OPENAI_API_KEY"
DEFAULT_CACHE = Path(DEFAULT_STORE) / "teacher.sqlite"
DEFAULT_CONCURRENCY = 32
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_PANEL = "Teacher"

TeacherOption = Annotated[
    str,
    typer.Option(
        "--teacher",
        metavar="URL|FILE.gguf",
        help="The address of an OpenAI-compatible endpoint (http://…), or a GGUF file to run here.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
OptionalTeacherOption = Annotated[
    str | None,
    typer.Option(
        "--teacher",
        metavar="URL|FILE.gguf",
        help="Where the language model answers: an OpenAI-compatible endpoint (http://…), or a GGUF file to run here.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
TeacherModelOption = Annotated[
    str,
    typer.Option("--teacher-model", metavar="NAME", help="Where the endpoint serves several.", rich_help_panel=_PANEL),
]
ApiKeyEnvOption = Annotated[
    str,
    typer.Option("--api-key-env", metavar="NAME", help="The variable that holds the key.", rich_help_panel=_PANEL),
]
ApiKeyFileOption = Annotated[
    Path | None,
    typer.Option("--api-key-file", metavar="FILE", help="A file whose first line is the key.", rich_help_panel=_PANEL),
]
ConcurrencyOption = Annotated[
    int, typer.Option("--concurrency", min=1, help="Requests under way at once, at most.", rich_help_panel=_PANEL)
]
BudgetOption = Annotated[
    str | None,
    typer.Option(
        "--budget",
        metavar="5usd|200000tokens",
        help="What this command may spend in all its runs with this cache. It stops before it would be more.",
        rich_help_panel=_PANEL,
    ),
]
PricesOption = Annotated[
    Path | None,
    typer.Option(
        "--prices", metavar="FILE.toml", help="Prices of models, before those that come along.", rich_help_panel=_PANEL
    ),
]
CacheOption = Annotated[
    Path,
    typer.Option(
        "--cache",
        metavar="FILE",
        envvar="HORNBOOK_TEACHER_CACHE",
        help="Where every answer is kept, so that none is paid twice.",
        rich_help_panel=_PANEL,
    ),
]
OptionalCacheOption = Annotated[
    Path | None,
    typer.Option(
        "--cache",
        metavar="FILE",
        envvar="HORNBOOK_TEACHER_CACHE",
        help="Where every answer is kept, so that none is paid twice; in the store where not given.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
BatchOption = Annotated[
    bool,
    typer.Option(
        "--batch",
        help="Use the endpoint's batch API: slower, at half the price where it is OpenAI's.",
        rich_help_panel=_PANEL,
    ),
]
TemperatureOption = Annotated[
    float, typer.Option("--temperature", min=0.0, help="0 takes the likeliest token.", rich_help_panel=_PANEL)
]
SeedOption = Annotated[int, typer.Option("--seed", help="The seed of every random choice.")]


@contextmanager
def open_account(
    stage: str,
    teacher: str,
    *,
    model: str = "",
    api_key_env: str = DEFAULT_KEY_VARIABLE,
    api_key_file: Path | None = None,
    concurrency: int = DEFAULT_CONCURRENCY,
    budget: str | None = None,
    prices: Path | None = None,
    cache: Path = DEFAULT_CACHE,
    batch: bool = False,
) -> Iterator["Account"]:
    """An account with the teacher that was typed.

    Args:
        stage: What the answers are for, as `write-exercises`: the name under which they are counted, and for which the
            budget holds.
        teacher: As typed behind `--teacher`.
        model: As behind `--teacher-model`.
        api_key_env: As behind `--api-key-env`.
        api_key_file: As behind `--api-key-file`.
        concurrency: As behind `--concurrency`.
        budget: As behind `--budget`.
        prices: As behind `--prices`.
        cache: As behind `--cache`.
        batch: Whether there is a `--batch`.

    Raises:
        BudgetError: From the body, with the command to go on.
        HornbookError: An option cannot be used, the key is wrong, the model unknown, the cache cannot be opened.
    """
    from hornbook.teacher.budget import parse_budget
    from hornbook.teacher.opening import TeacherSettings
    from hornbook.teacher.opening import open_account as open_teacher

    settings = TeacherSettings(
        address=teacher,
        model=model,
        api_key=find_key(api_key_env, api_key_file, teacher),
        concurrency=concurrency,
        batch=batch,
        budget=parse_budget(budget),
        prices=prices,
        cache=cache,
    )
    with naming_a_budget(), open_teacher(settings, stage, report=_say) as account:
        yield account


@contextmanager
def naming_a_budget() -> Iterator[None]:
    """Add to a `BudgetError` from the body the command that goes on."""
    try:
        yield
    except BudgetError as error:
        if not error.suggestion:  # It is said already.
            raise
        raise BudgetError(f"{error}: {command_with_budget(sys.argv[1:], error.suggestion)}") from None


def _say(line: str) -> None:
    typer.echo(line, err=True)


def command_with_budget(arguments: Sequence[str], budget: str) -> str:
    """The command that was typed, with another `--budget`."""
    changed: list[str] = []
    given = iter(arguments)
    for argument in given:
        if argument == "--budget":
            next(given, None)
        elif not argument.startswith("--budget="):
            changed.append(argument)
    return shlex.join(["hornbook", *changed, "--budget", budget])


def find_key(variable: str, file: Path | None, address: str | None) -> str:
    """The key in a file, or else in a variable of the environment; empty where nobody named one and there is none.

    Raises:
        ConfigError: The variable that was named is not set.
        MissingInputError: The file cannot be read, or begins with an empty line.
    """
    if file is None:
        return read_key(variable, "--api-key-env", address)
    try:
        with file.open(encoding="utf-8") as lines:
            key = lines.readline().strip()
    except (OSError, UnicodeDecodeError) as error:
        said = error.strerror if isinstance(error, OSError) else "it is no text"
        raise MissingInputError(f"`--api-key-file {file}` cannot be read: {said}") from None
    if not key:
        raise MissingInputError(f"`--api-key-file {file}` has no key in its first line")
    return key


def read_key(variable: str, option: str, address: str | None) -> str:
    """The key in a variable of the environment; empty where nobody named the variable and it is not set.

    A key that nobody named is not sent in the clear to another machine.

    Raises:
        ConfigError: The variable was named and is not set.
    """
    key = os.environ.get(variable, "")
    named = variable != DEFAULT_KEY_VARIABLE
    if not key and named:
        raise ConfigError(f"the variable `{variable}`, which `{option}` names, is not set; it must hold the key")
    parts = urlsplit(address or "")
    in_the_clear = parts.scheme == "http" and parts.hostname not in _THIS_MACHINE
    return "" if in_the_clear and not named else key
