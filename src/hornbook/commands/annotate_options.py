"""The options that only `hornbook annotate` has: what is read, which of it is scored, what it is compared with."""

from pathlib import Path
from typing import Annotated

import typer

_CODE = "What is read"
_DRAWN = "Which of it is scored"
_COMPARED = "What it is compared with"

InputsArgument = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="INPUT",
        help="JSON lines or Parquet with a text a row, Python files, or folders of one of these.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="A .jsonl or .parquet file for the labels; FILE.rejected is put beside it.",
        show_default=False,
    ),
]
StandardLibraryOption = Annotated[
    bool,
    typer.Option(
        "--standard-library", help="Read the functions and classes of the running Python.", rich_help_panel=_CODE
    ),
]
NumOption = Annotated[
    int | None,
    typer.Option(
        "--num",
        min=1,
        metavar="N",
        help="So many of them, drawn by the seed; all where not given.",
        rich_help_panel=_DRAWN,
        show_default=False,
    ),
]
TextFieldOption = Annotated[
    str, typer.Option("--text-field", metavar="NAME", help="Of a row: holds its code.", rich_help_panel=_CODE)
]
IdFieldOption = Annotated[
    str | None,
    typer.Option(
        "--id-field",
        metavar="NAME",
        help="Of a row: holds its id; FILE:NUMBER is the id where not given.",
        rich_help_panel=_CODE,
    ),
]
FilesOption = Annotated[
    str, typer.Option("--files", metavar="PATTERN", help="Which files of a folder are code.", rich_help_panel=_CODE)
]
MaxCharactersOption = Annotated[
    int,
    typer.Option(
        "--max-characters", metavar="N", help="A longer text is cut behind its last line within.", rich_help_panel=_CODE
    ),
]
ShippedOption = Annotated[
    bool,
    typer.Option(
        "--shipped-labels",
        help="Read only code that the shipped labels speak of, and compare with them; with --standard-library.",
        rich_help_panel=_COMPARED,
    ),
]
AgainstOption = Annotated[
    Path | None,
    typer.Option(
        "--against",
        metavar="FILE",
        help="Rows with `score`, and `sample_id`, `id` or the code's `sha256`.",
        rich_help_panel=_COMPARED,
    ),
]
