"""`hornbook annotate`: the educational value of code as a language model sees it, and how far it agrees with others."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.input_options import FilesOption, IdFieldOption, TextFieldOption
from hornbook.commands.teacher_options import (
    DEFAULT_FLAGS,
    SeedOption,
    TeacherOption,
    TeacherOptions,
    TemperatureOption,
    open_account,
    with_teacher_flags,
)
from hornbook.commands.written_files import beside, require_outside, require_writable, write_records

if TYPE_CHECKING:
    from hornbook.commands.code_to_annotate import CodeToAnnotate
    from hornbook.curation.annotate_samples import Annotated as AnnotatedSamples
    from hornbook.curation.annotate_samples import AnnotateSamplesConfig
    from hornbook.teacher.account import Account

STAGE = "annotate"
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


@with_teacher_flags
def annotate(
    teacher: TeacherOption,
    inputs: InputsArgument = None,
    output: OutputOption = None,
    standard_library: StandardLibraryOption = False,
    num: NumOption = None,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    files: FilesOption = "*.py",
    max_characters: MaxCharactersOption = 2000,
    shipped_labels: ShippedOption = False,
    against: AgainstOption = None,
    max_new_tokens: Annotated[int, typer.Option("--max-new-tokens", min=1, help="Of one answer.")] = 80,
    seed: SeedOption = 0,
    flags: TeacherOptions = DEFAULT_FLAGS,
    temperature: TemperatureOption = 0.0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Let a language model say, from 0 to 5, how much a student would learn from each piece of code, and why.

    Every answer is kept in the cache, so that the same command goes on where an interrupted one was.
    """
    from hornbook.commands.code_to_annotate import CodeSource, find_code
    from hornbook.curation.annotate_samples import AnnotateSamplesConfig

    if output is not None:
        require_writable(output)
        require_outside(output, inputs or [])
    config = AnnotateSamplesConfig(
        max_snippet_characters=max_characters,
        max_new_tokens=max_new_tokens,
        temperature=temperature,
    )
    source = CodeSource(
        inputs=inputs or [],
        text_field=text_field,
        id_field=id_field,
        files=files,
        standard_library=standard_library,
        shipped_labels=shipped_labels,
        against=against,
    )
    code = find_code(source, num, seed)
    with open_account(STAGE, teacher, flags, output) as account:
        _annotate(account, code, config, output, as_json=as_json)


def _annotate(
    account: "Account", code: "CodeToAnnotate", config: "AnnotateSamplesConfig", output: Path | None, *, as_json: bool
) -> None:
    from hornbook.commands.annotate_report import describe_annotated, print_annotated
    from hornbook.commands.teacher_report import print_account
    from hornbook.curation.annotate_samples import annotate_samples, scoring_requests
    from hornbook.display import make_console, show_progress
    from hornbook.teacher.account import say_estimate

    begun = time.monotonic()
    num_calls = sum(bool(document.text.strip()) for document in code.documents)
    with show_progress(make_console(stderr=True), "annotate") as progress:
        say_estimate(account, scoring_requests(code.documents, config), num_calls, progress)
        found = annotate_samples(
            code.documents,
            account,
            config,
            lambda done, total, _: progress(done, total, account.progress().note(num_open=total - done)),
        )
    account.kept(len(found.labels), found.completion_tokens)
    paths = [] if output is None else _write(output, code, found)
    described = describe_annotated(code, found)
    described = {"files": [str(path) for path in paths], **described, "seconds": round(time.monotonic() - begun, 1)}
    described["account"] = account.summary()
    if as_json:
        typer.echo(json.dumps(described, indent=2))
        return
    print_annotated(described)
    print_account(described["account"], make_console())


def _write(output: Path, code: "CodeToAnnotate", found: "AnnotatedSamples") -> list[Path]:
    """Write the labels, and beside them what has none."""
    from hornbook.records import Dropped, Label

    paths = [output, beside(output, "rejected")]
    write_records(paths[0], Label, found.labels)
    write_records(paths[1], Dropped, [*code.rejected, *found.dropped])
    return paths
