import dataclasses
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest

from hornbook.errors import ConfigError, EndpointError
from hornbook.teacher.endpoint import (
    Answer,
    ChatRequest,
    CompletionRequest,
    Endpoint,
    EndpointConfig,
    SamplingConfig,
)

SAMPLING = SamplingConfig(max_new_tokens=20, temperature=0.5, top_p=0.9, stop=("\ndef",), seed=7)
PLAIN = SamplingConfig(max_new_tokens=5, temperature=0.0, top_p=1.0)
NEVER_SECONDS = 10_000.0
"""A wait that no test survives: a backoff of this length must not be taken."""


def said(text: str | None, **more: Any) -> dict[str, Any]:
    return {"choices": [{"message": {"content": text}, "finish_reason": "stop"}], **more}


def config(server: Any, **changes: Any) -> EndpointConfig:
    return dataclasses.replace(EndpointConfig(url=server.url, first_delay_seconds=0.001), **changes)


def chats(*texts: str) -> Iterator[ChatRequest]:
    for text in texts:
        yield ChatRequest(messages=[{"role": "user", "content": text}], sampling=PLAIN)


def reply(status: int = 200, body: Any = b"", **headers: str) -> Any:
    """Anything with these three attributes is a reply to the server of these tests."""
    names = {name.replace("_", "-"): value for name, value in headers.items()}
    return type("Reply", (), {"status": status, "body": body, "headers": names})()


def test_a_chat_says_what_was_asked_and_how(server: Any) -> None:
    usage = {"prompt_tokens": 3, "completion_tokens": 4}
    server.in_turn(reply(body=said("four words are here", usage=usage)))
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello"}]
    with Endpoint(config(server)) as endpoint:
        answer = endpoint.chat(messages, SAMPLING)
    assert answer == Answer(text="four words are here", finish_reason="stop", prompt_tokens=3, completion_tokens=4)
    [asked] = server.asked
    assert asked.path == "/v1/chat/completions"
    assert asked.body == {
        "model": "only-model",
        "messages": messages,
        "max_tokens": 20,
        "temperature": 0.5,
        "top_p": 0.9,
        "stop": ["\ndef"],
        "seed": 7,
    }
    assert "authorization" not in asked.headers


def test_a_completion_cut_off_by_its_length_says_so(server: Any) -> None:
    server.in_turn(reply(body={"choices": [{"text": "    return a +", "finish_reason": "length"}]}))
    with Endpoint(config(server, model="mine")) as endpoint:
        answer = endpoint.complete("def add(a, b):\n", PLAIN)
    assert answer == Answer(text="    return a +", finish_reason="length", prompt_tokens=None, completion_tokens=None)
    [asked] = server.asked
    assert asked.path == "/v1/completions"
    assert asked.body == {
        "model": "mine",
        "prompt": "def add(a, b):\n",
        "max_tokens": 5,
        "temperature": 0.0,
        "top_p": 1.0,
    }


def test_an_empty_answer_of_the_model_is_an_answer(server: Any) -> None:
    server.in_turn(reply(body=said("")))
    with Endpoint(config(server)) as endpoint:
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == ""


@pytest.mark.parametrize("ending", ["", "/", "/v1", "/v1/"])
def test_the_address_may_end_in_the_version_or_not(server: Any, ending: str) -> None:
    with Endpoint(config(server, url=server.url + ending)) as endpoint:
        assert endpoint.config.address == f"{server.url}/v1"
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == "about x"


def test_an_address_with_another_version_is_left_as_it_is() -> None:
    assert EndpointConfig(url="https://host.example/v1beta/openai/").address == "https://host.example/v1beta/openai"
    assert EndpointConfig(url="https://host.example/proxy").address == "https://host.example/proxy/v1"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"url": "127.0.0.1:8081"}, r"`url` .* '127\.0\.0\.1:8081'"),
        ({"url": "ftp://host"}, "`url`"),
        ({"url": "http://"}, "`url`"),
        ({"url": "http://host:port"}, "`url`"),
        ({"url": "http://host/v1/chat/completions"}, "`url` must be the address up to `/v1`"),
        ({"url": "http://host?x=1"}, "`url` must be the address up to `/v1`"),
        ({"timeout_seconds": 0}, "`timeout_seconds` .* 0"),
        ({"max_concurrency": 0}, "`max_concurrency` .* 0"),
        ({"max_attempts": 0}, "`max_attempts` .* 0"),
        ({"first_delay_seconds": -1.0}, "`first_delay_seconds` .* -1"),
    ],
)
def test_a_config_that_cannot_be_used_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        EndpointConfig(**{"url": "http://host", **changes})


