import pytest

from hornbook.errors import ConfigError
from hornbook.teacher.price import TeacherWork


def work(**changes: float) -> TeacherWork:
    values = {"calls": 1_000, "tokens_in": 300, "tokens_out": 50, "usd_per_million_in": 2.0, "usd_per_million_out": 8.0}
    return TeacherWork(model="a model", basis="a guess", **{**values, **changes})  # type: ignore[arg-type]


def test_the_price_is_that_of_all_tokens_of_all_calls() -> None:
    assert (work().total_tokens_in, work().total_tokens_out) == (300_000, 50_000)
    assert work().price_usd == pytest.approx(0.3 * 2 + 0.05 * 8)
    assert work(calls=0).price_usd == 0


def test_the_sentence_says_what_is_assumed() -> None:
    assert work().describe() == "a model, 300 tokens in and 50 out a call, at 2 and 8 USD a million: a guess."


@pytest.mark.parametrize("name", ["calls", "tokens_in", "usd_per_million_out"])
def test_a_negative_figure_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match=rf"`{name}` must not be negative, got -1"):
        work(**{name: -1})
