"""Believe no exercise and no passage before it was executed.

Reads:  exercises and passages, whoever wrote them.
Writes: those that hold; the others with the reason.
Source: the paper does not execute its exercises and reports a high error rate (section 2.3); this is the remedy.

Many records share one program in the jail, each in a namespace of its own; where a program does not run to its end,
its records are run again one by one, so that a broken one costs no other its verdict.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from importlib import resources
from typing import TypeVar

from hornbook.records import Dropped, Exercise, Outcome, Passage
from hornbook.sandbox.jail import Jail
from hornbook.sandbox.program import Program, Report
from hornbook.synthesis.written import VerifyWrittenConfig

R = TypeVar("R", Exercise, Passage)

_MARKER = "hornbook-verdict "
_BATCH_SIZE = 100
"""Records of the curriculum that share one program."""


@dataclass(frozen=True, kw_only=True)
class VerifyConfig:
    """How records are verified. The curriculum's are held to all that they say; a language model's level by level."""

    teacher: str = ""
    """A language model that solves a model's exercises anew, for comparison; empty: nobody is asked."""
    written: VerifyWrittenConfig = field(default_factory=VerifyWrittenConfig)
    """For exercises by a language model."""
    repair: bool = True
    """Put true outputs in the place of wrong ones that a language model's passages show."""


Finding = tuple[str, str] | None
"""What is wrong with a record, the reason and the detail; None where nothing is."""


def verify_exercises(
    exercises: Sequence[Exercise], jail: Jail, progress: Callable[[int, int], None]
) -> tuple[list[Exercise], list[Dropped]]:
    """Split exercises into those whose solution passes its own test and the examples in its docstring, and the rest.

    Raises:
        SandboxError: The jail broke down.
    """
    tasks = [
        {"kind": "exercise", "code": item.prompt + item.solution, "test": item.test, "name": item.entry_point}
        for item in exercises
    ]
    return _split(exercises, _run_all(tasks, jail, progress))


def verify_passages(
    passages: Sequence[Passage], jail: Jail, progress: Callable[[int, int], None]
) -> tuple[list[Passage], list[Dropped]]:
    """Split passages into those whose code prints what they show, and the rest.

    A block fenced as `python` is run; if a fenced block without a language follows, that is its output. Lines that
    start with `>>>` inside a fence are a session, whose answers are compared.

    Raises:
        SandboxError: The jail broke down.
    """
    tasks = [{"kind": "passage", "code": item.text, "test": "", "name": ""} for item in passages]
    return _split(passages, _run_all(tasks, jail, progress))


def _split(records: Sequence[R], findings: Sequence[Finding]) -> tuple[list[R], list[Dropped]]:
    """The records with nothing wrong, and why the others are dropped."""
    pairs = list(zip(records, findings, strict=True))
    kept = [record for record, finding in pairs if not finding]
    return kept, [Dropped(id=record.id, reason=found[0], detail=found[1]) for record, found in pairs if found]


def _run_all(tasks: Sequence[dict[str, str]], jail: Jail, progress: Callable[[int, int], None]) -> list[Finding]:
    batches = [tasks[start : start + _BATCH_SIZE] for start in range(0, len(tasks), _BATCH_SIZE)]
    total = len(tasks)

    def report(done: int, _: int) -> None:
        progress(min(done * _BATCH_SIZE, total), total)

    findings: list[Finding] = []
    alone: list[int] = []
    for batch, answer in zip(batches, jail.run([_program(batch) for batch in batches], report), strict=True):
        verdicts = _verdicts(answer, len(batch))
        if verdicts is None:
            alone.extend(range(len(findings), len(findings) + len(batch)))
            findings.extend([None] * len(batch))
        else:
            findings.extend(verdicts)
    for place, answer in zip(alone, jail.run([_program([tasks[place]]) for place in alone]), strict=True):
        verdicts = _verdicts(answer, 1)
        findings[place] = verdicts[0] if verdicts is not None else _from_report(answer)
    return findings


def _program(tasks: Sequence[dict[str, str]]) -> Program:
    checker = resources.files("hornbook.synthesis").joinpath("checker.py").read_text(encoding="utf-8")
    return Program(f"{checker}\n\ncheck_all({json.dumps(list(tasks))!r}, {_MARKER!r})\n")


def _verdicts(report: Report, expected: int) -> list[Finding] | None:
    """The verdicts of a batch, none if the program did not come to its end."""
    if report.outcome is not Outcome.PASSED:
        return None
    lines = [line for line in report.stdout.splitlines() if line.startswith(_MARKER)]
    if len(lines) != 1:
        return None
    answers = json.loads(lines[0].removeprefix(_MARKER))
    if len(answers) != expected:
        return None
    return [None if answer is None else (answer[0], answer[1]) for answer in answers]


def _from_report(report: Report) -> Finding:
    endless = report.outcome in (Outcome.CPU_TIMED_OUT, Outcome.WALL_TIMED_OUT)
    reason = "runs without an end" if endless else "does not run to its end"
    return reason, report.detail or report.outcome.value
