"""What every teacher keeps to. `test_contract.py` runs it against each kind.

A kind of teacher is a function that makes one which says what a script says; a kind that has a mind of its own, a real
model, keeps to `ANY_TEACHER` alone.
"""

import itertools
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager

import pytest

from hornbook.errors import EndpointError
from hornbook.teacher.teacher import Reply, ReplyOutcome, Teacher, TeacherRequest
from hornbook.teacher.wire import ChatRequest, CompletionRequest, SamplingConfig

SAMPLING = SamplingConfig(max_new_tokens=8, temperature=0.0, top_p=1.0)
WORDS = "The sum of two numbers is"

Script = Callable[[str], Reply | EndpointError]
"""What to say to a question; the error is one that makes going on pointless."""
Make = Callable[[Script], AbstractContextManager[Teacher]]


def chat(text: str) -> ChatRequest:
    return ChatRequest(messages=[{"role": "user", "content": text}], sampling=SAMPLING)


def completion(text: str) -> CompletionRequest:
    return CompletionRequest(prompt=text, sampling=SAMPLING)


def text_of(request: TeacherRequest) -> str:
    return request.prompt if isinstance(request, CompletionRequest) else request.messages[-1]["content"]


def answered(text: str) -> Reply:
    return Reply(
        outcome=ReplyOutcome.ANSWERED, text=text, finish_reason="stop", prompt_tokens=len(text), completion_tokens=3
    )


def echo(text: str) -> Reply:
    return answered(f"about {text}")


def outcome_of(text: str) -> Reply:
    """The outcome that the question names before its first space."""
    name = text.partition(" ")[0]
    if name == ReplyOutcome.ANSWERED.name:
        return echo(text)
    said = "half of it" if name == ReplyOutcome.CUT.name else ""
    return Reply(outcome=ReplyOutcome[name], text=said, finish_reason="length" if said else "")


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
    texts = [f"question {number}" for number in range(200)]
    with make(echo) as teacher:
        for _ in range(2):
            asked = [chat(text) if number % 3 else completion(text) for number, text in enumerate(texts)]
            replies = list(teacher.ask(asked))
            assert sorted((index, reply.text) for index, reply in replies) == [
                (number, f"about {text}") for number, text in enumerate(texts)
            ]
            assert {reply.prompt_tokens for _, reply in replies} == {len(f"about {text}") for text in texts}


def every_outcome_is_a_reply(make: Make) -> None:
    texts = [f"{outcome.name} {number}" for number in range(2) for outcome in ReplyOutcome]
    texts += [f"ANSWERED {number}" for number in range(2, 20)]
    with make(outcome_of) as teacher:
        replies = dict(teacher.ask(map(chat, texts)))
    assert len(replies) == len(texts)
    for index, text in enumerate(texts):
        wanted = outcome_of(text)
        assert (replies[index].outcome, replies[index].text) == (wanted.outcome, wanted.text)
        assert replies[index].is_final == (wanted.outcome is not ReplyOutcome.UNANSWERED)


def an_error_that_all_would_meet_is_raised_after_what_was_answered(make: Make) -> None:
    def script(text: str) -> Reply | EndpointError:
        return EndpointError("the key was refused") if text == "stop" else echo(text)

    taken: dict[int, str] = {}

    def requests() -> Iterable[TeacherRequest]:
        yield from (chat(f"question {number}") for number in range(5))
        while len(taken) < 5:
            yield chat("later")
        yield chat("stop")
        yield from (chat("later") for _ in range(1000))

    def take_all(teacher: Teacher) -> None:
        for index, reply in teacher.ask(requests()):
            taken[index] = reply.text

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
SCRIPTED = [
    each_reply_belongs_to_its_request,
    every_outcome_is_a_reply,
    an_error_that_all_would_meet_is_raised_after_what_was_answered,
]
