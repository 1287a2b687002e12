from pathlib import Path

import pytest
from tests.teacher.asked import PRICE, Kit, answered, chat, chats, echo, quick, replies, text_of, unanswered

from hornbook.teacher.api import Reply, ReplyOutcome, TeacherRequest
from hornbook.teacher.ledger import Budget
from hornbook.teacher.prices import Price


def test_tokens_are_those_of_the_server_and_estimated_where_it_counts_none(kit: Kit) -> None:
    entry = kit.ledger.begin("write", "m")
    for reply, tokens, is_estimated in (
        (answered("a" * 80, 7, 9), (7, 9), False),
        (answered("a" * 80, None, 9), (10, 9), True),
        (answered("a" * 80, 7, None), (7, 20), True),
        (answered("a" * 80, None, None), (10, 20), True),
        (Reply(outcome=ReplyOutcome.REFUSED, prompt_tokens=7, completion_tokens=0), (7, 0), False),
        (Reply(outcome=ReplyOutcome.MALFORMED), (10, 0), True),
        (Reply(outcome=ReplyOutcome.REJECTED), (0, 0), False),
        (unanswered(), (0, 0), False),
    ):
        cost, estimated = entry.cost(chat("q" * 40), reply)
        assert ((cost.tokens_in, cost.tokens_out), estimated) == (tokens, is_estimated), reply
        assert cost.usd == pytest.approx(PRICE.usd(*tokens))


def test_a_call_of_unknown_price_is_never_free(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with Kit(path, None) as kit, kit.account(quick()) as account:
        replies(account, chats(4))
        account.kept(2, 10)
        [run] = account.summary()["run"]
        assert (run["price"], run["usd"], run["unpriced_calls"]) == (None, 0.0, 4)
        assert run["usd_per_kept_record"] is None
        assert run["tokens_per_kept_record"] == 60.0
        assert "0 USD and 4 calls of unknown price" in account.progress().note()
    with Kit(path) as kit, kit.account(quick()) as account:
        replies(account, chats(6))
        account.kept(2, 10)
        run = account.summary()["run"][0]
        assert (run["unpriced_calls"], run["unpriced_hits"], run["usd_per_kept_record"]) == (0, 4, None)
        assert account.summary()["all_runs"]["write"]["unpriced_calls"] == 4


def test_a_price_that_changes_leaves_what_was_paid(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    for price, first in ((PRICE, 0), (Price(usd_per_million_in=100, usd_per_million_out=100), 10)):
        with Kit(path, price) as kit, kit.account(quick()) as account:
            replies(account, chats(10, first=first))
            totals = kit.ledger.totals("write")
    assert totals.usd == pytest.approx(10 * 50e-6 + 10 * 3_000e-6)


def unanswered_but_one(request: TeacherRequest) -> Reply:
    return echo(request) if text_of(request) == "question 5" else unanswered()


def test_stages_are_counted_apart_and_over_all_runs(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    for _ in range(2):
        with Kit(path) as kit:
            with kit.account(quick(), stage="write") as account:
                replies(account, chats(5))
            with kit.account(quick(unanswered_but_one), stage="verify") as account:
                replies(account, chats(3, first=5))
            summary = kit.ledger.summary()
    assert [(run["stage"], run["calls"], run["hits"]) for run in summary["run"]] == [("write", 0, 5), ("verify", 2, 1)]
    assert {stage: totals["calls"] for stage, totals in summary["all_runs"].items()} == {"write": 5, "verify": 5}
    assert summary["all_runs"]["verify"]["outcomes"] == {"answered": 2, "unanswered": 4}
    with Kit(path) as kit:
        assert kit.ledger.totals("never").calls == 0


def test_another_process_spends_from_the_same_budget(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with Kit(path) as ours, Kit(path) as theirs:
        account = theirs.account(quick()).__enter__()
        replies(account, chats(10))
        entry = ours.ledger.begin("write", "m")
        assert entry.spent(Budget(tokens=1)) == 300
        assert ours.ledger.begin("write", "m").spent(Budget(usd=1)) == pytest.approx(10 * 50e-6)
        account.__exit__(None, None, None)
        assert ours.ledger.begin("write", "m").spent(Budget(tokens=1)) == 0
