"""Make a report from what was seen of a program's process."""

import os
from dataclasses import dataclass

from hornbook.records import Outcome
from hornbook.sandbox.execute import STDERR_BYTES
from hornbook.sandbox.program import OUTPUT_BYTES, Limits, Report

_DETAIL_CHARACTERS = 400

_REPORTED = ("passed", "wrong", "raised", "syntax error", "out of memory")


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of a process."""

    stopped: str
    """The limit at which it was stopped: `output`, `cpu`, `wall`, or nothing."""
    status: int
    """As `os.wait4` gives it."""
    cpu_seconds: float
    secret: bytes
    """What it must show to have passed (`execute.py`)."""
    answer: bytes
    """What it says of itself, if anything; it may be a lie."""
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
