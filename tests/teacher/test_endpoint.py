import dataclasses
import logging
import random
import re
import socket
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from email.utils import formatdate
from typing import Any

import pytest
from tests.teacher.asked import SAMPLING, chat, chats
from tests.teacher.conftest import Sent, Server
from tests.teacher.raw_server import Heard

from hornbook.errors import ConfigError, EndpointError, HornbookError
from hornbook.teacher.api import CompletionRequest, Reply, ReplyOutcome, SamplingConfig, TeacherRequest
from hornbook.teacher.endpoint import Endpoint
from hornbook.teacher.http import EndpointConfig
from hornbook.teacher.retry import delay_seconds, retry_after_seconds

KEY = "sk-very-secret-8c1f"
NEVER_SECONDS = 10_000.0
"""A wait that no test survives: a backoff of this length must not be taken."""
GOOD, BAD = ReplyOutcome.ANSWERED, ReplyOutcome.REJECTED


def config(server: Server, **changes: Any) -> EndpointConfig:
    return dataclasses.replace(EndpointConfig(url=server.url, first_delay_seconds=0.001, max_attempts=3), **changes)


def sent(status: int = 200, body: Any = b"", **headers: str) -> Sent:
    return Sent(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def said(text: str | None, reason: str = "stop", **more: Any) -> Sent:
    return sent(body={"choices": [{"message": {"content": text, **more}, "finish_reason": reason}]})


def ask(settings: EndpointConfig, *requests: TeacherRequest) -> list[Reply]:
    with Endpoint(settings) as teacher:
        return [reply for _, reply in sorted(teacher.ask(requests), key=lambda pair: pair[0])]


def measure(settings: EndpointConfig, *requests: TeacherRequest) -> list[Reply]:
    """As `ask`, for those to whom a failure is an error."""
    with Endpoint(settings) as endpoint:
        return [reply for _, reply in sorted(endpoint.each(requests), key=lambda pair: pair[0])]


def completion(text: str) -> CompletionRequest:
    return CompletionRequest(prompt=text, sampling=SAMPLING)


def test_a_request_says_what_is_asked_and_how(server: Server) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    spoken = {"choices": [{"text": "    return a +", "finish_reason": "length"}], "usage": usage}
    server.in_turn(said("fine"), sent(body=spoken))
    sampling = SamplingConfig(max_new_tokens=20, temperature=0.5, top_p=0.9, stop=("\ndef",), seed=7)
    asked = dataclasses.replace(chat("Hello"), sampling=sampling)
    replies = measure(config(server, max_concurrency=1), asked, completion("def add(a, b):\n"))
    assert replies == [
        Reply(outcome=GOOD, text="fine", finish_reason="stop"),
        Reply(outcome=ReplyOutcome.CUT, text="    return a +", finish_reason="length", **usage),
    ]
    assert [one.target for one in server.asked] == ["/v1/chat/completions", "/v1/completions"]
    drawn = {"model": "only-model", "max_tokens": 20, "temperature": 0.5, "top_p": 0.9, "stop": ["\ndef"], "seed": 7}
    assert server.asked[0].body == {"messages": [{"role": "user", "content": "Hello"}], **drawn}
    plain = {"model": "only-model", "max_tokens": 100, "temperature": 1.0, "top_p": 1.0}
    assert server.asked[1].body == {"prompt": "def add(a, b):\n", **plain}
    assert "authorization" not in server.asked[0].headers


def test_a_setting_that_cannot_be_used_is_refused_by_its_name() -> None:
    assert EndpointConfig(url="https://host.example/v1beta/openai/").address == "https://host.example/v1beta/openai"
    assert EndpointConfig(url="https://host.example/proxy").address == "https://host.example/proxy/v1"
    urls = ("127.0.0.1:8081", "ftp://host", "http://host:port", "http://host/v1/chat/completions", "http://host?x=1")
    numbers = {"timeout_seconds": 0, "max_concurrency": 0, "max_attempts": 0, "first_delay_seconds": -1.0}
    for name, value in [*[("url", url) for url in urls], *numbers.items()]:
        with pytest.raises(ConfigError, match=f"`{name}`"):
            EndpointConfig(**{"url": "http://host", name: value})  # type: ignore[arg-type]
    drawn = {"max_new_tokens": 0, "top_p": 0.0, "stop": ("",)}
    for name, value in [*drawn.items(), ("temperature", -1.0), ("temperature", float("nan"))]:
        with pytest.raises(ConfigError, match=f"`{name}`"):
            dataclasses.replace(SAMPLING, **{name: value})  # type: ignore[arg-type]


def test_a_model_is_chosen_by_its_name_or_where_it_is_the_only_one(server: Server) -> None:
    server.models = sent(body={"data": [{"id": "owner/Coder-7B"}, {"id": "small:latest"}, {"id": "writer-large"}]})
    for model in ("owner/Coder-7B", "Coder-7B", "small"):
        with Endpoint(config(server, model=model)) as teacher:
            assert teacher.name == model
    hints = {"writer-lrge": "`writer-large`", "latest": "no model", "owner": "no model", "": "--teacher"}
    for model, hint in hints.items():
        with pytest.raises(ConfigError, match=hint):
            Endpoint(config(server, model=model)).__enter__()
    for listed in (sent(body={"data": []}), sent(404)):
        server.models = listed
        with pytest.raises(ConfigError, match=r"`--endpoint-model`"), Endpoint(config(server)):
            pass
        assert measure(config(server, model="mine"), chat("x"))[0].text == "about x"
    server.models = sent(body=b"<html>Welcome</html>")
    with pytest.raises(EndpointError, match="<html>Welcome"), Endpoint(config(server)):
        pass


def test_nobody_at_the_address_and_a_wrong_key_are_said_at_once(server: Server) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        with pytest.raises(EndpointError, match=r"cannot be reached .Connection refused"):
            Endpoint(EndpointConfig(url=url, first_delay_seconds=NEVER_SECONDS)).__enter__()
    server.models = sent(401, {"error": {"message": "Incorrect API key"}})
    with pytest.raises(EndpointError, match="401 Unauthorized: Incorrect API key"):
        Endpoint(config(server, first_delay_seconds=NEVER_SECONDS)).__enter__()
    assert server.num_model_lists == 1
    assert "endpoint" not in [thread.name for thread in threading.enumerate()]


def test_a_server_that_is_still_loading_is_waited_for(server: Server) -> None:
    loading = iter([sent(503, {"error": {"message": "Loading model"}}, retry_after="0.01")] * 3)
    loaded = server.models
    server.models = lambda: next(loading, loaded)
    assert measure(config(server, first_delay_seconds=NEVER_SECONDS, max_attempts=9), chat("x"))[0].text
    assert server.num_model_lists > 3


BROKEN = sent(500, {"error": {"message": "out of\nmemory"}})
FULL = "request (630 tokens) exceeds the available context size (512 tokens), try increasing it"
AGAIN = [[sent(status), sent(0), said("fine")] for status in (408, 409, 429, 500, 503, 529)]
AGAIN.append([sent(body=b"{"), sent(body={"choices": []}), said("fine")])
ONCE = [(said("half", "length"), ReplyOutcome.CUT), (said(None), ReplyOutcome.EMPTY)]
ONCE += [(answer, BAD) for answer in (*map(sent, (400, 404, 422, 501)), sent(307, location="http://127.0.0.1:9"))]
ONCE += [(sent(400, {"error": {"code": 400, "message": FULL}}), ReplyOutcome.TOO_LONG)]


@pytest.mark.parametrize(
    ("answers", "outcome", "detail"),
    [
        *((answers, GOOD, "") for answers in AGAIN),
        *(([answer], outcome, "") for answer, outcome in ONCE),
        ([sent(body=b"<html>not today</html>")] * 3, ReplyOutcome.MALFORMED, "<html>not today"),
        ([BROKEN] * 3, ReplyOutcome.UNANSWERED, "3 attempts, .* failed: 500 Internal Server Error: out of memory"),
    ],
)
def test_what_another_attempt_may_change_is_asked_the_same_again_and_nothing_else(
    server: Server, answers: list[Sent], outcome: ReplyOutcome, detail: str
) -> None:
    server.in_turn(said("fine"), *answers)
    replies = ask(config(server, max_concurrency=1), chat("before"), chat("x"))
    assert [reply.outcome for reply in replies] == [GOOD, outcome]
    assert re.search(detail, replies[1].detail)
    assert [asked.body for asked in server.asked[1:]] == [server.asked[1].body] * len(answers)


def test_delays_double_up_to_a_minute_and_are_spread() -> None:
    generator = random.Random(1)
    for num_failures, full in [(1, 2.0), (2, 4.0), (3, 8.0), (5, 32.0), (6, 60.0), (2000, 60.0)]:
        delays = [delay_seconds(num_failures, 2.0, generator) for _ in range(50)]
        assert all(full / 2 <= delay <= full for delay in delays)
        assert len(set(delays)) == 50


def test_the_wait_that_the_server_asks_for_takes_the_place_of_our_own_unless_it_is_beyond_patience(
    server: Server,
) -> None:
    in_an_hour = retry_after_seconds({"retry-after": formatdate(time.time() + 3600, usegmt=True)})
    assert in_an_hour is not None
    assert 3000 < in_an_hour <= 3601
    waits = [retry_after_seconds({"retry-after": text}) for text in ("7", "0.25", "-3", formatdate(0), "soon")]
    assert waits == [7.0, 0.25, 0.0, 0.0, None]
    server.in_turn(sent(429, retry_after="0.01"), sent(503, retry_after=formatdate(0, usegmt=True)), said("fine"))
    assert ask(config(server, first_delay_seconds=NEVER_SECONDS), chat("x"))[0].text == "fine"
    server.asked.clear()
    server.reply = lambda _asked: sent(429, b"come back tomorrow", retry_after="86400")
    with pytest.raises(EndpointError, match=r"86400 seconds.*come back tomorrow"):
        measure(config(server), chat("x"))
    assert "86400 seconds" in ask(config(server), chat("x"))[0].detail
    assert len(server.asked) == 2


def together(number: int) -> Callable[[Heard], Sent]:
    """Answers that wait until so many requests are there at once."""
    all_there = threading.Barrier(number, timeout=60)

    def answer(asked: Heard) -> Sent:
        all_there.wait()
        return said(asked.text)

    return answer


@pytest.mark.parametrize(("number", "rounds"), [(3, 4), (100, 1)])
def test_as_many_requests_run_at_once_as_allowed_and_no_more(server: Server, number: int, rounds: int) -> None:
    """A hundred are more than at the start, so that they come before the first answer."""
    server.reply = together(number)
    assert len(ask(config(server, max_concurrency=number), *chats(number * rounds))) == number * rounds
    assert server.most_running == number


def test_a_request_that_others_crowd_out_is_not_given_up(server: Server) -> None:
    num_others = Counter[str]()

    def answer(asked: Heard) -> Sent:
        if asked.text == "unlucky" and num_others.total() < 4:
            return sent(429, retry_after="0.05")
        num_others[asked.text] += 1
        return said(asked.text)

    server.reply = answer
    replies = measure(config(server, max_concurrency=1), *map(chat, ["a", "unlucky", "b", "c", "d"]))
    assert len(replies) == 5
    assert [asked.text for asked in server.asked].count("unlucky") > 3


def test_a_request_that_is_itself_too_much_is_given_up_though_others_are_answered(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hornbook.teacher.retry._MOST_REFUSALS", 5)
    server.reply = lambda asked: sent(429, retry_after="0") if asked.text == "huge" else said("fine")
    with Endpoint(config(server, max_concurrency=2)) as teacher:
        order = [(index, reply.outcome) for index, reply in teacher.ask([chat("huge"), *chats(100)])]
    assert (0, ReplyOutcome.UNANSWERED) in order[:-10]


@pytest.mark.parametrize(
    ("status", "body", "said_so"),
    [
        (401, {"error": {"message": "Incorrect API key"}}, "401 Unauthorized: Incorrect API key.*--api-key-env"),
        (403, {"error": "no"}, "403 Forbidden: no.*--api-key-env"),
        (402, {"error": "Insufficient Balance"}, "wants to be paid first: 402"),
        (429, {"error": {"message": "over", "code": "insufficient_quota"}}, "wants to be paid first: 429 .*over"),
        (404, {"error": {"message": "The model `only-model` does not exist"}}, "has no model `only-model`"),
        (404, b"what?", r"404 .*what\?"),
    ],
)
def test_what_all_requests_would_meet_stops_the_asking(server: Server, status: int, body: Any, said_so: str) -> None:
    server.reply = lambda _asked: sent(status, body)
    with Endpoint(config(server, max_concurrency=4)) as teacher, pytest.raises(HornbookError, match=said_so):
        list(teacher.ask(chats(1000)))
    assert len(server.asked) <= 4


def test_a_forbidden_text_among_answered_ones_is_rejected(server: Server) -> None:
    server.reply = lambda asked: sent(403, {"error": "flagged"}) if asked.text == "bad" else said("fine")
    replies = ask(config(server, max_concurrency=1), chat("good"), chat("bad"), chat("good"))
    assert [reply.outcome for reply in replies] == [GOOD, BAD, GOOD]
    assert "flagged" in replies[1].detail


@pytest.mark.parametrize(("one_in", "stops"), [(3, True), (4, False)])
def test_more_failures_than_a_quarter_stop_the_asking_after_what_was_answered(
    server: Server, one_in: int, stops: bool
) -> None:
    server.reply = lambda asked: said("fine") if int(asked.text.split()[1]) % one_in else sent(422, b"no such thing")
    replies: list[Any] = []
    ends = pytest.raises(EndpointError, match="no such thing") if stops else nullcontext()
    with Endpoint(config(server, max_concurrency=1)) as teacher, ends:
        replies.extend(teacher.ask([*chats(200)[1:], chat("question 1")]))
    assert len(replies) == len(server.asked)
    assert (20 <= len(replies) < 40) if stops else len(replies) == 200


def test_after_a_failure_nothing_new_is_asked_and_what_was_under_way_is_still_yielded(server: Server) -> None:
    both_there = threading.Barrier(2, timeout=60)

    def answer(asked: Heard) -> Sent:
        if asked.text in ("bad", "beside"):
            both_there.wait()
        return sent(400, b"no") if asked.text == "bad" else said(asked.text)

    server.reply = answer
    answers: list[Any] = []
    with Endpoint(config(server, max_concurrency=2)) as endpoint, pytest.raises(EndpointError, match="400"):
        answers.extend(endpoint.each([chat("bad"), chat("beside"), *chats(200)]))
    texts = [reply.text for _, reply in answers]
    assert "beside" in texts
    assert sorted(["bad", *texts]) == sorted(asked.text for asked in server.asked)
    assert len(server.asked) < 200


def test_an_interruption_abandons_what_is_under_way_without_waiting_for_it(server: Server) -> None:
    never = threading.Event()

    def answer(asked: Heard) -> Sent:
        if asked.text != "quick":
            never.wait(600)
        return said(asked.text)

    server.reply = answer
    with pytest.raises(KeyboardInterrupt), Endpoint(config(server)) as endpoint:  # noqa: PT012
        for index, _ in endpoint.each(map(chat, ["slow", "quick", "slow too"])):
            assert index == 1
            raise KeyboardInterrupt
    assert "endpoint" not in [thread.name for thread in threading.enumerate()]
    never.set()


def test_the_limit_of_an_answer_goes_by_the_name_that_the_endpoint_wants(server: Server) -> None:
    def reply(asked: Heard) -> Sent:
        wants = "Unsupported parameter: 'max_tokens' is not supported here. Use 'max_completion_tokens' instead."
        is_refused = "max_tokens" in asked.body and "messages" in asked.body
        return sent(400, {"error": {"message": wants}}) if is_refused else said("fine")

    server.reply = reply
    replies = ask(config(server, max_concurrency=1), *chats(20), completion("y"))
    assert [reply.text for reply in replies] == ["fine"] * 21
    assert 22 <= len(server.asked) <= 24  # Once for what was asked first, and for what was ready to be asked then.
    assert (server.asked[-2].body["max_completion_tokens"], server.asked[-1].body["max_tokens"]) == (100, 100)


def failing_ways(server: Server) -> Iterator[Callable[[], Any]]:
    """Ways in which a teacher with a key fails, each with the key somewhere near."""
    echo = {"error": {"message": f"not with {'x' * 280} {KEY} {KEY}"}}
    for status in (400, 401, 402, 404, 500):
        server.reply = lambda _asked, status=status: sent(status, echo)
        yield lambda: ask(config(server, api_key=KEY), *chats(25))
    server.reply = lambda asked: sent(body=f"{KEY[:3]} {asked.headers}".encode())
    yield lambda: ask(config(server, api_key=KEY), *chats(25))
    server.models = sent(401, echo)
    yield lambda: ask(config(server, api_key=KEY), *chats(25))
    yield lambda: ask(EndpointConfig(url="http://127.0.0.1:9", api_key=KEY), *chats(25))


def test_the_key_is_in_no_message_no_log_and_no_traceback(server: Server, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    seen: list[str] = []
    for fail in failing_ways(server):
        try:
            seen.append(repr(fail()))
        except HornbookError as error:
            seen.append(f"{error} {error!r} {error.__dict__}")
            with_locals = traceback.TracebackException.from_exception(error, capture_locals=True)
            seen.append("".join(line for line in with_locals.format() if "failing_ways" not in line))
    seen.append(repr(Endpoint(config(server, api_key=KEY)).config))
    for url, key in (("http://host", f"{KEY}\n"), ("http://host", "schlüssel"), (f"http://me:{KEY}@host", "")):
        with pytest.raises(ConfigError, match="`api_key`") as refused:
            EndpointConfig(url=url, api_key=key)
        seen.append(str(refused.value))
    assert any("not with" in text for text in seen)
    whole = "\n".join([*seen, caplog.text])
    for secret in (KEY, KEY[:12]):
        assert secret not in whole.replace(f"KEY = {KEY!r}", "")
    assert any(asked.headers["authorization"] == f"Bearer {KEY}" for asked in server.asked)


def test_no_failure_is_a_score(server: Server) -> None:
    server.in_turn(said(""))
    assert measure(config(server), chat("x"))[0].text == ""
    nonsense = [{"error": "quota"}, said("", refusal="no").body, {"choices": [{"message": {"content": ["parts"]}}]}]
    for body in [*nonsense, *({"choices": [one]} for one in ({"message": {"content": None}}, {"text": None}))]:
        server.reply = lambda _asked, body=body: sent(body=body)
        with pytest.raises(EndpointError):
            measure(config(server, max_attempts=1), chat("x"))
