import dataclasses

import pytest
from tests.teacher.asked import SAMPLING, chat

from hornbook.errors import ConfigError
from hornbook.teacher.api import ChatRequest, CompletionRequest
from hornbook.teacher.ledger import Budget, estimated_tokens, most_tokens, num_prompt_characters, parse_budget


def test_what_a_person_types_is_read_and_what_is_no_amount_refused_with_what_would_be() -> None:
    dollars = {"5usd": 5, "5 USD": 5, ".5usd": 0.5, "$0.25": 0.25, "2kusd": 2_000, "0": 0}
    tokens = {"200000tokens": 200_000, "200_000 tokens": 200_000, "1.5M tokens": 1_500_000, "0tokens": 0}
    assert {text: parse_budget(text).usd for text in dollars} == dollars
    assert {text: parse_budget(text).tokens for text in tokens} == tokens
    assert parse_budget(None) == Budget()
    usual = r"`--budget` takes an amount like `5usd`, `\$0.50` or `200000tokens`, got '"
    told = {
        "5": "`--budget 5` lacks its unit: say `5usd` or `5tokens`",
        "$5tokens": r"either in US dollars or in tokens, got '\$5tokens'",
        "1.5tokens": "a whole number of tokens, got '1.5tokens'",
        **dict.fromkeys(["", "five usd", "-5usd", "5eur", "nanusd", "1e3usd"], usual),
    }
    for text, said in told.items():
        with pytest.raises(ConfigError, match=said):
            parse_budget(text)
    with pytest.raises(ConfigError, match="either in US dollars or in tokens"):
        Budget(usd=1, tokens=1)
    for usd in (-1.0, float("inf"), float("nan")):
        with pytest.raises(ConfigError, match="`usd` must not be negative"):
            Budget(usd=usd)


@pytest.mark.parametrize("amount", [0.000012, 0.123, 5.5])
def test_a_suggested_budget_can_be_typed_and_is_no_smaller(amount: float) -> None:
    assert parse_budget(Budget(usd=1).option(amount)).usd == pytest.approx(amount, abs=0.01)
    assert (parse_budget(Budget(usd=1).option(amount)).usd or 0) >= amount * (1 - 1e-4)
    assert parse_budget(Budget(tokens=1).option(1_000 * amount)).tokens == -(-1_000 * amount // 1)


def test_the_length_of_a_prompt_is_that_of_all_its_messages() -> None:
    messages = [{"role": "system", "content": "Be short."}, {"role": "user", "content": "Hello"}]
    assert num_prompt_characters(ChatRequest(messages=messages, sampling=SAMPLING)) == 14
    assert num_prompt_characters(CompletionRequest(prompt="def f", sampling=SAMPLING)) == 5
    assert [estimated_tokens(number) for number in (0, 1, 4, 5, 400)] == [0, 1, 1, 2, 100]


@pytest.mark.parametrize("text", ["a b c " * 150, "日本語" * 300, "{}[]()!?" * 110])
def test_no_prompt_takes_more_tokens_than_are_reserved_for_it(text: str) -> None:
    """Against a tokenizer with a small vocabulary, trained on other text: those of real models make fewer tokens."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    tokenizer.train_from_iterator(
        ["def add(a, b):\n    return a + b\n", text], trainers.BpeTrainer(vocab_size=2_000, initial_alphabet=alphabet)
    )
    tokens_in, tokens_out = most_tokens(chat(text, sampling=dataclasses.replace(SAMPLING, max_new_tokens=77)))
    assert len(tokenizer.encode(text).ids) <= tokens_in
    assert tokens_out == 77
    assert most_tokens(CompletionRequest(prompt=text, sampling=SAMPLING))[0] < tokens_in
