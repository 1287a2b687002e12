import math

import pytest

from hornbook.synthesis.diversity.perplexity import perplexity_of


def log_loss(text: str) -> tuple[float, int]:
    """Each digit is a token's loss in nats."""
    return float(sum(map(int, text))), len(text)


def test_it_is_the_exponential_of_the_mean_loss_of_all_tokens() -> None:
    asked: list[tuple[int, int]] = []
    found = perplexity_of(["11", "", "2222", "3"], log_loss, "digits", lambda done, total: asked.append((done, total)))
    assert found is not None
    assert asked[-1] == (4, 4)
    assert (found.count, found.num_tokens) == (3, 7)
    assert found.mean == pytest.approx(math.exp(13 / 7))
    assert found.quartiles[1] == pytest.approx(math.exp(2))
    assert found.low < found.mean < found.high
    assert found.as_json()["model"] == "digits"


def test_equal_texts_leave_no_doubt_and_no_tokens_no_figure() -> None:
    found = perplexity_of(["12"] * 5, log_loss, "digits", lambda _done, _total: None)
    assert found is not None
    assert found.low == pytest.approx(found.mean) == found.high
    assert perplexity_of(["", ""], log_loss, "digits", lambda _done, _total: None) is None
