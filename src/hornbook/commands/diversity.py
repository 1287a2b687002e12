"""`hornbook diversity`: how varied files of exercises or passages are, and where their generation had gone stale."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.artifacts import DEFAULT_STORE
from hornbook.errors import ConfigError, MissingInputError, StoreError

if TYPE_CHECKING:
    from rich.console import Console

    from hornbook.synthesis.diversity.perplexity import LogLoss, Perplexity
    from hornbook.synthesis.diversity.rows import Row

_COMMON_COUNT = 150
_MAX_PERPLEXITY_TEXTS = 150
_LIMITS = "When it is stale (each figure a share of the last records)"

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
        "--at", min=2, metavar="N", help="The count at which files are compared; by default 150, or the smallest file."
    ),
]
TopicsOption = Annotated[
    int | None,
    typer.Option(
        "--num-topics",
        min=1,
        metavar="N",
        help="Leaves of your own topic tree. Topics are those of FILE.commissions, else the rows' `topic` or `topics`.",
    ),
]
WindowOption = Annotated[int, typer.Option("--window", rich_help_panel=_LIMITS, help="How many last records.")]
SimilarityOption = Annotated[
    float, typer.Option("--similarity", rich_help_panel=_LIMITS, help="From which on two records are near.")
]
MaxExactOption = Annotated[
    float, typer.Option("--max-exact", rich_help_panel=_LIMITS, help="At most so many repeat an earlier text.")
]
MaxNearOption = Annotated[
    float, typer.Option("--max-near", rich_help_panel=_LIMITS, help="At most so many are near to an earlier one.")
]
MaxOpeningOption = Annotated[
    float, typer.Option("--max-opening", rich_help_panel=_LIMITS, help="At most so many open with the same words.")
]
MaxShapeOption = Annotated[
    float, typer.Option("--max-shape", rich_help_panel=_LIMITS, help="At most so many have code of the same shape.")
]
MinShapesOption = Annotated[
    float, typer.Option("--min-shapes", rich_help_panel=_LIMITS, help="At least so many shapes of code are different.")
]
MinNamesOption = Annotated[
    float, typer.Option("--min-names", rich_help_panel=_LIMITS, help="At least so many names are different.")
]
MinNameWordsOption = Annotated[
    float,
    typer.Option("--min-name-words", rich_help_panel=_LIMITS, help="At least so many words of names are different."),
]
MinNoveltyOption = Annotated[
    float, typer.Option("--min-novelty", rich_help_panel=_LIMITS, help="At least so many runs of 4 words are new.")
]


def diversity(
    files: FilesArgument,
    text_field: TextFieldOption = "text",
    at: AtOption = None,
    num_topics: TopicsOption = None,
    compression: Annotated[
        bool, typer.Option("--compression", help="Also how well the texts compress together.")
    ] = False,
    perplexity: Annotated[
        str | None,
        typer.Option("--perplexity", metavar="MODEL", help="Also how much a base model is surprised: a run, a folder."),
    ] = None,
    window: WindowOption = 100,
    similarity: SimilarityOption = 0.7,
    max_exact: MaxExactOption = 0.05,
    max_near: MaxNearOption = 0.15,
    max_opening: MaxOpeningOption = 0.5,
    max_shape: MaxShapeOption = 0.15,
    min_shapes: MinShapesOption = 0.65,
    min_names: MinNamesOption = 0.7,
    min_name_words: MinNameWordsOption = 0.45,
    min_novelty: MinNoveltyOption = 0.03,
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write the figures there, as JSON.")
    ] = None,
    store: Annotated[
        Path, typer.Option("--store", metavar="DIR", envvar="HORNBOOK_STORE", help="Where runs are kept.")
    ] = Path(DEFAULT_STORE),
    seed: Annotated[int, typer.Option("--seed", help="Of the intervals.")] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Measure how varied exercises or passages are, file beside file, and say where the monitor would have stopped."""
    from hornbook.commands.diversity_table import Column, print_table
    from hornbook.display import make_console, show_progress
    from hornbook.synthesis.diversity.assess import assess
    from hornbook.synthesis.diversity.thresholds import DiversityThresholds

    thresholds = DiversityThresholds(
        window=window,
        similarity=similarity,
        max_exact_share=max_exact,
        max_near_share=max_near,
        max_opening_share=max_opening,
        max_shape_share=max_shape,
        min_distinct_shapes=min_shapes,
        min_distinct_names=min_names,
        min_distinct_name_words=min_name_words,
        min_novelty=min_novelty,
    )
    collections = {name: _read(path, text_field) for name, path in _named(files).items()}
    num_topics = num_topics or _leaves_of_the_shipped_tree(collections.values())
    common_count = at or min(_COMMON_COUNT, *map(len, collections.values()))
    console = make_console(stderr=True)
    model = _load(perplexity, store) if perplexity else None
    columns = []
    for name, rows in collections.items():
        with show_progress(console, name) as progress:
            assessment = assess(
                name,
                rows,
                thresholds,
                common_count=common_count,
                num_topics=num_topics,
                compression=compression,
                seed=seed,
                progress=progress,
            )
        surprise = _surprise(rows, *model, console) if model else None
        columns.append(Column(assessment=assessment, perplexity=surprise))
    figures = [
        {**column.assessment.as_json(), "perplexity": column.perplexity and column.perplexity.as_json()}
        for column in columns
    ]
    written = json.dumps({"common_count": common_count, "files": figures}, indent=2)
    if output:
        _write(output, written)
    if as_json:
        typer.echo(written)
    else:
        print_table(columns, make_console())


