"""The options of commands that let a language model judge pairs of a text and a problem, and how they ask it."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.written_files import beside, write_records

if TYPE_CHECKING:
    from hornbook.benchmarks.against import NamedProblems
    from hornbook.pipeline.parts import Parts
    from hornbook.pipeline.stage import Progress
    from hornbook.teacher.account import Account

STAGE = "decontaminate"
"""Under which the answers are counted."""
_PANEL = "Teacher"

JudgeOption = Annotated[
    str | None,
    typer.Option(
        "--judge",
        metavar="URL|FILE.gguf",
        help="A language model that says, where no code can tell, whether a row and a problem are the same task: an "
        "OpenAI-compatible endpoint (http://…), or a GGUF file to run here. A small one guesses.",
        rich_help_panel=_PANEL,
        show_default=False,
    ),
]
MaxNewTokensOption = Annotated[
    int,
    typer.Option(
        "--max-new-tokens",
        min=1,
        help="Of an answer; a model that thinks before it answers needs many more.",
        rich_help_panel=_PANEL,
    ),
]


def judge_found(
    parts: "Parts",
    benchmarks: Sequence["NamedProblems"],
    account: "Account",
    match_rate: float,
    answer_tokens: int,
    output: Path,
    progress: "Progress",
) -> dict[str, Any]:
    """Ask about what a search left in doubt; from then on `found_in` gives what is found with the answers.

    Writes each pair and its answer beside the output, `KEPT.judged.jsonl`.

    Returns:
        The counts and the account, for the report.

    Raises:
        HornbookError: As the account's `ask`.
    """
    from hornbook.commands.teacher_report import say_estimate
    from hornbook.decontamination.judge import JudgedRow, Judging

    judging = Judging(parts, benchmarks, match_rate, answer_tokens)
    say_estimate(account, judging.questions(), judging.num_questions, progress)
    pairs, counts = judging.ask(account, lambda done, total: progress(done, total, "answers on doubtful pairs"))
    path = beside(output, "judged")
    write_records(path, JudgedRow, pairs)
    return {**counts, "pairs": str(path), "account": account.summary()}


def print_judge(judge: Mapping[str, Any]) -> None:
    """Print what was asked, what was answered and what it took."""
    from hornbook.commands.teacher_report import print_account
    from hornbook.display import make_console

    typer.echo(
        f"`{judge['teacher']}` was asked about {judge['asked']:,} pairs: {judge['same']:,} the same problem, "
        f"{judge['different']:,} different ones, {judge['none']:,} without a verdict; "
        f"the answers are in {judge['pairs']}"
    )
    if judge["left_out"]:
        typer.echo(f"{judge['left_out']:,} more pairs were not asked about: of a row only the nearest ones are")
    print_account(judge["account"], make_console())
