"""What every teacher is: a language model that is asked many things at once and whose every answer has an outcome.

Implementations: `endpoint.py` (an OpenAI-compatible server), `local.py` (a GGUF file in this process), `scripted.py`
(for tests), and `account.py`, which puts a cache, a ledger and a budget in front of any of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from hornbook.teacher.wire import ChatRequest, CompletionRequest

TeacherRequest = ChatRequest | CompletionRequest


class ReplyOutcome(StrEnum):
    """What became of a request. None of these is an exception: each is counted."""

    ANSWERED = "answered"
    CUT = "cut off"
    """The answer met `max_new_tokens` (`finish_reason: length`); the text is what was written until then."""
    REFUSED = "refused"
    """The model or its filter would not answer (`finish_reason: content_filter`, or a `refusal`)."""
    EMPTY = "empty"
    """An answer without text."""
    MALFORMED = "malformed"
    """The server said that all is well and sent something that is no answer, in every attempt."""
    REJECTED = "rejected"
    """The server will never answer this request (400, 404, 413, 422 and their like)."""
    UNANSWERED = "unanswered"
    """No answer after all attempts: the machine's failure, not the model's; asked again by the next run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back for one request."""

    outcome: ReplyOutcome
    text: str = ""
    """What the model wrote; empty unless the outcome is `ANSWERED` or `CUT`."""
    finish_reason: str = ""
    """As the server says it."""
    prompt_tokens: int | None = None
    """By the server's count; None where it gives none."""
    completion_tokens: int | None = None
    """By the server's count; None where it gives none."""
    detail: str = ""
    """For people: what went wrong, in one bounded line; never a key."""

    @property
    def is_final(self) -> bool:
        """Whether asking again would be paying twice: the model spoke, or the server will never let it."""
        return self.outcome is not ReplyOutcome.UNANSWERED


class Teacher(Protocol):
    """A language model that can be asked. A context manager; used from one thread."""

    def __enter__(self) -> Self:
        """Make sure that it can be asked.

        Raises:
            EndpointError: It is not there, or refuses the key.
            ConfigError: The model is unknown, or is one of several and none was named.
        """

    def __exit__(self, *raised: object) -> None:
        """Abandon what is under way."""

    @property
    def name(self) -> str:
        """The model's name, as it stands in records and in the cache; known once entered."""

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Ask many requests at once, and yield each reply as it comes.

        Args:
            requests: Read lazily, not far ahead of the replies taken.

        Yields:
            The request's index, counted from 0, and its reply; in any order, each index once.

        Raises:
            EndpointError: Going on is pointless: the key was refused, the model is gone, or too large a share of the
                requests was rejected or stays unanswered. What was under way is yielded first.
        """
