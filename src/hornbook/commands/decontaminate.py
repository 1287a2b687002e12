"""`hornbook decontaminate`: drop the rows of one's own files that give away a benchmark's problems, and say which."""

import json
import time
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.input_options import (
    EngineOption,
    FilesOption,
    IdFieldOption,
    InputsArgument,
    KeptOption,
    RayOption,
    TextFieldOption,
)
from hornbook.commands.judge_options import (
    STAGE,
    JudgeOption,
    MaxNewTokensOption,
    judge_found,
)
from hornbook.commands.teacher_options import (
    DEFAULT_FLAGS,
    TeacherOptions,
    open_account,
    with_teacher_flags,
)
from hornbook.commands.work_folder import described_files, require_outside, work_beside
from hornbook.commands.written_files import ENDINGS, beside, require_writable
from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from hornbook.benchmarks.against import NamedProblems
    from hornbook.sandbox.program import Sandbox
    from hornbook.teacher.account import Account

_STRICTNESS = "What is a leak"
_SANDBOX = "Sandbox"

AgainstOption = Annotated[
    str,
    typer.Option(
        "--against",
        metavar="NAMES",
        help="Benchmarks, comma-separated: humaneval, mbpp=PATH, a FILE of problems (.jsonl, .json, .parquet), "
        "NAME=FILE.",
    ),
]
ReportOption = Annotated[
    Path | None,
    typer.Option(
        "--report",
        metavar="FILE",
        help="Counts, the nearest rows of each problem with the evidence, and how good the detectors are: .json.",
        show_default=False,
    ),
]
DecisionsOption = Annotated[
    Path | None,
    typer.Option(
        "--decisions",
        metavar="FILE",
        help="A line for each row: the decision, the problem, the evidence. Where not given, KEPT with `.decisions` "
        "before its ending.",
        show_default=False,
    ),
]
NgramOption = Annotated[
    int,
    typer.Option(
        "--ngram-size", min=2, help="Words in a row that must be equal to count.", rich_help_panel=_STRICTNESS
    ),
]
RateOption = Annotated[
    float,
    typer.Option(
        "--match-rate",
        help="Of syntax trees, from which on they are a leak where no code could tell; above 0, to 1.",
        rich_help_panel=_STRICTNESS,
    ),
]
WithoutCodeOption = Annotated[
    bool,
    typer.Option(
        "--without-running-code",
        help="Run nothing: words, embeddings and trees decide alone, and find far fewer leaks.",
        rich_help_panel=_SANDBOX,
    ),
]
WithoutJailOption = Annotated[
    bool,
    typer.Option(
        "--execute-without-jail",
        help="Run the rows' code unprotected, with all your rights.",
        rich_help_panel=_SANDBOX,
    ),
]


