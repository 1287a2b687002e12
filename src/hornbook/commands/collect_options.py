"""The options of `hornbook collect`."""

from pathlib import Path
from typing import Annotated

import typer

InputsArgument = Annotated[
    list[str],
    typer.Argument(
        metavar="INPUT",
        help="Folders of code or notebooks, git repositories, a site-packages folder, files of rows (also s3:// and "
        "hf://), The Stack's files, a dump's Posts.xml.",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path,
    typer.Option(
        "--output", "-o", metavar="FILE", help="Where the documents go: .jsonl or .parquet.", show_default=False
    ),
]
LayoutOption = Annotated[
    str,
    typer.Option(
        "--layout",
        metavar="LAYOUT",
        help="What the inputs are: auto, files, git, notebooks, packages, rows, the-stack or stackoverflow.",
    ),
]
TagOption = Annotated[str, typer.Option("--tag", metavar="TAG", help="Of a dump: which questions are read.")]
SiteOption = Annotated[str, typer.Option("--site", metavar="HOST", help="Of a dump: whose it is.")]
AllowLicenseOption = Annotated[
    list[str] | None,
    typer.Option(
        "--allow-license", metavar="ID", help="One more SPDX licence that is allowed; repeatable.", show_default=False
    ),
]
AnyLicenseOption = Annotated[
    bool, typer.Option("--any-license", help="Ask for no licence; for code that is one's own.")
]
OptOutOption = Annotated[
    Path | None,
    typer.Option(
        "--opt-out",
        metavar="FILE",
        help="Repositories, accounts and paths to leave out, one a line.",
        show_default=False,
    ),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="A threshold of the filters: max_line=2000; repeatable.",
        show_default=False,
    ),
]
NoFiltersOption = Annotated[bool, typer.Option("--no-filters", help="Keep every document as it is, secrets too.")]
