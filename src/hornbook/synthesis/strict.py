"""Hold what the curriculum wrote to all that it says: tests, examples, and every output that a passage shows.

Many records share one program in the jail, each in a namespace of its own; where a program does not run to its end,
its records are run again one by one, so that a broken one costs no other its verdict.
"""

import json
from collections.abc import Sequence
from importlib import resources

from hornbook.records import Document, DocumentKind, Dropped, Outcome, exercise_of
from hornbook.sandbox.program import Program, Report, Sandbox

_MARKER = "hornbook-verdict "
_BATCH_SIZE = 100
"""Records that share one program."""
Finding = tuple[str, str] | None
"""What is wrong with a record, the reason and the detail; None where nothing is."""


def check_strictly(documents: Sequence[Document], sandbox: Sandbox) -> list[Dropped]:
    """Say which exercises and passages do not hold.

    The solution of an exercise passes its test and the examples in its docstring. Of a passage, a block fenced as
    `python` is run; if a fenced block without a language follows, that is its output. Lines that start with `>>>`
    inside a fence are a session, whose answers are compared.

    Raises:
        SandboxError: The sandbox broke down.
    """
    findings = _run_all([_task(one) for one in documents], sandbox)
    pairs = zip(documents, findings, strict=True)
    return [Dropped(id=one.id, reason=found[0], detail=found[1]) for one, found in pairs if found]


def _task(document: Document) -> dict[str, str]:
    if document.kind is DocumentKind.TEXTBOOK:
        return {"kind": "passage", "code": document.text, "test": "", "name": ""}
    exercise = exercise_of(document)
    return {"kind": "exercise", "code": document.text, "test": exercise.test, "name": exercise.entry_point}


def _run_all(tasks: Sequence[dict[str, str]], sandbox: Sandbox) -> list[Finding]:
    batches = [tasks[start : start + _BATCH_SIZE] for start in range(0, len(tasks), _BATCH_SIZE)]
    findings: list[Finding] = []
    alone: list[int] = []
    for batch, answer in zip(batches, sandbox.run([_program(batch) for batch in batches]), strict=True):
        verdicts = _verdicts(answer, len(batch))
        if verdicts is None:
            alone.extend(range(len(findings), len(findings) + len(batch)))
            findings.extend([None] * len(batch))
        else:
            findings.extend(verdicts)
    for place, answer in zip(alone, sandbox.run([_program([tasks[place]]) for place in alone]), strict=True):
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
