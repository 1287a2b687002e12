"""The options of commands that work on a person's files and that Typer still reads."""

from pathlib import Path
from typing import Annotated

import typer

InputsArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="INPUT",
        help="JSON lines (.jsonl, .jsonl.gz, .jsonl.zst), Parquet, source files, or folders of one of these.",
        show_default=False,
    ),
]
TextFieldOption = Annotated[str, typer.Option("--text-field", metavar="NAME", help="Of a row: holds its text.")]
IdFieldOption = Annotated[
    str | None,
    typer.Option("--id-field", metavar="NAME", help="Of a row: holds its id; FILE:NUMBER is the id where not given."),
]
FilesOption = Annotated[
    str, typer.Option("--files", metavar="PATTERN", help="Which files of a folder of source files are documents.")
]
