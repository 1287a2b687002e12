"""The commands that Typer still reads, each as a function that cyclopts calls. This file goes with the last of them."""

import ast
import functools
import importlib
import inspect
import textwrap
from collections.abc import Callable
from dataclasses import fields
from typing import Annotated, Any, get_type_hints

import typer
from cyclopts import Parameter

from hornbook.commands.teacher_options import TeacherOptions, open_account
from hornbook.errors import ConfigError

__all__ = [
    "DEFAULT_FLAGS",
    "OptionalTeacherOption",
    "SeedOption",
    "TeacherOption",
    "TeacherOptions",
    "TemperatureOption",
    "open_account",
    "with_teacher_flags",
]

_INTERRUPTED = 130
_PANEL = "Teacher"
_METAVARS = {"budget": "5usd|200000tokens", "prices": "FILE.toml", "cache": "FILE", "api_key_file": "FILE"}
Typed = Annotated[str, Parameter(show=False, allow_leading_hyphen=True)]


def diversity(*typed: Typed) -> None:
    """See `commands/diversity.py`."""
    _call("diversity", typed)


def verify(*typed: Typed) -> None:
    """See `commands/verify.py`."""
    _call("verify", typed)


def write_exercises(*typed: Typed) -> None:
    """See `commands/write_exercises.py`."""
    _call("write_exercises", typed)


def write_textbooks(*typed: Typed) -> None:
    """See `commands/write_textbooks.py`."""
    _call("write_textbooks", typed)


def command(name: str) -> Any:
    """A command as Click knows it."""
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    app.command(name.replace("_", "-"))(getattr(importlib.import_module(f"hornbook.commands.{name}"), name))
    return typer.main.get_command(app)


def _call(name: str, typed: tuple[str, ...]) -> None:
    try:
        status = command(name).main(list(typed), prog_name=f"hornbook {name.replace('_', '-')}", standalone_mode=False)
    except Exception as error:
        if hasattr(error, "format_message"):  # Of Typer's copy of Click.
            raise ConfigError(error.format_message()) from error
        raise
    if status == _INTERRUPTED:  # Typer turns an interrupt into an exit with this status.
        raise KeyboardInterrupt


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
