"""Verify passages that anyone may have written: run their code, and compare what they show with what it prints.

Reads:  passages.
Gives:  what was seen of each; the text of those that were repaired; those that are dropped, with the reason.

A passage may show its outputs as fenced blocks, below `Output:`, in comments or as a session. What a sentence says is
not checked, be it a result that it quotes or an explanation.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from hornbook.python_code.fences import Block, Piece, read_blocks, read_pieces
from hornbook.python_code.parse import nodes_of
from hornbook.records import Document, Dropped
from hornbook.sandbox.jail_tasks import Answer, outcome_of, run_tasks
from hornbook.sandbox.program import Report, Sandbox
from hornbook.synthesis.shown_output import (
    Repair,
    Shown,
    find_shown,
    has_address,
    is_quoted,
    is_unordered,
    repaired_text,
)

_BATCH_SIZE = 20
"""Passages that share one program in the jail."""
_CLOCKS = re.compile(r"now|today|utcnow|time|perf_counter|monotonic|ctime|localtime|uuid[14]|id|hash")
"""Names of calls whose result is owed to the moment, or to where something lies in memory."""


class PassageFate(StrEnum):
    """What came of a passage."""

    HELD = "held"
    UNCHECKED = "nothing to check"
    """It has no block of Python."""
    REPAIRED = "repaired"
    DROPPED = "dropped"


@dataclass(frozen=True, slots=True, kw_only=True)
class PassageCheck:
    """What was seen of one passage, as it was written."""

    passage_id: str
    fate: PassageFate
    num_blocks: int
    """Blocks of Python."""
    num_blocks_run: int
    """Those that ran to their end, or to the error that the passage shows."""
    num_shown: int
    """Outputs that it shows."""
    num_shown_true: int
    reason: str
    """Why it was dropped; empty if it was not."""
    detail: str


@dataclass(frozen=True, kw_only=True)
class VerifiedPassages:
    """What came of it; each list in the order of the passages."""

    repaired: dict[str, str]
    """Id → text of each passage that was repaired."""
    dropped: list[Dropped]
    checks: list[PassageCheck]
    """One for each passage."""
    repairs: list[Repair]


@dataclass(frozen=True)
class _Finding:
    """What was seen of a passage."""

    reason: str
    detail: str
    num_blocks: int
    num_blocks_run: int
    shown: list[Shown]


def verify_written_passages(passages: Sequence[Document], sandbox: Sandbox, *, repair: bool = True) -> VerifiedPassages:
    """Split passages into those that are true, or can be repaired, and the rest.

    A passage without a block of Python has nothing to check, and stays. A repaired one is run again, and kept only if
    nothing that it shows is wrong any more.

    Args:
        passages: Of any teacher; only `id` and `text` are looked at.
        sandbox: Entered.
        repair: Put true outputs in the place of wrong ones; otherwise passages that show a wrong one are dropped.

    Raises:
        SandboxError: The sandbox broke down.
    """
    texts = [passage.text.replace("\r\n", "\n").replace("\r", "\n") for passage in passages]
    findings = _observe(texts, sandbox)
    repaired: dict[int, str] = {}
    rejected: dict[int, tuple[str, str]] = {}
    for place, finding in enumerate(findings):
        wrong = [one for one in finding.shown if not one.holds]
        if finding.reason:
            rejected[place] = (finding.reason, finding.detail)
        elif wrong:
            text, why = _repaired(texts[place], wrong) if repair else (None, "shows a wrong output")
            if text is None:
                rejected[place] = why, _difference(wrong[0])
            else:
                repaired[place] = text
    again = _observe(list(repaired.values()), sandbox)
    for place, finding in zip(list(repaired), again, strict=True):
        if finding.reason or not all(one.holds for one in finding.shown):
            del repaired[place]
            rejected[place] = ("shows a wrong output", "it is still wrong after its repair")
    return _collected(passages, findings, repaired, rejected)


def _collected(
    passages: Sequence[Document],
    findings: Sequence[_Finding],
    repaired: dict[int, str],
    rejected: dict[int, tuple[str, str]],
) -> VerifiedPassages:
    checks, repairs = [], []
    for place, (passage, finding) in enumerate(zip(passages, findings, strict=True)):
        reason, detail = rejected.get(place, ("", ""))
        fate = PassageFate.HELD if finding.num_blocks else PassageFate.UNCHECKED
        if reason:
            fate = PassageFate.DROPPED
        elif place in repaired:
            fate = PassageFate.REPAIRED
            wrong = [one for one in finding.shown if not one.holds]
            repairs += [Repair(passage_id=passage.id, form=one.form, shown=one.shown, true=one.true) for one in wrong]
        check = PassageCheck(
            passage_id=passage.id,
            fate=fate,
            num_blocks=finding.num_blocks,
            num_blocks_run=finding.num_blocks_run,
            num_shown=len(finding.shown),
            num_shown_true=sum(one.holds for one in finding.shown),
            reason=reason,
            detail=detail,
        )
        checks.append(check)
    return VerifiedPassages(
        repaired={passages[place].id: text for place, text in repaired.items()},
        dropped=[Dropped(id=one.passage_id, reason=one.reason, detail=one.detail) for one in checks if one.reason],
        checks=checks,
        repairs=repairs,
    )


def _observe(texts: Sequence[str], sandbox: Sandbox) -> list[_Finding]:
    blocks = [read_blocks(text) for text in texts]
    code = [[(block, read_pieces(block)) for block in _code_of(some)] for some in blocks]
    is_valid = [all(pieces is not None for _, pieces in some) for some in code]
    runnable = [[(block, pieces or []) for block, pieces in some] for some in code]
    tasks = [
        {
            "blocks": [[piece.source for piece in pieces] for _, pieces in some],
            "sessions": [block.is_session for block, _ in some],
        }
        for some, valid in zip(runnable, is_valid, strict=True)
        if valid
    ]
    answers = iter(run_tasks("snippets", tasks, sandbox, batch_size=_BATCH_SIZE))
    findings = []
    for text, all_blocks, some, valid in zip(texts, blocks, runnable, is_valid, strict=True):
        if valid:
            findings.append(_finding(text, all_blocks, some, next(answers)))
        else:
            findings.append(_Finding("is not valid Python", "", len(some), 0, []))
    return findings


def _code_of(blocks: Sequence[Block]) -> list[Block]:
    """The blocks that are run.

    One without a language behind a block of Python is taken for that one's output, unless it prints or defines.
    """
    found: list[Block] = []
    for place, block in enumerate(blocks):
        may_be_output = not block.language and place > 0 and blocks[place - 1] in found
        if block.is_code and not (may_be_output and not re.search(r"\bprint\(|\bdef |^>>>", block.body)):
            found.append(block)
    return found


def _finding(text: str, blocks: Sequence[Block], code: Sequence[tuple[Block, list[Piece]]], answer: Answer) -> _Finding:
    if isinstance(answer, Report) or answer["endless"]:
        outcome, detail = outcome_of(answer) if isinstance(answer, Report) else (None, "it used up its CPU time")
        is_endless = outcome is None or "timed out" in outcome.value
        return _Finding("runs without an end" if is_endless else "does not run to its end", detail, len(code), 0, [])
    results: list[Any] = answer["blocks"]
    shown = find_shown(text, code, blocks, results, answer["varies"])
    explained = {one.block for one in shown if one.error and one.holds}
    failed = [
        number
        for number, (block, _) in enumerate(code)
        if any(result[2] is not None for result in results[number]) and not (number in explained or block.is_session)
    ]
    unexplained = [one for one in shown if one.error and not one.holds]
    num_run = len(code) - len(failed)
    if failed or unexplained:
        number = failed[0] if failed else unexplained[0].block
        error = next(result[2] for result in results[number] if result[2] is not None)
        reason = "asks for input" if error[0] == "EOFError" else "raises"
        return _Finding(reason, error[1], len(code), num_run, shown)
    unsteady = [one for one in shown if one.varies or _depends_on_clock(code[one.block][0], one)]
    reason = "shows an output that differs from run to run" if unsteady else ""
    return _Finding(reason, _difference(unsteady[0]) if unsteady else "", len(code), num_run, shown)


def _depends_on_clock(block: Block, shown: Shown) -> bool:
    """Whether an output that is not as shown may be owed to the moment, to memory, or to the order of a set."""
    if shown.holds:
        return False
    if has_address(shown.true) or is_unordered(shown.true):
        return True
    names = set()
    for node in nodes_of(block.body):
        if isinstance(node, ast.Call):
            names.add(node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", ""))
    return any(map(_CLOCKS.fullmatch, names))


def _repaired(text: str, wrong: Sequence[Shown]) -> tuple[str | None, str]:
    """The passage with true outputs, or why there is none."""
    if any(is_quoted(text, one) for one in wrong):
        return None, "shows a wrong output that its prose quotes"
    new = repaired_text(text, wrong)
    return new, "" if new is not None else "shows a wrong output that cannot be exchanged"


def _difference(shown: Shown) -> str:
    return f"shows {shown.shown.strip()!r}; it is {shown.true!r}"[:300]
