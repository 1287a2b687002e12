import dataclasses
import resource
import time
from pathlib import Path

import pytest
from tests.kill_account import is_good, kill_and_resume
from tests.teacher.asked import Kit, answered, chat, chats, echo, quick, replies, text_of, unanswered
from tests.teacher.conftest import Sent, Server
from tests.teacher.raw_server import spoken

from hornbook.errors import BudgetError, ConfigError, EndpointError, StoreError
from hornbook.teacher.api import Reply, ReplyOutcome
from hornbook.teacher.cache import request_key
from hornbook.teacher.endpoint import Endpoint
from hornbook.teacher.http import EndpointConfig
from hornbook.teacher.ledger import Budget


def test_what_was_answered_once_is_not_asked_again(kit: Kit) -> None:
    first, second = quick(), quick(lambda _request: answered("another"))
    with kit.account(first) as account:
        given = replies(account, chats(50))
        assert [reply.text for reply in given] == [f"about question {index}, sample 0" for index in range(50)]
        assert replies(account, chats(50)) == given
    with kit.account(second) as account:
        assert replies(account, chats(50)) == given
        assert [reply.text for reply in replies(account, chats(2, first=50))] == ["another"] * 2
    assert (len(first.asked), len(second.asked)) == (50, 2)


def test_equal_requests_are_asked_once_and_answered_each(kit: Kit) -> None:
    teacher = quick(num_at_once=8)
    requests = [chat(f"question {index % 5}", sample=index % 2) for index in range(100)]
    with kit.account(teacher) as account:
        given = replies(account, requests)
    assert given == [echo(request) for request in requests]
    assert len(teacher.asked) == 10
    assert (account.entry.figures.calls, account.entry.figures.hits) == (10, 90)


def test_an_answer_is_on_disk_before_it_is_handed_on(kit: Kit, tmp_path: Path) -> None:
    with kit.account(quick()) as account, Kit(tmp_path / "teacher.sqlite") as observer:
        for index, reply in account.ask(chats(20)):
            kept = observer.cache.get(request_key("quick", chats(20)[index]))
            assert kept is not None
            assert kept[0] == reply
            assert observer.totals().calls == len(observer.cache)


TOO_LONG = Reply(outcome=ReplyOutcome.TOO_LONG, detail="9,000 tokens exceed the context size")


@pytest.mark.parametrize("missing", [TOO_LONG, unanswered()])
def test_a_request_without_an_answer_is_counted_passed_on_and_asked_again_by_the_next_run(
    kit: Kit, missing: Reply
) -> None:
    with kit.account(quick(lambda one: missing if text_of(one) == "question 1" else echo(one))) as account:
        assert replies(account, chats(3))[1] == missing
        assert account.summary()["run"][0]["outcomes"] == {"answered": 2, missing.outcome.value: 1}
    with kit.account(quick()) as account:
        assert {reply.outcome for reply in replies(account, chats(3))} == {ReplyOutcome.ANSWERED}
        assert account.entry.figures.calls == 1


def test_the_summary_tells_what_was_paid_and_what_was_saved(kit: Kit) -> None:
    with kit.account(quick()) as account:
        replies(account, chats(10))
    with kit.account(quick(lambda request: dataclasses.replace(echo(request), outcome=ReplyOutcome.CUT))) as account:
        replies(account, chats(15))
        account.kept(3, 60)
        [run] = account.summary()["run"][-1:]
    usd_of_a_call = (10 * 1.0 + 20 * 2.0) / 1e6
    assert run == {
        "stage": "write",
        "model": "quick",
        "price": "1 and 2 USD per million tokens in and out",
        "calls": 5,
        "tokens_in": 50,
        "tokens_out": 100,
        "usd": pytest.approx(5 * usd_of_a_call),
        "unpriced_calls": 0,
        "estimated_calls": 0,
        "hits": 10,
        "saved_tokens_in": 100,
        "saved_tokens_out": 200,
        "saved_usd": pytest.approx(10 * usd_of_a_call),
        "unpriced_hits": 0,
        "outcomes": {"answered": 10, "cut off": 5},
        "kept_records": 3,
        "kept_tokens": 60,
        "usd_per_kept_record": pytest.approx(15 * usd_of_a_call / 3),
        "usd_per_kept_token": pytest.approx(15 * usd_of_a_call / 60),
        "tokens_per_kept_record": 150.0,
        "tokens_per_kept_token": 7.5,
    }
    totals = account.summary()["all_runs"]["write"]
    assert (totals["calls"], totals["usd"]) == (15, pytest.approx(15 * usd_of_a_call))


def test_the_estimate_takes_the_longest_answer_until_it_knows_better(kit: Kit) -> None:
    with kit.account(quick()) as account:
        before = account.estimate(1_000, 400.0, 500)
        assert before.startswith("quick: 1,000 calls, at most about 100,000 tokens in and 500,000 out")
        assert "1.1 USD, at 1 and 2 USD per million" in before
        replies(account, chats(10))
        after = account.estimate(1_000, 400.0, 500)
        assert after.startswith("quick: 1,000 calls, about 100,000 tokens in and 20,000 out")
        assert "0.14 USD, at 1 and 2 USD per million" in after


def spending(kit: Kit, budget: Budget, number: int, stage: str = "write", output: str = "") -> tuple[int, str, str]:
    """How many replies come before the budget stops it, what is said then, and what is suggested."""
    num_replies = 0
    try:
        with kit.account(quick(num_at_once=8), budget, stage, output) as account:
            for _ in account.ask(chats(number)):
                num_replies += 1
    except BudgetError as error:
        return num_replies, str(error), error.suggestion
    return num_replies, "", ""


