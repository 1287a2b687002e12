"""What a command prints of its teacher's account at the end: who was asked, what it took, what came of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console

_LABEL_WIDTH = 9


def print_account(summary: Mapping[str, Any], console: "Console") -> None:
    """Print an account's or a ledger's `summary()`: for each stage of this run a small table."""
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
