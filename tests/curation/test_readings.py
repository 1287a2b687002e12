import pytest

from hornbook.curation.readings import Reading, compare_passes, kept_reading, name_of_pass
from hornbook.records import Label


@pytest.mark.parametrize(
    ("first", "second", "kept", "reason"),
    [
        (2, 2, 2, "first"),
        (2, 3, 2, "first"),
        (3, 2, 3, "first"),
        (1, 4, 2, "first"),
        (4, 1, 3, "first"),
        (1, 3, 2, "first"),
        (0, 5, 2, "first"),
    ],
)
def test_the_mean_is_kept_and_a_half_goes_the_first_readings_way(
    first: int, second: int, kept: int, reason: str
) -> None:
    assert kept_reading([Reading(first, "first"), Reading(second, "second")]) == Reading(kept, reason)


def test_a_single_reading_is_kept_as_it_is() -> None:
    for score in range(6):
        assert kept_reading([Reading(score, "why")]) == Reading(score, "why")
    with pytest.raises(ValueError, match="not 0"):
        kept_reading([])


def labels(number: int, **scores: int) -> list[Label]:
    annotator = name_of_pass("a#1", number)
    return [Label(sample_id=name, score=score, reason="", annotator=annotator) for name, score in scores.items()]


def test_passes_are_compared_on_what_both_have_scored() -> None:
    found = compare_passes([*labels(1, a=1, b=4, c=5), *labels(2, b=3, c=5, d=0, e=2)])
    assert (found.num_scored, found.num_by_both, found.num_by_either) == ((3, 4), 2, 5)
    assert found.agreement is not None
    assert (found.agreement.num, found.agreement.exact_share, found.agreement.within_one_share) == (2, 0.5, 1)
    assert found.agreement.table[4][3] == 1


def test_where_nothing_was_scored_twice_there_is_no_agreement() -> None:
    assert compare_passes([*labels(1, a=1), *labels(2, b=3)]).agreement is None
