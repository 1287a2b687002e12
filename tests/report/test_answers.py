from tests.report.invented import answer, attempts

from hornbook.report.answers import family_scores, some_of
from hornbook.report.scored import ProblemAnswers


def problem(number: int, family: str, *, base: bool, tuned: bool, num_samples: int = 1) -> ProblemAnswers:
    return ProblemAnswers(
        task_id=f"invented/{number:03d}",
        entry_point="f",
        category=family,
        prompt="",
        canonical_solution="",
        attempts=tuple(
            attempts(model, [answer("passed" if passed else "wrong", "")], num_samples)
            for model, passed in (("base", base), ("tuned", tuned))
        ),
    )


PROBLEMS = [problem(n, ("lists", "strings", "digits")[n % 3], base=n % 10 == 0, tuned=n % 5 != 0) for n in range(60)]


def test_families_sum_up_what_each_model_solved() -> None:
    scores = family_scores(PROBLEMS)
    assert [score.family for score in scores] == ["lists", "strings", "digits"]
    assert sum(score.num_problems for score in scores) == 60
    passed = [(model, number) for score in scores for model, number, _ in score.passed]
    assert sum(number for model, number in passed if model == "base") == 6
    assert sum(number for model, number in passed if model == "tuned") == 48


def test_of_several_samples_a_family_counts_every_one() -> None:
    [score] = family_scores([problem(n, "lists", base=n == 0, tuned=True, num_samples=4) for n in range(3)])
    assert score.passed == (("base", 1, 12), ("tuned", 3, 12))


def test_half_of_the_problems_shown_are_failed_ones_of_every_family() -> None:
    shown = some_of(PROBLEMS, 12)
    failed = [entry for entry in shown if not entry.attempts[-1].solved]
    assert len(shown) == 12
    assert len(failed) == 6
    assert {entry.category for entry in failed} == {"lists", "strings", "digits"}
    assert [entry.task_id for entry in shown] == sorted(entry.task_id for entry in shown)


def test_where_few_failed_more_solved_ones_are_shown_and_the_other_way_round() -> None:
    all_solved = [problem(n, "lists", base=False, tuned=True) for n in range(20)]
    assert len(some_of(all_solved, 8)) == 8
    none_solved = [problem(n, "lists", base=False, tuned=False) for n in range(20)]
    assert len(some_of(none_solved, 8)) == 8
    assert len(some_of(PROBLEMS[:3], 8)) == 3
    assert some_of([], 8) == ()
