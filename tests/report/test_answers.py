from hornbook.report.answers import CHARACTERS_SHOWN, family_scores, shortened, some_of
from hornbook.report.data import Answer, ProblemAnswers


def problem(number: int, family: str, *, base: bool, tuned: bool) -> ProblemAnswers:
    answers = tuple(
        Answer(model=model, text="", outcome="passed" if passed else "wrong", detail="")
        for model, passed in (("base", base), ("tuned", tuned))
    )
    return ProblemAnswers(
        task_id=f"invented/{number:03d}",
        entry_point="f",
        category=family,
        prompt="",
        canonical_solution="",
        answers=answers,
    )


PROBLEMS = [problem(n, ("lists", "strings", "digits")[n % 3], base=n % 10 == 0, tuned=n % 5 != 0) for n in range(60)]


def test_families_sum_up_what_each_model_solved() -> None:
    scores = family_scores(PROBLEMS)
    assert [score.family for score in scores] == ["lists", "strings", "digits"]
    assert sum(score.num_problems for score in scores) == 60
    assert sum(dict(score.num_passed)["base"] for score in scores) == 6
    assert sum(dict(score.num_passed)["tuned"] for score in scores) == 48


def test_half_of_the_problems_shown_are_failed_ones_of_every_family() -> None:
    shown = some_of(PROBLEMS, 12)
    failed = [entry for entry in shown if not entry.answers[-1].passed]
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


def test_an_endless_completion_is_shown_by_its_beginning() -> None:
    assert shortened("x" * CHARACTERS_SHOWN) == "x" * CHARACTERS_SHOWN
    assert shortened("x" * (CHARACTERS_SHOWN + 1_234)).endswith("x\n… 1,234 more characters")
