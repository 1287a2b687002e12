import pytest

from hornbook.curation.draw import Draw, DrawBy, DrawConfig, DrawnSample, Stratum, draw_samples, share_scores
from hornbook.curation.score_distribution import estimate_scores
from hornbook.errors import MissingInputError

IDS = [str(number) for number in range(500)]
VALUES = [(number / 500) ** 2 for number in range(500)]
TRUTH = {name: min(5, int(6 * value + (int(name) * 7919 % 100) / 60)) for name, value in zip(IDS, VALUES, strict=True)}
"""Higher values tend to have higher scores."""
CONFIG = DrawConfig(num=80, by=DrawBy.UNCERTAINTY)


def drawn(stratum: str, *ids: str) -> list[DrawnSample]:
    return [DrawnSample(sample_id=name, stratum=stratum, inclusion_probability=0.5, weight=2.0) for name in ids]


TWO_STRATA = Draw(
    samples=[*drawn("unsure", "a", "b"), *drawn("sure", "c", "d")],
    strata=[Stratum(name="unsure", size=10, num_drawn=2), Stratum(name="sure", size=30, num_drawn=2)],
)


def test_each_stratum_counts_by_its_size_and_not_by_how_many_were_drawn() -> None:
    found = estimate_scores(TWO_STRATA, {"a": 5, "b": 3, "c": 0, "d": 1, "stranger": 5})
    assert (found.num, found.num_unseen) == (40, 0)
    assert found.shares == pytest.approx((0.375, 0.375, 0, 0.125, 0, 0.125))
    assert found.mean == pytest.approx(1.375)
    assert found.teaches == pytest.approx(0.25)


def test_a_sample_without_a_score_is_taken_to_be_like_the_others_of_its_stratum() -> None:
    assert estimate_scores(TWO_STRATA, {"b": 3, "c": 0, "d": 1}).teaches == pytest.approx(0.25)


def test_a_stratum_without_any_score_is_told_apart() -> None:
    found = estimate_scores(TWO_STRATA, {"a": 5, "b": 2})
    assert (found.num, found.num_unseen, found.teaches) == (10, 30, 0.5)
    with pytest.raises(MissingInputError, match="nothing can be said"):
        estimate_scores(TWO_STRATA, {})


def test_the_score_of_another_one_counts_for_a_sample_that_repeats_it() -> None:
    shared = share_scores(TWO_STRATA, {"b": "a"})
    assert estimate_scores(shared, {"a": 4, "c": 0, "d": 0}).teaches == pytest.approx(0.25)


def test_where_all_were_scored_the_estimate_is_the_truth_without_an_interval() -> None:
    everything = draw_samples(IDS, VALUES, DrawConfig(num=500, by=DrawBy.UNCERTAINTY), 0)
    found = estimate_scores(everything, TRUTH)
    teaches = sum(score >= 3 for score in TRUTH.values()) / 500
    assert found.teaches == pytest.approx(teaches)
    assert found.teaches_interval == (pytest.approx(teaches), pytest.approx(teaches))


def test_over_many_draws_the_estimate_is_right_where_the_plain_mean_is_not_and_its_interval_covers() -> None:
    teaches = sum(score >= 3 for score in TRUTH.values()) / 500
    draws = [draw_samples(IDS, VALUES, CONFIG, seed) for seed in range(300)]
    found = [estimate_scores(one, TRUTH) for one in draws]
    plain = [sum(TRUTH[sample.sample_id] >= 3 for sample in one.samples) / 80 for one in draws]
    assert sum(one.teaches for one in found) / 300 == pytest.approx(teaches, abs=0.006)
    assert abs(sum(plain) / 300 - teaches) > 0.05
    covered = sum(one.teaches_interval[0] <= teaches <= one.teaches_interval[1] for one in found) / 300
    assert 0.92 <= covered <= 1
