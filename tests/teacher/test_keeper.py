import resource
import time

import pytest
from tests.teacher.asked import Kit, chats, replies
from tests.teacher.conftest import Sent, Server
from tests.teacher.raw_server import spoken

from hornbook.errors import StoreError
from hornbook.teacher.endpoint import Endpoint
from hornbook.teacher.http import EndpointConfig


@pytest.fixture
def server(server: Server) -> Server:
    server.reply = lambda asked: Sent(body=spoken(f"about {asked.text} " + "x" * 5_000))
    return server


AT_ONCE = 16


def over_http(server: Server) -> Endpoint:
    return Endpoint(EndpointConfig(url=server.url, first_delay_seconds=0.001, max_concurrency=AT_ONCE))


def test_answers_come_to_the_disk_while_the_one_who_asked_does_something_else(kit: Kit, server: Server) -> None:
    with kit.account(over_http(server)) as account:
        answers = account.ask(chats(100))
        next(answers)
        num_sent = 0
        while (num_kept := len(kit.cache)) < 4 or num_sent != len(server.asked):
            num_sent = len(server.asked)
            time.sleep(0.01)
        assert num_kept >= 4  # Though one was taken.
        answers.close()  # type: ignore[attr-defined]
        assert kit.ledger.totals("write").calls == len(kit.cache)
    with kit.account(over_http(server)) as account:
        assert len(replies(account, chats(100))) == 100
    assert len(kit.cache) == kit.ledger.totals("write").calls == 100


def test_a_disk_that_fills_up_behind_the_back_of_the_one_who_asks_ends_the_asking(kit: Kit, server: Server) -> None:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handed_on = []
    with kit.account(over_http(server)) as account:
        try:
            resource.setrlimit(resource.RLIMIT_FSIZE, (400_000, limits[1]))
            with pytest.raises(StoreError, match=r"teacher\.sqlite` cannot be written .*nothing that was paid is lost"):
                handed_on.extend(index for index, _reply in account.ask(chats(300)))
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    num_kept = len(kit.cache)
    assert len(handed_on) <= num_kept < len(server.asked) <= num_kept + 2 * AT_ONCE
    with kit.account(over_http(server)) as account:
        assert len(replies(account, chats(300))) == 300
        assert account.entry.figures.calls == 300 - num_kept
