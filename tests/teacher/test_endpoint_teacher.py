import dataclasses
import logging
import socket
import traceback
from collections.abc import Callable, Iterator
from email.utils import formatdate
from time import time
from typing import Any

import pytest
from tests.teacher.contract import chat, completion

from hornbook.errors import ConfigError, EndpointError, HornbookError
from hornbook.teacher.endpoint import EndpointConfig, EndpointTeacher
from hornbook.teacher.teacher import Reply, ReplyOutcome, TeacherRequest

KEY = "sk-very-secret-8c1f"


def config(server: Any, **changes: Any) -> EndpointConfig:
    return dataclasses.replace(EndpointConfig(url=server.url, first_delay_seconds=0.001, max_attempts=3), **changes)


def sent(status: int = 200, body: Any = b"", **headers: str) -> Any:
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return type("Sent", (), {"status": status, "body": body, "headers": names})()


def said(text: str | None, reason: str = "stop", **more: Any) -> Any:
    return sent(body={"choices": [{"message": {"content": text, **more}, "finish_reason": reason}]})


def ask(settings: EndpointConfig, *requests: TeacherRequest) -> list[Reply]:
    with EndpointTeacher(settings) as teacher:
        return [reply for _, reply in sorted(teacher.ask(requests), key=lambda pair: pair[0])]


def chats(number: int) -> list[TeacherRequest]:
    return [chat(f"question {index}") for index in range(number)]


def test_what_is_malformed_is_asked_for_again(server: Any) -> None:
    server.in_turn(sent(body=b"{"), sent(body={"choices": []}), said("fine"))
    [reply] = ask(config(server), chat("x"))
    assert (reply.outcome, reply.text) == (ReplyOutcome.ANSWERED, "fine")
    server.reply = lambda _asked: sent(body=b"<html>not today</html>")
    [reply] = ask(config(server), chat("x"))
    assert reply.outcome is ReplyOutcome.MALFORMED
    assert "3 attempts" in reply.detail
    assert "<html>not today" in reply.detail


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (said("half", "length"), ReplyOutcome.CUT),
        (said(None, "content_filter"), ReplyOutcome.REFUSED),
        (said(None, refusal="I will not."), ReplyOutcome.REFUSED),
        (said(""), ReplyOutcome.EMPTY),
        (said(None), ReplyOutcome.EMPTY),
        (sent(400, {"error": "too long"}), ReplyOutcome.REJECTED),
        (sent(404, {"error": "nothing here"}), ReplyOutcome.REJECTED),
        (sent(413), ReplyOutcome.REJECTED),
        (sent(422), ReplyOutcome.REJECTED),
        (sent(307, location="http://127.0.0.1:9"), ReplyOutcome.REJECTED),
    ],
)
def test_what_no_further_attempt_would_change_is_asked_once(server: Any, answer: Any, outcome: ReplyOutcome) -> None:
    server.in_turn(answer)
    [reply] = ask(config(server), chat("x"))
    assert reply.outcome is outcome
    assert len(server.asked) == 1


def test_an_unanswered_request_says_what_the_last_attempt_met(server: Any) -> None:
    server.reply = lambda _asked: sent(500, {"error": {"message": "out of\nmemory"}})
    [reply] = ask(config(server), completion("x"))
    assert reply.outcome is ReplyOutcome.UNANSWERED
    assert "3 attempts; the last one: 500 Internal Server Error: out of memory" in reply.detail
    assert len(server.asked) == 3


def test_a_date_to_wait_for_is_waited_for(server: Any) -> None:
    server.in_turn(sent(503, retry_after=formatdate(time() + 1, usegmt=True)), said("fine"))
    [reply] = ask(config(server, first_delay_seconds=10_000.0), chat("x"))
    assert reply.text == "fine"


def test_a_wait_beyond_patience_leaves_the_request_unanswered(server: Any) -> None:
    server.in_turn(sent(429, retry_after="86400"))
    [reply] = ask(config(server), chat("x"))
    assert (reply.outcome, "86400 seconds" in reply.detail) == (ReplyOutcome.UNANSWERED, True)


