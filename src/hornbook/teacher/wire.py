"""What is said to an OpenAI-compatible endpoint.

Source: the `/v1/models`, `/v1/chat/completions` and `/v1/completions` of OpenAI's API, as vLLM, llama.cpp and the
hosted models speak it. Nothing beyond what they share is sent.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.errors import ConfigError

LIMIT_FIELDS = ("max_tokens", "max_completion_tokens")
"""What APIs call the limit of an answer: the usual name, and that which some hosted models want in a chat."""
_MESSAGE_CHARACTERS = 300


@dataclass(frozen=True, kw_only=True)
class SamplingConfig:
    """How an answer is drawn, and where it ends."""

    max_new_tokens: int
    temperature: float
    """0 takes the likeliest token, as far as the endpoint keeps to it."""
    top_p: float
    """Draw from the likeliest tokens of this total probability."""
    stop: tuple[str, ...] = ()
    """The answer ends before the first of these. Some hosted models take at most four."""
    seed: int | None = None
    """Passed on; whether equal seeds give equal answers is the endpoint's affair."""

    def __post_init__(self) -> None:
        """Refuse what no endpoint can do.

        Raises:
            ConfigError: Names the field and the value.
        """
        if self.max_new_tokens < 1:
            raise ConfigError(f"`max_new_tokens` must be at least 1, got {self.max_new_tokens!r}")
        if not (self.temperature >= 0 and math.isfinite(self.temperature)):
            raise ConfigError(f"`temperature` must not be negative, got {self.temperature!r}")
        if not 0 < self.top_p <= 1:
            raise ConfigError(f"`top_p` must lie in (0, 1], got {self.top_p!r}")
        if "" in self.stop:
            raise ConfigError(f"`stop` must not hold the empty string, got {self.stop!r}")


@dataclass(frozen=True, kw_only=True)
class ChatRequest:
    """A conversation that the model is to continue."""

    messages: Sequence[Mapping[str, str]]
    """Each with `role` and `content`, the oldest first."""
    sampling: SamplingConfig
    sample: int = 0
    """Which of several answers to the same question this is; it is not sent."""

    @property
    def path(self) -> str:
        """Behind the endpoint's address."""
        return "chat/completions"

    def body(self, model: str) -> dict[str, Any]:
        """The JSON object to post."""
        return {"model": model, "messages": [dict(message) for message in self.messages], **_drawn(self.sampling)}


@dataclass(frozen=True, kw_only=True)
class CompletionRequest:
    """A text that the model is to continue."""

    prompt: str
    sampling: SamplingConfig
    sample: int = 0
    """Which of several answers to the same question this is; it is not sent."""

    @property
    def path(self) -> str:
        """Behind the endpoint's address."""
        return "completions"

    def body(self, model: str) -> dict[str, Any]:
        """The JSON object to post."""
        return {"model": model, "prompt": self.prompt, **_drawn(self.sampling)}


def bounded(text: str) -> str:
    """`text` in one line of at most 300 characters."""
    line = " ".join(text[: 4 * _MESSAGE_CHARACTERS].split())
    return line if len(line) <= _MESSAGE_CHARACTERS else f"{line[:_MESSAGE_CHARACTERS]}…"


def _drawn(sampling: SamplingConfig) -> dict[str, Any]:
    fields: dict[str, Any] = {
        LIMIT_FIELDS[0]: sampling.max_new_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.stop:
        fields["stop"] = list(sampling.stop)
    if sampling.seed is not None:
        fields["seed"] = sampling.seed
    return fields


def with_limit_field(body: dict[str, Any], name: str) -> dict[str, Any]:
    """`body` with the limit of its answer under this name; completions have but the usual one."""
    if "messages" not in body:
        return body
    return {name if key in LIMIT_FIELDS else key: value for key, value in body.items()}


def wanted_limit_field(sent: str, refusal: str) -> str | None:
    """The other name of the limit, where a server refuses the one that was sent and asks for the other; else None."""
    [other] = (name for name in LIMIT_FIELDS if name != sent)
    return other if sent in refusal and other in refusal else None
