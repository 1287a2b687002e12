import pytest
from tests.kill_account import is_good, kill_and_resume


def test_a_run_that_is_killed_twice_pays_nothing_twice_but_what_was_under_way() -> None:
    figures = kill_and_resume(num_requests=250, num_kills=2, seed=1)
    assert is_good(figures), figures


@pytest.mark.slow
def test_a_long_run_that_is_killed_twenty_times_pays_nothing_twice_but_what_was_under_way() -> None:
    figures = kill_and_resume(num_requests=2000, num_kills=20, seed=0)
    assert is_good(figures), figures
