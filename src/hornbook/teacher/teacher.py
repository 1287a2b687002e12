"""What every teacher is: a language model that is asked many things at once and whose every answer has an outcome.

Implementations: `endpoint.py` (an OpenAI-compatible server), `batch.py` (its batch API), `local.py` (a GGUF file in
this process), and `account.py`, which puts a cache, a ledger and a budget in front of any of them.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol, Self

from hornbook.errors import EndpointError, HornbookError
from hornbook.teacher.wire import ChatRequest, CompletionRequest

TeacherRequest = ChatRequest | CompletionRequest

_MOST_FAILED_SHARE = 0.25
_MIN_JUDGED = 20
"""Replies that must be there before the share of those that failed is judged."""


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


class FailureCount:
    """Counts the replies of one `ask`, and holds the error that ends it."""

    def __init__(self) -> None:
        """Begin at nothing."""
        self._num_failed = 0
        self._num_unanswered = 0
        self._num_replies = 0
        self._detail = ""
        self.error: HornbookError | None = None

    @property
    def has_answer(self) -> bool:
        """Whether any request was answered: the key and the model are good."""
        return self._num_replies > self._num_failed

    def note(self, reply: Reply) -> None:
        """Count a reply; `error` is set once more than a quarter of them has failed."""
        self._num_replies += 1
        if reply.outcome not in (ReplyOutcome.REJECTED, ReplyOutcome.UNANSWERED):
            return
        self._num_failed += 1
        self._num_unanswered += reply.outcome is ReplyOutcome.UNANSWERED
        self._detail = reply.detail
        is_judged = self._num_replies >= _MIN_JUDGED
        if is_judged and self._num_failed > _MOST_FAILED_SHARE * self._num_replies:
            self.error = self.error or EndpointError(
                f"{self._num_failed} of {self._num_replies} requests were rejected or not answered, which is more than "
                f"{_MOST_FAILED_SHARE:.0%}; the last one: {self._detail}"
            )

    def end(self) -> None:
        """Once all replies are through, raise the error, if there is one.

        Raises:
            EndpointError: Too large a share has failed, or no request at all was answered.
        """
        if self.error is None and 0 < self._num_unanswered == self._num_replies:
            self.error = EndpointError(
                f"none of {self._num_replies} requests was answered; the last one: {self._detail}"
            )
        if self.error is not None:
            raise self.error
