"""What every teacher keeps to; a kind that has a mind of its own, a real model, keeps to `ANY_TEACHER` alone."""

import itertools
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import Any

import pytest
from tests.teacher import batch_server
from tests.teacher.asked import SAMPLING, Kit, answered, chat, chats
from tests.teacher.conftest import Sent, Server

from hornbook.errors import ConfigError, EndpointError, MissingInputError
from hornbook.teacher.api import CompletionRequest, Reply, ReplyOutcome, Teacher, TeacherRequest
from hornbook.teacher.batch import BatchTeacher
from hornbook.teacher.endpoint import Endpoint, EndpointConfig
from hornbook.teacher.local import LocalTeacher

GGUF_VARIABLE = "HORNBOOK_TEST_GGUF"
WORDS = "The sum of two numbers is"

Script = Callable[[str], Reply | EndpointError]
"""What to say to a question; the error is one that makes going on pointless."""
Make = Callable[[Script], AbstractContextManager[Teacher]]


def completion(text: str) -> CompletionRequest:
    return CompletionRequest(prompt=text, sampling=SAMPLING)


def echo(text: str) -> Reply:
    return answered(f"about {text}", len(text), 3)


def every_index_comes_once(make: Make) -> None:
    with make(echo) as teacher:
        assert list(teacher.ask(iter(()))) == []
        replies = list(teacher.ask([chat(WORDS) if index % 3 else completion(WORDS) for index in range(12)]))
    assert sorted(index for index, _ in replies) == list(range(12))
    assert all(reply.text and reply.completion_tokens for _, reply in replies)
    assert {reply.outcome for _, reply in replies} <= {ReplyOutcome.ANSWERED, ReplyOutcome.CUT}


def requests_are_read_lazily_and_no_further_once_the_replies_are_closed(make: Make) -> None:
    num_read = itertools.count()
    with make(echo) as teacher:
        replies = teacher.ask(chat(f"{WORDS} {number}") for number in num_read)
        taken = [next(replies) for _ in range(3)]
        replies.close()  # type: ignore[attr-defined]
        num_at_end = next(num_read)
        assert len({index for index, _ in taken}) == 3
        assert 3 <= num_at_end <= 3 + 60
        [(index, reply)] = teacher.ask([chat(WORDS)])
        assert (index, bool(reply.text)) == (0, True)
    assert next(num_read) == num_at_end + 1


def the_name_is_known_once_entered(make: Make) -> None:
    made = make(echo)
    with pytest.raises(RuntimeError):
        _ = made.name  # type: ignore[attr-defined]
    with made as teacher:
        assert teacher.name
        assert teacher.name == teacher.name.strip()


def an_error_of_the_one_who_asks_reaches_them(make: Make) -> None:
    def broken() -> Iterator[TeacherRequest]:
        yield chat(WORDS)
        raise ZeroDivisionError

    with make(echo) as teacher:
        with pytest.raises(ZeroDivisionError):
            list(teacher.ask(broken()))
        assert len(list(teacher.ask([chat(WORDS)]))) == 1


def each_reply_belongs_to_its_request(make: Make) -> None:
    texts = [f"question {number}" for number in range(100)]
    with make(echo) as teacher:
        for _ in range(2):
            asked = [chat(text) if number % 3 else completion(text) for number, text in enumerate(texts)]
            replies = sorted(teacher.ask(asked), key=lambda pair: pair[0])
            assert replies == [(number, echo(text)) for number, text in enumerate(texts)]


def every_outcome_is_a_reply(make: Make) -> None:
    outcomes = [*ReplyOutcome, *ReplyOutcome, *[ReplyOutcome.ANSWERED] * 18]

    def script(text: str) -> Reply:
        outcome = outcomes[int(text.split()[1])]
        if outcome is ReplyOutcome.ANSWERED:
            return echo(text)
        said = "half of it" if outcome is ReplyOutcome.CUT else ""
        return Reply(outcome=outcome, text=said, finish_reason="length" if said else "")

    with make(script) as teacher:
        replies = dict(teacher.ask(chats(len(outcomes))))
    assert len(replies) == len(outcomes)
    for index, outcome in enumerate(outcomes):
        assert (replies[index].outcome, replies[index].text) == (outcome, script(f"question {index}").text)
        assert replies[index].is_final == (outcome not in (ReplyOutcome.UNANSWERED, ReplyOutcome.TOO_LONG))


