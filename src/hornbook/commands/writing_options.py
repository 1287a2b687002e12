"""What `write-exercises` and `write-textbooks` share: flags, files, progress and the summary at the end."""

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hornbook.commands.written_files import beside, write_records

if TYPE_CHECKING:
    from hornbook.records import Record
    from hornbook.synthesis.prompted.writing import Job, WriteConfig, Written
    from hornbook.teacher.account import Account

LISTS = "What is written about"
_LIMITS = "How much"
_NUM_SAMPLES = 8
"""Requests whose lengths stand for all in the estimate before the first call."""

OutputOption = Annotated[
    Path,
    typer.Option(
        "--output",
        "-o",
        metavar="FILE",
        help="A .jsonl or .parquet file; FILE.rejected and FILE.commissions are put beside it.",
        show_default=False,
    ),
]
NumOption = Annotated[int, typer.Option("--num", min=1, metavar="N", help="Records to keep.", rich_help_panel=_LIMITS)]
MaxAttemptsOption = Annotated[
    int | None,
    typer.Option(
        "--max-attempts",
        min=1,
        metavar="N",
        help="Give up after so many answers; four for each record wanted where not given.",
        rich_help_panel=_LIMITS,
        show_default=False,
    ),
]
MaxNewTokensOption = Annotated[
    int, typer.Option("--max-new-tokens", min=1, metavar="N", help="Of one answer.", rich_help_panel=_LIMITS)
]
TopicsOption = Annotated[
    Path | None,
    typer.Option(
        "--topics",
        metavar="FILE",
        help="Your own topics: areas at the margin, the topics of each indented below it.",
        rich_help_panel=LISTS,
    ),
]
WhenStaleOption = Annotated[
    str,
    typer.Option(
        "--when-stale",
        metavar="stop|reseed|ignore",
        help="What to do when the diversity monitor says that the records repeat themselves.",
        rich_help_panel=_LIMITS,
    ),
]


def write_config(num: int, max_attempts: int | None, when_stale: str) -> "WriteConfig":
    """The writer's config of the flags.

    Raises:
        ConfigError: A flag's value cannot be used.
    """
    from hornbook.errors import ConfigError
    from hornbook.synthesis.prompted.writing import WhenStale, WriteConfig

    if when_stale not in list(WhenStale):
        raise ConfigError(f"`--when-stale` must be stop, reseed or ignore, got {when_stale!r}")
    return WriteConfig(num_records=num, max_attempts=max_attempts, when_stale=WhenStale(when_stale))


def run_writer(
    job: "Job[Any]",
    account: "Account",
    writing: "WriteConfig",
    seed: int,
    *,
    output: Path,
    record: "type[Record]",
    unit: str,
    num_topics: int,
    as_json: bool,
) -> None:
    """Write, save and print the summary. What was written before an error of the teacher is saved, too.

    Args:
        job: What is written.
        account: Entered.
        writing: How much.
        seed: Of all choices.
        output: The file of the records.
        record: Their type.
        unit: `exercises`.
        num_topics: In the topic tree.
        as_json: Print JSON.
    """
    from hornbook.commands.teacher_report import print_account, say_estimate
    from hornbook.display import make_console, show_progress
    from hornbook.synthesis.prompted.writing import Writer

    begun = time.monotonic()
    with show_progress(make_console(stderr=True), f"write {unit}") as progress:
        samples = [job.request(seed, number) for number in range(_NUM_SAMPLES)]
        say_estimate(account, samples, writing.num_records, progress)
        writer: Writer[Any] = Writer(job, account, writing, seed, progress)
        try:
            writer.run()
        finally:
            written = writer.written
            paths = _save(output, record, written) if written.num_attempts else []
    described = {
        "files": [str(path) for path in paths],
        "unit": unit,
        **_describe(written),
        "topics": num_topics,
        "seconds": round(time.monotonic() - begun, 1),
        "tokens_per_second": round(account.progress().tokens_per_second, 1),
        "account": account.summary(),
    }
    if as_json:
        typer.echo(json.dumps(described))
        return
    _print(described)
    print_account(described["account"], make_console())
    typer.echo(f"the {unit} are in {output}, with {' and '.join(path.name for path in paths[1:])} beside it")


def _save(output: Path, record: "type[Record]", written: "Written[Any]") -> list[Path]:
    """Write what was kept, what was not, and what was asked for.

    Returns:
        The files.

    Raises:
        StoreError: One cannot be written.
    """
    from hornbook.synthesis.prompted.commission import Commission, RejectedAnswer

    paths = [output, beside(output, "rejected"), beside(output, "commissions")]
    write_records(paths[0], record, written.kept)
    write_records(paths[1], RejectedAnswer, written.rejected)
    write_records(paths[2], Commission, written.commissions)
    return paths


def _describe(written: "Written[Any]") -> dict[str, Any]:
    """What was written and what it took, as JSON values."""
    attempts = written.num_attempts
    return {
        "kept": len(written.kept),
        "attempts": attempts,
        "rejected": written.rejections,
        "ending": written.ending.value,
        "stale": list(written.stale_reasons),
        "reseeds": written.num_reseeds,
        "topics_covered": written.num_topics,
        "tokens_per_answer": round(written.completion_tokens / attempts, 1) if attempts else None,
        "prompt_tokens_per_answer": round(written.prompt_tokens / attempts, 1) if attempts else None,
    }


def _print(described: dict[str, Any]) -> None:
    kept, attempts = described["kept"], described["attempts"]
    share = f" ({kept / attempts:.0%})" if attempts else ""
    typer.echo(f"{kept:,} {described['unit']} kept of {attempts:,} answers{share}; {described['ending']}")
    for reason, number in described["rejected"].items():
        typer.echo(f"{number:>8,} {reason}")
    for reason in described["stale"]:
        typer.echo(f"stale: {reason}")
    if described["reseeds"]:
        typer.echo(f"seeded anew {described['reseeds']} times")
    if described["topics_covered"]:
        typer.echo(f"{described['topics_covered']:,} of {described['topics']:,} topics covered")
    if described["tokens_per_answer"]:
        typer.echo(f"{described['tokens_per_answer']} tokens an answer")
