"""Why an answer became no record: reasons that can be counted."""

from dataclasses import dataclass
from enum import StrEnum

from hornbook.teacher.teacher import ReplyOutcome


class Reason(StrEnum):
    """What was wrong with an answer, in the order in which it is looked for."""

    UNANSWERED = "no answer"
    """The teacher did not answer, or not with text; the detail says why."""
    REFUSED = "refused"
    NO_CODE = "no code"
    CUT = "cut off"
    NO_PYTHON = "is not valid Python"
    CLASS = "a class instead of a function"
    NO_FUNCTION = "no function of the name asked for"
    DEPENDS = "needs code outside of the function"
    COPIED = "repeats the prompt's example"
    NO_DOCSTRING = "no docstring"
    UNTYPED = "a parameter or the result has no type"
    PLACEHOLDER = "a placeholder instead of a solution"
    NO_RETURN = "returns nothing"
    FOREIGN_IMPORT = "imports more than the standard library"
    UNSAFE = "uses input, files, processes or the network"
    CHANCE = "depends on chance or the clock"
    TOO_LONG = "too long"
    TOO_SHORT = "too short"
    STOCK_OPENER = "begins with a stock phrase"
    NO_OUTPUT = "shows no output"
    WORDS_MISSING = "leaves out the words asked for"
    REPEATED = "was written before"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One answer's reason, with the evidence in a line."""

    reason: Reason
    detail: str = ""


def of_outcome(outcome: ReplyOutcome, detail: str) -> Rejection | None:
    """The rejection that a reply's outcome means by itself; None where there is a text to read."""
    match outcome:
        case ReplyOutcome.ANSWERED | ReplyOutcome.CUT:
            return None
        case ReplyOutcome.REFUSED:
            return Rejection(Reason.REFUSED, detail)
        case _:
            return Rejection(Reason.UNANSWERED, f"{outcome.value}: {detail}" if detail else outcome.value)


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedAnswer:
    """An answer that was put aside, whole, so that a person can see why."""

    id: str
    reason: str
    detail: str
    text: str
    """As the teacher wrote it."""