def an_error_that_all_would_meet_is_raised_after_what_was_answered(make: Make) -> None:
    taken: dict[int, str] = {}

    def requests() -> Iterable[TeacherRequest]:
        yield from chats(5)
        while len(taken) < 5:
            yield chat("later")
        yield chat("stop")
        yield from (chat("later") for _ in range(1000))

    def take_all(teacher: Teacher) -> None:
        for index, reply in teacher.ask(requests()):
            taken[index] = reply.text

    def script(text: str) -> Reply | EndpointError:
        return EndpointError("the key was refused") if text == "stop" else echo(text)

    with make(script) as teacher, pytest.raises(EndpointError, match="key"):
        take_all(teacher)
    assert [taken[number] for number in range(5)] == [f"about question {number}" for number in range(5)]
    assert 5 <= len(taken) < 1000


ANY_TEACHER = [
    every_index_comes_once,
    requests_are_read_lazily_and_no_further_once_the_replies_are_closed,
    the_name_is_known_once_entered,
    an_error_of_the_one_who_asks_reaches_them,
]
ALL = [
    *ANY_TEACHER,
    each_reply_belongs_to_its_request,
    every_outcome_is_a_reply,
    an_error_that_all_would_meet_is_raised_after_what_was_answered,
]
NOT_OF_BATCHES = (ALL[1], ALL[-1])  # A batch API reads as many requests as fit into a batch before the first reply.


def http_reply(said: Reply | EndpointError, body: dict[str, Any]) -> tuple[int, Any]:
    """Status and body by which an endpoint says it."""
    if isinstance(said, EndpointError):
        return 401, {"error": {"message": str(said)}}
    content: dict[str, Any] = {"message": {"content": said.text}} if "messages" in body else {"text": said.text}
    usage = {"prompt_tokens": said.prompt_tokens, "completion_tokens": said.completion_tokens}
    ways = {
        ReplyOutcome.REFUSED: (200, {"choices": [{"message": {"content": None, "refusal": "I will not"}}]}),
        ReplyOutcome.MALFORMED: (200, {"choices": []}),
        ReplyOutcome.REJECTED: (422, {"error": "no"}),
        ReplyOutcome.TOO_LONG: (400, {"error": {"message": "This model's maximum context length is 9 tokens."}}),
        ReplyOutcome.UNANSWERED: (500, {}),
    }
    whole = {"choices": [content | {"finish_reason": said.finish_reason or "stop"}], "usage": usage}
    return ways.get(said.outcome, (200, whole))


def endpoint(script: Script, kit: Kit, stack: ExitStack) -> Endpoint:
    server = stack.enter_context(Server())
    server.reply = lambda asked: Sent(*http_reply(script(asked.text), asked.body))
    return Endpoint(EndpointConfig(url=server.url, first_delay_seconds=0.001, max_attempts=2))


def batched(script: Script, kit: Kit, stack: ExitStack) -> BatchTeacher:
    server = stack.enter_context(batch_server.BatchServer())
    server.tell = lambda body: http_reply(script(batch_server.text_of(body)), body)
    return BatchTeacher(
        EndpointConfig(url=server.url, api_key=batch_server.KEY, first_delay_seconds=0.001), kit.database
    )


@pytest.mark.parametrize("is_accounted", [False, True])
@pytest.mark.parametrize(
    ("check", "kind"),
    [
        (check, kind)
        for check in ALL
        for kind in (endpoint, batched)
        if kind is not batched or check not in NOT_OF_BATCHES
    ],
)
def test_a_teacher_keeps_to_its_contract_and_its_account_does(
    check: Callable[[Make], None], kind: Callable[..., Any], is_accounted: bool, tmp_path: Path
) -> None:
    with ExitStack() as stack:

        def make(script: Script) -> Any:
            kit = stack.enter_context(Kit(tmp_path / "teacher.sqlite"))
            teacher = kind(script, kit, stack)
            return kit.account(teacher) if is_accounted else teacher

        check(make)


@pytest.mark.skipif(not os.environ.get(GGUF_VARIABLE), reason=f"{GGUF_VARIABLE} names no GGUF file")
@pytest.mark.parametrize("check", ANY_TEACHER)
def test_a_model_in_this_process_keeps_to_the_contract(check: Callable[[Make], None]) -> None:
    pytest.importorskip("xllamacpp")
    check(lambda _script: LocalTeacher(Path(os.environ[GGUF_VARIABLE]), max_concurrency=2))


def test_a_model_that_cannot_be_loaded_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "model.gguf"
    with monkeypatch.context() as patched:
        patched.setitem(sys.modules, "xllamacpp", None)
        with pytest.raises(ConfigError, match=r"pip install 'hornbook\[local\]'"), LocalTeacher(path):
            pass
    pytest.importorskip("xllamacpp")
    with pytest.raises(MissingInputError, match=r"no model file `.*model\.gguf`"), LocalTeacher(path):
        pass
    path.write_bytes(b"GGUF, but only by name")
    with pytest.raises(ConfigError, match=r"`.*model\.gguf` cannot be loaded"), LocalTeacher(path):
        pass
