import json
from typing import Any

import pytest

from hornbook.teacher.api import Reply, ReplyOutcome
from hornbook.teacher.endpoint import read_reply
from hornbook.teacher.retry import MalformedError


def read(choice: Any, **more: Any) -> Reply:
    return read_reply(json.dumps({"choices": [choice], **more}).encode())


def spoken(content: Any, reason: str | None = "stop", **more: Any) -> Any:
    return {"message": {"role": "assistant", "content": content, **more}, "finish_reason": reason}


def test_an_answer_keeps_its_text_as_it_is_with_the_counts_of_the_server() -> None:
    usage = {"prompt_tokens": 7, "completion_tokens": 3, "total_tokens": 10}
    wanted = Reply(
        outcome=ReplyOutcome.ANSWERED,
        text="\n  def f(): ...\n",
        finish_reason="stop",
        prompt_tokens=7,
        completion_tokens=3,
    )
    assert read(spoken("\n  def f(): ...\n"), usage=usage) == wanted
    assert read({"text": "\n  def f(): ...\n", "finish_reason": "stop"}, usage=usage) == wanted
    for nonsense in (None, "many", {"prompt_tokens": "7"}, {"prompt_tokens": True, "completion_tokens": -1}):
        reply = read(spoken("x"), usage=nonsense)
        assert (reply.text, reply.prompt_tokens, reply.completion_tokens) == ("x", None, None)


@pytest.mark.parametrize(
    ("choice", "outcome", "text"),
    [
        (spoken("half", "length"), ReplyOutcome.CUT, "half"),
        (spoken("", "length"), ReplyOutcome.CUT, ""),
        (spoken("half", "max_tokens"), ReplyOutcome.CUT, "half"),
        (spoken("ha", "content_filter"), ReplyOutcome.REFUSED, ""),
        (spoken(None, refusal="I cannot help with that."), ReplyOutcome.REFUSED, ""),
        (spoken("fine", refusal=None), ReplyOutcome.ANSWERED, "fine"),
        (spoken("fine", None), ReplyOutcome.ANSWERED, "fine"),
        (spoken(" \n"), ReplyOutcome.EMPTY, ""),
        (spoken(None, "tool_calls"), ReplyOutcome.EMPTY, ""),
        (spoken([{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "so"}]), ReplyOutcome.ANSWERED, "so"),
        (spoken([]), ReplyOutcome.EMPTY, ""),
        ({"text": "caf\udce9"}, ReplyOutcome.ANSWERED, "caf?"),
        ({"text": None}, ReplyOutcome.EMPTY, ""),
    ],
)
def test_what_the_model_did_is_the_outcome(choice: Any, outcome: ReplyOutcome, text: str) -> None:
    reply = read(choice)
    assert (reply.outcome, reply.text) == (outcome, text)
    assert bool(reply.detail) == (outcome is not ReplyOutcome.ANSWERED and not text)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no JSON: nothing"),
        (b'{"choices": [', "no JSON"),
        (b"<html>\nBad  gateway</html>", "no JSON: <html> Bad gateway"),
        (b"\xff\xfe", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[1]", "no choices"),
        (b'"text"', "no choices"),
        (b'{"error": {"message": "quota"}}', "no choices: .*quota"),
        (b'{"choices": []}', "no choices"),
        (b'{"choices": ["x"]}', "no choices"),
        (b'{"choices": [{"finish_reason": "stop"}]}', "without message or text"),
        (b'{"choices": [{"text": "", "finish_reason": "error", "error": {"code": 502}}]}', "in an error: .*502"),
    ],
)
def test_what_is_no_answer_is_malformed(body: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=said) as caught:
        read_reply(body)
    assert len(str(caught.value)) < 400
