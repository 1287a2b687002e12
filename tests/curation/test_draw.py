import random
from collections import Counter

import pytest

from hornbook.curation.draw import Draw, DrawBy, DrawConfig, draw_samples, share_scores, uncertainty
from hornbook.errors import ConfigError, MissingInputError

IDS = [f"sample {number}" for number in range(400)]
VALUES = [(number / 400) ** 3 for number in range(400)]
"""Most are certain, as real ones are."""


def draw(num: int, seed: int = 0, **fields: float) -> Draw:
    config = DrawConfig(num=num, by=DrawBy.UNCERTAINTY, **fields)  # type: ignore[arg-type]
    return draw_samples(IDS, VALUES, config, seed)


def ids(drawn: Draw) -> list[str]:
    return [sample.sample_id for sample in drawn.samples]


def test_unsure_samples_are_drawn_more_often_and_certain_ones_still() -> None:
    drawn = draw(100, random_share=0.2)
    rates = [stratum.num_drawn / stratum.size for stratum in drawn.strata]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 2 * 100 / 400
    assert rates[-1] >= 0.9 * 0.2 * 100 / 400
    assert sum(stratum.num_drawn for stratum in drawn.strata) == len(set(ids(drawn))) == 100
    assert sum(stratum.size for stratum in drawn.strata) == 400


def test_a_random_share_of_one_draws_from_each_stratum_by_its_size() -> None:
    for stratum in draw(100, random_share=1.0).strata:
        assert stratum.num_drawn == pytest.approx(stratum.size / 4, abs=1)


def test_the_weights_of_each_stratum_add_up_to_its_size() -> None:
    drawn = draw(60)
    weights: Counter[str] = Counter()
    for sample in drawn.samples:
        weights[sample.stratum] += sample.weight  # type: ignore[assignment]
        assert sample.weight * sample.inclusion_probability == pytest.approx(1)
    assert {stratum.name: pytest.approx(stratum.size) for stratum in drawn.strata} == weights


def test_over_many_seeds_each_sample_is_drawn_as_often_as_is_said() -> None:
    num_seeds = 600
    counts = Counter(name for seed in range(num_seeds) for name in ids(draw(40, seed)))
    said = {sample.sample_id: sample.inclusion_probability for seed in range(80) for sample in draw(40, seed).samples}
    deviations = [
        (counts[name] - num_seeds * chance) / (num_seeds * chance * (1 - chance)) ** 0.5
        for name, chance in said.items()
        if chance < 1
    ]
    assert len(deviations) > 350
    assert max(map(abs, deviations)) < 4.5
    assert sum(one**2 for one in deviations) / len(deviations) == pytest.approx(1, abs=0.3)


def test_the_order_of_the_ids_changes_nothing_but_the_order_of_what_is_drawn() -> None:
    order = random.Random(1).sample(range(400), 400)
    config = DrawConfig(num=50, by=DrawBy.UNCERTAINTY)
    other = draw_samples([IDS[place] for place in order], [VALUES[place] for place in order], config, 0)
    assert ids(other) != ids(draw(50))
    assert sorted(ids(other)) == sorted(ids(draw(50)))
    assert other.strata == draw(50).strata
    assert ids(draw(50)) == [name for name in IDS if name in set(ids(draw(50)))]


def test_a_larger_number_draws_what_a_smaller_one_draws_and_more() -> None:
    before: set[str] = set()
    for num in range(10, 400, 13):
        drawn = set(ids(draw(num)))
        assert before < drawn
        before = drawn
    at_random = [set(ids(draw_samples(IDS, None, DrawConfig(num=num), 3))) for num in (30, 60)]
    assert at_random[0] < at_random[1]


def test_another_seed_draws_others() -> None:
    assert ids(draw(50)) != ids(draw(50, 1))
    assert ids(draw_samples(IDS, None, DrawConfig(num=50), 0)) != ids(draw_samples(IDS, None, DrawConfig(num=50), 1))


def test_at_random_all_have_the_same_chance_and_no_value_is_needed() -> None:
    drawn = draw_samples(IDS, None, DrawConfig(num=50), 0)
    assert len(drawn.samples) == 50
    assert {(sample.stratum, sample.inclusion_probability, sample.weight) for sample in drawn.samples} == {
        ("everything", 0.125, 8.0)
    }


def test_where_there_are_no_more_than_wanted_all_are_drawn() -> None:
    assert ids(draw(400)) == ids(draw(4000)) == IDS
    assert {sample.weight for sample in draw(4000).samples} == {1.0}
    assert draw_samples([], None, DrawConfig(num=5), 0) == Draw(samples=[], strata=[])
    assert draw_samples([], [], DrawConfig(num=5, by=DrawBy.UNCERTAINTY), 0).samples == []


@pytest.mark.parametrize("num", range(1, 12))
def test_no_sample_is_without_a_chance_however_few_are_drawn(num: int) -> None:
    drawn = draw(num)
    assert len(drawn.samples) == num
    assert sum(stratum.size for stratum in drawn.strata) == 400
    assert all(stratum.num_drawn for stratum in drawn.strata)
    assert len(drawn.strata) == max(1, min(5, num // 2))


def test_certain_values_alone_are_drawn_by_their_number() -> None:
    drawn = draw_samples(IDS, [0.0] * 200 + [1.0] * 200, DrawConfig(num=20, by=DrawBy.UNCERTAINTY), 0)
    assert [(stratum.name, stratum.size, stratum.num_drawn) for stratum in drawn.strata] == [("0.40 to 0.50", 400, 20)]


def test_uncertainty_is_one_at_a_half_and_the_same_on_both_sides() -> None:
    assert (uncertainty(0.5), uncertainty(0.0), uncertainty(1.0)) == (1, 0, 0)
    assert uncertainty(0.3) == pytest.approx(uncertainty(0.7))
    assert uncertainty(0.3) > uncertainty(0.2) > uncertainty(0.05)


def test_a_sample_that_repeats_another_one_takes_its_score() -> None:
    drawn = draw(10)
    first, second = ids(drawn)[:2]
    shared = share_scores(drawn, {second: first})
    assert [sample.same_as for sample in shared.samples] == ["", first, *[""] * 8]
    assert [sample.weight for sample in shared.samples] == [sample.weight for sample in drawn.samples]


@pytest.mark.parametrize("value", [float("nan"), -0.1, 1.1])
def test_what_is_no_probability_is_named(value: float) -> None:
    with pytest.raises(MissingInputError, match="'b' is no probability"):
        draw_samples(["a", "b"], [0.5, value], DrawConfig(num=1, by=DrawBy.UNCERTAINTY), 0)


def test_a_draw_by_uncertainty_without_values_is_refused() -> None:
    with pytest.raises(MissingInputError, match="needs the value of each"):
        draw_samples(IDS, None, DrawConfig(num=1, by=DrawBy.UNCERTAINTY), 0)
    with pytest.raises(ValueError, match="zip"):
        draw_samples(IDS, [0.5], DrawConfig(num=1, by=DrawBy.UNCERTAINTY), 0)


@pytest.mark.parametrize(
    ("field", "value"), [("num", 0), ("random_share", 0.0), ("random_share", 1.5), ("num_strata", 0)]
)
def test_a_wrong_field_is_named_with_its_value(field: str, value: float) -> None:
    with pytest.raises(ConfigError, match=f"`{field}` must .*, got {value}"):
        DrawConfig(**{"num": 1, field: value})  # type: ignore[arg-type]
