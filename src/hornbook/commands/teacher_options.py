"""The flags of every command that asks a teacher, and how they open an account with it."""

import functools
import inspect
import os
import shlex
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints
from urllib.parse import urlsplit

import typer

from hornbook.errors import BudgetError, ConfigError, MissingInputError
from hornbook.pipeline import DEFAULT_STORE

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


@dataclass(frozen=True, kw_only=True)
class TeacherFlags:
    """What was typed about a teacher, beside its address."""

    model: TeacherModelOption = ""
    api_key_env: ApiKeyEnvOption = DEFAULT_KEY_VARIABLE
    api_key_file: ApiKeyFileOption = None
    concurrency: ConcurrencyOption = DEFAULT_CONCURRENCY
    budget: BudgetOption = None
    prices: PricesOption = None
    cache: CacheOption = DEFAULT_CACHE
    batch: BatchOption = False


DEFAULT_FLAGS = TeacherFlags()


def with_teacher_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `TeacherFlags` in the place of its parameter `flags`.

    Typer reads a command's options from its signature, so the signature that it sees has one parameter for each field.
    """
    hints = get_type_hints(TeacherFlags, include_extras=True)
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        names = hints if parameter.name == "flags" else ()
        parameters += [
            inspect.Parameter(name, parameter.kind, default=getattr(DEFAULT_FLAGS, name), annotation=hints[name])
            for name in names
        ] or [parameter]

    @functools.wraps(command)
    def typed(**given: Any) -> None:
        flags = TeacherFlags(**{name: given.pop(name) for name in hints})
        command(**given, flags=flags)

    typed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    typed.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return typed


@contextmanager
def open_account(stage: str, teacher: str, flags: TeacherFlags) -> Iterator["Account"]:
    """An account with the teacher that was typed.

    Args:
        stage: What the answers are for, as `write-exercises`: the name under which they are counted, and for which the
            budget holds.
        teacher: As typed behind `--teacher`.
        flags: The other flags.

    Raises:
        BudgetError: From the body, with the command to go on.
        HornbookError: An option cannot be used, the key is wrong, the model unknown, the cache cannot be opened.
    """
    from hornbook.teacher.budget import parse_budget
    from hornbook.teacher.opening import TeacherSettings
    from hornbook.teacher.opening import open_account as open_teacher

    settings = TeacherSettings(
        address=teacher,
        model=flags.model,
        api_key=find_key(flags.api_key_env, flags.api_key_file, teacher),
        concurrency=flags.concurrency,
        batch=flags.batch,
        budget=parse_budget(flags.budget),
        prices=flags.prices,
        cache=flags.cache,
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
