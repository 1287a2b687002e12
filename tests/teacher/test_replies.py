import json
from typing import Any

import pytest

from hornbook.teacher.api import ReplyOutcome, fenced
from hornbook.teacher.endpoint import read_reply
from hornbook.teacher.retry import MalformedError


def choice(content: Any, reason: str | None = "stop", **more: Any) -> Any:
    return {"message": {"role": "assistant", "content": content, **more}, "finish_reason": reason}


@pytest.mark.parametrize(
    ("said_so", "outcome", "text"),
    [
        (choice("half", "length"), ReplyOutcome.CUT, "half"),
        (choice("", "length"), ReplyOutcome.CUT, ""),
        (choice("ha", "content_filter"), ReplyOutcome.REFUSED, ""),
        (choice(None, refusal="I cannot help with that."), ReplyOutcome.REFUSED, ""),
        (choice("fine", refusal=None), ReplyOutcome.ANSWERED, "fine"),
        (choice("fine", None), ReplyOutcome.ANSWERED, "fine"),
        (choice(" \n"), ReplyOutcome.EMPTY, ""),
        (choice(None, "tool_calls"), ReplyOutcome.EMPTY, ""),
        (choice([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "so"}]), ReplyOutcome.ANSWERED, "so"),
        (choice([]), ReplyOutcome.EMPTY, ""),
        ({"text": "caf\udce9"}, ReplyOutcome.ANSWERED, "caf?"),
        ({"text": None}, ReplyOutcome.EMPTY, ""),
    ],
)
def test_what_the_model_did_is_the_outcome(said_so: Any, outcome: ReplyOutcome, text: str) -> None:
    reply = read_reply(json.dumps({"choices": [said_so], "usage": {"prompt_tokens": True}}).encode())
    assert (reply.prompt_tokens, reply.completion_tokens) == (None, None)
    assert (reply.outcome, reply.text) == (outcome, text)
    assert bool(reply.detail) == (outcome is not ReplyOutcome.ANSWERED and not text)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"", "no JSON: nothing"),
        (b"<html>\nBad  gateway</html>", "no JSON: <html> Bad gateway"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1]", "no choices"),
        (b'{"error": {"message": "quota"}}', "no choices: .*quota"),
        (b'{"choices": []}', "no choices"),
        (b'{"choices": ["x"]}', "no choices"),
        (b'{"choices": [{"finish_reason": "stop"}]}', "without message or text"),
        (b'{"choices": [{"text": "", "finish_reason": "error", "error": {"code": 502}}]}', "in an error: .*502"),
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes, words: str) -> None:
    with pytest.raises(MalformedError, match=words) as caught:
        read_reply(body)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(("code", "fence"), [("x = 1", "```"), ("'''\n```\n'''", "````"), ("# `````", "``````")])
def test_the_fence_is_longer_than_any_in_the_code(code: str, fence: str) -> None:
    assert fenced(code) == f"{fence}python\n{code}\n{fence}"
