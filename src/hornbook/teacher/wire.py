"""What is said to an OpenAI-compatible endpoint, and how its answers are read.

Source: the `/v1/models`, `/v1/chat/completions` and `/v1/completions` of OpenAI's API, as vLLM, llama.cpp and the
hosted models speak it. Nothing beyond what they share is sent.
"""

import json
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from hornbook.errors import ConfigError, EndpointError

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


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What a model wrote."""

    text: str
    """Empty only where the model itself ended at once."""
    finish_reason: str
    """As the endpoint says it: `stop`; `length` where `max_new_tokens` cut the answer off; empty if it says nothing."""
    prompt_tokens: int | None
    """By the endpoint's count; None where it gives none."""
    completion_tokens: int | None
    """By the endpoint's count; None where it gives none."""


def read_answer(body: bytes, address: str) -> Answer:
    """The first choice of a chat's or a completion's answer.

    Args:
        body: As received.
        address: Named in messages.

    Raises:
        EndpointError: It is no such answer, or has no choices, or its content is null.
    """
    answer = _read_object(body, address)
    choices = answer.get("choices")
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise EndpointError(f"`{address}` answered without choices: {bounded(body.decode(errors='replace'))}")
    choice = choices[0]
    message = choice.get("message")
    text = message.get("content") if isinstance(message, dict) else choice.get("text")
    reason = choice.get("finish_reason") or ""
    if not isinstance(text, str):
        raise EndpointError(
            f"`{address}` answered without content (finish reason `{reason}`): {bounded(json.dumps(choice))}"
        )
    usage = answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    return Answer(
        text=text,
        finish_reason=str(reason),
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
    )


def read_model_names(body: bytes, address: str) -> list[str]:
    """The names that `/v1/models` lists, in its order.

    Raises:
        EndpointError: It is no such list.
    """
    listed = _read_object(body, address).get("data")
    if not isinstance(listed, list):
        raise EndpointError(f"`{address}` lists no models: {bounded(body.decode(errors='replace'))}")
    return [model["id"] for model in listed if isinstance(model, dict) and isinstance(model.get("id"), str)]


def read_refusal(body: bytes, hide: Callable[[str], str] = str) -> str:
    """What the server says about its error, in one bounded line; empty if it says nothing.

    Args:
        body: As received.
        hide: Takes out what must not be shown, before the line is cut.
    """
    text = body.decode(errors="replace")
    try:
        said: Any = json.loads(text)
    except ValueError:
        return bounded(hide(text))
    for key in ("error", "message", "detail"):
        while isinstance(said, dict) and key in said:
            said = said[key]
    return bounded(hide(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)))


def bounded(text: str) -> str:
    """`text` in one line of at most 300 characters."""
    line = " ".join(text[: 4 * _MESSAGE_CHARACTERS].split())
    return line if len(line) <= _MESSAGE_CHARACTERS else f"{line[:_MESSAGE_CHARACTERS]}…"


def _drawn(sampling: SamplingConfig) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "max_tokens": sampling.max_new_tokens,
        "temperature": sampling.temperature,
        "top_p": sampling.top_p,
    }
    if sampling.stop:
        fields["stop"] = list(sampling.stop)
    if sampling.seed is not None:
        fields["seed"] = sampling.seed
    return fields


def _read_object(body: bytes, address: str) -> dict[str, Any]:
    try:
        value: Any = json.loads(body)
    except ValueError as error:
        raise EndpointError(
            f"`{address}` did not answer in JSON: {bounded(body.decode(errors='replace')) or 'nothing'}"
        ) from error
    if not isinstance(value, dict):
        raise EndpointError(f"`{address}` did not answer with a JSON object: {bounded(json.dumps(value))}")
    return value


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
