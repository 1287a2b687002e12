"""The interface of every teacher: a language model that answers many requests at once, each with an outcome.

Implementations: `endpoint.py` (an OpenAI-compatible server), `batch.py` (its batch API), `local.py` (a GGUF file in
this process), and `account.py`, which puts a cache, a ledger and a budget in front of any of them.

Source: the `/v1/chat/completions` and `/v1/completions` of OpenAI's API, as vLLM, llama.cpp and hosted models speak it.
Only fields that all of them share are sent.
"""

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol, Self

from hornbook.errors import ConfigError

LIMIT_FIELDS = ("max_tokens", "max_completion_tokens")
"""The two names of the limit of an answer: the usual one, and the one that some hosted models require in a chat."""
_LINE_CHARACTERS = 300


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How an answer is sampled, and where it ends."""

    max_new_tokens: int
    temperature: float
    """0 takes the most likely token, as far as the endpoint respects it."""
    top_p: float
    """Sample from the most likely tokens of this total probability."""
    stop: tuple[str, ...] = ()
    """The answer ends before the first of these. Some hosted models accept at most four."""
    seed: int | None = None
    """Passed on; whether equal seeds give equal answers depends on the endpoint."""

    def __post_init__(self) -> None:
        if self.max_new_tokens < 1:
            raise ConfigError(f"`max_new_tokens` must be at least 1, got {self.max_new_tokens!r}")
        if not (self.temperature >= 0 and math.isfinite(self.temperature)):
            raise ConfigError(f"`temperature` must not be negative, got {self.temperature!r}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` must lie in (0, 1], got {self.top_p!r}")
        if "" in self.stop:
            raise ConfigError(f"`stop` must not hold the empty string, got {self.stop!r}")

    def body(self, limit_field: str) -> dict[str, Any]:
        """The fields of the JSON object to post, with the limit of the answer under this name."""
        fields: dict[str, Any] = {
            limit_field: self.max_new_tokens,
            "temperature": self.temperature,
            "top_p": self.top_p,
        }
        if self.stop:
            fields["stop"] = list(self.stop)
        if self.seed is not None:
            fields["seed"] = self.seed
        return fields


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """A conversation that the model continues."""

    path: ClassVar[str] = "chat/completions"
    """The path behind the endpoint's address."""
    messages: Sequence[Mapping[str, str]]
    """Each with `role` and `content`, the oldest first."""
    sampling: SamplingConfig
    sample: int = 0
    """Which of several answers to the same question this is; not sent."""

    @property
    def texts(self) -> list[str]:
        """What the model reads."""
        return [message.get("content", "") for message in self.messages]

    def body(self, model: str, limit_field: str = LIMIT_FIELDS[0]) -> dict[str, Any]:
        """The JSON object to post."""
        messages = [dict(message) for message in self.messages]
        return {"model": model, "messages": messages, **self.sampling.body(limit_field)}


@dataclass(frozen=True, kw_only=True)
class CompletionRequest:
    """A text that the model continues."""

    path: ClassVar[str] = "completions"
    """The path behind the endpoint's address."""
    prompt: str
    sampling: SamplingConfig
    sample: int = 0
    """Which of several answers to the same question this is; not sent."""

    @property
    def texts(self) -> list[str]:
        """What the model reads."""
        return [self.prompt]

    def body(self, model: str, limit_field: str = LIMIT_FIELDS[0]) -> dict[str, Any]:
        """The JSON object to post; completions know only the usual name of the limit."""
        del limit_field
        return {"model": model, "prompt": self.prompt, **self.sampling.body(LIMIT_FIELDS[0])}


TeacherRequest = ChatRequest | CompletionRequest


class ReplyOutcome(StrEnum):
    """What became of a request. None of these is an exception: each is counted."""

    ANSWERED = "answered"
    CUT = "cut off"
    """The answer reached `max_new_tokens` (`finish_reason: length`); the text is what was written until then."""
    REFUSED = "refused"
    """The model or its filter declined to answer (`finish_reason: content_filter`, or a `refusal`)."""
    EMPTY = "empty"
    """An answer without text."""
    MALFORMED = "malformed"
    """The server reported success and sent something that is no answer, in every attempt."""
    REJECTED = "rejected"
    """The server will never answer this request (400, 404, 413, 422 and similar)."""
    TOO_LONG = "prompt too long"
    """The prompt does not fit into the model's context, so nothing was read or written."""
    UNANSWERED = "unanswered"
    """No answer after all attempts: a failure of the machine, not of the model."""

    @property
    def is_from_model(self) -> bool:
        """Whether the model itself answered, with a text or without."""
        return self in (ReplyOutcome.ANSWERED, ReplyOutcome.CUT, ReplyOutcome.REFUSED, ReplyOutcome.EMPTY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back for one request."""

    outcome: ReplyOutcome
    text: str = ""
    """What the model wrote; empty unless the outcome is `ANSWERED` or `CUT`."""
    finish_reason: str = ""
    """As the server reports it."""
    prompt_tokens: int | None = None
    """As the server counts; None where it does not."""
    completion_tokens: int | None = None
    """As the server counts; None where it does not."""
    detail: str = ""
    """What went wrong, in one line of at most 300 characters, without any key."""

    @property
    def is_final(self) -> bool:
        """Whether the reply is kept. The others cost nothing and are asked again by the next run."""
        return self.outcome not in (ReplyOutcome.UNANSWERED, ReplyOutcome.TOO_LONG)


class Teacher(Protocol):
    """A language model that can be asked. A context manager; used from one thread."""

    def __enter__(self) -> Self:
        """Make sure that the model can be asked.

        Raises:
            EndpointError: The server is not reachable, or refuses the key.
            ConfigError: The model is unknown, or is one of several and none was named.
        """

    def __exit__(self, *raised: object) -> None:
        """Abandon the requests in flight."""

    @property
    def name(self) -> str:
        """The model's name, as it stands in records and in the cache; known once entered."""

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Send many requests at once, and yield each reply as it comes.

        Args:
            requests: Read lazily, not far ahead of the replies taken.

        Yields:
            The request's index, counted from 0, and its reply; in any order, each index once.

        Raises:
            EndpointError: Going on is pointless: the key was refused, the model is gone, or too large a share of the
                requests failed. Requests in flight are yielded first.
        """


def bounded(text: str) -> str:
    """`text` in one line of at most 300 characters."""
    line = " ".join(text[: 4 * _LINE_CHARACTERS].split())
    return line if len(line) <= _LINE_CHARACTERS else f"{line[:_LINE_CHARACTERS]}…"


def fenced(code: str) -> str:
    """`code` as a Markdown block of Python whose fence the code itself cannot close."""
    longest = max((len(run) for run in re.findall(r"`+", code)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}python\n{code}\n{fence}"
