import collections

import pytest
import torch

from hornbook.generation import choose
from hornbook.generation.choose import choose_tokens, draw

LOGITS = torch.tensor([0.5, 0.3, 0.15, 0.05]).log().unsqueeze(0)


def test_temperature_zero_takes_the_likeliest_and_impossible_tokens_are_never_drawn() -> None:
    assert choose_tokens(LOGITS, temperature=0.0, top_p=1.0, draws=[]).tolist() == [0]
    logits = torch.tensor([[-torch.inf, 0.0, -torch.inf]])
    for number in (0.0, 0.5, 1 - 2**-53):
        assert choose_tokens(logits, temperature=1.0, top_p=1.0, draws=[number]).tolist() == [1]


def test_drawn_tokens_have_the_models_probabilities_and_top_p_keeps_the_smallest_set_that_is_likely_enough() -> None:
    draws = [draw(0, sample, 0) for sample in range(20_000)]
    chosen = choose_tokens(LOGITS.expand(len(draws), -1), temperature=1.0, top_p=1.0, draws=draws)
    counts = collections.Counter(chosen.tolist())
    for token, probability in enumerate([0.5, 0.3, 0.15, 0.05]):
        assert counts[token] / len(draws) == pytest.approx(probability, abs=0.015)
    for top_p, num_possible in ((0.4, 1), (0.6, 2), (0.9, 3), (1.0, 4)):
        draws = [number / 1000 for number in range(1000)]
        chosen = choose_tokens(LOGITS.expand(1000, -1), temperature=1.0, top_p=top_p, draws=draws)
        assert set(chosen.tolist()) == set(range(num_possible))


@pytest.mark.parametrize("sharpness", [0.0, 2.0, 20.0])
@pytest.mark.parametrize("top_p", [0.6, 1.0])
def test_sorting_the_likeliest_first_changes_no_draw(
    sharpness: float, top_p: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    generator = torch.Generator().manual_seed(0)
    logits = sharpness * torch.randn(500, 300, generator=generator)
    logits[::2] = logits[::2].round()  # many tokens are equally likely
    logits[::3, 100:] = -torch.inf
    draws = [draw(0, sample, 0) for sample in range(len(logits))]
    draws[:4] = [0.0, 0.0, 1 - 2**-53, 1 - 2**-53]
    chosen = {}
    for num_likeliest in (1, 10, 64, 300):
        monkeypatch.setattr(choose, "NUM_LIKELIEST", num_likeliest)
        chosen[num_likeliest] = choose_tokens(logits, temperature=0.8, top_p=top_p, draws=draws).tolist()
    assert chosen[1] == chosen[10] == chosen[64] == chosen[300]
    assert all(logits[row, token] > -torch.inf for row, token in enumerate(chosen[64]))
