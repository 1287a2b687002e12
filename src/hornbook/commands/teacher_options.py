"""The options of every command that asks a teacher, and the account that they open."""

import os
import shlex
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from cyclopts import Parameter

from hornbook.commands.one_stage import TEACHER
from hornbook.errors import BudgetError
from hornbook.pipeline import DEFAULT_STORE
from hornbook.teacher.options import TeacherOptions

if TYPE_CHECKING:
    from hornbook.teacher.account import Account

__all__ = ["Teacher", "TeacherOptions", "command_with_budget", "naming_a_budget", "open_account"]

Teacher = Annotated[TeacherOptions, Parameter(name="*", group=TEACHER, negative_bool=())]


@contextmanager
def open_account(stage: str, teacher: str, flags: TeacherOptions, output: Path | None) -> Iterator["Account"]:
    """An account with the teacher that was typed, for one output; the cache lies in the store where not named.

    Raises:
        BudgetError: From the body, with the command that continues.
        HornbookError: As `TeacherOptions.open`.
    """
    store = Path(os.environ.get("HORNBOOK_STORE") or DEFAULT_STORE)
    options = replace(flags, teacher=teacher)
    with naming_a_budget(), options.open(stage, output, store, report=_say) as account:
        yield account


@contextmanager
def naming_a_budget() -> Iterator[None]:
    """Add to a `BudgetError` from the body the command that continues."""
    try:
        yield
    except BudgetError as error:
        if not error.suggestion:  # It is said already.
            raise
        raise BudgetError(f"{error}: {command_with_budget(sys.argv[1:], error.suggestion)}") from None


def _say(line: str) -> None:
    print(line, file=sys.stderr)  # noqa: T201


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
