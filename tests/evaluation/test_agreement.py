import itertools
import json
import random
from fractions import Fraction

import numpy as np
import pytest

from hornbook.errors import MissingInputError
from hornbook.evaluation.agreement import Agreement, measure_agreement
from hornbook.evaluation.pass_at_k import bootstrap_interval
from hornbook.records import Grade, Outcome, Verdict


def verdict(task: str, sample: int, passed: bool) -> Verdict:
    outcome = Outcome.PASSED if passed else Outcome.WRONG
    return Verdict(task_id=task, sample_index=sample, outcome=outcome, detail="", stderr="")


def grades(task: str, sample: int, *numbers: int) -> list[Grade]:
    return [
        Grade(task_id=task, sample_index=sample, grading_index=index, assessment="", grade=number)
        for index, number in enumerate(numbers)
    ]


def measure(rows: list[tuple[str, int, bool, list[int]]]) -> Agreement:
    verdicts = [verdict(task, sample, passed) for task, sample, passed, _ in rows]
    given = [grade for task, sample, _, numbers in rows for grade in grades(task, sample, *numbers)]
    return measure_agreement(verdicts, given, np.random.default_rng(0))


def test_a_small_case_by_hand() -> None:
    agreement = measure(
        [
            ("a", 0, True, [10, 8]),
            ("a", 1, False, [3, 3]),
            ("b", 0, True, [3]),
            ("c", 0, False, [0, 2]),
            ("d", 0, True, []),
        ]
    )
    assert agreement.mean_grade_percent == pytest.approx(10 * ((9 + 3) / 2 + 3 + 1) / 3)
    assert agreement.ci95 == bootstrap_interval([60.0, 30.0, 10.0], np.random.default_rng(0))
    assert (agreement.num_problems, agreement.num_passed, agreement.num_failed) == (3, 2, 2)
    assert agreement.num_ungraded == 1
    assert agreement.mean_grade_passed == 6.0
    assert agreement.mean_grade_failed == 2.0
    assert agreement.auc == 3.5 / 4
    assert agreement.grading_spread == pytest.approx((2**0.5 + 0 + 2**0.5) / 3)
    assert json.loads(json.dumps(agreement.to_json()))["auc"] == 0.875


def test_auc_and_tau_agree_with_counting_all_pairs() -> None:
    generator = random.Random(1)
    for _ in range(300):
        rows = [
            (str(number), 0, generator.random() < 0.5, generator.choices(range(generator.choice([2, 4, 11])), k=count))
            for number, count in enumerate(generator.choices([1, 2, 3], k=generator.randrange(1, 12)))
        ]
        agreement = measure(rows)
        graded = [(passed, Fraction(sum(numbers), len(numbers))) for _, _, passed, numbers in rows]
        assert agreement.auc == _auc_by_pairs(graded)
        assert agreement.kendall_tau_b == pytest.approx(_tau_b_by_pairs(graded))


def test_what_cannot_be_computed_is_none() -> None:
    all_passed = measure([("a", 0, True, [4]), ("b", 0, True, [6])])
    assert all_passed.mean_grade_failed is None
    assert all_passed.auc is None
    assert all_passed.kendall_tau_b is None
    assert all_passed.grading_spread is None
    assert all_passed.mean_grade_passed == 5.0
    all_failed = measure([("a", 0, False, [4])])
    assert all_failed.mean_grade_passed is None
    assert all_failed.auc is None
    all_equal = measure([("a", 0, False, [4, 4]), ("b", 0, True, [4])])
    assert all_equal.auc == 0.5
    assert all_equal.kendall_tau_b is None
    assert all_equal.grading_spread == 0.0


def test_a_grader_that_knows_the_tests_agrees_wholly_and_one_that_lies_not_at_all() -> None:
    for knows, auc, tau in ((True, 1.0, 1.0), (False, 0.0, -1.0)):
        agreement = measure([(str(n), 0, n % 3 == 0, [10 if (n % 3 == 0) is knows else 0]) for n in range(9)])
        assert agreement.auc == auc
        assert agreement.kendall_tau_b == pytest.approx(tau)


def test_no_grades_and_grades_of_nothing_are_refused() -> None:
    with pytest.raises(MissingInputError, match="no grades"):
        measure([("a", 0, True, [])])
    with pytest.raises(MissingInputError, match="`b`, sample 1"):
        measure_agreement([verdict("b", 0, True)], grades("b", 1, 5), np.random.default_rng(0))


def _auc_by_pairs(graded: list[tuple[bool, Fraction]]) -> float | None:
    pairs = [(one, other) for (good, one), (bad, other) in itertools.product(graded, repeat=2) if good and not bad]
    won = sum((one > other) + Fraction(int(one == other), 2) for one, other in pairs)
    return float(won / len(pairs)) if pairs else None


def _tau_b_by_pairs(graded: list[tuple[bool, Fraction]]) -> float | None:
    signs = [
        ((good > bad) - (good < bad), (one > other) - (one < other))
        for (good, one), (bad, other) in itertools.combinations(graded, 2)
    ]
    apart = sum(x != 0 for x, _ in signs) * sum(y != 0 for _, y in signs)
    return sum(x * y for x, y in signs) / apart**0.5 if apart else None
