"""What a command prints of its teacher's account at the end: who was asked, what it took, what came of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_TITLES = ("stage", "model", "calls", "cached", "tokens in", "out", "spent", "saved", "kept", "each", "1M kept tokens")


def print_account(summary: Mapping[str, Any], console: "Console") -> None:
    """Print an account's or a ledger's `summary()`: a table of this run, the outcomes, and the sums over all runs."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    for title in _TITLES:
        table.add_column(title, justify="left" if title in ("stage", "model") else "right", no_wrap=True)
    for entry in summary["run"]:
        table.add_row(*_cells(entry))
    console.print(table)
    for line in account_lines(summary):
        console.print(line, highlight=False, markup=False)


def account_lines(summary: Mapping[str, Any]) -> list[str]:
    """What stands below the table, line by line."""
    lines = []
    for entry in summary["run"]:
        outcomes = sorted(entry["outcomes"].items(), key=lambda item: (-item[1], item[0]))
        if outcomes:
            lines.append(f"{entry['stage']}: " + ", ".join(f"{number:,} {name}" for name, number in outcomes))
        lines += [f"{entry['stage']}: {remark}" for remark in _remarks(entry)]
    for stage, totals in summary["all_runs"].items():
        spent = usd_of(totals["usd"], totals["unpriced_calls"])
        lines.append(f"{stage}, all runs with this cache: {totals['calls']:,} calls, {spent}")
    return lines


def usd_of(usd: float, unpriced: int) -> str:
    """Money as a person reads it; what is of unknown price is named and not taken for free."""
    said = f"{usd:,.4g} USD" if usd or not unpriced else ""
    unknown = f"{unpriced:,} calls of unknown price" if unpriced else ""
    return " and ".join(part for part in (said, unknown) if part)


def _remarks(entry: Mapping[str, Any]) -> list[str]:
    remarks = []
    if entry["price"] is None:
        remarks.append("what the model costs is not known; `--prices FILE` can say it")
    else:
        remarks.append(f"counted at {entry['price']}")
    if entry["estimated_calls"]:
        remarks.append(
            f"the tokens of {entry['estimated_calls']:,} calls are estimated, at four characters each: "
            "the server did not count them"
        )
    return remarks


def _cells(entry: Mapping[str, Any]) -> list[str]:
    kept = entry.get("kept_records")
    each = entry.get("usd_per_kept_record")
    token = entry.get("usd_per_kept_token")
    return [
        entry["stage"],
        entry["model"],
        f"{entry['calls']:,}",
        f"{entry['hits']:,}",
        f"{entry['tokens_in']:,}",
        f"{entry['tokens_out']:,}",
        usd_of(entry["usd"], entry["unpriced_calls"]),
        usd_of(entry["saved_usd"], entry["unpriced_hits"]),
        "–" if kept is None else f"{kept:,}",
        "–" if each is None else f"{each:.3g} USD",
        "–" if token is None else f"{token * 1e6:,.3g} USD",
    ]
