import pytest

from hornbook.report.grades import grade_line, understanding_of

FOUND = {
    "mean_grade_percent": 61.234,
    "ci95": [55.0, 67.5],
    "auc": 0.912,
    "grader": "invented/Teacher-7B",
    "ungraded": 0,
}


def test_the_line_says_grade_interval_grader_and_agreement() -> None:
    line = grade_line(FOUND)
    assert line == "61.2 % (55.0 to 67.5) from invented/Teacher-7B; agreement with the tests: AUC 0.91"


def test_what_could_not_be_computed_is_left_out_and_what_gave_no_grade_is_counted() -> None:
    line = grade_line({**FOUND, "auc": None, "ungraded": 1_200})
    assert line == "61.2 % (55.0 to 67.5) from invented/Teacher-7B; 1,200 gradings gave no grade"


def test_the_mean_grade_is_a_share_beside_published_ones() -> None:
    grade, (low, high) = understanding_of(FOUND)
    assert (grade, low, high) == pytest.approx((0.61234, 0.55, 0.675))
