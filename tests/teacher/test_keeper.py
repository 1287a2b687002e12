import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.teacher.asked import Kit, answered, chat, chats, replies, unanswered

from hornbook.errors import StoreError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.endpoint import EndpointTeacher
from hornbook.teacher.keeper import KeepingThread, Question
from hornbook.teacher.teacher import ReplyOutcome


@pytest.fixture
def endpoint() -> Iterator[ScriptedEndpoint]:
    with ScriptedEndpoint(lambda asked: f"about {asked.text} " + "x" * 5_000) as running:
        yield running


@pytest.fixture
def kit(tmp_path: Path) -> Iterator[Kit]:
    with Kit(tmp_path / "teacher.sqlite") as opened:
        yield opened


def over_http(endpoint: ScriptedEndpoint, concurrency: int = 8) -> EndpointTeacher:
    return EndpointTeacher(EndpointConfig(url=endpoint.url, max_concurrency=concurrency, first_delay_seconds=0.001))


def test_answers_come_to_the_disk_while_the_one_who_asked_does_something_else(
    kit: Kit, endpoint: ScriptedEndpoint
) -> None:
    with kit.account(over_http(endpoint)) as account:
        answers = account.ask(chats(100))
        next(answers)
        num_sent = 0
        while (num_kept := len(kit.cache)) < 4 or num_sent != len(endpoint.asked):
            num_sent = len(endpoint.asked)
            time.sleep(0.05)
        assert num_kept >= 4  # Though one was taken.
        answers.close()  # type: ignore[attr-defined]
        assert kit.ledger.totals("write").calls == len(kit.cache)
    with kit.account(over_http(endpoint)) as account:
        assert len(replies(account, chats(100))) == 100
    assert len(kit.cache) == kit.ledger.totals("write").calls == 100


def test_what_is_kept_at_once_is_what_is_handed_on(kit: Kit, endpoint: ScriptedEndpoint) -> None:
    refused = 400
    endpoint.answer = lambda asked: refused if asked.text.endswith("7") else f"about {asked.text}"
    with kit.account(over_http(endpoint)) as account:
        first = replies(account, [*chats(50), *chats(10)])
        assert account.progress().num_calls == 50
    with kit.account(over_http(endpoint)) as account:
        assert replies(account, [*chats(50), *chats(10)]) == first
        assert account.entry.figures.calls == 0
    assert len(endpoint.asked) == 50
    assert first[7].outcome is ReplyOutcome.REJECTED
    assert endpoint.url.removeprefix("http://") not in first[7].detail
    assert first[7].detail.startswith("the endpoint refuses: 400")


def test_a_disk_that_fills_up_behind_the_back_of_the_one_who_asks_ends_the_asking(
    kit: Kit, endpoint: ScriptedEndpoint
) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handed_on = []
    with kit.account(over_http(endpoint)) as account:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (1_000_000, limits[1]))
            with pytest.raises(StoreError, match=r"teacher\.sqlite` cannot be written .*nothing that was paid is lost"):
                handed_on.extend(index for index, _reply in account.ask(chats(1000)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    num_asked = len(endpoint.asked)
    assert len(handed_on) <= len(kit.cache) < num_asked <= len(kit.cache) + 64 + 10
    with kit.account(over_http(endpoint)) as account:
        assert len(replies(account, chats(1000))) == 1000
        assert len(endpoint.asked) == num_asked + account.entry.figures.calls


def test_a_thread_keeps_what_it_was_given_before_it_ends(kit: Kit) -> None:
    entry = kit.ledger.begin("write", "m")
    questions = [Question(key=bytes([n]) * 32, request=chat(f"q{n}"), reserve=0.0) for n in range(200)]
    thread = KeepingThread(kit.database, entry)
    for question in questions[:-1]:
        thread.give(question, answered("text"))
    thread.give(questions[-1], unanswered())
    thread.close()
    assert all(question.reply is not None for question in questions)
    assert len(kit.cache) == 199
    assert kit.ledger.totals("write").outcomes == {"answered": 199, "unanswered": 1}


def test_a_thread_that_cannot_keep_says_so_to_whoever_waits(kit: Kit) -> None:
    entry = kit.ledger.begin("write", "m")
    kit.database.connection.execute("DROP TABLE replies")
    thread = KeepingThread(kit.database, entry)
    questions = [Question(key=bytes([n]) * 32, request=chat(f"q{n}"), reserve=0.0) for n in range(2)]
    for question in questions:
        thread.give(question, answered("text"))
        with pytest.raises(StoreError, match="no such table: replies"):
            thread.wait(question)
    thread.close()
