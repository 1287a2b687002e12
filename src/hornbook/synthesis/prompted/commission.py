"""What an exercise or a passage was asked for: kept beside the record, so that it can be traced to its prompt."""

import hashlib
import json
from dataclasses import dataclass

from hornbook.teacher.teacher import TeacherRequest


@dataclass(frozen=True, slots=True, kw_only=True)
class Commission:
    """The prompt's ingredients for one record that was kept or put aside."""

    record_id: str
    """Of the exercise or passage; of the raw answer where it was put aside."""
    index: int
    """Which request of its seed it was, counted from 0."""
    stream: int
    """Which stream of seeds: 0, and one more after every re-seeding."""
    name: str
    """The function's name that was asked for; empty for a passage or where none was."""
    topics: tuple[str, ...]
    """Empty where none was asked for."""
    profession: str
    layout: str
    """How the docstring was to be laid out; the style of a passage."""
    audience: str
    """Of a passage."""
    words: tuple[str, ...]
    """Concept words that a passage was to use."""
    share_of_words_used: float
    """1 where none was asked for."""
    prompt_sha256: str
    """Of the request's messages as JSON."""
    outcome: str
    """`kept`, or the reason for putting it aside."""


def messages_digest(request: TeacherRequest) -> str:
    """SHA-256 of what is said to the model, in 64 hexadecimal digits."""
    body = request.body("")
    said = body.get("messages", body.get("prompt"))
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()
