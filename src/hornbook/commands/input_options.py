"""The options of commands that work on a person's files: which ones, where a row has what, and the engine."""

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
KeptOption = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="KEPT",
        help="Where the kept rows go, each as it stands: .jsonl or .parquet, as the inputs are.",
        show_default=False,
    ),
]
TextFieldOption = Annotated[str, typer.Option("--text-field", metavar="NAME", help="Of a row: holds its text.")]
IdFieldOption = Annotated[
    str | None,
    typer.Option("--id-field", metavar="NAME", help="Of a row: holds its id; FILE:NUMBER is the id where not given."),
]
GivenIdFieldOption = Annotated[str, typer.Option("--id-field", metavar="NAME", help="Of a row: holds its id.")]
FilesOption = Annotated[
    str, typer.Option("--files", metavar="PATTERN", help="Which files of a folder of source files are documents.")
]
EngineOption = Annotated[
    str, typer.Option("--engine", metavar="local|ray", help="Where parts of the input are worked on.")
]
RayOption = Annotated[
    str | None,
    typer.Option("--ray-address", metavar="ADDRESS", help="Of a running cluster; one is started here where not given."),
]
