import pytest

from hornbook.training.schedule import learning_rate_at


def test_the_rate_rises_to_its_peak_and_falls_to_zero_behind_the_last_step() -> None:
    rates = [learning_rate_at(step, peak=1.0, warmup_steps=4, num_steps=10) for step in range(11)]
    assert rates[:4] == [0.25, 0.5, 0.75, 1.0]
    assert rates[4:] == pytest.approx([1.0, 5 / 6, 4 / 6, 3 / 6, 2 / 6, 1 / 6, 0.0])


def test_without_warm_up_the_first_step_has_the_peak() -> None:
    assert learning_rate_at(0, peak=0.5, warmup_steps=0, num_steps=3) == 0.5
