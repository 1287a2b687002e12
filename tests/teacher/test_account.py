import dataclasses
from pathlib import Path
from typing import Any

import pytest
from tests.teacher.asked import Kit, answered, chat, chats, echo, quick, replies, text_of, unanswered
from tests.teacher.scripted import ScriptedTeacher

from hornbook.errors import BudgetError, ConfigError, EndpointError
from hornbook.teacher.api import Reply, ReplyOutcome
from hornbook.teacher.cache import request_key
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
            assert kept.reply == reply
            assert observer.ledger.totals("write").calls == len(observer.cache)


def test_an_unanswered_request_is_passed_on_and_asked_again_by_the_next_run(kit: Kit) -> None:
    given: list[Any] = []
    said = "none of 6 requests; the last failure: the line was dead"
    with kit.account(quick(lambda _request: unanswered())) as account, pytest.raises(EndpointError, match=said):
        given.extend(account.ask([*chats(3), *chats(3)]))
    assert [reply for _, reply in given] == [unanswered()] * 6
    with kit.account(quick()) as account:
        assert [reply.outcome for reply in replies(account, chats(3))] == [ReplyOutcome.ANSWERED] * 3


def test_what_is_known_between_what_is_not_does_not_pile_up(kit: Kit) -> None:
    with kit.account(quick()) as account:
        replies(account, chats(2_000))
    texts = [f"question {index}" if index % 400 else f"new {index}" for index in range(2_000)]
    waiting = iter(texts)
    with kit.account(teacher := quick()) as account:
        for num_taken, (index, reply) in enumerate(account.ask(map(chat, waiting))):
            assert reply.text.startswith(f"about {texts[index]},")
            assert len(texts) - waiting.__length_hint__() <= num_taken + 300  # type: ignore[attr-defined]
    assert (num_taken, len(teacher.asked)) == (1_999, 5)


def test_when_going_on_is_pointless_what_was_under_way_is_kept_and_handed_on(kit: Kit) -> None:
    with kit.account(quick()) as account:
        known = replies(account, chats(1))
    lines = [answered("one"), answered("two"), EndpointError("the key was refused")]
    teacher = ScriptedTeacher(lines, name="quick", num_ahead=8)
    given = []
    with kit.account(teacher) as account, pytest.raises(EndpointError, match="the key was refused"):
        given.extend(account.ask([*chats(2, first=1), *chats(1), *chats(5, first=3)]))
    assert sorted(given, key=lambda pair: pair[0]) == [(0, answered("one")), (1, answered("two")), (2, known[0])]
    assert len(kit.cache) == 3


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
        assert (before.calls, before.tokens_in, before.tokens_out) == (1_000, 100_000, 500_000)
        assert before.usd == pytest.approx(0.1 + 1.0)
        assert "quick: 1,000 calls, at most about 100,000 tokens in and 500,000 out" in before.describe()
        replies(account, chats(10))
        after = account.estimate(1_000, 400.0, 500)
        assert (after.tokens_out, after.usd) == (20_000, pytest.approx(0.1 + 0.04))
        assert "quick: 1,000 calls, about 100,000 tokens in and 20,000 out" in after.describe()
        assert "0.14 USD, at 1 and 2 USD per million" in after.describe()


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
    spent = kit.ledger.totals("write")
    assert spent.tokens_in + spent.tokens_out == given * CALL_TOKENS <= cap
    assert given * CALL_TOKENS > cap - 2 * MOST_TOKENS
    assert f"the budget of 3,000 tokens for `write` is used up: {given * CALL_TOKENS:,} tokens are spent" in said
    assert suggestion == "6000tokens"
    again, said, _ = spending(kit, Budget(tokens=cap), 500)
    assert (again, kit.ledger.totals("write").calls) == (given, given)
    assert f"This run had 0 calls and {given} answers from the cache" in said
    further, said, _ = spending(kit, Budget(tokens=6_000), 500)
    assert said
    assert further > given + 50
    assert spending(kit, Budget(tokens=500 * CALL_TOKENS + MOST_TOKENS), 500) == (500, "", "")
    assert kit.ledger.totals("write").calls == 500


def test_a_budget_in_dollars_counts_by_the_price(kit: Kit) -> None:
    given, said, suggestion = spending(kit, Budget(usd=0.01), 500)
    usd = kit.ledger.totals("write").usd
    assert usd == pytest.approx(given * (10 + 2 * 20) / 1e6)
    assert 0.0095 < usd <= 0.01
    assert "the budget of 0.01 USD for `write` is used up" in said
    assert suggestion == "0.02usd"
    assert spending(kit, Budget(usd=1.0), 500) == (500, "", "")


def test_a_budget_holds_for_its_stage_alone(kit: Kit) -> None:
    given, said, _ = spending(kit, Budget(tokens=3_000), 500, stage="write")
    assert said
    assert spending(kit, Budget(tokens=3_000), given + 20, stage="verify")[0] == given + 20


def test_a_budget_is_for_one_output_until_it_is_finished(kit: Kit) -> None:
    budget = Budget(tokens=3_000)
    first, said, _ = spending(kit, budget, 500, output="/one")
    assert "used up" in said
    other, said, _ = spending(kit, budget, 500, output="/two")
    assert "used up" in said
    assert other >= 2 * first - 1  # The answers to the first questions cost nothing, and as many more are paid.
    assert spending(kit, budget, 500, output="/two")[0] == other
    assert spending(kit, budget, other, output="/two") == (other, "", "")  # Finished.
    assert spending(kit, budget, 500, output="/two")[0] >= 3 * first - 2


def test_a_teacher_that_rejects_everything_is_an_error_and_its_rejections_are_not_kept(kit: Kit) -> None:
    rejected = Reply(outcome=ReplyOutcome.REJECTED, detail="400: `http://host:1/v1` takes no temperature")
    for _ in range(2):
        said = "none of 3 requests; the last failure: 400: the endpoint takes no"
        with kit.account(quick(lambda _request: rejected)) as account, pytest.raises(EndpointError, match=said):
            list(account.ask(chats(3)))
        assert len(kit.cache) == 0
    with kit.account(quick(lambda one: rejected if text_of(one) != "question 2" else echo(one))) as account:
        assert len(replies(account, chats(3))) == 3
    assert len(kit.cache) == 3


def test_a_prompt_that_is_too_long_is_counted_and_asked_again(kit: Kit) -> None:
    long = Reply(outcome=ReplyOutcome.TOO_LONG, detail="9,000 tokens exceed the context size")
    with kit.account(quick(lambda one: long if text_of(one) == "question 1" else echo(one))) as account:
        assert replies(account, chats(3))[1] == long
        assert account.summary()["run"][0]["outcomes"] == {"answered": 2, "prompt too long": 1}
    with kit.account(quick()) as account:
        assert {reply.outcome for reply in replies(account, chats(3))} == {ReplyOutcome.ANSWERED}


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
