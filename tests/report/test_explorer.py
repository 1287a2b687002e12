from dataclasses import replace

from tests.report.invented import answer, attempts

from hornbook.report.explorer import explorer_of
from hornbook.report.scored import Answer, ProblemAnswers


def problem(
    number: int, *shown: Answer, num_samples: int | None = None, models: tuple[str, ...] = ("model",)
) -> ProblemAnswers:
    return ProblemAnswers(
        task_id=f"Invented/{number}",
        entry_point=f"f_{number}",
        category="",
        prompt="",
        canonical_solution="",
        attempts=tuple(attempts(model, list(shown), num_samples) for model in models),
    )


def test_one_model_is_filtered_by_outcome_passed_first_then_the_frequent_ones() -> None:
    outcomes = ["wrong", "timed out (CPU)", "wrong", "passed"]
    found = explorer_of("p", [problem(at, answer(outcome, "")) for at, outcome in enumerate(outcomes)])
    assert [choice.label for choice in found.choices] == ["all", "passed 1", "wrong 2", "timed out (CPU) 1"]
    for choice in found.choices[1:]:
        shown = [entry for entry in found.entries if choice.key in entry.keys]
        assert f"{choice.label}" == f"{shown[0].problem.attempts[0].shown[0].outcome} {len(shown)}"
        assert " " not in choice.key


def test_several_samples_are_filtered_by_whether_all_some_or_none_passed() -> None:
    passed, wrong = answer("passed", ""), answer("wrong", "")
    found = explorer_of("p", [problem(0, passed, passed), problem(1, wrong, passed), problem(2, wrong, num_samples=9)])
    assert [choice.label for choice in found.choices] == [
        "all",
        "every sample passed 1",
        "some passed 1",
        "none passed 1",
    ]
    assert [entry.share for entry in found.entries] == [1.0, 0.5, 0.0]
    assert found.entries[1].summary == "1 of 2 passed"
    assert found.entries[1].solved_by == ("model",)


def test_several_models_are_filtered_by_who_passed() -> None:
    found = explorer_of("p", [problem(0, answer("passed", ""), models=("base", "tuned"))])
    assert [choice.key for choice in found.choices] == ["", "tuned:pass", "tuned:fail", "base:pass", "base:fail"]
    assert {"tuned:pass", "base:pass"} <= set(found.entries[0].keys)
    assert found.entries[0].summary == "solved by base and tuned"


def test_names_numbers_and_errors_can_be_searched() -> None:
    failed = replace(answer("raised", ""), detail="line 3: NameError: name 'x' is not defined" + "!" * 1000)
    [entry] = explorer_of("p", [problem(7, failed)]).entries
    assert all(text in entry.search for text in ("invented/7", "f_7", "nameerror"))
    assert len(entry.search) < 300
