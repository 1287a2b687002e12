"""A language model behind an OpenAI-compatible HTTP endpoint, and how its answers are read.

Source: the `/v1/models` of OpenAI's API, and its `finish_reason`, `refusal` and `usage`; other servers omit some.
"""

import asyncio
import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Any, Self, TypeVar

from rapidfuzz import fuzz, process, utils

from hornbook.errors import ConfigError, EndpointError
from hornbook.teacher.api import LIMIT_FIELDS, Reply, ReplyOutcome, TeacherRequest, bounded
from hornbook.teacher.concurrency import LoopThread, ask_all
from hornbook.teacher.http import EndpointConfig, Upload
from hornbook.teacher.retry import (
    FORBIDDEN,
    NOT_FOUND,
    UNAUTHORIZED,
    UNPAID,
    GaveUpError,
    MalformedError,
    RefusedError,
    RetryingClient,
)

T = TypeVar("T")

_NAMED_MODELS = 20
_CUT_REASONS = frozenset({"length", "max_tokens", "model_length"})
_REFUSED_REASONS = frozenset({"content_filter", "refusal", "safety"})
_BROKEN_REASON = "error"
_TOO_LONG = re.compile(
    r"context[ _](length|size|window)|maximum model length|prompt is too long|reduce the length"
    r"|maximum number of tokens|`inputs` tokens",
    re.IGNORECASE,
)
"""How OpenAI, vLLM, llama.cpp, Anthropic, Groq, Gemini and TGI say that a prompt does not fit into the context."""


