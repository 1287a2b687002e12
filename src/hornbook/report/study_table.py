"""A study of contamination for people: in the terminal, and as Markdown."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from hornbook.report.contamination_study import StudyCell
from hornbook.report.plain import plain
from hornbook.report.study_stage import Study, StudyRow

if TYPE_CHECKING:
    from rich.console import Console

_SURE_BELOW = 0.05


def print_study(study: Study, console: "Console") -> None:
    """Print a table: for each label what goes, then a line per group of problems."""
    for line in study_lines(study):
        console.print(line, highlight=False, emoji=False)


def study_markdown(study: Study) -> str:
    """The same table in Markdown, with a line on what was compared above it."""
    head = "| label | exercises that go | problems | n | as trained | retrained | difference, points | p |"
    rows = [
        f"| {row.label} | {row.num_removed:,} | {cell.group.value} | {cell.num_problems:,} | {_before(cell)} | "
        f"{_after(cell)} | {_difference(cell)} | {_p(cell.p_value)} |"
        for row in study.rows
        for cell in row.cells
    ]
    planted = [f"- `{row.label}`: {_planted(row)}" for row in study.rows if row.planted]
    found = ["", "Planted leaks among the exercises that go:", "", *planted] if planted else []
    return "\n".join([_subject(study), "", head, "|---|" + "---:|" * 7, *rows, *found]) + "\n"


def study_lines(study: Study) -> Iterator[str]:
    """The table's lines, with `rich` markup."""
    yield f"\n[bold]{plain(_subject(study))}[/]"
    yield "[dim]accuracy in %, with 95 % intervals; the difference and its test are paired by problem[/]"
    yield f"  {'':<12} {'n':>4}  {'as trained':<22} {'retrained':<22} {'difference':<24} {'p':>7}"
    for row in study.rows:
        yield f"[bold]{plain(row.label)}[/]  {_what_goes(row)}"
        for cell in row.cells:
            style = "bold" if cell.p_value < _SURE_BELOW else "default"
            yield (
                f"  {cell.group.value:<12} {cell.num_problems:>4}  {_before(cell):<22} {_after(cell):<22} "
                f"[{style}]{_difference(cell):<24} {_p(cell.p_value):>7}[/]"
            )
        if row.planted:
            yield f"  [dim]planted leaks that go: {plain(_planted(row))}[/]"


def _subject(study: Study) -> str:
    return f"{study.benchmark}: {study.num_problems:,} problems, {study.num_exercises:,} exercises"


def _what_goes(row: StudyRow) -> str:
    if not row.num_removed:
        return "no exercise is similar to a problem: nothing goes, and nothing was trained again"
    if row.control_of:
        return f"{row.num_removed:,} other exercises go, drawn at random  [dim]{plain(row.evaluation)}[/]"
    return (
        f"{row.num_removed:,} exercises go, {row.num_similar:,} problems are similar  [dim]{plain(row.evaluation)}[/]"
    )


def _planted(row: StudyRow) -> str:
    return ", ".join(f"{found} of {total} {kind}" for kind, (found, total) in row.planted.items())


def _before(cell: StudyCell) -> str:
    return _with_interval(cell.as_trained, cell.as_trained_low, cell.as_trained_high, signed=cell.group == "gap")


def _after(cell: StudyCell) -> str:
    return _with_interval(cell.retrained, cell.retrained_low, cell.retrained_high, signed=cell.group == "gap")


def _difference(cell: StudyCell) -> str:
    return _with_interval(cell.difference, cell.difference_low, cell.difference_high, signed=True)


def _with_interval(value: float, low: float, high: float, *, signed: bool) -> str:
    sign = "+" if signed else ""
    return f"{100 * value:{sign}.1f} ({100 * low:{sign}.1f} to {100 * high:{sign}.1f})"


def _p(p_value: float) -> str:
    return f"{p_value:.3f}" if p_value >= 0.001 else f"{p_value:.1e}"
