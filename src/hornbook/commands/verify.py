"""`hornbook verify`: exercises or passages of a file, executed and compared with what they say."""

from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hornbook.commands.typer_bridge import (
    DEFAULT_FLAGS,
    OptionalTeacherOption,
    SeedOption,
    TeacherOptions,
    TemperatureOption,
    open_account,
    with_teacher_flags,
)
from hornbook.errors import ConfigError

if TYPE_CHECKING:
    from hornbook.sandbox.program import Sandbox
    from hornbook.synthesis.levels import Level
    from hornbook.teacher.account import Account

_STRICTNESS = "What suffices"
_SANDBOX = "Sandbox"
_LEVELS = {"parses": "PARSED", "runs": "RAN", "examples": "EXAMPLES", "consistent": "CONSISTENT"}

FileArgument = Annotated[
    Path,
    typer.Argument(
        metavar="FILE",
        help="JSON lines or Parquet: exercises (`prompt` and `solution`) or passages (`text`).",
        show_default=False,
    ),
]
OutputOption = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="Where what suffices goes (.jsonl or .parquet), FILE.kept.jsonl where not given. Beside it: `.verdicts`, "
        "`.dropped`, and `.tests`, `.solutions` or `.repairs`.",
        show_default=False,
    ),
]
NumSolutionsOption = Annotated[
    int, typer.Option("--num-solutions", min=1, help="Independent ones of each exercise.", rich_help_panel="Teacher")
]
MaxNewTokensOption = Annotated[
    int, typer.Option("--max-new-tokens", min=1, help="Of each solution.", rich_help_panel="Teacher")
]
LevelOption = Annotated[
    str | None,
    typer.Option(
        "--min-level",
        metavar="|".join(_LEVELS),
        help="How far an exercise must get; `consistent` where there is a teacher, else `examples`.",
        rich_help_panel=_STRICTNESS,
        show_default=False,
    ),
]
ExamplesOption = Annotated[
    float, typer.Option("--min-examples-share", help="Of a docstring's examples.", rich_help_panel=_STRICTNESS)
]
AgreementOption = Annotated[
    float, typer.Option("--min-agreement", help="Share of the solutions that agree.", rich_help_panel=_STRICTNESS)
]
NumInputsOption = Annotated[
    int, typer.Option("--num-inputs", help="Made for each function.", rich_help_panel=_STRICTNESS)
]
RepairOption = Annotated[
    bool,
    typer.Option(
        "--repair/--no-repair",
        help="Put true outputs in the place of wrong ones that passages show.",
        rich_help_panel=_STRICTNESS,
    ),
]
CpuSecondsOption = Annotated[
    float, typer.Option("--cpu-seconds", help="CPU time of each program.", rich_help_panel=_SANDBOX)
]
WithoutJailOption = Annotated[
    bool,
    typer.Option(
        "--execute-without-jail", help="Run the code unprotected, with all your rights.", rich_help_panel=_SANDBOX
    ),
]


@with_teacher_flags
def verify(
    file: FileArgument,
    output: OutputOption = None,
    teacher: OptionalTeacherOption = None,
    num_solutions: NumSolutionsOption = 3,
    temperature: TemperatureOption = 0.8,
    max_new_tokens: MaxNewTokensOption = 250,
    flags: TeacherOptions = DEFAULT_FLAGS,
    min_level: LevelOption = None,
    min_examples_share: ExamplesOption = 1.0,
    min_agreement: AgreementOption = 0.5,
    num_inputs: NumInputsOption = 20,
    repair: RepairOption = True,
    cpu_seconds: CpuSecondsOption = 3.0,
    execute_without_jail: WithoutJailOption = False,
    seed: SeedOption = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Execute exercises or passages, whoever wrote them, and part what holds from what does not.

    Exercises: it parses, it runs, its docstring's examples hold; with a teacher also: independent solutions of the same
    docstring do the same. Another strictness asks the teacher nothing anew. Passages: the code runs, and what is shown
    as its output is what it prints. What a sentence says is not checked.
    """
    from hornbook.commands.given_records import read_given
    from hornbook.commands.verify_given import verify_given_exercises, verify_given_passages
    from hornbook.commands.written_files import require_writable
    from hornbook.synthesis.levels import Strictness
    from hornbook.synthesis.solutions import SolutionsConfig
    from hornbook.synthesis.written import VerifyWrittenConfig

    path = output or file.with_name(f"{_stem(file)}.kept{'.parquet' if file.suffix == '.parquet' else '.jsonl'}")
    require_writable(path)
    if path.resolve() == file.resolve():
        raise ConfigError(f"`--output` `{path}` is the file that is read; give another one")
    strictness = Strictness(
        min_level=_level(min_level, has_teacher=teacher is not None),
        min_examples_share=min_examples_share,
        min_agreement=min_agreement,
    )
    solutions = SolutionsConfig(num_solutions=num_solutions, temperature=temperature, max_new_tokens=max_new_tokens)
    config = VerifyWrittenConfig(strictness=strictness, solutions=solutions, num_inputs=num_inputs)
    given = read_given(file)
    with _sandbox(cpu_seconds, jailed=not execute_without_jail) as sandbox:
        if given.passages:
            verify_given_passages(given, path, sandbox, repair=repair, as_json=as_json)
            return
        opened: AbstractContextManager[Account | None] = nullcontext(None)
        if teacher is not None:
            opened = open_account("verify", teacher, flags, path)
        with opened as account:
            verify_given_exercises(given, path, sandbox, account, config, seed, as_json=as_json)


def _stem(path: Path) -> str:
    """The name without its endings: `rows.jsonl.gz` → `rows`."""
    return path.name.removesuffix(".gz").removesuffix(".zst").rpartition(".")[0] or path.name


def _level(name: str | None, *, has_teacher: bool) -> "Level":
    from hornbook.synthesis.levels import Level

    if name is None:
        return Level.CONSISTENT if has_teacher else Level.EXAMPLES
    if name not in _LEVELS:
        raise ConfigError(f"`--min-level` must be one of {', '.join(_LEVELS)}, got {name!r}")
    if name == "consistent" and not has_teacher:
        raise ConfigError(
            "`--min-level consistent` needs solutions to compare: say who writes them with `--teacher URL`"
        )
    return Level[_LEVELS[name]]


def _sandbox(cpu_seconds: float, *, jailed: bool) -> "Sandbox":
    from hornbook.sandbox.jail import Jail
    from hornbook.sandbox.program import Limits
    from hornbook.sandbox.unjailed import Unjailed

    limits = Limits(cpu_seconds=cpu_seconds)
    return Jail(limits) if jailed else Unjailed(limits)
