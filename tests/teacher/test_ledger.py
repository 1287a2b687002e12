"""What is counted and paid: tokens, prices, budgets."""

import dataclasses
from pathlib import Path

import pytest
from tests.teacher.asked import PRICE, SAMPLING, Kit, answered, chat, chats, quick, replies, unanswered
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from hornbook.errors import ConfigError, MissingInputError
from hornbook.teacher.api import Reply, ReplyOutcome
from hornbook.teacher.ledger import Budget, most_tokens, parse_budget
from hornbook.teacher.prices import Price, PriceTable, load_prices


def test_tokens_are_those_of_the_server_and_estimated_where_it_counts_none(kit: Kit) -> None:
    entry = kit.entry()
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
        assert "0 USD and 4 calls of unknown price" in account.note()
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
            totals = kit.totals()
    assert totals.usd == pytest.approx(10 * 50e-6 + 10 * 3_000e-6)


def test_another_process_spends_from_the_same_budget(tmp_path: Path) -> None:
    path = tmp_path / "teacher.sqlite"
    with Kit(path) as ours, Kit(path) as theirs:
        account = theirs.account(quick()).__enter__()
        replies(account, chats(10))
        entry = ours.entry()
        assert entry.spent(Budget(tokens=1)) == 300
        assert ours.entry().spent(Budget(usd=1)) == pytest.approx(10 * 50e-6)
        account.__exit__(None, None, None)
        assert ours.entry().spent(Budget(tokens=1)) == 0


def test_what_a_person_types_is_read_and_what_is_no_amount_refused_with_what_would_be() -> None:
    dollars = {"5usd": 5, "5 USD": 5, ".5usd": 0.5, "$0.25": 0.25, "2kusd": 2_000, "0": 0}
    tokens = {"200000tokens": 200_000, "200_000 tokens": 200_000, "1.5M tokens": 1_500_000, "0tokens": 0}
    assert {text: parse_budget(text).usd for text in dollars} == dollars
    assert {text: parse_budget(text).tokens for text in tokens} == tokens
    assert parse_budget(None) == Budget()
    for text in ("5", "$5tokens", "1.5tokens", "", "five usd", "-5usd", "5eur", "nanusd", "1e3usd"):
        with pytest.raises(ConfigError, match="--budget"):
            parse_budget(text)


@pytest.mark.parametrize("amount", [0.000012, 0.123, 5.5])
def test_a_suggested_budget_can_be_typed_and_is_no_smaller(amount: float) -> None:
    assert parse_budget(Budget(usd=1).option(amount)).usd == pytest.approx(amount, abs=0.01)
    assert (parse_budget(Budget(usd=1).option(amount)).usd or 0) >= amount * (1 - 1e-4)
    assert parse_budget(Budget(tokens=1).option(1_000 * amount)).tokens == -(-1_000 * amount // 1)


@pytest.mark.parametrize("text", ["a b c " * 150, "日本語" * 300, "{}[]()!?" * 110])
def test_no_prompt_takes_more_tokens_than_are_reserved_for_it(text: str) -> None:
    """Against a tokenizer with a small vocabulary, trained on other text: those of real models make fewer tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        ["def add(a, b):\n    return a + b\n", text], trainers.BpeTrainer(vocab_size=2_000, initial_alphabet=alphabet)
    )
    tokens_in, tokens_out = most_tokens(chat(text, sampling=dataclasses.replace(SAMPLING, max_new_tokens=77)))
    assert len(tokenizer.encode(text).ids) <= tokens_in
    assert tokens_out == 77


FREE = "[models.mine]\nusd_per_million_out = 0\n"


def price(usd_per_million_in: float) -> Price:
    return Price(usd_per_million_in=usd_per_million_in, usd_per_million_out=1.0)


def own(folder: Path, text: str) -> Path:
    path = folder / "prices.toml"
    path.write_text(text)
    return path


def test_a_model_has_its_own_price_or_that_of_which_it_is_a_dated_version() -> None:
    names = ("big", "big-mini", "big-2024-08-06", "open-*", "open-large-*")
    table = PriceTable({name: price(usd) for usd, name in enumerate(names, start=1)})
    dated = {"big-2024-11-20": 1, "big-mini-2024-07-18": 2, "big@20240806": 1, "big-001": 1, "big-latest": 1}
    found = {"big": 1, "big-mini": 2, "big-2024-08-06": 3, "open-7b": 4, "open-large-70b": 5, **dated}
    for model, usd in found.items():
        assert table.find(model) == price(usd), model
    for model in ("bigger", "big-audio", "big-mini-audio", "small", "", "open", "BIG"):
        assert table.find(model) is None, model


def test_prices_of_ones_own_go_before_those_that_come_along(tmp_path: Path) -> None:
    path = own(
        tmp_path,
        """
        date = "2026-01-02"
        [models."gpt-4o*"]
        usd_per_million_in = 7
        usd_per_million_out = 8.5
        source = "our contract"
        [models.mine]
        usd_per_million_in = 0
        usd_per_million_out = 0
        """,
    )
    table = load_prices(path)
    ours = Price(usd_per_million_in=7, usd_per_million_out=8.5, source="our contract", date="2026-01-02")
    assert table.find("gpt-4o-mini") == ours
    assert table.find("mine") == Price(usd_per_million_in=0, usd_per_million_out=0, date="2026-01-02")
    known = table.find("gpt-4.1")
    assert known is not None
    assert known.source in known.describe()
    assert table.find("gpt-oss-20b") is None


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "names no model"),
        ("[models", "is not TOML"),
        ("[models]\nmine = 3", "`mine` must be"),
        ("[models.mine]\nusd_per_million_in = 1", "`mine` lacks `usd_per_million_out`"),
        ("[models.mine]\nusd_per_million = 1", "`mine` has a field `usd_per_million`"),
        *(
            (FREE + f"usd_per_million_in = {wrong}", "`usd_per_million_in` must")
            for wrong in ("'1'", "true", "nan", "-1")
        ),
        (FREE + "usd_per_million_in = 1\nbatch_discount = 50", r"`batch_discount` must"),
    ],
)
def test_a_table_with_a_mistake_names_file_model_and_field(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=rf"prices\.toml`.*{message}"):
        load_prices(own(tmp_path, text))
    with pytest.raises(MissingInputError, match=r"none\.toml` cannot be read: No such file"):
        load_prices(tmp_path / "none.toml")


def test_a_batch_takes_its_share_off() -> None:
    batched = Price(usd_per_million_in=2, usd_per_million_out=8, batch_discount=0.25, source="list").batched()
    assert (batched.usd_per_million_in, batched.usd_per_million_out, batched.batch_discount) == (1.5, 6.0, 0.0)
    assert price(1).batched().usd_per_million_in == 1.0
