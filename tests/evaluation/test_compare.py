"""The comparison of two models; `tests/commands/test_compare.py` has what a person reads."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from tests.evaluation.small import problem, verdict

from hornbook.errors import MissingInputError
from hornbook.evaluation.compare import CommonProblems, Comparison, compare, problems_in_both
from hornbook.records import Problem
from hornbook.stats import mcnemar, sign_flip_p


def problems(*numbers: int) -> list[Problem]:
    return [problem(f"t{number}") for number in numbers]


def compared(marks_a: Sequence[str], marks_b: Sequence[str], common: CommonProblems | None = None) -> Comparison:
    """One text per problem, one mark per sample: `1` passed, `0` wrong."""
    asked = problems(*range(len(marks_a)))
    verdicts = [
        [verdict(f"t{at}", mark == "1", index) for at, of_one in enumerate(marks) for index, mark in enumerate(of_one)]
        for marks in (marks_a, marks_b)
    ]
    names = {"benchmark": "invented", "name_a": "first", "name_b": "second"}
    return compare(common or problems_in_both(asked, asked), *verdicts, **names, generator=np.random.default_rng(0))


def test_with_one_sample_per_problem_the_four_counts_and_both_tests_agree() -> None:
    found = compared("11110001", "10111000")
    assert (found.both, found.better_a, found.better_b, found.neither) == (3, 2, 1, 2)
    assert (found.score_a, found.score_b, found.difference) == (5 / 8, 4 / 8, pytest.approx(-1 / 8))
    assert found.mcnemar == mcnemar(2, 1)
    assert found.sign_flip_p == pytest.approx(mcnemar(2, 1).exact_p)
    assert [pair.task_id for pair in found.changed] == ["t1", "t7", "t4"]


def test_the_interval_is_that_of_paired_differences() -> None:
    """Two models that always agree have no difference, however uncertain each score is."""
    assert compared("10" * 20, "10" * 20).ci95 == (0.0, 0.0)
    low, high = compared("10" * 20, "1" * 40).ci95
    assert 0.3 < low < 0.5 < high < 0.7


def test_with_several_samples_shares_are_compared_and_mcnemar_is_not_computed() -> None:
    found = compared(["1100", "0000", "1111", "1000"], ["1111", "0001", "1111", "0000"])
    assert found.mcnemar is found.both is found.neither is None
    assert (found.better_a, found.better_b) == (1, 2)
    assert found.difference == pytest.approx((0.5 + 0.25 + 0 - 0.25) / 4)
    assert found.sign_flip_p == sign_flip_p([2, 1, -1]) == 6 / 8
    assert [pair.task_id for pair in found.changed] == ["t3", "t0", "t1"]
    found = compared(["110", "000"], ["11", "01"])
    assert (found.num_samples_a, found.num_samples_b) == (3, 2)
    assert (found.difference, found.sign_flip_p) == (pytest.approx((1 / 3 + 1 / 2) / 2), sign_flip_p([2, 3]))
    uneven = compared(["1110", "0"], ["11", "1"])
    assert (uneven.score_a, uneven.score_b, uneven.mcnemar) == (pytest.approx(3 / 8), 1.0, None)
    with_primes = compared(["1" * 199 + "0" * 2, "0" * 193], ["1" * 197, "1" + "0" * 210])
    assert with_primes.sign_flip_p == 2 / 4


def test_problems_that_are_not_shared_or_asked_in_two_ways_are_named_and_dropped_only_if_that_is_wanted() -> None:
    a, b = problems(*range(6)), problems(0, 1, 7)
    with pytest.raises(MissingInputError, match=r"4 only .*\(t2, t3, t4 and 1 more\); 1 only .*\(t7\)"):
        problems_in_both(a, b)
    common = problems_in_both(a, b, common_only=True)
    assert list(common.problems) == a[:2]
    assert (common.only_a, common.only_b) == (("t2", "t3", "t4", "t5"), ("t7",))
    found = compared("011", "11", common)
    assert (found.num_problems, found.score_a, found.score_b) == (2, 0.5, 1.0)
    for others in (problems(9), []):
        with pytest.raises(MissingInputError, match="share no problem"):
            problems_in_both(a[:1] if others else [], others, common_only=True)
    for field in ("prompt", "entry_point", "test"):
        b = [a[0], replace(a[1], **{field: "something else"})]
        with pytest.raises(MissingInputError, match=r"\(t1\)"):
            problems_in_both(a[:2], b)
        assert problems_in_both(a[:2], b, common_only=True).asked_differently == ("t1",)
    assert problems_in_both(a[:2], [a[0], replace(a[1], canonical_solution="x")]).problems == tuple(a[:2])


def test_a_problem_without_verdicts_is_named_and_not_counted_as_failed() -> None:
    for marks, name in (("11", "`second` .*1 of 2"), ("", "`first` .*2 of 2")):
        with pytest.raises(MissingInputError, match=name):
            compared(marks, "1", problems_in_both(problems(0, 1), problems(0, 1)))