def test_what_cannot_be_drawn_is_refused() -> None:
    for changes in ({"max_new_tokens": 0}, {"temperature": -1.0}, {"temperature": float("nan")}, {"top_p": 0.0}):
        with pytest.raises(ConfigError, match=f"`{next(iter(changes))}`"):
            dataclasses.replace(PLAIN, **changes)
    with pytest.raises(ConfigError, match="`stop`"):
        dataclasses.replace(PLAIN, stop=("",))


def test_the_key_is_sent_and_never_printed(server: Any) -> None:
    key = "sk-very-secret"
    server.in_turn(reply(body=said("fine")), reply(403, {"error": {"message": f"not with {key}"}}))
    with Endpoint(config(server, api_key=key)) as endpoint:
        endpoint.chat([{"role": "user", "content": "x"}], PLAIN)
        with pytest.raises(EndpointError, match="403 Forbidden: not with …") as caught:
            endpoint.chat([{"role": "user", "content": "x"}], PLAIN)
        assert key not in f"{caught.value} {endpoint.config} {endpoint!r}"
    assert server.asked[0].headers["authorization"] == f"Bearer {key}"
    for bad in (f"{key}\n", f"{key} ", "schlüssel"):
        with pytest.raises(ConfigError, match="`api_key`") as refused:
            EndpointConfig(url=server.url, api_key=bad)
        assert bad.strip() not in str(refused.value)
    with pytest.raises(ConfigError, match="`api_key`") as refused:
        EndpointConfig(url=f"http://me:{key}@host")
    assert key not in str(refused.value)


def test_an_endpoint_with_several_models_or_none_asks_for_a_choice(server: Any) -> None:
    server.models = reply(body={"data": [{"id": "small"}, {"id": "large"}]})
    with (
        Endpoint(config(server)) as endpoint,
        pytest.raises(ConfigError, match=r"`--endpoint-model`.*`small`, `large`"),
    ):
        endpoint.chat([{"role": "user", "content": "x"}], PLAIN)
    server.models = reply(body={"data": []})
    with Endpoint(config(server)) as endpoint, pytest.raises(ConfigError, match=r"`--endpoint-model`.*lists none"):
        endpoint.model_name()
    server.models = reply(404)
    with Endpoint(config(server)) as endpoint, pytest.raises(ConfigError, match=r"`--endpoint-model`.*lists none"):
        endpoint.model_name()
    server.models = reply(body=b"<html>Welcome</html>")
    with Endpoint(config(server)) as endpoint, pytest.raises(EndpointError, match="JSON: <html>Welcome"):
        endpoint.model_name()
    assert server.asked == []


def test_an_endpoint_without_a_list_of_models_can_be_asked_for_a_named_one(server: Any) -> None:
    server.models = reply(404)
    with Endpoint(config(server, model="mine")) as endpoint:
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == "about x"


def test_nobody_at_the_address_is_said_at_once() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    settings = EndpointConfig(url=url, first_delay_seconds=NEVER_SECONDS)
    with (
        pytest.raises(EndpointError, match=f"`{url}/v1/models` cannot be reached .Connection refused.*running"),
        Endpoint(settings),
    ):
        pass


def test_a_wrong_key_is_said_at_once(server: Any) -> None:
    server.models = reply(401, {"error": {"message": "Incorrect API key provided"}})
    settings = config(server, first_delay_seconds=NEVER_SECONDS)
    with (
        pytest.raises(EndpointError, match=r"/v1/models` refuses: 401 .*Incorrect API key provided"),
        Endpoint(settings),
    ):
        pass
    assert server.num_model_lists == 1


def test_a_server_that_is_still_loading_is_waited_for(server: Any) -> None:
    loaded, server.models = server.models, reply(503, {"error": {"message": "Loading model"}}, retry_after="0.01")
    settings = config(server, first_delay_seconds=NEVER_SECONDS, max_attempts=1000)
    timer = threading.Timer(0.1, lambda: setattr(server, "models", loaded))
    timer.start()
    with Endpoint(settings) as endpoint:
        assert endpoint.model_name() == "only-model"
    timer.join()
    assert server.num_model_lists > 2


