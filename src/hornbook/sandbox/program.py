"""Programs, their limits and reports, and how a report is made from what was seen of a process."""

import os
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Protocol, Self

from hornbook.errors import ConfigError
from hornbook.records import Outcome
from hornbook.sandbox.execute import STDERR_BYTES

OUTPUT_BYTES = 64 * 2**10
"""What a program may write to stdout and stderr together."""

_TIME_OUTS = (Outcome.CPU_TIMED_OUT, Outcome.WALL_TIMED_OUT)
_REPORTED = ("passed", "wrong", "raised", "syntax error", "out of memory")
"""What a process may say of itself."""
_DETAIL_CHARACTERS = 400


@dataclass(frozen=True, kw_only=True)
class Limits:
    """What one program may use. The CPU clock decides verdicts; the wall clock is only a safety net."""

    cpu_seconds: float = 3.0
    """CPU time in the scheduler's own account: a busy machine does not change the verdict."""
    wall_seconds: float = 20.0
    """Seconds after which a program that waits or sleeps is stopped."""
    memory_bytes: int = 512 * 2**20
    """Address space, the interpreter's own (some 40 MiB) included."""

    def __post_init__(self) -> None:
        if not self.cpu_seconds > 0:
            raise ConfigError(f"`cpu_seconds` must be above 0, got {self.cpu_seconds!r}")
        if not self.wall_seconds >= self.cpu_seconds:
            raise ConfigError(f"`wall_seconds` must be at least `cpu_seconds`, got {self.wall_seconds!r}")
        if self.memory_bytes < 128 * 2**20:
            raise ConfigError(f"`memory_bytes` must be at least 128 MiB, got {self.memory_bytes!r}")

    def describe(self) -> dict[str, float]:
        """The limits by name, as JSON values."""
        return {**asdict(self), "output_bytes": OUTPUT_BYTES}


@dataclass(frozen=True)
class Program:
    """The source of a whole Python program; it passes if it runs to its last line and nothing is raised."""

    source: str


@dataclass(frozen=True, kw_only=True)
class Report:
    """What became of one program. Equal on each run, as far as the program itself is deterministic."""

    outcome: Outcome
    cpu_seconds: float = field(compare=False)
    """User and system time of its process."""
    detail: str
    """One bounded line: `line 7: ValueError: …`, addresses in memory blanked; empty where it passed."""
    stdout: str
    """What it printed, at most `OUTPUT_BYTES`."""
    stderr: str
    """The first 2,000 bytes of what it wrote to stderr; exceptions are in `detail`, not here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a process."""

    stopped: str
    """The limit at which it was stopped: `output`, `cpu`, `wall`, or nothing."""
    status: int
    """As `os.wait4` gives it."""
    cpu_seconds: float
    secret: bytes
    """What the process must show to have passed (`execute.py`)."""
    answer: bytes
    """What the process says of itself, if anything; it may be a lie."""
    stdout: bytes
    stderr: bytes


def report_of(seen: Seen, limits: Limits) -> Report:
    """The report of a program that ran under these limits."""
    outcome, detail = _decide(seen, limits)
    return Report(
        outcome=outcome,
        cpu_seconds=seen.cpu_seconds,
        detail=detail,
        stdout=seen.stdout[:OUTPUT_BYTES].decode("utf-8", "replace"),
        stderr=seen.stderr[:STDERR_BYTES].decode("utf-8", "replace"),
    )


def _decide(seen: Seen, limits: Limits) -> tuple[Outcome, str]:
    """Outcome and detail; what comes first rules out what follows."""
    if seen.stopped == "output":
        return Outcome.OUTPUT_LIMIT, f"wrote more than {OUTPUT_BYTES} bytes"
    if seen.stopped == "cpu" or seen.cpu_seconds >= limits.cpu_seconds:
        return Outcome.CPU_TIMED_OUT, f"used its {limits.cpu_seconds:g} s of CPU time"
    if seen.stopped == "wall":
        return Outcome.WALL_TIMED_OUT, f"still running after {limits.wall_seconds:g} s"
    if os.WIFSIGNALED(seen.status):
        return Outcome.KILLED, f"by signal {os.WTERMSIG(seen.status)}"
    said, _, rest = seen.answer.partition(b"\n")
    outcome = said.decode("ascii", "replace")
    if outcome not in _REPORTED or (outcome == "passed" and rest != seen.secret):
        return Outcome.RAISED, f"left with status {os.WEXITSTATUS(seen.status)} before its end"
    if outcome == "passed":
        return Outcome.PASSED, ""
    return Outcome(outcome), " ".join(rest.decode("utf-8", "replace").splitlines())[:_DETAIL_CHARACTERS]


class Sandbox(Protocol):
    """Runs untrusted programs: in a jail (`jail.py`), or at the user's own risk without one (`unjailed.py`).

    A context manager, to be used from one thread; entering it may raise `SandboxError`.
    """

    limits: Limits
    """Of each program."""

    def __enter__(self) -> Self: ...

    def __exit__(self, *raised: object) -> None: ...

    def describe(self) -> dict[str, Any]:
        """The backend and the limits, as JSON values."""
        ...

    def run(
        self,
        programs: Sequence[Program],
        progress: Callable[[int, int], None] = ...,
        on_report: Callable[[int, Report], None] = ...,
    ) -> list[Report]:
        """Run each program, and those that ran out of time once more, alone.

        Args:
            programs: Independent of each other.
            progress: Told the number of final reports and of programs, after each final report.
            on_report: Told the index of a program and its final report, as it comes. A time-out is final when the
                program ran out of time alone as well.

        Returns:
            One final report per program, in their order.

        Raises:
            SandboxError: The sandbox broke down. No report is made of that.
        """
        ...


def ignore_progress(_done: int, _total: int) -> None:
    """Show no progress."""


def ignore_report(_index: int, _report: Report) -> None:
    """Wait for all reports."""


def run_time_outs_again(
    num_programs: int,
    run: Callable[[Sequence[int], Callable[[int, Report], None]], None],
    progress: Callable[[int, int], None],
    on_report: Callable[[int, Report], None],
) -> list[Report]:
    """Run all programs, then those that ran out of time once more, one after another with nothing beside them.

    `run` runs the programs with the given indices and tells the report of each. Progress, reports and the result are
    those of `Sandbox.run`.
    """
    final: dict[int, Report] = {}
    timed_out: list[int] = []

    def settle(index: int, report: Report) -> None:
        final[index] = report
        on_report(index, report)
        progress(len(final), num_programs)

    def settle_unless_timed_out(index: int, report: Report) -> None:
        if report.outcome in _TIME_OUTS:
            timed_out.append(index)
        else:
            settle(index, report)

    run(range(num_programs), settle_unless_timed_out)
    for index in sorted(timed_out):
        run([index], settle)
    return [final[index] for index in range(num_programs)]
