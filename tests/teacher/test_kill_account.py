import pytest
from tests.kill_account import is_good, kill_and_resume


@pytest.mark.parametrize(
    ("num_requests", "num_kills"), [(200, 1), pytest.param(2000, 20, marks=pytest.mark.slow, id="slow")]
)
def test_a_run_that_is_killed_pays_nothing_twice_but_what_was_under_way(num_requests: int, num_kills: int) -> None:
    figures = kill_and_resume(num_requests, num_kills, seed=1)
    assert is_good(figures), figures