@pytest.mark.parametrize("status", [400, 401, 403, 404, 422])
def test_a_refusal_is_not_tried_again(server: Any, status: int) -> None:
    server.in_turn(reply(status, {"error": {"message": "no " + "such model " * 100}}), reply(body=said("too late")))
    with Endpoint(config(server)) as endpoint, pytest.raises(EndpointError, match=f"{status}.*no such model") as caught:
        endpoint.chat([{"role": "user", "content": "x"}], PLAIN)
    assert f"{server.url}/v1/chat/completions" in str(caught.value)
    assert len(str(caught.value)) < 500
    assert len(server.asked) == 1


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503])
def test_a_server_in_trouble_is_asked_again(server: Any, status: int) -> None:
    server.in_turn(reply(status), reply(status), reply(body=said("fine")))
    with Endpoint(config(server)) as endpoint:
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == "fine"
    assert len(server.asked) == 3
    assert all(asked.body == server.asked[0].body for asked in server.asked)


def test_the_wait_that_the_server_asks_for_takes_the_place_of_our_own(server: Any) -> None:
    server.in_turn(reply(429, retry_after="0.01"), reply(503, retry_after="0"), reply(body=said("fine")))
    with Endpoint(config(server, first_delay_seconds=NEVER_SECONDS)) as endpoint:
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == "fine"


def test_a_wait_beyond_patience_is_an_error(server: Any) -> None:
    server.in_turn(reply(429, b"come back tomorrow", retry_after="86400"))
    with Endpoint(config(server)) as endpoint, pytest.raises(EndpointError, match=r"86400 seconds.*come back tomorrow"):
        endpoint.chat([{"role": "user", "content": "x"}], PLAIN)


def test_it_gives_up_after_the_last_attempt(server: Any) -> None:
    server.reply = lambda _asked: reply(500, b"out of\nmemory")
    said_last = r"3 attempts; the last one: 500 .*: out of memory"
    with Endpoint(config(server, max_attempts=3)) as endpoint, pytest.raises(EndpointError, match=said_last):
        endpoint.chat([{"role": "user", "content": "x"}], PLAIN)
    assert len(server.asked) == 3


def test_a_connection_that_breaks_and_an_answer_that_does_not_come_are_tried_again(server: Any) -> None:
    never = threading.Event()

    def answer(_asked: Any) -> Any:
        if len(server.asked) == 2:
            never.wait(600)
        return reply(body=said("fine")) if len(server.asked) == 3 else reply(0)

    server.reply = answer
    with Endpoint(config(server, timeout_seconds=1.0)) as endpoint:
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == "fine"
    never.set()
    assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>Bad gateway</html>", "did not answer in JSON: <html>Bad gateway"),
        (b"", "did not answer in JSON: nothing"),
        (b"\xff\xfe{", "did not answer in JSON"),
        ([1, 2], "JSON object"),
        ({"error": "quota"}, "without choices: .*quota"),
        ({"choices": []}, "without choices"),
        ({"choices": ["text"]}, "without choices"),
        ({"choices": [{"message": {"content": None}, "finish_reason": "length"}]}, "without content .*`length`"),
        ({"choices": [{"text": None}]}, "without content"),
        ({"choices": [{"message": {"content": ["parts"]}}]}, "without content"),
    ],
)
def test_nonsense_is_an_error_and_never_an_empty_text(server: Any, body: Any, message: str) -> None:
    server.in_turn(reply(body=body))
    with Endpoint(config(server)) as endpoint, pytest.raises(EndpointError, match=message):
        endpoint.chat([{"role": "user", "content": "x"}], PLAIN)


def test_each_answers_every_request_once(server: Any) -> None:
    texts = [f"number {index}" for index in range(30)]
    mixed = [
        CompletionRequest(prompt=text, sampling=PLAIN) if index % 3 == 0 else next(chats(text))
        for index, text in enumerate(texts)
    ]
    server.reply = lambda asked: reply(
        body={
            "choices": [
                {"text": asked.text.upper()} if "prompt" in asked.body else said(asked.text.upper())["choices"][0]
            ]
        }
    )
    with Endpoint(config(server)) as endpoint:
        answers = list(endpoint.each(mixed))
    assert sorted((index, answer.text) for index, answer in answers) == list(enumerate(map(str.upper, texts)))
    assert Counter(asked.text for asked in server.asked) == Counter(texts)


