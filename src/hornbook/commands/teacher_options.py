"""The options of every command that asks a teacher, read from `TeacherOptions`."""

import ast
import functools
import inspect
import os
import shlex
import sys
import textwrap
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, get_type_hints

import typer

from hornbook.errors import BudgetError
from hornbook.pipeline import DEFAULT_STORE
from hornbook.teacher.options import DEFAULT_KEY_VARIABLE, TeacherOptions, find_key, read_key

if TYPE_CHECKING:
    from hornbook.teacher.account import Account

__all__ = ["DEFAULT_KEY_VARIABLE", "TeacherOptions", "find_key", "read_key"]

_PANEL = "Teacher"
_METAVARS = {"budget": "5usd|200000tokens", "prices": "FILE.toml", "cache": "FILE", "api_key_file": "FILE"}


def _help() -> dict[str, str]:
    """The docstrings of the attributes of `TeacherOptions`, by name."""
    [tree] = ast.parse(textwrap.dedent(inspect.getsource(TeacherOptions))).body
    assert isinstance(tree, ast.ClassDef)
    found = {}
    for field, following in zip(tree.body, tree.body[1:], strict=False):
        if isinstance(field, ast.AnnAssign) and isinstance(following, ast.Expr):
            assert isinstance(field.target, ast.Name)
            assert isinstance(following.value, ast.Constant)
            found[field.target.id] = " ".join(str(following.value.value).split())
    return found


_TEACHER_OPTION = typer.Option(
    "--teacher", metavar="URL|FILE.gguf", help=_help()["teacher"], rich_help_panel=_PANEL, show_default=False
)
TeacherOption = Annotated[str, _TEACHER_OPTION]
OptionalTeacherOption = Annotated[str | None, _TEACHER_OPTION]
TemperatureOption = Annotated[
    float, typer.Option("--temperature", min=0.0, help="0 takes the most likely token.", rich_help_panel=_PANEL)
]
SeedOption = Annotated[int, typer.Option("--seed", help="The seed of every random choice.")]
DEFAULT_FLAGS = TeacherOptions()


def with_teacher_flags(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `TeacherOptions`, but `--teacher`, in the place of its parameter `flags`.

    Typer reads a command's options from its signature, so the signature that it sees has one parameter for each field.
    """
    hints, said = get_type_hints(TeacherOptions), _help()
    options = {
        field.name: Annotated[
            hints[field.name],
            typer.Option(
                f"--{field.name.replace('_', '-')}",
                metavar=_METAVARS.get(field.name),
                help=said[field.name],
                rich_help_panel=_PANEL,
            ),
        ]
        for field in fields(TeacherOptions)
        if field.name != "teacher"
    }
    parameters: list[inspect.Parameter] = []
    for parameter in inspect.signature(command).parameters.values():
        names = options if parameter.name == "flags" else ()
        parameters += [
            inspect.Parameter(name, parameter.kind, default=getattr(DEFAULT_FLAGS, name), annotation=options[name])
            for name in names
        ] or [parameter]

    @functools.wraps(command)
    def typed(**given: Any) -> None:
        flags = TeacherOptions(**{name: given.pop(name) for name in options})
        command(**given, flags=flags)

    typed.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    typed.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return typed


@contextmanager
def open_account(stage: str, teacher: str, flags: TeacherOptions, output: Path | None) -> Iterator["Account"]:
    """An account with the teacher that was typed, for one output; the cache lies in the store where not named.

    Raises:
        BudgetError: From the body, with the command that goes on.
        HornbookError: As `TeacherOptions.open`.
    """
    store = Path(os.environ.get("HORNBOOK_STORE") or DEFAULT_STORE)
    options = replace(flags, teacher=teacher)
    with naming_a_budget(), options.open(stage, output, store, report=_say) as account:
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
