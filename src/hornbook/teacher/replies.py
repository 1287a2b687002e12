"""How the answers of an OpenAI-compatible endpoint are read: what became of a request, lists of models, refusals.

Source: the `finish_reason`, `refusal` and `usage` of OpenAI's API; those that imitate it leave some out.
"""

import json
from collections.abc import Callable
from typing import Any

from hornbook.errors import EndpointError
from hornbook.teacher.teacher import Reply, ReplyOutcome
from hornbook.teacher.wire import bounded

_CUT_REASONS = frozenset({"length", "max_tokens", "model_length"})
_REFUSED_REASONS = frozenset({"content_filter", "refusal", "safety"})
_BROKEN_REASON = "error"


class MalformedError(EndpointError):
    """The server said that all is well and sent something that is no answer."""


def read_reply(body: bytes) -> Reply:
    """The reply that a chat's or a completion's answer holds; of several choices the first.

    Half a surrogate pair, which JSON can hold and UTF-8 lacks, becomes `?`.

    Args:
        body: As received.

    Raises:
        MalformedError: It is no JSON object, has no choices, or says itself that it failed.
    """
    return reply_of(read_json(body))


def read_spoken(body: bytes) -> Reply:
    """As `read_reply`, but only what a model said, be it nothing, is a reply: for whoever scores it.

    Raises:
        MalformedError: Also where the answer was refused, or its content is null.
    """
    answer = read_json(body)
    reply = reply_of(answer)
    choice = answer["choices"][0]
    content = (choice.get("message") or choice).get("content", choice.get("text"))
    if reply.outcome is ReplyOutcome.REFUSED or not isinstance(content, str):
        raise MalformedError(f"no content (finish reason `{reply.finish_reason}`): {bounded(json.dumps(choice))}")
    return reply


def read_model_names(body: bytes) -> list[str]:
    """The names that `/v1/models` lists, in its order.

    Raises:
        MalformedError: It is no such list.
    """
    answer = read_json(body)
    listed = answer.get("data") if isinstance(answer, dict) else None
    if not isinstance(listed, list):
        raise MalformedError(f"no list of models: {bounded(json.dumps(answer))}")
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
    except (ValueError, RecursionError):
        return bounded(hide(text))
    for key in ("error", "message", "detail"):
        while isinstance(said, dict) and key in said:
            said = said[key]
    return bounded(hide(said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)))


def read_json(body: bytes) -> Any:
    """The value in a body.

    Raises:
        MalformedError: It is no JSON.
    """
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        raise MalformedError(f"no JSON: {bounded(body.decode(errors='replace')) or 'nothing'}") from None


def reply_of(answer: Any) -> Reply:
    """As `read_reply`, of an answer that was read from JSON."""
    _check(answer)
    choice = answer["choices"][0]
    message = choice.get("message")
    said = message if isinstance(message, dict) else choice
    text = _text_of(said.get("content") if said is message else said.get("text"))
    reason = str(choice.get("finish_reason") or "")
    refusal = _text_of(said.get("refusal"))
    if reason == _BROKEN_REASON:
        raise MalformedError(f"the answer ended in an error: {bounded(json.dumps(choice.get('error') or choice))}")
    usage = answer.get("usage")
    counts = usage if isinstance(usage, dict) else {}
    outcome, detail = _outcome(text, reason, refusal)
    return Reply(
        outcome=outcome,
        text=text if outcome in (ReplyOutcome.ANSWERED, ReplyOutcome.CUT) else "",
        finish_reason=reason,
        prompt_tokens=_count(counts.get("prompt_tokens")),
        completion_tokens=_count(counts.get("completion_tokens")),
        detail=detail,
    )


def _outcome(text: str, reason: str, refusal: str) -> tuple[ReplyOutcome, str]:
    if reason in _REFUSED_REASONS or refusal:
        return ReplyOutcome.REFUSED, bounded(refusal or f"finish reason `{reason}`")
    if reason in _CUT_REASONS:
        return ReplyOutcome.CUT, "" if text.strip() else "the limit was met before the first word of the answer"
    if not text.strip():
        return ReplyOutcome.EMPTY, f"finish reason `{reason}`"
    return ReplyOutcome.ANSWERED, ""


def _check(answer: Any) -> None:
    """Make sure that there is a choice."""
    choices = answer.get("choices") if isinstance(answer, dict) else None
    if not isinstance(choices, list) or not choices or not isinstance(choices[0], dict):
        raise MalformedError(f"no choices: {bounded(json.dumps(answer))}")
    if "message" not in choices[0] and "text" not in choices[0]:
        raise MalformedError(f"a choice without message or text: {bounded(json.dumps(answer))}")


def _text_of(content: Any) -> str:
    """The text of a content; some servers send it in parts, of which those without text (thoughts) are left out."""
    if isinstance(content, list):
        content = "".join(
            part["text"] for part in content if isinstance(part, dict) and isinstance(part.get("text"), str)
        )
    return content.encode(errors="replace").decode() if isinstance(content, str) else ""


def _count(value: Any) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None
