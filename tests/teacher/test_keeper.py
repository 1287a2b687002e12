import resource
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.evaluation.scripted_endpoint import ScriptedEndpoint
from tests.teacher.asked import Kit, chats, replies

from hornbook.errors import StoreError
from hornbook.teacher.config import EndpointConfig
from hornbook.teacher.endpoint import EndpointTeacher


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
