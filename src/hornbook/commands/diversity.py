"""`hornbook diversity`: how varied files of exercises or passages are, and where their generation had gone stale."""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.written_files import clean
from hornbook.errors import ConfigError, MissingInputError

if TYPE_CHECKING:
    from hornbook.records import Exercise, Passage
    from hornbook.synthesis.diversity.measure import Diversity, Variety

_SOLUTIONS = ("solution", "canonical_solution", "completion")
_SHOWN_FIELDS = 12
_NONE = "–"
_MAX_CELL_CHARACTERS = 34

FilesArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE",
        help="JSON lines (.jsonl, also .gz and .zst) or Parquet: exercises, passages, or rows with any text.",
        show_default=False,
    ),
]
TextFieldOption = Annotated[str, typer.Option("--text-field", metavar="NAME", help="Of a row: holds its text.")]
AtOption = Annotated[
    int | None,
    typer.Option(
        "--at",
        min=2,
        metavar="N",
        help="Records of each file that are measured, spread evenly; by default 2,000, or those of the smallest file.",
    ),
]


def diversity(
    files: FilesArgument,
    text_field: TextFieldOption = "text",
    at: AtOption = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how varied exercises or passages are, file beside file, and say where the monitor would have stopped.

    A larger collection repeats itself more, so of each file equally many records are measured.
    """
    from hornbook.synthesis.diversity.measure import MAX_MEASURED, measure, stopped_after

    collections = {name: _read(path, text_field) for name, path in _named(files).items()}
    count = at or min(MAX_MEASURED, *map(len, collections.values()))
    measured = {name: measure(records, count) for name, records in collections.items()}
    stops = {name: stopped_after(records) for name, records in collections.items()}
    if as_json:
        figures = [
            {"name": name, "stopped_after": stops[name][0], "stop_reasons": list(stops[name][1]), **found.as_json()}
            for name, found in measured.items()
        ]
        typer.echo(json.dumps({"at": count, "files": figures}))
    else:
        _print(measured, stops)


def _named(files: Sequence[Path]) -> dict[str, Path]:
    """The files by their names, or by their paths where names repeat.

    Raises:
        ConfigError: A file is given twice.
    """
    if len({path.resolve() for path in files}) < len(files):
        raise ConfigError(f"one file is given twice: {', '.join(f'`{path}`' for path in files)}")
    names = Counter(path.name for path in files)
    return {path.name if names[path.name] == 1 else str(path): path for path in files}


def _read(path: Path, text_field: str) -> "list[Exercise | Passage]":
    from hornbook.sources.rows import read_rows

    records = [_record(fields, place, text_field) for place, fields in read_rows(path)]
    if len(records) < 2:
        raise MissingInputError(f"`{path}` holds {len(records)} records; diversity needs at least 2")
    return records


def _record(fields: Mapping[str, Any], place: str, text_field: str) -> "Exercise | Passage":
    """A row with a prompt and a solution, or a module with a function, as an exercise; other text as a passage.

    Raises:
        MissingInputError: The row holds no text; names the place and its fields.
    """
    from hornbook.records import Passage

    prompt = fields.get("prompt")
    solution = next((text for name in _SOLUTIONS if isinstance(text := fields.get(name), str)), None)
    if isinstance(prompt, str) and solution is not None:
        return _exercise(prompt, solution, str(fields.get("entry_point") or ""))
    text = fields.get(text_field)
    if not isinstance(text, str):
        known = ", ".join(f"`{name}`" for name in list(fields)[:_SHOWN_FIELDS]) or "none"
        raise MissingInputError(
            f"`{place}` holds no text in `{text_field}`, nor `prompt` and `solution`; its fields: {known}; name the "
            "text's: --text-field"
        )
    text = clean(text)
    if _is_module_with_function(text):
        return _exercise(text, "", "")
    return Passage(id=place, text=text, family="", topic="", audience="", style="", teacher="")


def _exercise(prompt: str, solution: str, entry_point: str) -> "Exercise":
    from hornbook.records import Exercise

    unknown: dict[str, Any] = dict.fromkeys(("id", "test", "family", "idiom", "docstring_style", "teacher"), "")
    texts = {"prompt": clean(prompt), "solution": clean(solution), "entry_point": clean(entry_point)}
    return Exercise(**texts, **unknown, operations=())


def _is_module_with_function(text: str) -> bool:
    import ast

    from hornbook.python_code.parse import parse_code

    module = parse_code(text)
    return module is not None and any(isinstance(node, ast.FunctionDef) for node in ast.walk(module))


_Cell = Callable[["Diversity"], str]


def _print(measured: "Mapping[str, Diversity]", stops: Mapping[str, tuple[int | None, tuple[str, ...]]]) -> None:
    """Print all figures side by side, and under them where each generation would have been stopped and why."""
    from rich.table import Table

    from hornbook.display import make_console
    from hornbook.report.plain import plain

    console = make_console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for name in measured:
        table.add_column(plain(name), justify="right", overflow="fold")
    for title, cell in _rows():
        table.add_row(title, *(plain(cell(found)) for found in measured.values()))
    console.print(table, highlight=False, emoji=False)
    console.print()
    for name, (stop, reasons) in stops.items():
        if stop is None:
            console.print(f"[bold]{plain(name)}[/]: [green]would not have been stopped[/]", highlight=False)
            continue
        said = f"[bold]{plain(name)}[/]: [yellow]would have been stopped after record {stop:,}[/]:"
        console.print(said, highlight=False)
        for reason in reasons:
            console.print(f"  {plain(reason)}", highlight=False, emoji=False)


def _rows() -> Iterator[tuple[str, _Cell]]:
    yield "records", lambda found: f"{found.num_records:,}"
    yield "measured", lambda found: f"{found.num_measured:,}"
    yield "exact duplicates", lambda found: f"{found.exact_share:.1%}"
    yield "near duplicates", lambda found: f"{found.near_share:.1%}"
    yield "different names", lambda found: _share(found.names)
    yield "different words in names", lambda found: _share(found.name_words)
    yield "different openings", lambda found: _share(found.openings)
    yield "different shapes of code", lambda found: _share(found.shapes)
    yield "commonest name", lambda found: _commonest(found.names)
    yield "commonest opening", lambda found: _commonest(found.openings)
    yield "compression ratio", lambda found: _NONE if found.compression is None else f"{found.compression:.2f}"


def _share(variety: "Variety") -> str:
    return _NONE if variety.share is None else f"{variety.share:.1%} of {variety.count:,}"


def _commonest(variety: "Variety") -> str:
    if not variety.common:
        return _NONE
    [(name, count), *_] = variety.common
    shown = name if len(name) <= _MAX_CELL_CHARACTERS else f"{name[: _MAX_CELL_CHARACTERS - 1]}…"
    return f"{shown} {count / variety.count:.1%}"