def test_a_request_that_is_itself_too_much_is_given_up_though_others_are_answered(
    server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.teacher.exchange._MOST_REFUSALS", 5)
    server.reply = lambda asked: sent(429, retry_after="0") if asked.text == "huge" else said("fine")
    with EndpointTeacher(config(server, max_concurrency=2, max_attempts=4)) as teacher:
        order = [(index, reply.outcome) for index, reply in teacher.ask([chat("huge"), *chats(100)])]
    assert (0, ReplyOutcome.UNANSWERED) in order[:-10]
    assert [asked.text for asked in server.asked].count("huge") >= 4


@pytest.mark.parametrize(
    ("status", "body", "said_so"),
    [
        (401, {"error": {"message": "Incorrect API key"}}, "401 Unauthorized: Incorrect API key.*--api-key-env"),
        (403, {"error": "no"}, "403 Forbidden: no.*--api-key-env"),
        (402, {"error": "Insufficient Balance"}, "wants to be paid first: 402 Payment Required: Insufficient Balance"),
        (429, {"error": {"message": "over", "code": "insufficient_quota"}}, "wants to be paid first: 429 .*over"),
        (404, {"error": {"message": "The model `only-model` does not exist"}}, "has no model `only-model`"),
    ],
)
def test_what_all_requests_would_meet_stops_the_asking(server: Any, status: int, body: Any, said_so: str) -> None:
    server.reply = lambda _asked: sent(status, body)
    with EndpointTeacher(config(server, max_concurrency=4)) as teacher, pytest.raises(HornbookError, match=said_so):
        list(teacher.ask(chats(1000)))
    assert len(server.asked) <= 4


def test_a_forbidden_text_among_answered_ones_is_rejected(server: Any) -> None:
    server.reply = lambda asked: sent(403, {"error": "flagged"}) if asked.text == "bad" else said("fine")
    replies = ask(config(server, max_concurrency=1), chat("good"), chat("bad"), chat("good"))
    assert [reply.outcome.name for reply in replies] == ["ANSWERED", "REJECTED", "ANSWERED"]
    assert "flagged" in replies[1].detail


def test_a_wrong_key_is_said_on_entry(server: Any) -> None:
    server.models = sent(401, {"error": {"message": "Incorrect API key"}})
    with pytest.raises(EndpointError, match="401 Unauthorized: Incorrect API key"), EndpointTeacher(config(server)):
        pass


def test_an_unknown_model_is_said_on_entry_with_the_nearest(server: Any) -> None:
    server.models = sent(body={"data": [{"id": "owner/Coder-7B"}, {"id": "small:latest"}, {"id": "writer-large"}]})
    with (
        pytest.raises(ConfigError, match=r"has no model `writer-lrge`; the nearest that it lists is `writer-large`"),
        EndpointTeacher(config(server, model="writer-lrge")),
    ):
        pass
    for model in ("owner/Coder-7B", "Coder-7B", "small"):
        with EndpointTeacher(config(server, model=model)) as teacher:
            assert teacher.name == model
    with EndpointTeacher(config(server, model="unlisted", check_model=False)) as teacher:
        assert teacher.name == "unlisted"
    with pytest.raises(ConfigError, match=r"--teacher-model.*`owner/Coder-7B`"), EndpointTeacher(config(server)):
        pass


def test_where_no_list_is_an_unknown_model_is_seen_by_the_first_answer(server: Any) -> None:
    server.models = sent(404)
    server.reply = lambda _asked: sent(404, b"what?")
    with EndpointTeacher(config(server, model="mine")) as teacher, pytest.raises(ConfigError, match="no model `mine`"):
        list(teacher.ask(chats(100)))


def test_nobody_at_the_address_is_said_on_entry() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EndpointError, match=r"cannot be reached .Connection refused.*running"):
            EndpointTeacher(EndpointConfig(url=url, first_delay_seconds=10_000.0)).__enter__()