CALL_TOKENS = 30
MOST_TOKENS = 11 // 2 + 48 + 100
"""What is reserved for one of these questions."""


def test_the_budget_is_a_hard_cap_and_going_on_pays_nothing_twice(kit: Kit) -> None:
    cap = 3_000
    given, said, suggestion = spending(kit, Budget(tokens=cap), 500)
    spent = kit.totals()
    assert spent.tokens_in + spent.tokens_out == given * CALL_TOKENS <= cap
    assert given * CALL_TOKENS > cap - 2 * MOST_TOKENS
    assert f"the budget of 3,000 tokens for `write` is used up: {given * CALL_TOKENS:,} tokens are spent" in said
    assert suggestion == "6000tokens"
    again, said, _ = spending(kit, Budget(tokens=cap), 500)
    assert (again, kit.totals().calls) == (given, given)
    assert f"This run had 0 calls and {given} answers from the cache" in said
    further, said, _ = spending(kit, Budget(tokens=6_000), 500)
    assert said
    assert further > given + 50
    assert spending(kit, Budget(tokens=500 * CALL_TOKENS + MOST_TOKENS), 500) == (500, "", "")
    assert kit.totals().calls == 500


def test_a_budget_in_dollars_counts_by_the_price(kit: Kit) -> None:
    given, said, suggestion = spending(kit, Budget(usd=0.01), 500)
    usd = kit.totals().usd
    assert usd == pytest.approx(given * (10 + 2 * 20) / 1e6)
    assert 0.0095 < usd <= 0.01
    assert "the budget of 0.01 USD for `write` is used up" in said
    assert suggestion == "0.02usd"
    assert spending(kit, Budget(usd=1.0), 500) == (500, "", "")


def test_a_budget_is_for_one_output_until_it_is_finished(kit: Kit) -> None:
    budget = Budget(tokens=3_000)
    first, said, _ = spending(kit, budget, 500, output="/one")
    assert "used up" in said
    assert spending(kit, budget, first + 20, stage="verify", output="/one")[0] == first + 20  # Another stage.
    other, said, _ = spending(kit, budget, 500, output="/two")
    assert "used up" in said
    assert other >= 2 * first  # What is in the cache costs nothing.
    assert spending(kit, budget, 500, output="/two")[0] == other
    assert spending(kit, budget, other, output="/two") == (other, "", "")  # Finished.
    assert spending(kit, budget, 500, output="/two")[0] >= 3 * first - 2


def test_a_teacher_that_answers_nothing_is_an_error_and_its_rejections_are_not_kept(kit: Kit) -> None:
    rejected = Reply(outcome=ReplyOutcome.REJECTED, detail="400: `http://host:1/v1` takes no temperature")
    for reply in (rejected, unanswered("400: the endpoint takes no temperature")):
        said = "none of 3 requests; the last failure: 400: the endpoint takes no"
        with (
            kit.account(quick(lambda _request, reply=reply: reply)) as account,
            pytest.raises(EndpointError, match=said),
        ):  # type: ignore[misc]
            list(account.ask(chats(3)))
        assert len(kit.cache) == 0
    with kit.account(quick(lambda one: rejected if text_of(one) != "question 2" else echo(one))) as account:
        assert len(replies(account, chats(3))) == 3
    assert len(kit.cache) == 3


def test_a_budget_of_nothing_suffices_for_what_is_known_and_for_nothing_else(kit: Kit) -> None:
    teacher = quick()
    with kit.account(teacher, Budget(usd=0)) as account, pytest.raises(BudgetError, match="0 allows no call") as caught:
        replies(account, chats(10))
    assert teacher.asked == []
    assert caught.value.suggestion == "5usd"
    with kit.account(quick()) as account:
        known = replies(account, chats(10))
    for budget in (Budget(usd=0), Budget(tokens=0)):
        with kit.account(teacher, budget) as account:
            assert replies(account, chats(10)) == known
            with pytest.raises(BudgetError, match=r"`write` needs one \(11 answers came from the cache"):
                replies(account, chats(2, first=9))
    assert teacher.asked == []


def test_a_budget_in_dollars_needs_a_price(tmp_path: Path) -> None:
    said = r"budget of 5 USD .*what `quick` costs.*`--prices FILE`.*models\.\"quick"
    with Kit(tmp_path / "teacher.sqlite", None) as kit:
        with pytest.raises(ConfigError, match=said), kit.account(quick(), Budget(usd=5)):
            pass
        for budget in (Budget(tokens=100_000), Budget(usd=0)):
            assert spending(kit, budget, 10)[0] == 10


def over_http(server: Server) -> Endpoint:
    server.reply = lambda asked: Sent(body=spoken(f"about {asked.text} " + "x" * 5_000))
    return Endpoint(EndpointConfig(url=server.url, first_delay_seconds=0.001, max_concurrency=16))


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
    with kit.account(over_http(server)) as account:
        assert len(replies(account, chats(100))) == 100
    assert len(kit.cache) == kit.totals().calls == 100


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
    assert len(handed_on) <= num_kept < len(server.asked) <= num_kept + 2 * 16
    with kit.account(over_http(server)) as account:
        assert len(replies(account, chats(300))) == 300
        assert account.entry.figures.calls == 300 - num_kept


@pytest.mark.parametrize(
    ("num_requests", "num_kills"), [(200, 1), pytest.param(2000, 20, marks=pytest.mark.slow, id="slow")]
)
def test_a_run_that_is_killed_pays_nothing_twice_but_what_was_under_way(num_requests: int, num_kills: int) -> None:
    figures = kill_and_resume(num_requests, num_kills, seed=1)
    assert is_good(figures), figures