def test_as_many_requests_run_at_once_as_allowed_and_no_more(server: Any) -> None:
    three_at_once = threading.Barrier(3, timeout=30)

    def answer(asked: Any) -> Any:
        three_at_once.wait()
        return reply(body=said(asked.text))

    server.reply = answer
    with Endpoint(config(server, max_concurrency=3)) as endpoint:
        assert len(list(endpoint.each(chats(*"abcdefghijkl")))) == 12
    assert server.most_running == 3


def test_requests_are_read_only_a_little_ahead(server: Any) -> None:
    read = []

    def requests() -> Iterator[ChatRequest]:
        for index in range(100):
            read.append(index)
            yield from chats(str(index))

    with Endpoint(config(server, max_concurrency=2)) as endpoint:
        answers = endpoint.each(requests())
        next(answers)
        assert len(read) <= 4
        answers.close()


def test_after_too_many_requests_fewer_run_at_once(server: Any) -> None:
    eight_at_once = threading.Barrier(8, timeout=30)
    num_refused = Counter[str]()

    def answer(asked: Any) -> Any:
        with server.lock:
            num_refused[asked.text] += 1
            is_first = num_refused[asked.text] == 1
        if is_first:
            eight_at_once.wait()
            with server.lock:
                server.most_running = 0
            return reply(429, retry_after="0.2")
        return reply(body=said(asked.text))

    server.reply = answer
    with Endpoint(config(server, max_concurrency=8)) as endpoint:
        assert len(list(endpoint.each(chats(*"abcdefgh")))) == 8
    assert 1 <= server.most_running <= 4
    assert len(server.asked) == 16


def test_a_request_that_others_crowd_out_is_not_given_up(server: Any) -> None:
    num_others = Counter[str]()

    def answer(asked: Any) -> Any:
        if asked.text == "unlucky" and num_others.total() < 4:
            return reply(429, retry_after="0.1")
        num_others[asked.text] += 1
        return reply(body=said(asked.text))

    server.reply = answer
    with Endpoint(config(server, max_concurrency=1, max_attempts=3)) as endpoint:
        answers = dict(endpoint.each(chats("a", "unlucky", "b", "c", "d")))
    assert sorted(answers) == [0, 1, 2, 3, 4]
    assert [asked.text for asked in server.asked].count("unlucky") > 3


def test_after_a_failure_nothing_new_is_asked_and_what_was_under_way_is_still_yielded(server: Any) -> None:
    both_there = threading.Barrier(2, timeout=30)

    def answer(asked: Any) -> Any:
        if asked.text in ("bad", "beside"):
            both_there.wait()
        return reply(400, b"no") if asked.text == "bad" else reply(body=said(asked.text))

    server.reply = answer
    answers = []

    def take_all(endpoint: Endpoint) -> None:
        for index, answered in endpoint.each(chats("bad", "beside", *map(str, range(200)))):
            answers.append((index, answered.text))

    with Endpoint(config(server, max_concurrency=2)) as endpoint, pytest.raises(EndpointError, match="400"):
        take_all(endpoint)
    assert (1, "beside") in answers
    assert sorted(["bad", *(text for _, text in answers)]) == sorted(asked.text for asked in server.asked)
    assert len(server.asked) < 200


@pytest.mark.parametrize("interruption", [KeyboardInterrupt, ValueError])
def test_an_interruption_abandons_what_is_under_way_without_waiting_for_it(server: Any, interruption: Any) -> None:
    never = threading.Event()

    def answer(asked: Any) -> Any:
        if asked.text != "quick":
            never.wait(600)
        return reply(body=said(asked.text))

    server.reply = answer
    with pytest.raises(interruption), Endpoint(config(server)) as endpoint:  # noqa: PT012
        for index, _ in endpoint.each(chats("slow", "quick", "slow too")):
            assert index == 1
            raise interruption
    assert not never.is_set()
    assert "endpoint" not in [thread.name for thread in threading.enumerate()]
    never.set()


def test_a_proxy_of_the_environment_is_not_asked_for_this_machine(server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with Endpoint(config(server)) as endpoint:
        assert endpoint.chat([{"role": "user", "content": "x"}], PLAIN).text == "about x"