def test_too_many_failures_stop_the_asking_after_what_was_answered(server: Any) -> None:
    server.reply = lambda asked: sent(422, b"no such thing") if int(asked.text.split()[1]) % 2 else said("fine")
    replies: list[Reply] = []

    def take_all(teacher: EndpointTeacher) -> None:
        for _, reply in teacher.ask(chats(1000)):
            replies.append(reply)

    settings = config(server, max_failed_share=0.3, min_judged=30, max_concurrency=4)
    with EndpointTeacher(settings) as teacher, pytest.raises(EndpointError, match=r"`max_failed_share` .0\.3.*no such"):
        take_all(teacher)
    assert 30 <= len(replies) < 100
    assert len(replies) == len(server.asked)


def test_as_many_failures_as_allowed_stop_nothing(server: Any) -> None:
    server.reply = lambda asked: sent(422) if asked.text.endswith("3") else said("fine")
    replies = ask(config(server, max_failed_share=0.25, min_judged=10, max_concurrency=2), *chats(100))
    assert [reply.outcome for reply in replies].count(ReplyOutcome.REJECTED) == 10
    server.reply = lambda _asked: sent(422)
    assert len(ask(config(server, max_failed_share=1.0), *chats(100))) == 100


def test_the_limit_of_an_answer_goes_by_the_name_that_the_endpoint_wants(server: Any) -> None:
    def reply(asked: Any) -> Any:
        wants = "Unsupported parameter: 'max_tokens' is not supported here. Use 'max_completion_tokens' instead."
        return sent(400, {"error": {"message": wants}}) if "max_tokens" in asked.body else said("fine")

    server.reply = reply
    replies = ask(config(server, max_concurrency=1), *chats(20))
    assert [reply.text for reply in replies] == ["fine"] * 20
    assert 21 <= len(server.asked) <= 23  # Once for what was asked first, and for what was ready to be asked then.
    assert server.asked[-1].body["max_completion_tokens"] == 8
    server.asked.clear()
    ask(config(server, max_tokens_field="max_completion_tokens"), chat("x"), completion("y"))
    limits = {asked.path: {name for name in asked.body if name.startswith("max")} for asked in server.asked}
    assert limits == {"/v1/chat/completions": {"max_completion_tokens"}, "/v1/completions": {"max_tokens"}}
    for changes in (
        {"max_tokens_field": "n_predict"},
        {"stall_seconds": 0},
        {"max_failed_share": 2},
        {"min_judged": 0},
    ):
        with pytest.raises(ConfigError, match=f"`{next(iter(changes))}`"):
            config(server, **changes)


def failing_ways(server: Any) -> Iterator[Callable[[], Any]]:
    """Ways in which a teacher with a key fails, each with the key somewhere near."""
    echo = {"error": {"message": f"not with {'x' * 280} {KEY} {KEY}"}}
    for status in (400, 401, 402, 403, 404, 500):
        server.reply = lambda _asked, status=status: sent(status, echo)
        yield lambda: ask(config(server, api_key=KEY), *chats(40))
    server.reply = lambda asked: sent(body=f"{KEY[:3]} {asked.headers}".encode())
    yield lambda: ask(config(server, api_key=KEY), *chats(40))
    server.reply = lambda _asked: sent(0)
    yield lambda: ask(config(server, api_key=KEY), *chats(40))
    server.models = sent(401, echo)
    yield lambda: ask(config(server, api_key=KEY), *chats(40))
    yield lambda: ask(EndpointConfig(url="http://127.0.0.1:9", api_key=KEY), *chats(40))


def test_the_key_is_in_no_message_no_log_and_no_traceback(server: Any, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    num_errors = 0
    for fail in failing_ways(server):
        try:
            seen.append(repr(fail()))
        except HornbookError as error:
            num_errors += 1
            seen.append(f"{error} {error!r} {error.__dict__}")
            with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
            seen.append("".join(line for line in with_locals.format() if "failing_ways" not in line))
    seen.append(repr(EndpointTeacher(config(server, api_key=KEY)).config))
    assert num_errors >= 8
    assert any("not with" in text for text in seen)
    whole = "\n".join([*seen, caplog.text])
    for secret in (KEY, KEY[:12]):
        assert secret not in whole.replace(f"KEY = {KEY!r}", "")
    assert any(asked.headers["authorization"] == f"Bearer {KEY}" for asked in server.asked)
