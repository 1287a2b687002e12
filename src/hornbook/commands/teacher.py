"""What commands that ask a teacher share: their options, the account that they open, and what is printed of it."""

import os
import shlex
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

from cyclopts import Parameter

from hornbook.commands.one_stage import TEACHER
from hornbook.errors import BudgetError
from hornbook.pipeline import DEFAULT_STORE
from hornbook.teacher.options import TeacherOptions

if TYPE_CHECKING:
    from rich.console import Console

    from hornbook.teacher.account import Account

__all__ = ["Teacher", "TeacherOptions", "command_with_budget", "naming_a_budget", "open_account", "print_account"]

_LABEL_WIDTH = 9
Teacher = Annotated[TeacherOptions, Parameter(name="*", group=TEACHER, negative_bool=())]


@contextmanager
def open_account(stage: str, options: TeacherOptions, output: Path) -> Iterator["Account | None"]:
    """An account with the teacher that was typed, for one output; None where none was.

    The cache lies in the store where its place was not typed.

    Raises:
        BudgetError: From the body, with the command that continues.
        HornbookError: As `TeacherOptions.open`.
    """
    if not options.teacher:
        yield None
        return
    store = Path(os.environ.get("HORNBOOK_STORE") or DEFAULT_STORE)
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


def print_account(summary: Mapping[str, Any], console: "Console") -> None:
    """Print an account's `summary()`: for each stage of this run a small table."""
    for line in account_lines(summary):
        console.print(line, highlight=False, markup=False)


def account_lines(summary: Mapping[str, Any]) -> list[str]:
    """The tables, line by line."""
    lines = []
    for entry in summary["run"]:
        lines.append(f"{entry['stage']}, asked of {entry['model']}")
        rows = {**_rows(entry), "all runs": _totals(summary["all_runs"][entry["stage"]])}
        lines += [f"  {label:<{_LABEL_WIDTH}} {value}" for label, value in rows.items() if value]
    return lines


def usd_of(usd: float, unpriced: int) -> str:
    """Money as a person reads it; what is of unknown price is named and not taken for free."""
    said = f"{usd:,.4g} USD" if usd or not unpriced else ""
    unknown = f"{unpriced:,} calls of unknown price" if unpriced else ""
    return " and ".join(part for part in (said, unknown) if part)


def _rows(entry: Mapping[str, Any]) -> dict[str, str]:
    estimated = entry["estimated_calls"]
    guess = f"; those of {estimated:,} calls estimated, at four characters each" if estimated else ""
    outcomes = sorted(entry["outcomes"].items(), key=lambda item: (-item[1], item[0]))
    saved = f"; the cache saved {usd_of(entry['saved_usd'], entry['unpriced_hits'])}" if entry["hits"] else ""
    return {
        "calls": f"{entry['calls']:,}; {entry['hits']:,} more answers came from the cache",
        "tokens": f"{entry['tokens_in']:,} in, {entry['tokens_out']:,} out{guess}",
        "spent": usd_of(entry["usd"], entry["unpriced_calls"]) + saved,
        "price": entry["price"] or "not known; `--prices FILE` can say it",
        "outcomes": ", ".join(f"{number:,} {name}" for name, number in outcomes),
        "kept": _kept(entry),
    }


def _kept(entry: Mapping[str, Any]) -> str:
    if "kept_records" not in entry:
        return ""
    said = f"{entry['kept_records']:,} records with {entry['kept_tokens']:,} tokens"
    each = []
    if entry.get("usd_per_kept_record") is not None:
        each.append(f"{entry['usd_per_kept_record']:.3g} USD a record")
    if entry.get("usd_per_kept_token") is not None:
        each.append(f"{1_000_000 * entry['usd_per_kept_token']:,.3g} USD a million tokens")
    if "tokens_per_kept_token" in entry:
        each.append(f"{entry['tokens_per_kept_token']:,.3g} tokens asked for and written to keep one")
    return ": ".join([said, ", ".join(each)] if each else [said])


def _totals(totals: Mapping[str, Any]) -> str:
    return f"{totals['calls']:,} calls with this cache, {usd_of(totals['usd'], totals['unpriced_calls'])}"