@with_teacher_flags
def decontaminate(
    inputs: InputsArgument,
    output: KeptOption,
    against: AgainstOption = "humaneval",
    report: ReportOption = None,
    decisions: DecisionsOption = None,
    ngram_size: NgramOption = 4,
    match_rate: RateOption = 0.95,
    without_running_code: WithoutCodeOption = False,
    execute_without_jail: WithoutJailOption = False,
    text_field: TextFieldOption = "text",
    id_field: IdFieldOption = None,
    files: FilesOption = "*.py",
    engine: EngineOption = "local",
    ray_address: RayOption = None,
    judge: JudgeOption = None,
    max_new_tokens: MaxNewTokensOption = 8,
    flags: TeacherOptions = DEFAULT_FLAGS,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Drop rows that give away a benchmark's problems, in other words or another story too, and say why.

    Functions of the rows run in a jail on the benchmarks' inputs; where none can run, words, embeddings and syntax
    trees decide, or a language model in their place. An interrupted command, typed again, goes on where it was.
    """
    from hornbook.benchmarks.against import read_against
    from hornbook.commands.decontaminate_report import print_result, write_outputs
    from hornbook.decontamination.over_parts import read_documents, search_documents, without_too_long
    from hornbook.decontamination.prepare import make_ready
    from hornbook.decontamination.search import SearchConfig
    from hornbook.display import make_console, show_progress
    from hornbook.parallel import open_engine
    from hornbook.pipeline.fingerprint import encode
    from hornbook.pipeline.kept_rows import require_same_form
    from hornbook.pipeline.parts import Parts, require_some
    from hornbook.sources.documents import Fields, documents_of
    from hornbook.sources.input_files import find_files

    specs = [name.strip() for name in against.split(",") if name.strip()]
    decisions = decisions or beside(output, "decisions")
    _require_outputs(inputs, specs, output, decisions, report)
    if without_running_code and execute_without_jail:
        raise ConfigError("`--without-running-code` runs nothing, `--execute-without-jail` runs it: give one of them")
    if not 0 < match_rate <= 1:
        raise ConfigError(f"`--match-rate` must lie in (0, 1], got {match_rate!r}")
    config = SearchConfig(ngram_size=ngram_size, match_rate=match_rate)
    found = find_files(inputs, pattern=files)
    require_same_form(found, output)
    benchmarks = _benchmarks(read_against(specs))
    where = open_engine(engine, ray_address)
    fields = Fields(text=text_field, id=id_field)
    documents = without_too_long(documents_of(found, fields))
    num_characters = sum(file.size for file in found)
    settings = {
        "files": described_files(found),
        "config": encode(config),
        "fields": encode(fields),
        "problems": encode(tuple((one.title, one.problems) for one in benchmarks)),
        "runs_code": not without_running_code,
        "is_jailed": not execute_without_jail,
        "answer_tokens": max_new_tokens if judge is not None else None,
    }
    opened: AbstractContextManager[Account | None] = nullcontext()
    if judge is not None:
        opened = open_account(STAGE, judge, flags, output)
    begun = time.monotonic()
    with (
        opened as account,  # First, so that a wrong key is known before the search.
        work_beside(output, "decontaminating in", settings) as work,
        show_progress(make_console(stderr=True), "decontaminate") as progress,
    ):

        def say(note: str, done: int, total: int) -> None:
            progress(done, total, note)

        for _ in read_documents(documents, work, report=say, num_characters=num_characters):
            pass
        require_some(Parts(work), fields)
        with _sandbox(runs_code=not without_running_code, is_jailed=not execute_without_jail) as sandbox:
            prepared, calibration = make_ready(benchmarks, config, sandbox, work, report=say)
        parts = search_documents(
            documents,
            work,
            prepared,
            config,
            report=say,
            engine=where,
            num_characters=num_characters,
            is_jailed=not execute_without_jail,
        )
        judged = (
            judge_found(parts, benchmarks, account, match_rate, max_new_tokens, output, progress)
            if account is not None
            else None
        )
        described = write_outputs(found, parts, prepared, calibration, config, output, decisions, report, judged)
    described["seconds"] = round(time.monotonic() - begun, 2)
    if as_json:
        typer.echo(json.dumps(described, indent=2))
    else:
        print_result(described)


def _benchmarks(named: "list[NamedProblems]") -> "list[NamedProblems]":
    """See that there is one, and that what is said of them tells them apart."""
    if not named:
        raise ConfigError("`--against` names no benchmark; `--against humaneval` is one")
    titles: dict[str, str] = {}
    for one in named:
        if one.title in titles:
            raise ConfigError(
                f"`--against`: `{titles[one.title]}` and `{one.name}` are both called {one.title}; "
                "give the file another name: `NAME=FILE`"
            )
        titles[one.title] = one.name
    return named


def _require_outputs(
    inputs: "Sequence[Path]", specs: "Sequence[str]", output: Path, decisions: Path, report: Path | None
) -> None:
    """See that all outputs can be written, and that none is another one, an input or a file of problems."""
    require_writable(output)
    if decisions.suffix not in ENDINGS:
        raise ConfigError(f"`--decisions` must end in {' or '.join(ENDINGS)}, got `{decisions}`")
    if report is not None and report.suffix != ".json":
        raise ConfigError(f"`--report` must end in .json, got `{report}`")
    read = [*inputs, *(Path(spec.rpartition("=")[2]).expanduser() for spec in specs)]
    others = [beside(output, name) for name in ("rejected", "judged")]
    paths = [output, *others, decisions, *([report] if report is not None else [])]
    for path in paths:
        if path.is_dir():
            raise ConfigError(f"`{path}` is a folder; name a file in it")
        if not path.absolute().parent.is_dir():
            raise ConfigError(f"`{path}`: there is no folder `{path.absolute().parent}`")
        require_outside(path, read)
    if len({path.resolve() for path in paths}) < len(paths):
        names = ", ".join(f"`{path}`" for path in paths)
        raise ConfigError(f"kept, rejected and judged rows, decisions and report must be different files, got {names}")


def _sandbox(*, runs_code: bool, is_jailed: bool) -> "AbstractContextManager[Sandbox | None]":
    from hornbook.decontamination.prepare import open_jail, open_unjailed

    if not runs_code:
        return nullcontext()
    return open_jail() if is_jailed else open_unjailed()
