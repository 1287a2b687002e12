import pytest

from hornbook.curation.select import OVER_BUDGET, OVERLAPPING, SelectConfig, select
from hornbook.errors import ConfigError, MissingInputError
from hornbook.records import CodeSample, PredictedValue, SampleKind


def sample(name: str, path: str, first_line: int, last_line: int, num_words: int = 10) -> CodeSample:
    return CodeSample(
        id=name,
        text=" ".join(["x"] * num_words),
        source="s",
        path=path,
        module="m",
        qualname=name,
        kind=SampleKind.FUNCTION,
        first_line=first_line,
        last_line=last_line,
        license="PSF-2.0",
    )


def valued(**values: float) -> list[PredictedValue]:
    return [PredictedValue(sample_id=name, value=value) for name, value in values.items()]


FOUR = [sample(name, "a.py", 10 * at, 10 * at + 5) for at, name in enumerate("abcd")]


def test_the_most_valuable_fill_the_budget_and_keep_their_order() -> None:
    selection = select(FOUR, valued(a=0.1, b=0.7, c=0.2, d=0.9), SelectConfig(keep_share=0.5))
    assert [kept.id for kept in selection.kept] == ["b", "d"]
    assert [(dropped.id, dropped.reason) for dropped in selection.dropped] == [("a", OVER_BUDGET), ("c", OVER_BUDGET)]
    assert selection.dropped[0].detail == "value 0.100, threshold 0.700"
    assert (selection.threshold, selection.num_kept_tokens, selection.num_tokens) == (0.7, 20, 40)


def test_equal_values_are_taken_in_input_order_and_nothing_better_is_dropped() -> None:
    selection = select(FOUR, valued(a=0.5, b=0.5, c=0.5, d=0.5), SelectConfig(keep_tokens=25))
    assert [kept.id for kept in selection.kept] == ["a", "b"]


def test_a_module_and_a_definition_in_it_never_pass_together() -> None:
    samples = [sample("module", "a.py", 1, 50), sample("inner", "a.py", 3, 9), sample("other", "b.py", 3, 9)]
    selection = select(samples, valued(module=0.9, inner=0.8, other=0.7), SelectConfig(keep_share=1))
    assert [kept.id for kept in selection.kept] == ["module", "other"]
    assert selection.dropped[0].reason == OVERLAPPING
    assert "module holds lines 1 to 50 of a.py" in selection.dropped[0].detail


def test_samples_overlap_from_one_shared_line_on() -> None:
    samples = [sample("first", "a.py", 10, 20), *(sample(f"at {at}", "a.py", at, at + 1) for at in (8, 9, 20, 21))]
    values = [PredictedValue(sample_id=one.id, value=0.9 - 0.1 * at) for at, one in enumerate(samples)]
    selection = select(samples, values, SelectConfig(keep_share=1))
    assert [kept.id for kept in selection.kept] == ["first", "at 8", "at 21"]
    assert [dropped.id for dropped in selection.dropped] == ["at 9", "at 20"]


def test_a_sample_without_a_value_is_an_error_not_a_guess() -> None:
    with pytest.raises(MissingInputError, match="no value for d"):
        select(FOUR, valued(a=0.1, b=0.7, c=0.2), SelectConfig())


def test_a_budget_below_the_first_sample_is_an_error() -> None:
    with pytest.raises(ConfigError, match="`keep_tokens` is 3"):
        select(FOUR, valued(a=0.1, b=0.7, c=0.2, d=0.9), SelectConfig(keep_tokens=3))


def test_a_wrong_share_is_named() -> None:
    for value in (0, 1.2):
        with pytest.raises(ConfigError, match="`keep_share`"):
            SelectConfig(keep_share=value)
