"""What a teacher was asked for, and why an answer became no record: both are kept beside the records."""

import hashlib
import json
import random
from dataclasses import dataclass, replace
from enum import StrEnum

from hornbook.teacher.api import ChatRequest, ReplyOutcome, SamplingConfig, TeacherRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """The prompt's ingredients for one record that was kept or rejected."""

    record_id: str
    """Of the exercise or passage; of the raw answer where it was rejected."""
    index: int
    """Which request of its seed it was, counted from 0."""
    stream: int = 0
    """Which stream of seeds: 0, and one more after every re-seeding."""
    name: str = ""
    """The function's name that was asked for; empty for a passage or where none was."""
    topics: tuple[str, ...]
    """Empty where none was asked for."""
    profession: str = ""
    layout: str
    """How the docstring was to be laid out; the style of a passage."""
    audience: str = ""
    """Of a passage."""
    words: tuple[str, ...] = ()
    """Concept words that a passage was to use."""
    share_of_words_used: float = 1.0
    """1 where none was asked for."""
    prompt_sha256: str
    """Of the request's messages as JSON."""
    outcome: str = ""
    """`kept`, or the reason for the rejection."""


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
    REPEATED = "was written before"


@dataclass(frozen=True, slots=True)
class Rejection:
    """One answer's reason, with the evidence in a line."""

    reason: Reason
    detail: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RejectedAnswer:
    """An answer that became no record, whole, so that a person can see why."""

    id: str
    reason: str
    detail: str
    text: str
    """As the teacher wrote it."""


def of_outcome(outcome: ReplyOutcome, detail: str) -> Rejection | None:
    """The rejection that a reply's outcome means by itself; None where there is a text to read."""
    match outcome:
        case ReplyOutcome.ANSWERED | ReplyOutcome.CUT:
            return None
        case ReplyOutcome.REFUSED:
            return Rejection(Reason.REFUSED, detail)
        case _:
            return Rejection(Reason.UNANSWERED, f"{outcome.value}: {detail}" if detail else outcome.value)


def chat_request(
    system: str, turns: tuple[str, str, str], sampling: SamplingConfig, rng: random.Random, index: int
) -> ChatRequest:
    """Request number `index`, with a seed of its own where answers are sampled.

    Args:
        system: Said first.
        turns: The user's question for an example, the example as the model's answer, and the user's real question.
        sampling: Without a seed.
        rng: Draws the seed.
        index: Of the request.
    """
    said = zip(("system", "user", "assistant", "user"), (system, *turns), strict=True)
    messages = [{"role": role, "content": content} for role, content in said]
    drawn = rng.getrandbits(31) if sampling.temperature > 0 else None
    return ChatRequest(messages=messages, sampling=replace(sampling, seed=drawn), sample=index)


def messages_digest(request: TeacherRequest) -> str:
    """SHA-256 of what is said to the model, in 64 hexadecimal digits."""
    body = request.body("")
    said = body.get("messages", body.get("prompt"))
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
