import sysconfig
from pathlib import Path

import pytest
from tests.deduplication.planted import measure_oracle, measure_planted, real_texts


@pytest.fixture(scope="module")
def texts() -> list[str]:
    """Some hundred real files."""
    return real_texts([Path(sysconfig.get_path("stdlib")) / name for name in ("asyncio", "json", "email", "unittest")])


def test_copies_of_real_files_are_found_and_nothing_below_is_merged(texts: list[str]) -> None:
    measured = measure_planted(texts, 80, seed=0)
    assert measured["num_planted"] > 60
    assert measured["recall_above_0.8"] == 1.0
    assert measured["false_merges_below_0.6"] == 0
    assert set(measured["planted"]) >= {"0.6", "0.7", "0.8", "0.9"}


def test_the_clusters_of_real_files_are_those_of_comparing_all(texts: list[str]) -> None:
    measured = measure_oracle(texts, 400, seed=0)
    assert measured["num_compared_by_oracle"] > 80
    assert measured["different_clusters"] == 0
