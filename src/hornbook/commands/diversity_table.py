"""How `hornbook diversity` prints: a row per figure, a column per file, then what the monitor would have done."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hornbook.report.plain import plain
from hornbook.synthesis.diversity.assess import Assessment
from hornbook.synthesis.diversity.perplexity import Perplexity
from hornbook.synthesis.diversity.report import Average, DiversityReport, Spread, Variety

if TYPE_CHECKING:
    from rich.console import Console

_NONE = "–"
_OPENING_CHARACTERS = 34
_NEARLY = 0.9
"""A figure of a part smaller than this share of the common count says how small."""


@dataclass(frozen=True, kw_only=True)
class Column:
    """One file's figures."""

    assessment: Assessment
    perplexity: Perplexity | None


def print_table(columns: Sequence[Column], console: "Console") -> None:
    """Print all figures side by side, and under them where each generation would have been stopped and why."""
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for column in columns:
        table.add_column(plain(column.assessment.name), justify="right", overflow="fold")
    for title, cell in _rows(columns):
        if cell is None:
            table.add_row(f"\n[bold]{title}[/]")
        else:
            table.add_row(f"  {title}", *(plain(cell(column)) for column in columns))
    console.print(table, highlight=False, emoji=False)
    console.print()
    for column in columns:
        for line in _verdict(column.assessment):
            console.print(line, highlight=False, emoji=False)


def _verdict(assessment: Assessment) -> Iterator[str]:
    name = f"[bold]{plain(assessment.name)}[/]"
    stop = assessment.stop
    if stop is None:
        yield f"{name}: [green]would not have been stopped[/]"
        return
    yield f"{name}: [yellow]would have been stopped after record {stop.after:,}[/]:"
    for reason in stop.reasons:
        yield f"  {plain(reason)}"


_Cell = Callable[[Column], str]


def _rows(columns: Sequence[Column]) -> Iterator[tuple[str, _Cell | None]]:
    reports = [column.assessment.report for column in columns]
    similarity = reports[0].similarity
    yield "all records", None
    yield "records", lambda column: f"{column.assessment.report.num_records:,}"
    yield "code, and not parsed", _of(lambda report: f"{report.num_code:,}, {report.num_unparsed:,}")
    yield "exact duplicates", _of(lambda report: f"{report.exact_share:.1%}")
    yield f"near duplicates ({similarity:.2f})", _of(lambda report: f"{report.near_share:.1%}")
    yield "openings", _of(lambda report: _distinct(report.openings))
    yield "shapes of code", _of(lambda report: _distinct(report.shapes))
    yield "function names", _of(lambda report: _distinct(report.names))
    yield "new runs of 4 words", _of(lambda report: _average(report.novelty))
    yield "commonest opening", _of(lambda report: _commonest(report.openings))
    yield "commonest shape, of", _of(lambda report: _commonest(report.shapes))
    yield "commonest name", _of(lambda report: _commonest(report.names))
    yield "commonest imports", _of(_imports)
    yield "late new shapes of 1,000", _of(_last_rate)
    yield "tokens (quartiles)", _of(lambda report: _spread(report.num_tokens))
    yield "lines (quartiles)", _of(lambda report: _spread(report.num_lines))
    yield "branches (quartiles)", _of(lambda report: _spread(report.num_branches))
    if any(report.coverage for report in reports):
        yield "topics covered", _of(_coverage)
    yield f"in {reports[0].common_count:,} records", None
    yield "exact duplicates", _of(lambda report: _at(report.texts, report.common_count, repeated=True))
    yield "near duplicates", _of(lambda report: _at(report.clusters, report.common_count, repeated=True))
    yield "different openings", _of(lambda report: _at(report.openings, report.common_count))
    yield "different shapes", _of(lambda report: _at(report.shapes, report.common_count))
    yield "different names", _of(lambda report: _at(report.names, report.common_count))
    yield "new runs of 4 words", _of(lambda report: _average(report.novelty_at_size))
    yield "new shapes per 1,000", _of(_rate)
    yield "entropy of names", _of(lambda report: _entropy(report.names))
    yield "entropy of their words", _of(lambda report: _entropy(report.name_words))
    yield "entropy of imports", _of(lambda report: _entropy(report.imports))
    if any(column.assessment.compression for column in columns):
        yield "compression ratio", _compression
    if models := [column.perplexity.model for column in columns if column.perplexity]:
        yield f"under {plain(models[0])}", None
        yield "perplexity", _perplexity
        yield "its quartiles", _perplexity_quartiles


def _of(cell: Callable[[DiversityReport], str]) -> _Cell:
    return lambda column: cell(column.assessment.report)


def _distinct(variety: Variety) -> str:
    return f"{variety.distinct:,} of {variety.count:,}" if variety.count else _NONE


def _at(variety: Variety, common_count: int, *, repeated: bool = False) -> str:
    """The share of different ones with its interval, or of the others; where there are fewer, of how many."""
    at_size = variety.at_size
    if at_size is None:
        return _NONE
    share, low, high = at_size.share, at_size.low / at_size.size, at_size.high / at_size.size
    if repeated:
        share, low, high = 1 - share, 1 - high, 1 - low
    fewer = f" of {at_size.size:,}" if at_size.size < _NEARLY * common_count else ""
    return _between(share, low, high) + fewer


def _average(average: Average | None) -> str:
    return _between(average.mean, average.low, average.high) if average else _NONE


def _between(share: float, low: float, high: float) -> str:
    shown = [f"{max(100 * value, 0.0):.1f}" for value in (share, low, high)]
    return f"{shown[0]}% ({shown[1]}–{shown[2]})"


def _entropy(variety: Variety) -> str:
    return f"{variety.at_size.entropy_bits:.2f} bits" if variety.at_size else _NONE


def _commonest(variety: Variety) -> str:
    if not variety.common:
        return _NONE
    [(name, count), *_] = variety.common
    shown = name if len(name) <= _OPENING_CHARACTERS else f"{name[: _OPENING_CHARACTERS - 1]}…"
    return f"{shown} {count / variety.count:.1%}"


def _imports(report: DiversityReport) -> str:
    if not report.num_importing:
        return "none"
    return ", ".join(f"{name} {count:,}" for name, count in report.imports.common[:3]) or "each once"


def _spread(spread: Spread | None) -> str:
    return f"{spread.lower:.0f}, {spread.median:.0f}, {spread.upper:.0f}" if spread else _NONE


def _coverage(report: DiversityReport) -> str:
    coverage = report.coverage
    if coverage is None:
        return _NONE
    return f"{coverage.covered:,} of {coverage.num_topics:,} (even: {coverage.expected_if_even:,.0f})"


def _last_rate(report: DiversityReport) -> str:
    return f"{report.saturation[-1][1]:.0f}" if report.saturation else _NONE


def _rate(report: DiversityReport) -> str:
    return f"{report.new_shapes_at_size:.0f}" if report.new_shapes_at_size is not None else _NONE


def _compression(column: Column) -> str:
    compression = column.assessment.compression
    return f"{compression.ratio:.2f}" if compression else _NONE


def _perplexity(column: Column) -> str:
    found = column.perplexity
    return f"{found.mean:.2f} ({found.low:.2f} to {found.high:.2f})" if found else _NONE


def _perplexity_quartiles(column: Column) -> str:
    return ", ".join(f"{value:.2f}" for value in column.perplexity.quartiles) if column.perplexity else _NONE