class Endpoint:
    """A `Teacher`. A context manager: contacts the endpoint on entry; abandons the requests in flight on exit."""

    def __init__(self, config: EndpointConfig) -> None:
        """Contact nobody yet."""
        self.config = config
        self.on_reply: Callable[[TeacherRequest, Reply], None] | None = None
        """Receives each request of `ask` and its reply as it comes, before `ask` yields it, in another thread."""
        self._name = config.model
        self._listed: list[str] | None = None
        self._limit_field = LIMIT_FIELDS[0]
        self._has_answered = False
        self._is_open = False

    def __enter__(self) -> Self:
        """Contact the endpoint and learn the model's name. An endpoint that lists no models (404) passes.

        Raises:
            EndpointError: The endpoint cannot be reached (said at once, without further attempts), the key is refused,
                or the server is still broken or loading after all attempts.
            ConfigError: The endpoint does not list the model, or none was named and it lists none or several.
        """
        self._thread = LoopThread("endpoint")
        close_client = None
        try:
            self._client = self._thread.call(_open_client(self.config))
            close_client = self._client.close
            self._listed = self._list_models()
            self._name = self._choose_model()
        except BaseException:
            self._thread.close(close_client)
            raise
        self._is_open = True
        return self

    def __exit__(self, *raised: object) -> None:
        """Abandon the requests in flight and close every connection."""
        self._thread.close(self._client.close)

    @property
    def name(self) -> str:
        """The model's name, as the endpoint has it; known once entered."""
        if not self._is_open:
            raise RuntimeError("the teacher's name is known once it was entered")
        return self._name

    def ask(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Send many requests at once; see `Teacher`.

        Raises:
            EndpointError: The key is refused, the account is empty, there is nothing at the address, or too large a
                share of the requests failed.
            ConfigError: The endpoint no longer knows the model.
        """
        return ask_all(self._thread, requests, self._reply, self._num_allowed)

    def each(self, requests: Iterable[TeacherRequest]) -> Iterator[tuple[int, Reply]]:
        """Send many requests at once, for whoever measures a model: a failure is never an empty text.

        Yields:
            The request's index, counted from 0, and its reply, which is answered, cut off or empty; in any order, each
            index once.

        Raises:
            EndpointError: A request failed for good or was refused. No further request is sent and none is tried
                again; the answers of requests in flight are yielded first, since they may have cost something.
        """
        return ask_all(self._thread, requests, partial(self._fetch, read=read_spoken), self._num_allowed)

    def fetch(self, path: str, body: dict[str, Any] | Upload | None, read: Callable[[bytes], T], **how: Any) -> T:
        """Wait for the answer to one call; see `RetryingClient.fetch`."""
        return self._thread.call(self._client.fetch(path, body, asyncio.Event(), read=read, **how))

    def _num_allowed(self) -> int:
        return self._client.throttle.num_allowed

    async def _fetch(self, request: TeacherRequest, given_up: asyncio.Event, read: Callable[[bytes], Reply]) -> Reply:
        """The answer; sent once more under the other name of the limit where the server asks for that."""
        sent = self._limit_field
        try:
            return await self._client.fetch(request.path, request.body(self._name, sent), given_up, read=read)
        except RefusedError as error:
            if not wants_other_limit(sent, error.status, error.said):
                raise
            self._limit_field = LIMIT_FIELDS[1]
        return await self._client.fetch(request.path, request.body(self._name, LIMIT_FIELDS[1]), given_up, read=read)

    async def _reply(self, request: TeacherRequest, given_up: asyncio.Event) -> Reply:
        try:
            reply = await self._fetch(request, given_up, read_reply)
        except EndpointError as error:
            self._raise_if_general(error)
            reply = Reply(outcome=_outcome_of(error), detail=bounded(str(error)))
        self._has_answered |= reply.outcome.is_from_model
        if self.on_reply is not None:
            self.on_reply(request, reply)
        return reply

    def _raise_if_general(self, error: EndpointError) -> None:
        """Raise if every further request would meet `error` as well.

        Some endpoints use 403 for a text that their filter refuses, so after an answer it concerns one request only.
        """
        if not isinstance(error, RefusedError):
            return
        if error.status == NOT_FOUND and "model" in error.said.lower():
            raise self._unknown_model() from None
        is_general = error.status in (UNAUTHORIZED, UNPAID)
        if is_general or (error.status in (FORBIDDEN, NOT_FOUND) and not self._has_answered):
            raise error

    def _list_models(self) -> list[str] | None:
        """The names that the endpoint lists; None if it has no such list."""
        try:
            return self.fetch("models", None, read_model_names, await_connection=False)
        except RefusedError as error:
            if error.status != NOT_FOUND:
                raise
            return None

    def _choose_model(self) -> str:
        """The configured model, or the only one that the endpoint lists."""
        model, listed = self.config.model, self._listed or []
        if not model and len(listed) != 1:
            shown = ", ".join(f"`{name}`" for name in listed[:_NAMED_MODELS]) or "none"
            more = f" and {len(listed) - _NAMED_MODELS} more" if len(listed) > _NAMED_MODELS else ""
            raise ConfigError(
                "name the model with `--teacher-model` (in `hornbook evaluate` with `--endpoint-model`): "
                f"`{self.config.address}/models` lists {shown}{more}"
            )
        if model and listed and not any(_is_named(model, name) for name in listed):
            raise self._unknown_model()
        return model or listed[0]

    def _unknown_model(self) -> ConfigError:
        """The error for a model that the endpoint does not know, with the nearest that it lists."""
        others = [name for name in self._listed or () if name != self._name]
        found = process.extractOne(self._name, others, scorer=fuzz.WRatio, processor=utils.default_process)
        nearest = found[0] if found else others[0] if others else None
        hint = f"; the nearest that it lists is `{nearest}` (of {len(others)})" if nearest else ""
        return ConfigError(f"`{self.config.address}` has no model `{self._name}`{hint}")


async def _open_client(config: EndpointConfig) -> RetryingClient:
    """A client, created in the event loop that runs this."""
    return RetryingClient(config)


def _is_named(model: str, listed: str) -> bool:
    """Whether a listed model is the one: by its name, with its owner before it, or with its tag behind it."""
    return listed == model or listed.endswith(f"/{model}") or listed.startswith(f"{model}:")


def _outcome_of(error: EndpointError) -> ReplyOutcome:
    if isinstance(error, GaveUpError) and error.is_malformed:
        return ReplyOutcome.MALFORMED
    if isinstance(error, RefusedError):
        return rejection_outcome(error.said)
    return ReplyOutcome.UNANSWERED


def rejection_outcome(said: str) -> ReplyOutcome:
    """What a server's refusal of one request means: its prompt is too long, or something else is wrong with it."""
    return ReplyOutcome.TOO_LONG if _TOO_LONG.search(said) else ReplyOutcome.REJECTED


def wants_other_limit(sent: str, status: int, said: str) -> bool:
    """Whether a server refuses the usual name of an answer's limit and asks for the other."""
    return status == 400 and sent == LIMIT_FIELDS[0] and all(name in said for name in LIMIT_FIELDS)


def read_reply(body: bytes) -> Reply:
    """The reply in the answer to a chat or a completion; of several choices the first.

    Half a surrogate pair, which JSON can hold and UTF-8 lacks, becomes `?`.

    Raises:
        MalformedError: It is no JSON object, has no choices, or reports a failure itself.
    """
    answer = read_json(body)
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise MalformedError(f"no choices: {bounded(json.dumps(answer))}")
    choice = choices[0]
    if "message" not in choice and "text" not in choice:
        raise MalformedError(f"a choice without message or text: {bounded(json.dumps(answer))}")
    message = choice.get("message")
    said = message if isinstance(message, dict) else choice
    text = _text_of(said.get("content") if said is message else said.get("text"))
    reason = str(choice.get("finish_reason") or "")
    if reason == _BROKEN_REASON:
        raise MalformedError(f"the answer ended in an error: {bounded(json.dumps(choice.get('error') or choice))}")
    usage = answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    outcome, detail = _outcome(text, reason, _text_of(said.get("refusal")))
    return Reply(
        outcome=outcome,
        text=text if outcome in (ReplyOutcome.ANSWERED, ReplyOutcome.CUT) else "",
        finish_reason=reason,
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
        detail=detail,
    )


def read_spoken(body: bytes) -> Reply:
    """As `read_reply`, but raises `MalformedError` also where the answer was refused or its content is null."""
    reply = read_reply(body)
    choice = read_json(body)["choices"][0]
    content = (choice.get("message") or choice).get("content", choice.get("text"))
    if reply.outcome is ReplyOutcome.REFUSED or not isinstance(content, str):
        raise MalformedError(f"no content (finish reason `{reply.finish_reason}`): {bounded(json.dumps(choice))}")
    return reply


def read_model_names(body: bytes) -> list[str]:
    """The names in the answer to `/v1/models`, in its order; raises `MalformedError` if it is no such list."""
    answer = read_json(body)
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise MalformedError(f"no list of models: {bounded(json.dumps(answer))}")
    return [model["id"] for model in listed if isinstance(model, dict) and isinstance(model.get("id"), str)]


def read_json(body: bytes) -> Any:
    """The JSON value in a body; raises `MalformedError` if there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError(f"no JSON: {bounded(body.decode(errors='replace')) or 'nothing'}") from None


def _outcome(text: str, reason: str, refusal: str) -> tuple[ReplyOutcome, str]:
    if reason in _REFUSED_REASONS or refusal:
        return ReplyOutcome.REFUSED, bounded(refusal or f"finish reason `{reason}`")
    if reason in _CUT_REASONS:
        return ReplyOutcome.CUT, "" if text.strip() else "the limit was reached before the first word of the answer"
    if not text.strip():
        return ReplyOutcome.EMPTY, f"finish reason `{reason}`"
    return ReplyOutcome.ANSWERED, ""


def _text_of(content: Any) -> str:
    """The text of a content. Some servers send it in parts, of which those without text (thoughts) are dropped."""
    if isinstance(content, list):
        content = "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    return content.encode(errors="replace").decode() if isinstance(content, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
