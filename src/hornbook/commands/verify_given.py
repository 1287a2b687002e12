"""The work of `hornbook verify`: verify what a file held, write the tables, and say what each level left."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from hornbook.commands.given_records import Given
from hornbook.commands.teacher_report import print_account, say_estimate
from hornbook.commands.written_files import beside, write_enriched, write_records
from hornbook.display import make_console, show_progress
from hornbook.pipeline.stage import Progress
from hornbook.records import Dropped, Exercise, Passage
from hornbook.sandbox.program import Sandbox
from hornbook.synthesis.exercise_tests import ExerciseTest, with_tests
from hornbook.synthesis.levels import Level, Verification, count_levels
from hornbook.synthesis.shown_output import Repair
from hornbook.synthesis.solutions import Solution, solution_requests
from hornbook.synthesis.written import Verified, VerifyWrittenConfig, verify_written
from hornbook.synthesis.written_passages import PassageCheck, PassageFate, VerifiedPassages, verify_written_passages

if TYPE_CHECKING:
    from hornbook.teacher.account import Account

_CHARACTERS_PER_TOKEN = 4


def verify_given_exercises(
    given: Given,
    path: Path,
    sandbox: Sandbox,
    account: "Account | None",
    config: VerifyWrittenConfig,
    seed: int,
    *,
    as_json: bool,
) -> None:
    """Verify exercises, write the kept ones to `path` and the other tables beside it, and print the yield."""
    with show_progress(make_console(stderr=True), "verify") as live:

        def announce(asked: list[Exercise]) -> None:
            assert account is not None
            solutions = config.solutions
            say_estimate(account, solution_requests(asked, solutions), len(asked) * solutions.num_solutions, live)

        verified = verify_written(given.exercises, account, sandbox, config, seed, _teller(live, account), announce)
    kept = with_tests(verified.kept, verified.tests)
    if account is not None:
        num_characters = sum(len(one.prompt) + len(one.solution) for one in kept)
        account.kept(len(kept), num_characters // _CHARACTERS_PER_TOKEN)
    write_enriched(path, Exercise, kept, [given.extras[one.id] for one in kept])
    write_records(beside(path, "verdicts"), Verification, verified.verifications)
    write_records(beside(path, "dropped"), Dropped, verified.dropped)
    write_records(beside(path, "tests"), ExerciseTest, verified.tests)
    if account is not None:
        write_records(beside(path, "solutions"), Solution, verified.solutions)
    levels = _exercise_levels(verified, config, has_teacher=account is not None)
    _say(path, levels, verified.dropped, len(kept), account, as_json=as_json)


def verify_given_passages(given: Given, path: Path, sandbox: Sandbox, *, repair: bool, as_json: bool) -> None:
    """Verify passages, write the kept ones to `path` and the other tables beside it, and print the yield."""
    with show_progress(make_console(stderr=True), "verify") as live:
        verified = verify_written_passages(given.passages, sandbox, _teller(live, None), repair=repair)
    origins = {one.repaired_id: one.passage_id for one in verified.repairs}
    ids = [origins.get(one.id, one.id) for one in verified.kept]
    write_enriched(path, Passage, verified.kept, [given.extras[one] for one in ids])
    write_records(beside(path, "verdicts"), PassageCheck, verified.checks)
    write_records(beside(path, "dropped"), Dropped, verified.dropped)
    write_records(beside(path, "repairs"), Repair, verified.repairs)
    _say(path, _passage_levels(verified), verified.dropped, len(verified.kept), None, as_json=as_json)


def _exercise_levels(verified: Verified, config: VerifyWrittenConfig, *, has_teacher: bool) -> dict[str, int]:
    """How many exercises reach each level; the highest one only where there was a teacher."""
    counts = count_levels(verified.verifications, config.strictness)
    return {level.value: number for level, number in counts.items() if has_teacher or level is not Level.CONSISTENT}


def _passage_levels(verified: VerifiedPassages) -> dict[str, int]:
    checks = verified.checks
    runs = [one for one in checks if one.num_blocks_run == one.num_blocks]
    return {
        "written": len(checks),
        "all code runs": len(runs),
        "outputs true as written": sum(one.fate is PassageFate.HELD for one in checks),
        "outputs repaired": sum(one.fate is PassageFate.REPAIRED for one in checks),
    }


def _teller(live: Progress, account: "Account | None") -> Callable[[int, int, str], None]:
    """What is being done, for a live line; and while a teacher writes, how fast and at what cost."""

    def tell(done: int, total: int, name: str) -> None:
        note = name
        if account is not None and name == "solutions written":
            note = f"{name}  {account.progress().note(num_open=total - done)}"
        if total:
            live(done, total, note)

    return tell


def _say(
    path: Path,
    levels: dict[str, int],
    dropped: Sequence[Dropped],
    num_kept: int,
    account: "Account | None",
    *,
    as_json: bool,
) -> None:
    reasons = dict(Counter(one.reason for one in dropped).most_common())
    if as_json:
        said: dict[str, Any] = {"output": str(path), "kept": num_kept, "levels": levels, "dropped": reasons}
        if account is not None:
            said["teacher"] = account.summary()
        typer.echo(json.dumps(said))
        return
    from rich.table import Table

    total = levels["written"]
    console = make_console()
    table = Table(box=None, pad_edge=False)
    for title in ("level", "records", "share"):
        table.add_column(title, justify="left" if title == "level" else "right")
    for level, number in levels.items():
        table.add_row(level, f"{number:,}", f"{number / total:.1%}")
    table.add_row("[bold]kept[/]", f"[bold]{num_kept:,}[/]", f"[bold]{num_kept / total:.1%}[/]")
    console.print(table, highlight=False)
    for reason, number in reasons.items():
        console.print(f"{number:>7,} dropped: {reason}", highlight=False, markup=False)
    if account is not None:
        print_account(account.summary(), console)
    console.print(f"kept in {path}; why the others are not in {beside(path, 'dropped')}", highlight=False, markup=False)