def _named(files: Sequence[Path]) -> dict[str, Path]:
    """The files by their names, or by their paths where names repeat.

    Raises:
        ConfigError: A file is given twice.
    """
    if len({path.resolve() for path in files}) < len(files):
        raise ConfigError(f"one file is given twice: {', '.join(f'`{path}`' for path in files)}")
    names = Counter(path.name for path in files)
    return {path.name if names[path.name] == 1 else str(path): path for path in files}


def _read(path: Path, text_field: str) -> "list[Row]":
    from hornbook.reading.rows import read_rows
    from hornbook.synthesis.diversity.rows import row_of

    topics = _commissioned(path)
    rows = [row_of(fields, place, text_field, topics) for place, fields in read_rows(path)]
    if len(rows) < 2:
        raise MissingInputError(f"`{path}` holds {len(rows)} records; diversity needs at least 2")
    return rows


def _commissioned(path: Path) -> dict[str, tuple[str, ...]]:
    """The topics of each record, by its id, of the file that the writing commands put beside; empty without it."""
    from hornbook.commands.written_files import beside
    from hornbook.reading.rows import read_rows

    commissions = beside(path, "commissions")
    if not commissions.is_file():
        return {}
    rows = [fields for _, fields in read_rows(commissions)]
    return {str(fields.get("record_id")): tuple(map(str, fields.get("topics") or ())) for fields in rows}


def _leaves_of_the_shipped_tree(collections: "Iterable[Sequence[Row]]") -> int | None:
    """How many there are, where all topics of the rows are among them; None for other topics, or none."""
    topics = {topic for rows in collections for row in rows for topic in row.topics}
    if not topics:
        return None
    from hornbook.synthesis.prompted.word_lists import read_topics

    leaves = {leaf.name for leaf in read_topics()}
    return len(leaves) if topics <= leaves else None


def _load(model: str, store: Path) -> "tuple[str, LogLoss]":
    from hornbook.artifacts.store import Store
    from hornbook.evaluation.log_loss import load_log_loss

    return load_log_loss(model, Store(store))


def _surprise(rows: "Sequence[Row]", model: str, log_loss: "LogLoss", console: "Console") -> "Perplexity | None":
    """Under a model, of records spread evenly over the file."""
    from hornbook.display import show_progress
    from hornbook.synthesis.diversity.perplexity import perplexity_of
    from hornbook.synthesis.diversity.rows import text_of

    count = min(len(rows), _MAX_PERPLEXITY_TEXTS)
    texts = [text_of(rows[number * len(rows) // count].record) for number in range(count)]
    with show_progress(console, "perplexity") as progress:
        return perplexity_of(texts, log_loss, model, progress)


def _write(path: Path, content: str) -> None:
    try:
        path.write_text(content + "\n", encoding="utf-8")
    except OSError as error:
        raise StoreError(f"`{path}` cannot be written: {error.strerror or error}") from error
